import DownbeatCore
import Support
import Testing

/// A virtual year of random schedules with downtimes, against an oracle that judges slot by slot (row
/// C1 of the failure model, short form).
@Suite("A virtual year")
struct YearTests {
    @Test func `the ledger of a year is the oracle's`() throws {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        let drawing = try ScheduleDrawing()
        let count = TestLength.isLong ? 1000 : 100
        let middle = Timeline.start + .seconds(182 * 86_400)
        let schedules = try (0..<count).map { number in
            try drawing.schedule("s\(number)", around: middle, sparse: true, &random)
        }
        var service = try VirtualService(seed: seed)
        service.duration = .zero
        service.places = count
        var oracles = schedules.map { YearOracle($0, start: service.now) }
        try service.start(schedules)
        let end = Timeline.start + .seconds(365 * 86_400)
        while service.now < end {
            // up for up to six hours, down for up to a fortnight.
            let stop = service.now + .seconds(Int.random(in: 0..<21_600, using: &random))
            for index in oracles.indices { oracles[index].run(from: service.now, until: stop) }
            try service.run(until: stop)
            try service.stop()
            try service.run(
                until: stop + .seconds(Int.random(in: 0..<(14 * 86_400), using: &random))
            )
            try service.start(schedules)
        }
        var slots = 0
        for oracle in oracles {
            let fates = try service.fates(of: oracle.schedule.name)
            let place: Comment = "seed \(seed): \(oracle.schedule)"
            try #require(fates == oracle.fates, place)
            slots += fates.count
        }
        #expect(slots > 10_000)
        let runs = try service.store.runs(RunQuery(limit: .max))
        #expect(
            Set(runs.map { [$0.schedule, "\($0.slot?.microseconds ?? 0)"] }).count == runs.count
        )
        #expect(runs.filter { !$0.state.isFinal }.isEmpty)
        #expect(service.started.count == runs.filter { $0.startedAt != nil }.count)
    }
}

/// One schedule over a year, judged whenever the beat would look at it.
private struct YearOracle {
    let schedule: Schedule
    private(set) var fates: [SlotFate] = []
    private var mark: Timestamp

    init(_ schedule: Schedule, start: Timestamp) {
        self.schedule = schedule
        mark = start
    }

    /// The beat runs from one instant to another; attempts take no time.
    mutating func run(from start: Timestamp, until end: Timestamp) {
        var now = start
        while let slot = schedule.rule.next(after: mark), slot <= end {
            now = max(now, slot)
            let oracle = SlotOracle(schedule, .fixture(mark: mark), now: now)
            fates += oracle.fates
            mark = oracle.mark
        }
    }
}
