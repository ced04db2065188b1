import DownbeatCore
import Support
import Testing

/// Slots with jitter over a real store, with crashes and restarts between nominal and due time.
@Suite("Jitter over the store")
struct JitterTests {
    private static let jitter = Jitter(max: .seconds(1800))

    private static func hourly(
        _ mode: Jitter.Mode = .stable,
        overlap: OverlapPolicy = .allow,
        catchUp: CatchUpPolicy = .skip
    ) -> Schedule {
        var schedule = Schedule.fixture(
            .every(Interval(period: .seconds(3600))),
            overlap: overlap,
            catchUp: CatchUp(policy: catchUp)
        )
        schedule.rule.jitter = Jitter(max: jitter.max, mode: mode)
        return schedule
    }

    private struct Fired: Equatable {
        var slot: Timestamp?
        var due: Timestamp
        var enqueued: Timestamp
    }

    private static func runs(_ service: VirtualService) throws -> [Fired] {
        try service.store.runs(RunQuery(schedule: "report", limit: .max)).reversed().map {
            Fired(slot: $0.slot, due: $0.due, enqueued: $0.enqueuedAt)
        }
    }

    private static func expected(_ schedule: Schedule, hours: ClosedRange<Int>) -> [Fired] {
        hours.map { hour in
            let slot = Timeline.minute(60 * hour)
            let due = schedule.rule.due(of: slot, name: "report")
            return Fired(slot: slot, due: due, enqueued: due)
        }
    }

    @Test(arguments: Jitter.Mode.allCases)
    func `runs are made at the due time and carry the nominal one`(mode: Jitter.Mode) throws {
        let schedule = Self.hourly(mode)
        var service = try VirtualService()
        service.duration = .zero
        try service.start([schedule])
        try service.run(until: Timeline.minute(24 * 60 + 31))
        let expected = Self.expected(schedule, hours: 1...24)
        #expect(try Self.runs(service) == expected)
        #expect(
            Set(expected.map { $0.due - ($0.slot ?? $0.due) }).count > (mode == .random ? 9 : 0)
        )
    }

    private enum Interruption: CaseIterable {
        case crash, orderlyStop, committedAndForgotten, secondBeat, reload
    }

    @Test(arguments: Interruption.allCases)
    private func `an interruption between nominal and due time changes nothing`(
        _ interruption: Interruption
    ) throws {
        let schedule = Self.hourly()
        let due = schedule.rule.due(of: Timeline.minute(60), name: "report")
        for moment in [Timeline.minute(60), Timeline.minute(60) + .seconds(30), due] {
            var service = try VirtualService()
            service.duration = .zero
            try service.start([schedule])
            try service.run(until: moment - .seconds(1))
            switch interruption {
            case .crash:
                service.die()
                try service.run(until: moment)
                try service.recover()
                try service.start([schedule])
            case .orderlyStop:
                try service.stop()
                try service.run(until: moment)
                try service.start([schedule])
            case .committedAndForgotten:
                service.setClock(moment)
                try service.commitAndForget()
                try service.recover()
                try service.start([schedule])
            case .secondBeat:
                service.setClock(moment)
                try service.tickTwice()
            case .reload:
                service.setClock(moment)
                try service.adopt([schedule])
            }
            try service.run(until: Timeline.minute(151))
            #expect(try Self.runs(service) == Self.expected(schedule, hours: 1...2), "\(moment)")
        }
    }

    @Test func `after a downtime ages count from the due times`() throws {
        for (catchUp, drawing) in [
            (CatchUpPolicy.skip, "FcccF"), (.once, "FccFF"), (.all, "FFFFF"),
        ] {
            let schedule = Self.hourly(catchUp: catchUp)
            var service = try VirtualService()
            service.duration = .zero
            try service.start([schedule])
            try service.run(until: Timeline.minute(100))
            try service.stop()
            // Of the fifth slot the nominal time has passed, the due time has not.
            let due = schedule.rule.due(of: Timeline.minute(300), name: "report")
            try service.run(until: due - .seconds(1))
            try service.start([schedule])
            try service.run(until: Timeline.minute(350))
            #expect(try service.drawing(of: "report") == drawing)
            #expect(try Self.runs(service).last?.enqueued == due)
        }
    }

    @Test func `overlap and skip next judge a slot when it is due`() throws {
        let schedule = Self.hourly(overlap: .skip)
        var service = try VirtualService()
        service.duration = .seconds(3600 + 30)
        try service.start([schedule])
        try service.run(until: Timeline.minute(121))
        // Already past by its nominal time, and not due yet.
        try service.store.skip("report", slots: [Timeline.minute(120)])
        try service.refresh()
        try service.run(until: Timeline.minute(300))
        #expect(try service.drawing(of: "report") == "FsFo")
    }

    @Test(arguments: ["2026-03-07", "2026-10-31"])
    func `a change of the clocks moves no slot and doubles none`(_ day: String) throws {
        let zone = try ZoneFiles().zone(named: "America/New_York")
        var schedule = Schedule.fixture(
            .cron([try Crontab("30 2 * * *"), try Crontab("10 3 * * *"), try Crontab("30 1 * * *")]
            ),
            zone: zone,
            catchUp: CatchUp(policy: .once)
        )
        let plain = schedule.rule
        // 40 minutes from 02:30 to 03:10, and 10 on the day on which 02:30 becomes 03:00.
        schedule.rule.jitter = Jitter(max: .seconds(2399))
        #expect(schedule.rule.slots(notFurtherApartThan: .seconds(2399))?.0 == nil)
        let start = try InstantText.parse(day + "T00:00:00Z")
        var service = try VirtualService(at: start)
        service.duration = .zero
        try service.start([schedule])
        try service.run(until: start + .seconds(4 * 86_400))
        let slots = plain.fireTimes(after: start, upTo: start + .seconds(4 * 86_400), limit: 99)
        let runs = try Self.runs(service)
        #expect(runs.map(\.slot) == slots)
        #expect(runs.allSatisfy { $0.due == $0.enqueued })
        #expect(zip(runs, runs.dropFirst()).allSatisfy { $0.due < $1.slot ?? $0.due })
    }
}
