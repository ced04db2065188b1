import DownbeatCore
import Support
import Testing

/// Three zones in one configuration over the days of a year on which clocks change.
@Suite("Daylight saving")
struct DaylightSavingTests {
    private static let zones = ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"]
    /// Two days around each change of 2026, as days of January, UTC: New York springs forward on
    /// 8 March and back on 1 November, Lord Howe back on 5 April and forward on 4 October.
    private static let changes = [
        (month: 3, day: 8), (month: 4, day: 5), (month: 10, day: 4), (month: 11, day: 1),
    ]

    private struct Case {
        var schedule: Schedule
        /// Minutes of the hour and hours of the day; nil hours: every hour.
        var minute: Int
        var hour: Int?
    }

    private static func cases() throws -> [Case] {
        let times: [(minute: Int, hour: Int?)] = [
            (30, 2), (0, 2), (15, 2), (30, 1), (45, 1), (0, 3), (0, 0), (15, nil), (40, nil),
        ]
        return try zones.flatMap { name in
            let zone = try ZoneFiles().zone(named: name)
            return try times.map { minute, hour in
                let text = "\(minute) \(hour.map { "\($0)" } ?? "*") * * *"
                let schedule = Schedule.fixture(
                    .cron([try Crontab(text)]),
                    named: "\(name) \(text)",
                    zone: zone,
                    overlap: .skip,
                    catchUp: CatchUp(policy: hour == nil ? .skip : .once)
                )
                return Case(schedule: schedule, minute: minute, hour: hour)
            }
        }
    }

    @Test func `every zone fires at its own instants on the days that clocks change`() throws {
        let cases = try Self.cases()
        var skippedHours = 0
        for change in Self.changes {
            let day = CivilDate(year: 2026, month: change.month, day: change.day).dayNumber
            let start = Timestamp(seconds: Int64(day - 2) * 86_400)
            let end = start + .seconds(4 * 86_400)
            var service = try VirtualService(at: start)
            service.duration = .zero
            service.places = 100
            try service.start(cases.map(\.schedule))
            try service.run(until: end)
            for item in cases {
                let expected = Self.walk(item, after: start, upTo: end)
                let fired = try service.fired(item.schedule.name)
                #expect(fired == expected, "\(item.schedule.name) around \(change)")
                if item.hour == nil, expected.count != 96 { skippedHours += 1 }
                if item.hour != nil { #expect(expected.count == 4, "once a day") }
            }
        }
        // New York twice; half an hour of Lord Howe is one of the two minutes, twice.
        #expect(skippedHours > 0)
    }

    @Test func `a fixed time fires once on each day of a year`() throws {
        let zone = try ZoneFiles().zone(named: "Australia/Lord_Howe")
        let texts = ["15 2 * * *", "45 1 * * *"]
        let cases = try texts.map { text in
            let schedule = Schedule.fixture(
                .cron([try Crontab(text)]),
                named: text,
                zone: zone,
                overlap: .skip,
                catchUp: CatchUp(policy: .once)
            )
            let numbers = text.split(separator: " ").prefix(2).compactMap { Int($0) }
            return Case(schedule: schedule, minute: numbers[0], hour: numbers[1])
        }
        let end = Timeline.start + .seconds(365 * 86_400)
        var service = try VirtualService()
        service.duration = .zero
        try service.start(cases.map(\.schedule))
        try service.run(until: end)
        for item in cases {
            let fired = try service.fired(item.schedule.name)
            #expect(fired == Self.walk(item, after: Timeline.start, upTo: end))
            #expect(fired.count == 365)
        }
    }

    /// Looks at the wall clock every five minutes, by `offset(at:)` alone.
    ///
    /// A fixed time fires when the wall reaches or passes it for the first time on its date; an hourly
    /// one whenever the wall shows it.
    private static func walk(
        _ item: Case,
        after start: Timestamp,
        upTo end: Timestamp
    ) -> [Timestamp] {
        let zone = item.schedule.rule.zone
        let wall = { (second: Int) in
            second + zone.offset(at: Timestamp(seconds: Int64(second)))
        }
        var found: [Timestamp] = []
        var days: Set<Int> = []
        for second in stride(from: Int(start.seconds) - 172_800, through: Int(end.seconds), by: 300)
        {
            let (before, after) = (wall(second - 300), wall(second))
            let isDue: Bool
            if let hour = item.hour {
                let time = hour * 3600 + item.minute * 60
                let day = (after - time) / 86_400
                let isReached = before < day * 86_400 + time
                isDue = isReached && days.insert(day).inserted
            } else {
                isDue = after % 3600 == item.minute * 60
            }
            let instant = Timestamp(seconds: Int64(second))
            if isDue, instant > start { found.append(instant) }
        }
        return found
    }
}
