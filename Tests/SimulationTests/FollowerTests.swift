import DownbeatCore
import Support
import Testing

/// A chain of schedules over a real store, with crashes and lost workers.
@Suite("Followers over the store")
struct FollowerTests {
    private enum Fault: CaseIterable {
        case none, crash, crashAfterCommit, secondBeat, lostWorker, stopped, reloaded, failures
        case slowRuns, quickRuns, retried, manual
    }

    private static func schedules(_ delivery: Delivery) -> [Schedule] {
        var leader = Schedule.fixture(
            .every(Interval(period: .seconds(600))),
            named: "a",
            overlap: .queueAll,
            catchUp: CatchUp(policy: .all, limit: 1000)
        )
        leader.definition.delivery = delivery
        return [leader]
            + [("b", "a"), ("c", "b"), ("d", "a")].map { name, other in
                var schedule = Schedule.fixture(
                    .after(other),
                    named: name,
                    overlap: name == "d" ? .allow : .queueAll
                )
                schedule.definition.delivery = delivery
                return schedule
            }
    }

    @Test(arguments: Delivery.allCases)
    func `the slots of a follower are those for which its leader has succeeded`(
        delivery: Delivery
    ) throws {
        for _ in 0..<(TestLength.isLong ? 100 : 4) {
            try pass(delivery)
        }
    }

    private func pass(_ delivery: Delivery) throws {
        var random = SeededGenerator.ofThisRun()
        random = SeededGenerator(seed: random.next())
        var story = "seed \(random.seed)"
        let schedules = Self.schedules(delivery)
        var service = try VirtualService(seed: random.seed)
        service.duration = .seconds(30)
        try service.start(schedules)
        for _ in 0..<30 {
            let fault = Fault.allCases.randomElement(using: &random) ?? .none
            story += ", \(fault)"
            try perform(fault, &service, &random)
            try service.run(until: service.now + .seconds(Int.random(in: 0..<3000, using: &random)))
            try audit(service, story)
        }
        service.naturalEnd = .exited(0)
        service.duration = .zero
        try service.run(forMinutes: 24 * 60)
        try audit(service, story)
        for name in ["b", "c", "d"] {
            #expect(try service.runStates(of: name).allSatisfy(\.isFinal), "\(story)")
            #expect(try service.runStates(of: name).contains(.succeeded), "\(story)")
        }
        #expect(try service.store.inspect().problems == [], "\(story)")
    }

    private func perform(
        _ fault: Fault,
        _ service: inout VirtualService,
        _ random: inout SeededGenerator
    ) throws {
        switch fault {
        case .none: break
        case .crash:
            service.die()
            try service.recover()
            try service.start(service.schedules)
        case .crashAfterCommit:
            try service.commitAndForget()
            service.die()
            try service.recover()
            try service.start(service.schedules)
        case .secondBeat: try service.tickTwice()
        case .lostWorker: try service.loseWorker()
        case .stopped:
            try service.stop()
            try service.start(service.schedules)
        case .reloaded: try service.adopt(service.schedules)
        case .failures: service.naturalEnd = .exited(Bool.random(using: &random) ? 1 : 0)
        case .slowRuns: service.duration = .seconds(Int.random(in: 60..<1500, using: &random))
        case .quickRuns: service.duration = .zero
        case .retried:
            let ended = try service.store.runs(RunQuery(limit: 50)).filter(\.state.isFinal)
            guard let run = ended.randomElement(using: &random) else { return }
            _ = try service.store.retry(run.id, request: nil, now: service.now)
            try service.refresh()
        case .manual:
            guard let schedule = service.schedules.randomElement(using: &random) else { return }
            _ = try service.store.enqueue(
                ManualRun(
                    schedule: schedule.name,
                    definition: schedule.definition,
                    queue: schedule.queue,
                    overlap: schedule.overlap,
                    expires: nil,
                    place: .queue,
                    now: service.now
                )
            )
            try service.refresh()
        }
    }

    private func audit(_ service: VirtualService, _ story: String) throws {
        let runs = Dictionary(
            grouping: try service.store.runs(RunQuery(limit: .max)),
            by: \.schedule
        )
        for (name, leader) in [("b", "a"), ("c", "b"), ("d", "a")] {
            let succeeded = runs[leader, default: []].filter { $0.state == .succeeded }
            let fired = try service.fired(name)
            try #require(Set(fired) == Set(succeeded.compactMap(\.slot)), "\(name): \(story)")
            try #require(Set(fired).count == fired.count, "\(name): \(story)")
            let own = runs[name, default: []].filter { $0.slot != nil && $0.retryOf == nil }
            try #require(own.compactMap(\.slot).sorted() == fired, "\(name): \(story)")
        }
    }
}
