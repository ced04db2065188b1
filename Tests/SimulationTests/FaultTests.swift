import DownbeatCore
import Support
import Testing

/// Crashes, steps of the clock, second beats and lost workers, with the invariants checked after every
/// step.
@Suite("Faults")
struct FaultTests {
    private enum Fault: CaseIterable {
        case none, crashBeforeCommit, crashAfterCommit, secondBeat, lostWorker, killed, stopped
        case clockForward, clockBack, clockFarBack, slowRuns, quickRuns, paused, resumed
        case reloaded
    }

    /// The whole history is looked over after this many steps, its end after each.
    private static let stepsBetweenAudits = 10

    @Test(arguments: 0..<(TestLength.isLong ? 200 : 4))
    func `no fault doubles a slot, loses one or gives a run two leases`(_ number: Int) throws {
        var random = SeededGenerator.ofThisRun()
        for _ in 0..<number { _ = random.next() }
        random = SeededGenerator(seed: random.next())
        var story = "seed \(random.seed)"
        var service = try VirtualService(seed: random.seed)
        let schedules = try Self.schedules(&random)
        var witness = Witness(schedules, start: service.now)
        try service.start(schedules)
        for step in 1...40 {
            let fault = Fault.allCases.randomElement(using: &random) ?? .none
            story += ", \(fault)"
            do {
                try Self.perform(fault, &service, &random)
                try service.run(
                    until: service.now + .seconds(Int.random(in: 0..<5400, using: &random))
                )
            } catch {
                Issue.record(error, "\(story)")
                return
            }
            try witness.check(service, story)
            if step % Self.stepsBetweenAudits == 0 { try witness.audit(service, story) }
        }
        // Everything comes to its end once nothing more goes wrong.
        service.duration = .zero
        try service.run(forMinutes: 24 * 60)
        try witness.check(service, story)
        try witness.audit(service, story)
        let waiting = service.executing.count
        #expect(waiting == 0, "\(story)")
        for schedule in schedules {
            let states = try service.runStates(of: schedule.name)
            #expect(states.filter { !$0.isFinal }.isEmpty, "\(story)")
        }
    }

    private static func schedules(_ random: inout SeededGenerator) throws -> [Schedule] {
        OverlapPolicy.allCases.flatMap { overlap in
            [Delivery.atLeastOnce, .atMostOnce].map { delivery in
                let minutes = Int.random(in: 20..<90, using: &random)
                var schedule = Schedule.fixture(
                    .every(Interval(period: .seconds(60 * minutes))),
                    named: "\(overlap)-\(delivery)",
                    overlap: overlap,
                    catchUp: CatchUp(
                        policy: CatchUpPolicy.allCases.randomElement(using: &random) ?? .skip,
                        within: .seconds(7200),
                        limit: 4,
                        lateAfter: .seconds(600)
                    ),
                    expires: Bool.random(using: &random) ? .seconds(3600) : nil
                )
                schedule.definition.delivery = delivery
                if Bool.random(using: &random) {
                    schedule.rule.jitter = Jitter(
                        max: .seconds(Int.random(in: 2..<60 * minutes, using: &random)),
                        mode: Jitter.Mode.allCases.randomElement(using: &random) ?? .stable
                    )
                }
                return schedule
            }
        }
    }

    private static func perform(
        _ fault: Fault,
        _ service: inout VirtualService,
        _ random: inout SeededGenerator
    ) throws {
        let seconds = Int.random(in: 0..<10_000, using: &random)
        switch fault {
        case .none:
            break
        case .crashBeforeCommit, .killed:
            service.die()
            try service.run(until: service.now + .seconds(fault == .killed ? seconds : 0))
            try service.recover()
            try service.start(service.schedules)
        case .crashAfterCommit:
            service.setClock(service.now + .seconds(seconds))
            try service.commitAndForget()
            service.die()
            try service.recover()
            try service.start(service.schedules)
        case .secondBeat:
            service.setClock(service.now + .seconds(seconds))
            try service.tickTwice()
        case .lostWorker:
            try service.loseWorker()
        case .stopped:
            try service.stop()
            try service.run(until: service.now + .seconds(seconds))
            try service.start(service.schedules)
        case .clockForward:
            service.setClock(service.now + .seconds(seconds))
        case .clockBack:
            service.setClock(service.now - .seconds(seconds))
        case .clockFarBack:
            service.setClock(service.now - .seconds(10_801 + seconds))
        case .slowRuns:
            service.duration = .seconds(seconds)
        case .quickRuns:
            service.duration = .seconds(seconds / 1000)
        case .paused:
            let name = service.schedules.randomElement(using: &random)?.name
            let end = Bool.random(using: &random) ? service.now + .seconds(seconds) : nil
            let pause = ScheduleState.Pause(since: service.now, until: end, reason: "repair")
            try service.store.pause(name.map { [$0] } ?? [], pause: pause)
            try service.refresh()
        case .resumed:
            try service.store.resume(service.schedules.map(\.name), now: service.now)
            try service.refresh()
        case .reloaded:
            try service.adopt(service.schedules)
        }
    }
}

/// Remembers what was seen and checks that nothing contradicts it.
private struct Witness {
    private struct Seen {
        var state: RunState
        var attempts: Int
    }

    private let schedules: [Schedule]
    private let start: Timestamp
    private var seen: [RunID: Seen] = [:]
    /// The greatest mark of each schedule so far.
    private var marks: [String: Timestamp] = [:]

    init(_ schedules: [Schedule], start: Timestamp) {
        self.schedules = schedules
        self.start = start
    }

    /// Looks at the newest runs, at all that are executed, and at the marks.
    mutating func check(_ service: VirtualService, _ story: String) throws {
        let place: Comment = "\(story)"
        for run in try service.store.runs(RunQuery(limit: 50)) {
            if let before = seen[run.id] {
                guard !before.state.isFinal else {
                    try #require(before.state == run.state, place)
                    continue
                }
                try #require(run.attempts >= before.attempts, place)
            }
            seen[run.id] = Seen(state: run.state, attempts: run.attempts)
            let detail = try #require(try service.store.run(run.id))
            let open = detail.attempts.filter { $0.end == nil }
            try #require(open.count == (run.state == .running ? 1 : 0), place)
            try #require(detail.attempts.map(\.number) == Array(0..<run.attempts).map { $0 + 1 })
            let isOnce = detail.definition.delivery == .atMostOnce
            try #require(!isOnce || run.attempts <= 1, place)
        }
        try checkLeases(service, place)
        for state in try service.store.scheduleStates() {
            marks[state.name] = max(marks[state.name] ?? start, state.mark)
        }
    }

    /// Looks at every slot and every run.
    func audit(_ service: VirtualService, _ story: String) throws {
        let place: Comment = "\(story)"
        let runs = try service.store.runs(RunQuery(limit: .max))
        for run in runs {
            guard let before = seen[run.id], before.state.isFinal else { continue }
            try #require(before.state == run.state, place)
        }
        for schedule in schedules {
            try checkSlots(
                of: schedule,
                service,
                runs.filter { $0.schedule == schedule.name },
                place
            )
        }
    }

    /// What runs is what the worker executes, side by side only where that is allowed.
    private func checkLeases(_ service: VirtualService, _ place: Comment) throws {
        let running = try service.store.runs(RunQuery(states: [.running], limit: .max))
        let executing = service.executing.map(\.run.id)
        try #require(Set(running.map(\.id)) == Set(executing), place)
        try #require(Set(executing).count == executing.count, place)
        let bySchedule = Dictionary(grouping: running, by: \.schedule)
        for schedule in schedules where schedule.overlap != .allow {
            try #require(bySchedule[schedule.name, default: []].count <= 1, place)
        }
    }

    /// Every slot up to the mark has fired, once, or has its reason.
    private func checkSlots(
        of schedule: Schedule,
        _ service: VirtualService,
        _ runs: [RunRecord],
        _ place: Comment
    ) throws {
        let mark = marks[schedule.name] ?? start
        let fates = try service.fates(of: schedule.name)
        let fired = fates.filter { $0.reason == nil }.map(\.slot)
        try #require(Set(fired).count == fired.count, place)
        try #require(runs.count == fired.count, place)
        try #require(Set(fired) == Set(runs.compactMap(\.slot)), place)
        let slots = schedule.rule.fireTimes(after: start, upTo: mark, limit: .max)
        let missing = Set(slots).subtracting(fates.map(\.slot))
        try #require(missing.isEmpty, place)
        try #require(fates.allSatisfy { $0.slot <= mark && $0.slot != .distantFuture }, place)
    }
}
