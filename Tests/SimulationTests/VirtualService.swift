import DownbeatCore
import DownbeatStore
import Support
import Synchronization

/// A beat and a worker on virtual time, over a real store in memory.
///
/// It goes from wake-up to wake-up as the services do. At each instant the worker hands in what has
/// ended, then the beat ticks, then the worker claims.
struct VirtualService {
    /// An attempt that the worker executes.
    struct Execution {
        var run: ClaimedRun
        var endsAt: Timestamp
        var end: AttemptEnd
    }

    /// The beat woke more often at one instant than anything could be due.
    struct Stuck: Error {
        var now: Timestamp
    }

    private static let passesMax = 1000

    let store: any Store & StateAccess
    private(set) var now: Timestamp
    private var engine: BeatEngine?
    private(set) var schedules: [Schedule] = []
    private(set) var executing: [Execution] = []
    /// Every attempt that was started, in order.
    private(set) var started: [ClaimedRun] = []
    /// How attempts end that nobody ends.
    var naturalEnd = AttemptEnd.exited(0)
    /// How long attempts take.
    var duration: Duration = .seconds(60)
    /// How long attempts take and how they end, where a schedule has ways of its own.
    var ways: [String: (duration: Duration, end: AttemptEnd)] = [:]
    /// How long an attempt lives on after it was asked to end.
    var endingTime: Duration = .seconds(1)
    var places = 4 {
        didSet { wantsClaim = true }
    }
    /// Runs at once, by queue; nil: the places are those of the one queue.
    var queues: [String: Int]?
    /// Rules that earlier configurations had, so that their counted rows can be listed.
    private(set) var knownRules: [String: [Rule]] = [:]
    private var pendingStarts: [WorkRequest.Start] = []
    private var workerWake: Timestamp?
    private var wantsClaim = true
    private var generation = 0

    private var owner: String { "worker-\(generation)" }

    /// Makes an empty store; nothing runs.
    init(at now: Timestamp = Timeline.start, seed: UInt64 = 1) throws {
        store = try SQLiteStore.inMemory(
            SQLiteStore.Surroundings(random: SeededSource(seed: seed), clocks: StandingClocks())
        )
        self.now = now
    }

    // MARK: Life

    /// Starts a beat and a worker with a configuration.
    mutating func start(_ new: [Schedule]) throws {
        engine = BeatEngine(store: store, beatStart: now)
        try adopt(new)
    }

    /// Loads a configuration again.
    mutating func adopt(_ new: [Schedule]) throws {
        let rules = Dictionary(
            knownRules.values.joined().map { ($0.canonicalText, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        _ = try engine?.adopt(new, now: now) { rules[$0] }
        schedules = new
        wantsClaim = true
        for schedule in new { knownRules[schedule.name, default: []].append(schedule.rule) }
    }

    /// Stops in order: what runs goes back to its queue.
    mutating func stop() throws {
        for index in executing.indices {
            executing[index].end = .drained
            executing[index].endsAt = now
        }
        try exchange(claimLimit: nil)
        engine = nil
    }

    /// Dies, and leaves what it executed to whoever recovers it.
    mutating func die() {
        engine = nil
        forgetAttempts()
    }

    private mutating func forgetAttempts() {
        executing = []
        pendingStarts = []
    }

    /// Judges what the worker before left as lost.
    mutating func recover() throws {
        _ = try store.recover(owner: owner, now: now)
        generation += 1
    }

    /// Sets the wall clock; what runs takes no notice.
    mutating func setClock(_ time: Timestamp) {
        let step = time - now
        now = time
        for index in executing.indices { executing[index].endsAt = executing[index].endsAt + step }
    }

    /// Somebody changed the state of schedules.
    mutating func refresh() throws {
        wantsClaim = true
        try engine?.refresh()
    }

    // MARK: Time

    /// Lets time pass, from wake-up to wake-up; without a beat only the clock moves.
    mutating func run(until end: Timestamp) throws {
        guard engine != nil else {
            now = end
            return
        }
        try pass()
        while now < end {
            now = min(end, max(now, nextWake ?? end))
            try pass()
        }
    }

    mutating func run(forMinutes minutes: Int) throws {
        try run(until: now + .seconds(60 * minutes))
    }

    /// The next instant at which something happens.
    var nextWake: Timestamp? {
        mutating get {
            [engine?.nextWake(), executing.map(\.endsAt).min(), workerWake].compactMap(\.self).min()
        }
    }

    /// Does everything that is due at this instant.
    private mutating func pass() throws {
        if let wake = workerWake, wake <= now { wantsClaim = true }
        for _ in 0..<Self.passesMax {
            if hasWord { try exchange(claimLimit: nil) }
            let hasTicked = try engine?.tick(now: now) != nil
            if hasTicked { wantsClaim = true }
            guard hasTicked || hasWord || wantsClaim else { return }
            try exchange(claimLimit: places - executing.count)
        }
        throw Stuck(now: now)
    }

    /// Whether the worker has something to hand in.
    private var hasWord: Bool {
        !pendingStarts.isEmpty || executing.contains { $0.endsAt <= now }
    }

    /// Hands in what there is.
    ///
    /// - Parameter claimLimit: how many runs may be claimed; nil: none is asked for.
    /// - Throws: what the store throws.
    private mutating func exchange(claimLimit: Int?) throws {
        let ended = executing.filter { $0.endsAt <= now }
        executing.removeAll { $0.endsAt <= now }
        let starts = pendingStarts
        pendingStarts = []
        let reply = try store.exchange(
            WorkRequest(
                owner: owner,
                now: now,
                starts: starts,
                completions: ended.map { attempt in
                    WorkRequest.Completion(
                        run: attempt.run.id,
                        attempt: attempt.run.attempt,
                        end: attempt.end,
                        endedAt: now,
                        usage: nil
                    )
                },
                claimLimit: claimLimit ?? 0,
                queues: queues ?? ["default": places]
            )
        )
        workerWake = reply.wakeAt
        // As long as something was to be had there may be more, and what ended released the next.
        // Who did not ask for any leaves that open.
        wantsClaim =
            !reply.claimed.isEmpty || !ended.isEmpty || claimLimit == nil && wantsClaim
        for run in reply.claimed { begin(run) }
        for id in reply.cancelRequested { end(id) }
        if countsFromRuns { try engine?.refresh() }
    }

    private var countsFromRuns: Bool { schedules.contains(where: \.rule.countsFromRuns) }

    private mutating func begin(_ run: ClaimedRun) {
        let way = ways[run.schedule] ?? (duration, naturalEnd)
        executing.append(Execution(run: run, endsAt: now + way.duration, end: way.end))
        started.append(run)
        pendingStarts.append(
            WorkRequest.Start(run: run.id, attempt: run.attempt, startedAt: now, pid: 1)
        )
    }

    private mutating func end(_ id: RunID) {
        for index in executing.indices
        where executing[index].run.id == id && executing[index].end != .cancelled {
            executing[index].end = .cancelled
            executing[index].endsAt = min(executing[index].endsAt, now + endingTime)
        }
    }

    // MARK: What came of it

    /// What became of each slot of a schedule, in order of nominal time.
    func fates(of name: String) throws -> [SlotFate] {
        let rows = try store.ledger(LedgerQuery(schedule: name, limit: .max))
        return rows.flatMap { fates(of: $0) }.sorted { $0.slot < $1.slot }
    }

    /// What became of each slot, one letter each; see `Timeline`.
    func drawing(of name: String) throws -> String {
        try fates(of: name).map(\.letter).joined()
    }

    /// The instants at which a schedule fired, in order.
    func fired(_ name: String) throws -> [Timestamp] {
        try fates(of: name).filter { $0.reason == nil }.map(\.slot)
    }

    func state(of name: String) throws -> ScheduleState? {
        try store.scheduleStates().first { $0.name == name }
    }

    /// The states of a schedule's runs, oldest first.
    func runStates(of name: String) throws -> [RunState] {
        try store.runs(RunQuery(schedule: name, limit: .max)).reversed().map(\.state)
    }

    /// A counted row is listed by whichever rule of the schedule has as many slots.
    private func fates(of row: LedgerRow) -> [SlotFate] {
        guard let last = row.to else { return [SlotFate(slot: row.slot, reason: row.reason)] }
        let item = SlotPlan.Item.skipRange(
            first: row.slot,
            last: last,
            count: row.count,
            reason: row.reason ?? .calendar
        )
        let all = (knownRules[row.schedule] ?? []).map { rule in
            SlotFate.all(of: SlotPlan(items: [item]), rule)
        }
        return all.first { $0.first?.slot == row.slot }
            ?? [SlotFate(slot: .distantFuture, reason: row.reason)]
    }
}

// MARK: Faults

extension VirtualService {
    /// The beat ends after its commit and before it learns of it.
    mutating func commitAndForget() throws {
        var doomed = BeatEngine(store: store, beatStart: now)
        _ = try doomed.adopt(schedules, now: now) { _ in nil }
        _ = try doomed.tick(now: now)
        engine = nil
    }

    /// A second beat that knows nothing of the first one does everything that is due, without the
    /// lock that keeps it out of a real database.
    mutating func tickTwice() throws {
        var other = BeatEngine(store: store, beatStart: now)
        _ = try other.adopt(schedules, now: now) { _ in nil }
        _ = try other.tick(now: now)
        _ = try store.tick(schedules, now: now, beatStart: now)
        _ = try engine?.tick(now: now)
        try refresh()
    }

    /// The worker is taken for dead while it lives, and hands in what it has all the same.
    mutating func loseWorker() throws {
        let lost = executing
        let ghost = owner
        try recover()
        forgetAttempts()
        _ = try store.exchange(
            WorkRequest(
                owner: ghost,
                now: now,
                completions: lost.map { attempt in
                    WorkRequest.Completion(
                        run: attempt.run.id,
                        attempt: attempt.run.attempt,
                        end: .exited(0),
                        endedAt: now,
                        usage: nil
                    )
                }
            )
        )
        try refresh()
    }
}
