import DownbeatCore
import Support
import Testing

/// A daemon that was stopped, and runs that are in each other's way.
@Suite("Downtime and overlap")
struct DowntimeTests {
    private static func everyTenMinutes(
        _ catchUp: CatchUpPolicy,
        _ overlap: OverlapPolicy
    ) -> Schedule {
        .fixture(
            .every(Interval(period: .seconds(600))),
            overlap: overlap,
            catchUp: CatchUp(policy: catchUp, limit: 4)
        )
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var catchUp: CatchUpPolicy
        var overlap: OverlapPolicy
        var drawing: String
        var cancelled = 0
        var testDescription: String { "\(catchUp), \(overlap): \(drawing)" }
    }

    private static let rows: [Row] =
        OverlapPolicy.allCases.flatMap { overlap in
            [
                Row(catchUp: .skip, overlap: overlap, drawing: "FFFcccccccccF"),
                Row(catchUp: .once, overlap: overlap, drawing: "FFFccccccccFF"),
            ]
        } + [
            Row(catchUp: .all, overlap: .skip, drawing: "FFFcccccFoooF"),
            Row(catchUp: .all, overlap: .queue, drawing: "FFFcccccFFooF"),
            Row(catchUp: .all, overlap: .queueAll, drawing: "FFFcccccFFFFF"),
            Row(catchUp: .all, overlap: .replace, drawing: "FFFcccccFFFFF", cancelled: 3),
            Row(catchUp: .all, overlap: .allow, drawing: "FFFcccccFFFFF"),
        ]

    @Test(arguments: rows)
    func `after ninety minutes without a daemon every slot has its row`(_ row: Row) throws {
        let schedule = Self.everyTenMinutes(row.catchUp, row.overlap)
        var service = try VirtualService()
        try service.start([schedule])
        try service.run(until: Timeline.minute(35))
        try service.stop()
        try service.run(until: Timeline.minute(125))
        try service.start([schedule])
        try service.run(until: Timeline.minute(135))
        #expect(try service.drawing(of: "report") == row.drawing)
        let fates = try service.fates(of: "report")
        #expect(fates.map(\.slot) == (1...13).map { Timeline.minute(10 * $0) })
        // What fired has one run each, and all of them are done.
        let fired = try service.fired("report")
        let runs = try service.store.runs(RunQuery(schedule: "report", limit: .max)).reversed()
        #expect(runs.map(\.slot) == fired)
        let states = runs.map(\.state)
        #expect(states.filter { $0 == .cancelled }.count == row.cancelled)
        #expect(states.filter { $0 == .succeeded }.count == fired.count - row.cancelled)
        #expect(Set(service.started.map(\.id)).count == service.started.count)
    }

    @Test func `thirty days down cost one counted row`() throws {
        let schedules = try (0..<100).map { number in
            Schedule.fixture(
                .cron([try Crontab("* * * * *")]),
                named: "s\(number)",
                overlap: .queueAll,
                catchUp: CatchUp(policy: .all, limit: 5)
            )
        }
        var service = try VirtualService()
        try service.start(schedules)
        try service.stop()
        try service.run(forMinutes: 30 * 1440)
        try service.start(schedules)
        service.duration = .zero
        try service.run(until: service.now)
        for schedule in schedules {
            let rows = try service.store.ledger(LedgerQuery(schedule: schedule.name, limit: 100))
            #expect(rows.map(\.count) == [1, 1, 1, 1, 1, 30 * 1440 - 5])
            #expect(rows.last?.reason == .catchUp)
        }
    }

    struct OverlapRow: CustomTestStringConvertible, Sendable {
        var overlap: OverlapPolicy
        var drawing: String
        var states: [RunState]
        var testDescription: String { "\(overlap): \(drawing)" }
    }

    @Test(arguments: [
        OverlapRow(overlap: .skip, drawing: "FooFoo", states: [.succeeded, .running]),
        OverlapRow(
            overlap: .queue,
            drawing: "FFoFoF",
            states: [.succeeded, .succeeded, .running, .queued]
        ),
        OverlapRow(
            overlap: .queueAll,
            drawing: "FFFFFF",
            states: [.succeeded, .succeeded, .running, .queued, .queued, .queued]
        ),
        OverlapRow(
            overlap: .replace,
            drawing: "FFFFFF",
            states: [.cancelled, .cancelled, .cancelled, .cancelled, .cancelled, .running]
        ),
        OverlapRow(
            overlap: .allow,
            drawing: "FFFFFF",
            states: [.succeeded, .succeeded, .succeeded, .running, .running, .running]
        ),
    ])
    func `runs of 25 minutes meet slots of every 10`(_ row: OverlapRow) throws {
        var service = try VirtualService()
        service.duration = .seconds(25 * 60)
        try service.start([Self.everyTenMinutes(.skip, row.overlap)])
        try service.run(until: Timeline.minute(60) + .seconds(5))
        #expect(try service.drawing(of: "report") == row.drawing)
        #expect(try service.runStates(of: "report") == row.states)
        let skipped = try service.store.ledger(LedgerQuery(schedule: "report", limit: 10))
            .filter { $0.outcome == .skipped }
        #expect(skipped.filter { $0.blockedBy == nil }.isEmpty)
    }

    @Test func `a beat without a worker fills the queue as overlap allows`() throws {
        let policies = OverlapPolicy.allCases
        var service = try VirtualService()
        service.places = 0
        try service.start(
            policies.map { overlap in
                var schedule = Self.everyTenMinutes(.skip, overlap)
                schedule.name = overlap.rawValue
                return schedule
            }
        )
        try service.run(until: Timeline.minute(60))
        let drawings = try policies.map { try service.drawing(of: $0.rawValue) }
        #expect(drawings == ["Fooooo", "FFoooo", "FFFFFF", "FFFFFF", "FFFFFF"])
        // A worker that starts later drains it at once.
        service.places = 20
        service.duration = .zero
        try service.run(until: service.now)
        let counts = try policies.map { policy in
            try service.runStates(of: policy.rawValue).filter { $0 == .succeeded }.count
        }
        #expect(counts == [1, 2, 6, 1, 6])
        #expect(service.executing.isEmpty)
    }

    @Test func `a pause between runs is kept whatever they take`() throws {
        var service = try VirtualService()
        service.duration = .seconds(7 * 60)
        try service.start([
            .fixture(.every(Interval(period: .seconds(600), anchor: .lastEnd)), overlap: .skip),
            .fixture(
                .every(Interval(period: .seconds(600), anchor: .lastStart)),
                named: "starts",
                overlap: .skip
            ),
        ])
        try service.run(until: Timeline.minute(65))
        #expect(try service.fired("report") == [10, 27, 44, 61].map(Timeline.minute))
        #expect(try service.fired("starts") == [10, 20, 30, 40, 50, 60].map(Timeline.minute))
    }
}
