import HeapModule

/// Schedules, runs and their queues in memory, by the rules of the database's statements.
struct SimulatedQueue {
    /// A schedule with what its runs are doing.
    struct Member {
        var state: ScheduleState
        var isPresent = true
        var definition = 0
        var queue = 0
        var overlap = OverlapPolicy.skip
        var expires: Duration?
        /// Places of the schedules that follow it, in the order in which they were first seen.
        var followers: [(index: Int, terms: Follower)] = []
        /// Places of its runs that are not done, oldest first.
        var active: [Int] = []
        /// The number of the latest slot's run; nil: it was skipped.
        var latestRun: Int?
        var lastSucceeded: Timestamp?
        /// Runs that are done, by their state.
        var ends: [RunState: Int] = [:]
    }

    /// The place of a run in an order; stale once the run has another number or instant.
    struct Key: Comparable {
        var instant: Timestamp
        var number: Int
        var place: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.instant, left.number) < (right.instant, right.number)
        }
    }

    /// A queue with its ready runs; all have one priority, so ready time and number are their order.
    struct Line {
        var name: String
        var ready = Heap<Key>()
        /// Runs that are ready and not claimed.
        var waiting = 0
        var running = 0
    }

    var members: [Member] = []
    private var indexes: [String: Int] = [:]
    var lines: [Line] = []
    private var lineIndexes: [String: Int] = [:]
    private(set) var definitions: [RunDefinition] = []
    var runs = SimulatedRuns()
    /// Runs between attempts.
    var timed = Heap<Key>()
    /// Runs that expire if no attempt starts.
    var expiring = Heap<Key>()
    /// Runs under a lease that somebody wants ended.
    var cancelRequests: [RunID] = []
    /// What became of slots of followers since somebody asked.
    var followed: [(schedule: String, plan: SlotPlan)] = []
    private var chance: SeededChance
    private var latestMillisecond: Int64 = .min
    private var latestChance: (UInt64, UInt64) = (0, 0)

    init(seed: UInt64) {
        chance = SeededChance(seed: seed)
    }

    /// The planner asks whether a run is in the way, and with overlap `queue` for a second one.
    static let activeRunsSeen = 2

    // MARK: What is asked

    /// Of the schedules that are in the configuration adopted last.
    var states: [ScheduleState] { members.lazy.filter(\.isPresent).map(\.state) }

    var waitingCount: Int { lines.reduce(0) { $0 + $1.waiting } }

    var activeRuns: [SimulatedRun] { runs.all }

    var ends: [String: [RunState: Int]] {
        Dictionary(members.map { ($0.state.name, $0.ends) }, uniquingKeysWith: { $1 })
    }

    func member(named name: String) -> Int? { indexes[name] }

    mutating func line(named name: String) -> Int {
        if let index = lineIndexes[name] { return index }
        lineIndexes[name] = lines.count
        lines.append(Line(name: name))
        return lines.count - 1
    }

    // MARK: Configurations

    /// Takes over a configuration as `AdoptionPlanner` says.
    mutating func adopt(
        _ schedules: [Schedule],
        now: Timestamp,
        previousRule: (String) -> Rule?
    ) -> [ScheduleState] {
        let changes = AdoptionPlanner.plan(
            stored: members.map { StoredSchedule(state: $0.state, isPresent: $0.isPresent) },
            new: schedules,
            now: now,
            previousRule: previousRule
        )
        for change in changes where change.isRemoved {
            if let index = indexes[change.name] { remove(index, now: now) }
        }
        for change in changes {
            guard let old = change.renamedFrom, let index = indexes.removeValue(forKey: old) else {
                continue
            }
            if let inTheWay = indexes[change.name] {
                members[inTheWay].state.name += "#\(inTheWay)"
                indexes[members[inTheWay].state.name] = inTheWay
            }
            members[index].state.name = change.name
            indexes[change.name] = index
        }
        for (schedule, change) in zip(schedules, changes) { take(schedule, change, now: now) }
        noteFollowers(of: schedules)
        return schedules.compactMap { schedule in indexes[schedule.name].map { members[$0].state } }
    }

    private mutating func noteFollowers(of schedules: [Schedule]) {
        for index in members.indices { members[index].followers = [] }
        for schedule in schedules {
            guard let terms = Follower(schedule), let index = indexes[schedule.name],
                let leader = schedule.rule.leader.flatMap({ indexes[$0] })
            else { continue }
            members[leader].followers.append((index, terms))
        }
        for index in members.indices { members[index].followers.sort { $0.index < $1.index } }
    }

    private mutating func take(_ schedule: Schedule, _ change: ScheduleChange, now: Timestamp) {
        let index: Int
        if let known = indexes[schedule.name] {
            index = known
        } else {
            index = members.count
            indexes[schedule.name] = index
            members.append(
                Member(
                    state: ScheduleState(
                        id: Int64(index + 1),
                        name: schedule.name,
                        mark: now,
                        firstSeen: now
                    )
                )
            )
        }
        members[index].isPresent = true
        members[index].state.isEnabled = schedule.isEnabled
        members[index].state.mark = change.newMark ?? members[index].state.mark
        members[index].state.ruleText = schedule.rule.canonicalText
        members[index].state.revision = schedule.definition.revision
        if change.forgetsSkips {
            members[index].state.skipNext = []
            members[index].state.skipTriggers = 0
        }
        if case .skipRange(_, let last, _, _) = change.counted { note(last, run: nil, of: index) }
        members[index].definition = definitions.count
        definitions.append(schedule.definition)
        members[index].queue = line(named: schedule.queue)
        members[index].overlap = schedule.overlap
        members[index].expires = schedule.expires
    }

    private mutating func remove(_ index: Int, now: Timestamp) {
        members[index].isPresent = false
        members[index].state.pause = nil
        members[index].state.skipNext = []
        members[index].state.skipTriggers = 0
        for place in members[index].active.reversed() where runs[place].state != .running {
            end(place, .cancelled, at: now)
        }
    }

    // MARK: Ticks

    mutating func tick(
        _ schedules: [Schedule],
        now: Timestamp,
        beatStart: Timestamp
    ) -> TickReply {
        expire(now: now)
        promote(now: now)
        var reply = TickReply(plans: [], states: [], enqueued: [])
        reply.plans.reserveCapacity(schedules.count)
        reply.states.reserveCapacity(schedules.count)
        for schedule in schedules {
            guard let index = indexes[schedule.name], members[index].isPresent else { continue }
            let plan = SlotPlanner.plan(
                schedule,
                state: members[index].state,
                active: schedule.overlap == .allow ? [] : seen(members[index].active),
                now: now,
                beatStart: beatStart
            )
            if !plan.isEmpty { reply.enqueued += write(plan, index, now: now) }
            reply.states.append(members[index].state)
            reply.plans.append((schedule.name, plan))
        }
        return reply
    }

    func seen(_ active: [Int]) -> [ActiveRun] {
        active.prefix(Self.activeRunsSeen).map { place in
            ActiveRun(id: runs[place].id, state: runs[place].state)
        }
    }

    /// Does what a plan says.
    ///
    /// - Returns: the runs that it makes.
    mutating func write(_ plan: SlotPlan, _ index: Int, now: Timestamp) -> [RunID] {
        var made: [RunID] = []
        for item in plan.items {
            switch item {
            case .fire(let slot, let due):
                made.append(fire(index, slot: slot, due: due, now: now))
            case .skip(let slot, _, _): note(slot, run: nil, of: index)
            case .skipRange(_, let last, _, _): note(last, run: nil, of: index)
            case .replaceActive:
                // The newest first, so that no held run is released only to be cancelled.
                for place in members[index].active.reversed() { cancel(place, now: now) }
            }
        }
        if let mark = plan.mark { members[index].state.mark = mark }
        if plan.endsPause { members[index].state.pause = nil }
        if !plan.forgottenSkips.isEmpty {
            members[index].state.skipNext.removeAll { plan.forgottenSkips.contains($0) }
        }
        members[index].state.skipTriggers -= plan.usedTriggerSkips
        return made
    }

    private mutating func note(_ slot: Timestamp, run: Int?, of index: Int) {
        members[index].latestRun = run
        members[index].state.latestSlot = ScheduleState.LatestSlot(
            nominal: slot,
            fired: run != nil,
            startedAt: nil,
            endedAt: nil
        )
    }

    private mutating func fire(
        _ index: Int,
        slot: Timestamp,
        due: Timestamp,
        now: Timestamp
    ) -> RunID {
        let isHeld = members[index].overlap != .allow && !members[index].active.isEmpty
        let run = SimulatedRun(
            id: makeRunID(at: now),
            number: runs.nextNumber,
            schedule: index,
            slot: slot,
            due: due,
            queue: members[index].queue,
            definition: members[index].definition,
            state: .queued,
            isHeld: isHeld,
            ready: now,
            expires: members[index].expires.map { due + $0 }
        )
        let place = runs.insert(run)
        members[index].active.append(place)
        note(slot, run: run.number, of: index)
        if let expires = run.expires {
            expiring.insert(Key(instant: expires, number: run.number, place: place))
        }
        if !isHeld { enter(place) }
        return run.id
    }

    /// As the store makes them: within a millisecond the number counts on.
    private mutating func makeRunID(at now: Timestamp) -> RunID {
        let millisecond = now.microseconds / 1000
        if millisecond == latestMillisecond {
            latestChance.1 &+= 1
        } else {
            latestMillisecond = millisecond
            latestChance = (chance.next() & 0x7FFF, chance.next() >> 1)
        }
        return RunID(at: now, random: latestChance)
    }
}
