package import DownbeatCore

extension SQLiteStore {
    package func tick(
        _ schedules: [Schedule],
        now: Timestamp,
        beatStart: Timestamp,
        claim: ClaimOffer?,
        hold: TickHold?
    ) throws(StoreError) -> TickReply {
        try write(.tick, hold: hold) { scope in
            try scope.tick(schedules, now: now, beatStart: beatStart, claim: claim)
        }
    }
}

extension WriteScope {
    /// The planner asks whether a run is in the way, and with overlap `queue` for a second one.
    static let activeRunsSeen = 2

    /// Considers the due slots of schedules: slots, runs and marks in this one transaction.
    ///
    /// A schedule that is not in the configuration adopted last is left out, in the reply too.
    func tick(
        _ schedules: [Schedule],
        now: Timestamp,
        beatStart: Timestamp,
        claim: ClaimOffer?
    ) throws -> TickReply {
        try expire(now: now)
        try promote(now: now)
        let skips = try connection.allSkips()
        var reply = TickReply(plans: [], states: [], enqueued: [])
        reply.plans.reserveCapacity(schedules.count)
        reply.states.reserveCapacity(schedules.count)
        var claims = claim.map(TickClaims.init)
        for schedule in schedules {
            guard var row = try self.schedule(schedule), row.isPresent else { continue }
            if !skips.isEmpty { row.state.skipNext = skips[row.id] ?? [] }
            // Where runs may overlap, nobody asks which there are.
            let active =
                try schedule.overlap == .allow
                ? [] : connection.activeRuns(ofSchedule: row.id, limit: Self.activeRunsSeen)
            let plan = SlotPlanner.plan(
                schedule,
                state: row.state,
                active: active,
                now: now,
                beatStart: beatStart
            )
            if !plan.isEmpty {
                var writing = PlanWriting(
                    row: row,
                    active: active.map(\.id),
                    now: now,
                    joining: row.state.mark
                )
                try writing.write(plan, PlanWriting.Terms(schedule), in: self, &claims)
                reply.states.append(writing.state)
                reply.enqueued += writing.enqueued
                row.state = writing.state
                row.state.skipNext = []
                memory.schedules.remember(row)
            } else {
                reply.states.append(row.state)
            }
            reply.plans.append((schedule.name, plan))
        }
        try recordClock(reply, now: now)
        try claims?.writeLeases(self)
        reply.claimed = claims?.claimed ?? []
        Failpoint.pass("P2")
        return reply
    }

    /// Leaves one event for all schedules whose marks were too far ahead.
    private func recordClock(_ reply: TickReply, now: Timestamp) throws {
        let moved = reply.plans.filter { $0.plan.clockMovedBackFrom != nil }
        guard let first = moved.first, let from = first.plan.clockMovedBackFrom else { return }
        let mark = InstantText.format(from, zone: .utc)
        try record(
            EventRecord(
                time: now,
                name: "beat.clock_moved",
                schedule: moved.count == 1 ? first.schedule : nil,
                detail: "the clock moved back: slots up to \(mark) had been considered;"
                    + " \(moved.count) schedules go on from now",
                isError: true
            )
        )
    }
}

/// The writing of one schedule's plan.
struct PlanWriting {
    /// What of a schedule's definition its plan is written by.
    struct Terms {
        var name: String
        var queue: String
        var overlap: OverlapPolicy
        var expires: Duration?
        /// Nil: the one adopted last.
        var definition: RunDefinition?

        init(name: String, queue: String, overlap: OverlapPolicy, expires: Duration?) {
            self.name = name
            self.queue = queue
            self.overlap = overlap
            self.expires = expires
        }

        init(_ schedule: Schedule) {
            self.init(
                name: schedule.name,
                queue: schedule.queue,
                overlap: schedule.overlap,
                expires: schedule.expires
            )
            definition = schedule.definition
        }
    }

    let row: ScheduleRow
    let now: Timestamp
    /// The newest counted row that ends there may go on; nil: none.
    private let joining: Timestamp?
    /// The state after the plan.
    var state: ScheduleState
    var enqueued: [RunID] = []
    /// Runs that are not done, as the planner saw them, with those that were fired since.
    private var active: [RunID]
    private var isReplacing = false
    private var latestRun: Int64?
    private var definition: Int64?

    init(row: ScheduleRow, active: [RunID], now: Timestamp, joining: Timestamp?) {
        self.row = row
        self.now = now
        self.joining = joining
        self.active = active
        state = row.state
    }

    mutating func write(
        _ plan: SlotPlan,
        _ schedule: Terms,
        in scope: WriteScope,
        _ claims: inout TickClaims?
    ) throws {
        for (index, item) in plan.items.enumerated() {
            switch item {
            case .fire(let slot, let due):
                // A run that this very plan replaces is not started first.
                let mayStart = !plan.items[(index + 1)...].contains(.replaceActive)
                try fire(schedule, slot, due, scope, mayStart, &claims)
            case .skip(let slot, let reason, let blockedBy):
                try scope.recordSkip(
                    schedule: row.id,
                    slot: slot,
                    reason: reason,
                    blockedBy: blockedBy ?? blocker(schedule, reason)
                )
                note(slot, run: nil)
            case .skipRange(let first, let last, let count, let reason):
                try scope.recordRange(
                    schedule: row.id,
                    first: first,
                    last: last,
                    count: count,
                    reason: reason,
                    joining: index == 0 ? joining : nil
                )
                note(last, run: nil)
            case .replaceActive:
                isReplacing = true
            }
        }
        try scope.forgetSkips(schedule: row.id, plan.forgottenSkips)
        try writeState(plan, scope)
    }

    /// The run in the way, where the planner could not name one that this very plan fired.
    private func blocker(_ schedule: Terms, _ reason: SkipReason) -> RunID? {
        guard reason == .overlap else { return nil }
        return schedule.overlap == .queue && active.count > 1 ? active[1] : active.first
    }

    private mutating func note(_ slot: Timestamp, run: Int64?) {
        latestRun = run
        state.latestSlot = ScheduleState.LatestSlot(
            nominal: slot,
            fired: run != nil,
            startedAt: nil,
            endedAt: nil
        )
    }

    private mutating func fire(
        _ schedule: Terms,
        _ slot: Timestamp,
        _ due: Timestamp,
        _ scope: WriteScope,
        _ mayStart: Bool,
        _ claims: inout TickClaims?
    ) throws {
        defer { isReplacing = false }
        let number = try scope.nextRunNumber()
        guard try scope.recordFire(schedule: row.id, slot: slot, run: number) else { return }
        if isReplacing {
            try replaceActive(scope)
            try claims?.lookAgain(scope)
        }
        let isHeld = schedule.overlap != .allow && !active.isEmpty
        let starts =
            try !isHeld && mayStart && claims?.hasPlace(in: schedule.queue, scope) ?? false
        let definition = try definitionNumber(schedule, scope)
        let id = try scope.insertRun(
            NewRun(
                schedule: row.id,
                definition: definition,
                queue: schedule.queue,
                slot: slot,
                due: due,
                now: now,
                expires: schedule.expires.map { due + $0 },
                retryOf: nil,
                start: starts ? .running : .inQueue(isHeld: isHeld)
            ),
            number: number
        )
        active.append(id)
        note(slot, run: number)
        guard starts else {
            enqueued.append(id)
            return
        }
        let stored = try scope.definition(definition)
        let run = ClaimedRun(
            id: id,
            schedule: schedule.name,
            slot: slot,
            due: due,
            queue: schedule.queue,
            attempt: 1,
            definition: stored,
            lastSucceeded: row.lastSucceeded,
            positions: try stored.action.isBuiltIn
                ? scope.connection.positions(ofSchedule: row.id) : nil
        )
        claims?.take(run, number: number)
    }

    /// The key of the definition: the one adopted last, unless the beat has another already.
    private mutating func definitionNumber(
        _ schedule: Terms,
        _ scope: WriteScope
    ) throws -> Int64 {
        if let definition { return definition }
        var number: Int64?
        let isAdopted =
            schedule.definition.map {
                !row.state.revision.isEmpty && row.state.revision == $0.revision
            } ?? true
        if isAdopted { number = row.definition }
        guard
            let found = try number
                ?? schedule.definition.map({
                    try scope.definitionNumber($0, schedule: row.id)
                })
        else {
            throw StoreError.conflict("\"\(schedule.name)\" has never been adopted")
        }
        definition = found
        return found
    }

    /// Ends what waits and asks for the end of what runs; the newest first, so that no held run is
    /// released only to be cancelled.
    private mutating func replaceActive(_ scope: WriteScope) throws {
        for run in try scope.activeRuns(ofSchedule: row.id).reversed() {
            try scope.cancel(run, now: now, error: "replaced by a later slot")
        }
        active = try scope.activeRuns(ofSchedule: row.id).map(\.id)
    }

    private mutating func writeState(_ plan: SlotPlan, _ scope: WriteScope) throws {
        state.mark = plan.mark ?? state.mark
        if plan.endsPause { state.pause = nil }
        state.skipNext.removeAll { plan.forgottenSkips.contains($0) }
        let connection = scope.connection
        if plan.usedTriggerSkips > 0 {
            state.skipTriggers = max(0, state.skipTriggers - plan.usedTriggerSkips)
            try connection.execute(
                "UPDATE schedules SET skip_triggers = ? WHERE id = ?",
                state.skipTriggers,
                row.id
            )
        }
        if plan.endsPause {
            try connection.execute(
                """
                UPDATE schedules SET pause_since_us = NULL, pause_until_us = NULL,
                  pause_reason = NULL
                WHERE id = ?
                """,
                row.id
            )
        }
        guard state.latestSlot != row.state.latestSlot else {
            try connection.execute(
                "UPDATE schedules SET mark_us = ? WHERE id = ?",
                state.mark,
                row.id
            )
            return
        }
        try connection.execute(
            """
            UPDATE schedules SET mark_us = ?, latest_slot_us = ?, latest_fired = ?, latest_run = ?
            WHERE id = ?
            """,
            state.mark,
            state.latestSlot?.nominal,
            state.latestSlot?.fired ?? false,
            latestRun,
            row.id
        )
    }
}
