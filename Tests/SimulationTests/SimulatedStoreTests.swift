import DownbeatCore
import Support
import Testing

/// The store of values against the database: the same beat and worker over both.
@Suite("Simulated store")
struct SimulatedStoreTests {
    /// What became of a service, as far as both can tell.
    struct Outcome: Equatable {
        var fates: [String: [SlotFate]]
        var ends: [String: [RunState: Int]]
        var late: [String: Int]
        var delayMax: [String: Duration]
        var unfinished: Int
    }

    private static let from = Timeline.start

    @Test(arguments: 0..<(TestLength.isLong ? 200 : 5))
    func `a simulation keeps the ledger that the database keeps`(_ number: Int) throws {
        var random = SeededGenerator(
            seed: SeededGenerator.ofThisRun().seed &+ UInt64(number)
        )
        let place: Comment = "seed \(random.seed)"
        let schedules = try Self.schedules(&random)
        let to = Self.from + .seconds(Int.random(in: 20_000..<200_000, using: &random))
        let queues = ["default": Int.random(in: 1...3, using: &random), "other": 1]
        var durations = SimulatedDurations(standard: .seconds(60))
        for schedule in schedules {
            let seconds = [0, 1, 45, 600, 5000].randomElement(using: &random) ?? 0
            durations.known[schedule.name] = .fixed(.seconds(seconds))
        }
        let options = Simulation.Options(
            from: Self.from,
            to: to,
            queues: queues,
            durations: durations,
            seed: random.seed
        )
        let simulated = try Self.simulate(schedules, options)
        let real = try Self.execute(schedules, options)
        for schedule in schedules {
            #expect(
                simulated.fates[schedule.name] == real.fates[schedule.name],
                "seed \(random.seed): \(schedule)"
            )
        }
        #expect(simulated == real, place)
        #expect(!real.fates.values.joined().isEmpty, place)
    }

    /// Any rule and policy, jitter, followers, event anchors, timeouts with repeats, two queues.
    private static func schedules(_ random: inout SeededGenerator) throws -> [Schedule] {
        let drawing = try ScheduleDrawing()
        return try (0..<16).map { number in
            var schedule = try drawing.schedule("s\(number)", around: from, &random)
            // What is before the first bound is judged when the first slot after it is.
            schedule.rule.from = nil
            schedule.rule.until = nil
            schedule.queue = number % 4 == 3 ? "other" : "default"
            if number % 5 == 4 {
                schedule.definition.timeout = .seconds(30)
                schedule.definition.retry = RetryPolicy(times: 1, wait: .seconds(90), jitter: 0)
            }
            if number % 6 == 2 {
                let mode: Jitter.Mode = number == 2 ? .stable : .random
                schedule.rule.jitter = Jitter(max: .seconds(50), mode: mode)
            }
            if number % 7 == 6 { schedule.rule.trigger = .after("s\(number - 1)") }
            if number % 8 == 7 {
                let anchor: Interval.Anchor = number == 7 ? .lastStart : .lastEnd
                let period = Int.random(in: 30..<4000, using: &random)
                schedule.rule.trigger = .every(Interval(period: .seconds(period), anchor: anchor))
            }
            return schedule
        }
    }

    private static func simulate(
        _ schedules: [Schedule],
        _ options: Simulation.Options
    ) throws -> Outcome {
        var simulation = Simulation(schedules, options)
        let rules = Dictionary(uniqueKeysWithValues: schedules.map { ($0.name, $0.rule) })
        var fates: [String: [SlotFate]] = [:]
        let report = try simulation.run { decision in
            guard let rule = rules[decision.schedule] else { return }
            fates[decision.schedule, default: []] += Self.fates(of: decision.item, rule)
        }
        func byName<Value>(_ value: (SimulationReport.Line) -> Value) -> [String: Value] {
            Dictionary(uniqueKeysWithValues: report.lines.map { ($0.name, value($0)) })
        }
        return Outcome(
            fates: fates.mapValues { $0.sorted { $0.slot < $1.slot } },
            ends: byName(\.ends),
            late: byName(\.late),
            delayMax: byName(\.delayMax),
            unfinished: report.unfinished
        )
    }

    private static func fates(of item: SlotPlan.Item, _ rule: Rule) -> [SlotFate] {
        // One slot at a time is skipped where the beat is always there.
        if case .skipRange(let first, let last, 1, let reason) = item, first == last {
            return [SlotFate(slot: first, reason: reason)]
        }
        return SlotFate.all(of: SlotPlan(items: [item]), rule)
    }

    private static func execute(
        _ schedules: [Schedule],
        _ options: Simulation.Options
    ) throws -> Outcome {
        var service = try VirtualService(
            at: options.from - .microseconds(1),
            seed: options.seed
        )
        service.endingTime = .zero
        service.queues = options.queues
        service.places = options.queues.values.reduce(0, +)
        for schedule in schedules {
            var way = (options.durations.typical(of: schedule.name), AttemptEnd.exited(0))
            if let timeout = schedule.definition.timeout, timeout < way.0 {
                way = (timeout, .timedOut(signal: 15))
            }
            service.ways[schedule.name] = way
        }
        try service.start(schedules)
        try service.run(until: options.to - .microseconds(1))

        var outcome = Outcome(fates: [:], ends: [:], late: [:], delayMax: [:], unfinished: 0)
        for schedule in schedules {
            let name = schedule.name
            let fates = try service.fates(of: name)
            if !fates.isEmpty { outcome.fates[name] = fates }
            let runs = try service.store.runs(RunQuery(schedule: name, limit: .max))
            let done = runs.filter(\.state.isFinal)
            outcome.ends[name] = Dictionary(grouping: done, by: \.state).mapValues(\.count)
            outcome.unfinished += runs.count - done.count
            let delays = runs.compactMap { run -> Duration? in
                if let started = run.startedAt { return started - run.due }
                return run.state.isFinal ? nil : options.to - run.due
            }
            outcome.delayMax[name] = delays.max() ?? .zero
            outcome.late[name] = delays.count { $0 > schedule.catchUp.lateAfter }
        }
        return outcome
    }

    @Test func `the same seed gives the same trace and another one another`() throws {
        var random = SeededGenerator(seed: 7)
        let schedules = try Self.schedules(&random)
        var durations = SimulatedDurations()
        for schedule in schedules {
            durations.known[schedule.name] = .drawn([.seconds(1), .seconds(20), .seconds(300)])
        }
        func trace(_ seed: UInt64) throws -> String {
            var simulation = Simulation(
                schedules,
                Simulation.Options(
                    from: Self.from,
                    to: Self.from + .seconds(86_400),
                    queues: ["default": 2, "other": 1],
                    durations: durations,
                    seed: seed
                )
            )
            return try simulation.run().trace
        }
        #expect(try trace(1) == trace(1))
        #expect(try trace(1) != trace(2))
    }
}
