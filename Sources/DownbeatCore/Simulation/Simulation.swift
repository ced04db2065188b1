import HeapModule

/// The beat and a worker on virtual time: what would happen from one instant to another.
///
/// The beat is `BeatEngine` and the pool is `WorkerMachine`, the very ones of the daemon; only clock,
/// store and commands are others. Time goes from wake-up to wake-up. At each instant the worker hands
/// in what has ended, then the beat ticks, then the worker claims. Commands are assumed to take a
/// known time, to succeed, to need no time to start, and to end at once when they are asked to; what
/// takes longer than its `timeout` is timed out and repeated as its schedule says.
///
/// The same schedules, options and seed give the same answer to the last bit, `trace` included.
package struct Simulation {
    /// What to simulate.
    package struct Options: Hashable, Sendable {
        /// Inclusive: a slot at this instant fires.
        package var from: Timestamp
        /// Exclusive.
        package var to: Timestamp
        /// Runs at once, by queue; together they are the places of the worker.
        package var queues: [String: Int]
        package var durations: SimulatedDurations
        /// Of drawn durations and of the jitter of repeats.
        package var seed: UInt64

        package init(
            from: Timestamp,
            to: Timestamp,
            queues: [String: Int],
            durations: SimulatedDurations = SimulatedDurations(),
            seed: UInt64 = 1
        ) {
            self.from = from
            self.to = to
            self.queues = queues
            self.durations = durations
            self.seed = seed
        }
    }

    /// A decision, for whoever keeps a ledger of them.
    package struct Decision: Hashable, Sendable {
        package var schedule: String
        package var at: Timestamp
        package var item: SlotPlan.Item
    }

    /// The beat woke more often at one instant than anything could be due.
    package struct Stuck: Error, Hashable, Sendable {
        package var at: Timestamp
    }

    /// When something happens to an attempt by itself.
    private struct Event: Comparable {
        enum Kind { case ends, timesOut }

        var at: Timestamp
        var key: UInt64
        var kind: Kind

        static func < (left: Event, right: Event) -> Bool {
            (left.at, left.key) < (right.at, right.key)
        }
    }

    private static let owner = "simulation"
    private static let passesMax = 100_000
    /// What a command ends by that is asked to end.
    private static let terminated: Int32 = 15

    private let schedules: [Schedule]
    private let options: Options
    private let store: SimulatedStore
    private var engine: BeatEngine
    private var machine: WorkerMachine
    private var events = Heap<Event>()
    private var now: Timestamp
    private var starts: [WorkRequest.Start] = []
    private var completions: [WorkRequest.Completion] = []
    private var workerWake: Timestamp?
    private var wantsClaim = true
    private let countsFromRuns: Bool
    private let hasFollowers: Bool
    private var tally: SimulationTally

    /// Prepares a simulation of a whole configuration that nothing is known of yet at `from`.
    package init(_ schedules: [Schedule], _ options: Options) {
        self.schedules = schedules
        self.options = options
        store = SimulatedStore(seed: options.seed)
        // A new schedule starts at now, and a slot at `from` itself is to come.
        now = options.from - .microseconds(1)
        engine = BeatEngine(store: store, beatStart: now)
        machine = WorkerMachine(places: options.queues.values.reduce(0, +))
        countsFromRuns = schedules.contains(where: \.rule.countsFromRuns)
        hasFollowers = schedules.contains { $0.rule.leader != nil }
        tally = SimulationTally(schedules)
    }

    /// Lets the time pass.
    ///
    /// - Parameter observe: told every decision about a slot, in order.
    /// - Returns: the counts.
    /// - Throws: `Simulation.Stuck`, which is a mistake of this program.
    package mutating func run(
        observe: ((Decision) -> Void)? = nil
    ) throws -> SimulationReport {
        _ = try engine.adopt(schedules, now: now) { _ in nil }
        try pass(observe)
        while let wake = nextWake, wake < options.to {
            now = max(now, wake)
            try pass(observe)
        }
        return tally.report(store, at: options.to)
    }

    private var nextWake: Timestamp? {
        mutating get {
            var wake = engine.nextWake() ?? .distantFuture
            if let event = events.min { wake = min(wake, event.at) }
            if let workerWake { wake = min(wake, workerWake) }
            return wake == .distantFuture ? nil : wake
        }
    }

    /// Does everything that is due at this instant.
    private mutating func pass(_ observe: ((Decision) -> Void)?) throws {
        if let wake = workerWake, wake <= now { wantsClaim = true }
        for _ in 0..<Self.passesMax {
            endAttempts()
            let isDue = (engine.nextWake() ?? .distantFuture) <= now
            // With nothing due the claim may come with what is handed in.
            if hasWord, isDue { try exchange(claiming: false, observe) }
            if isDue, let reply = try engine.tick(now: now) {
                tally.take(reply.plans, at: now, observe)
                wantsClaim = true
            }
            guard hasWord || wantsClaim else { break }
            try exchange(claiming: true, observe)
        }
        guard !hasWord, !wantsClaim else { throw Stuck(at: now) }
        tally.note(waiting: store.waitingCount, running: machine.count, at: now)
    }

    /// Whether the worker has something that must not wait for its next request.
    private var hasWord: Bool { !completions.isEmpty || countsFromRuns && !starts.isEmpty }

    /// What has come to its end by this instant.
    private mutating func endAttempts() {
        while let event = events.min, event.at <= now {
            events.removeMin()
            switch event.kind {
            case .ends: end(event.key, .exited(0))
            case .timesOut: perform(machine.timePassed(clock))
            }
        }
    }

    /// The worker's monotonic clock.
    private var clock: Duration { now - options.from }

    private mutating func perform(_ actions: [WorkerMachine.Action]) {
        for action in actions {
            switch action {
            case .spawn(let key, let run): start(key, run)
            case .terminate(let key), .kill(let key): end(key, .signalled(Self.terminated))
            }
        }
    }

    private mutating func start(_ key: UInt64, _ run: ClaimedRun) {
        perform(machine.started(key, at: clock))
        let duration = options.durations.duration(
            of: run.schedule,
            slot: run.slot,
            attempt: run.attempt,
            seed: options.seed
        )
        if let timeout = run.definition.timeout, timeout < duration {
            events.insert(Event(at: now + timeout, key: key, kind: .timesOut))
        } else {
            events.insert(Event(at: now + duration, key: key, kind: .ends))
        }
        starts.append(
            WorkRequest.Start(run: run.id, attempt: run.attempt, startedAt: now, pid: 1)
        )
        tally.started(run, at: now)
    }

    private mutating func end(_ key: UInt64, _ report: WorkerMachine.Report) {
        guard let (run, end) = machine.ended(key, report) else { return }
        completions.append(
            WorkRequest.Completion(
                run: run.id,
                attempt: run.attempt,
                end: end,
                endedAt: now,
                usage: nil
            )
        )
    }

    private mutating func exchange(
        claiming: Bool,
        _ observe: ((Decision) -> Void)?
    ) throws {
        let reply = try store.exchange(
            WorkRequest(
                owner: Self.owner,
                now: now,
                starts: starts,
                completions: completions,
                claimLimit: claiming ? machine.freePlaces : 0,
                queues: options.queues
            )
        )
        // A claim takes all there is for places and queues; what ended releases more.
        wantsClaim = !claiming && (wantsClaim || !completions.isEmpty)
        starts.removeAll(keepingCapacity: true)
        completions.removeAll(keepingCapacity: true)
        workerWake = reply.wakeAt
        for transition in reply.transitions { tally.ended(transition, at: now) }
        if hasFollowers { tally.take(store.takeFollowed(), at: now, observe) }
        perform(machine.claimed(reply.claimed))
        if !reply.cancelRequested.isEmpty {
            perform(machine.cancel(reply.cancelRequested, at: clock))
        }
        if countsFromRuns { try engine.refresh() }
    }
}
