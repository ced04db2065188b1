import DownbeatCore
import Support
import Testing

/// Nothing fires that was not due after a change (row C6 of the failure model).
@Suite("Changes of schedules")
struct ChangeTests {
    private static func every(
        _ minutes: Int,
        named name: String = "report",
        from: Timestamp? = nil
    ) -> Schedule {
        .fixture(
            .every(Interval(period: .seconds(60 * minutes))),
            named: name,
            from: from,
            overlap: .queueAll
        )
    }

    /// Ran for 35 minutes with a slot every ten, then was stopped until minute 95.
    private static func afterDowntime() throws -> VirtualService {
        var service = try VirtualService()
        try service.start([every(10)])
        try service.run(until: Timeline.minute(35))
        try service.stop()
        try service.run(until: Timeline.minute(95))
        return service
    }

    @Test func `an edited rule catches nothing up`() throws {
        var service = try Self.afterDowntime()
        try service.start([Self.every(15)])
        try service.run(until: Timeline.minute(125))
        #expect(try service.drawing(of: "report") == "FFFeeeeeeFF")
        #expect(try service.fired("report").suffix(2) == [105, 120].map(Timeline.minute))
    }

    @Test func `another key keeps the mark`() throws {
        var service = try Self.afterDowntime()
        var schedule = Self.every(10)
        schedule.definition.timeout = .seconds(5)
        schedule.definition.revision = "2"
        schedule.catchUp.policy = .once
        try service.start([schedule])
        try service.run(until: Timeline.minute(105))
        #expect(try service.drawing(of: "report") == "FFFcccccFF")
        #expect(service.started.last?.definition.timeout == .seconds(5))
    }

    @Test func `a rename carries mark, pause and history over`() throws {
        var service = try Self.afterDowntime()
        var schedule = Self.every(10, named: "fresh")
        schedule.renamedFrom = "report"
        try service.start([schedule])
        try service.run(until: Timeline.minute(105))
        #expect(try service.drawing(of: "fresh") == "FFFFFFFFFF")
        #expect(try service.runStates(of: "fresh").count == 10)
        #expect(try service.fates(of: "report") == [])
        // A name that is free again starts anew, also one that a removed schedule had.
        try service.adopt([schedule, Self.every(10)])
        try service.run(until: Timeline.minute(115))
        #expect(try service.drawing(of: "report") == "F")
        #expect(try service.drawing(of: "fresh") == "FFFFFFFFFFF")
    }

    @Test func `a rename to the name of a removed schedule keeps the histories apart`() throws {
        var service = try VirtualService()
        try service.start([Self.every(10, named: "old"), Self.every(10)])
        try service.run(until: Timeline.minute(15))
        try service.adopt([Self.every(10)])
        var schedule = Self.every(10, named: "old")
        schedule.renamedFrom = "report"
        try service.run(until: Timeline.minute(25))
        try service.adopt([schedule])
        try service.run(until: Timeline.minute(35))
        #expect(try service.drawing(of: "old") == "FFF")
    }

    @Test func `a rename without renamed_from is remove and add`() throws {
        var service = try Self.afterDowntime()
        try service.start([Self.every(10, named: "fresh")])
        try service.run(until: Timeline.minute(105))
        #expect(try service.drawing(of: "fresh") == "F")
        #expect(try service.drawing(of: "report") == "FFF")
    }

    @Test func `removing drops the mark and cancels what waits`() throws {
        var service = try VirtualService()
        service.duration = .seconds(25 * 60)
        try service.start([Self.every(10)])
        try service.run(until: Timeline.minute(35))
        #expect(try service.runStates(of: "report") == [.succeeded, .running, .queued])
        try service.adopt([])
        try service.run(until: Timeline.minute(70))
        #expect(try service.runStates(of: "report") == [.succeeded, .succeeded, .cancelled])
        try service.adopt([Self.every(10)])
        try service.run(until: Timeline.minute(85))
        #expect(try service.fired("report") == [10, 20, 30, 80].map(Timeline.minute))
        #expect(try service.drawing(of: "report") == "FFFeeeeF")
    }

    @Test func `disabled slots are counted when the schedule is enabled`() throws {
        var service = try VirtualService()
        var disabled = Self.every(10)
        disabled.isEnabled = false
        try service.start([Self.every(10)])
        try service.run(until: Timeline.minute(15))
        try service.adopt([disabled])
        try service.run(until: Timeline.minute(55))
        #expect(try service.drawing(of: "report") == "F")
        #expect(service.nextWake == nil)
        try service.adopt([Self.every(10)])
        try service.run(until: Timeline.minute(75))
        #expect(try service.drawing(of: "report") == "FddddFF")
        let rows = try service.store.ledger(LedgerQuery(schedule: "report", limit: 9))
        #expect(rows.map(\.count) == [1, 1, 4, 1])
    }

    @Test func `a pause without end is one counted row until resumed`() throws {
        var service = try VirtualService()
        try service.start([Self.every(10)])
        try service.run(until: Timeline.minute(15))
        let pause = ScheduleState.Pause(since: service.now, until: nil, reason: "repair")
        try service.store.pause(["report"], pause: pause)
        try service.refresh()
        try service.run(until: Timeline.minute(45))
        #expect(try service.drawing(of: "report") == "Fppp")
        try service.store.resume(["report"], now: service.now)
        try service.refresh()
        try service.run(until: Timeline.minute(65))
        #expect(try service.drawing(of: "report") == "FpppFF")
        let rows = try service.store.ledger(LedgerQuery(schedule: "report", limit: 9))
        #expect(rows.map(\.count) == [1, 1, 3, 1])
        #expect(try service.state(of: "report")?.pause == nil)
    }

    @Test func `a pause with an end counts to its end though the daemon was down`() throws {
        var service = try VirtualService()
        try service.start([Self.every(10)])
        try service.run(until: Timeline.minute(15))
        let pause = ScheduleState.Pause(
            since: service.now,
            until: Timeline.minute(45),
            reason: "repair"
        )
        try service.store.pause(["report"], pause: pause)
        try service.stop()
        try service.run(until: Timeline.minute(75))
        try service.start([Self.every(10)])
        try service.run(until: Timeline.minute(85))
        #expect(try service.drawing(of: "report") == "FpppFFFF")
    }

    @Test func `resuming after downtime judges what fell due since by catch-up`() throws {
        var service = try VirtualService()
        try service.start([Self.every(10)])
        let pause = ScheduleState.Pause(since: service.now, until: nil, reason: "repair")
        try service.store.pause(["report"], pause: pause)
        try service.stop()
        try service.run(until: Timeline.minute(35))
        try service.store.resume(["report"], now: service.now)
        try service.run(until: Timeline.minute(55))
        try service.start([Self.every(10)])
        try service.run(until: service.now)
        #expect(try service.drawing(of: "report") == "pppFF")
    }

    @Test func `skip names slots and an edit forgets them`() throws {
        var service = try VirtualService()
        try service.start([Self.every(10)])
        try service.store.skip("report", slots: [10, 20, 50, 60].map(Timeline.minute))
        try service.refresh()
        try service.run(until: Timeline.minute(35))
        #expect(try service.state(of: "report")?.skipNext == [50, 60].map(Timeline.minute))
        try service.adopt([Self.every(10, from: Timeline.start)])
        try service.run(until: Timeline.minute(65))
        #expect(try service.drawing(of: "report") == "ssFFFF")
    }

    @Test func `bounds hold to the microsecond`() throws {
        var service = try VirtualService()
        var schedule = Self.every(10, from: Timeline.minute(30))
        schedule.rule.until = Timeline.minute(50)
        try service.start([schedule])
        try service.run(until: Timeline.minute(85))
        #expect(try service.drawing(of: "report") == "bbFF")
        #expect(service.nextWake == nil)
    }

    @Test func `a clock that was in 2038 and is set back goes on and fires nothing twice`() throws {
        var service = try VirtualService()
        var schedule = Self.every(10)
        schedule.catchUp.policy = .once
        try service.start([schedule])
        try service.run(until: Timeline.minute(25))
        service.setClock(Timestamp(seconds: 2_145_916_800))
        try service.run(forMinutes: 15)
        #expect(service.started.count == 4)
        service.setClock(Timeline.minute(27))
        try service.run(until: Timeline.minute(55))
        #expect(try service.state(of: "report")?.mark == Timeline.minute(50))
        let fired = try service.fired("report").filter { $0 < Timeline.minute(100) }
        #expect(fired == [10, 20, 30, 40, 50].map(Timeline.minute))
        #expect(Set(service.started.map(\.slot)).count == service.started.count)
        let runs = try service.store.runs(RunQuery(schedule: "report", limit: .max))
        #expect(runs.allSatisfy { $0.state == .succeeded })
    }

    @Test func `a backoff that began in 2038 does not last until then`() throws {
        var service = try VirtualService()
        var schedule = Self.every(10)
        schedule.overlap = .skip
        schedule.catchUp.policy = .once
        schedule.definition.retry = RetryPolicy(times: 1, wait: .seconds(1800))
        try service.start([schedule])
        service.naturalEnd = .exited(1)
        service.setClock(Timestamp(seconds: 2_145_916_800))
        try service.run(forMinutes: 5)
        #expect(try service.runStates(of: "report") == [.scheduled])
        service.naturalEnd = .exited(0)
        service.setClock(Timeline.minute(2))
        try service.run(until: Timeline.minute(15))
        #expect(try service.runStates(of: "report") == [.succeeded, .succeeded])
        // People find the step among the events.
        let events = try (service.store as any Store).events(limit: 9)
        #expect(events.map(\.name) == ["beat.clock_moved"])
        #expect(events.first?.schedule == "report")
        #expect(events.first?.isError == true)
    }

    @Test func `a clock that moved back by two hours waits for the mark`() throws {
        var service = try VirtualService()
        try service.start([Self.every(10)])
        try service.run(until: Timeline.minute(125))
        service.setClock(Timeline.minute(5))
        try service.run(until: Timeline.minute(135))
        let slots = (1...13).map { Timeline.minute(10 * $0) }
        #expect(try service.fired("report") == slots)
        #expect(service.started.map(\.slot) == slots)
    }

    @Test func `a clock that moved back by four hours starts again at now`() throws {
        var service = try VirtualService()
        try service.start([Self.every(10)])
        try service.run(until: Timeline.minute(245))
        service.setClock(Timeline.minute(5))
        try service.run(until: Timeline.minute(255))
        // Slots with a row of their own never repeat.
        #expect(service.started.map(\.slot) == (1...25).map { Timeline.minute(10 * $0) })
        #expect(try service.state(of: "report")?.mark == Timeline.minute(250))
    }
}
