import DownbeatCore
import Support
import Testing

/// The real beat and store over a year with the built-in calendar.
@Suite("A year with a calendar")
struct CalendarYearTests {
    @Test func `a schedule fires on the working days of a year and on no other`() throws {
        let zone = try ZoneFiles().zone(named: "Asia/Shanghai")
        let calendar = try CalendarBook().calendar(named: "cn-workdays")
        func schedule(_ name: String, _ trigger: Trigger, _ miss: CalendarMiss) -> Schedule {
            var schedule = Schedule.fixture(
                trigger,
                named: name,
                zone: zone,
                catchUp: CatchUp(policy: .all, within: .seconds(30 * 86_400))
            )
            schedule.rule.calendar = RuleCalendar(calendar, miss: miss)
            return schedule
        }
        let nine = try TimeOfDay("09:00")
        let schedules = [
            schedule("daily", .daily(times: [nine], days: .everyDay), .skip),
            schedule("month-before", .cron([try Crontab("0 9 1 * *")]), .before),
            schedule("month-after", .cron([try Crontab("0 9 1 * *")]), .after),
        ]
        var service = try VirtualService(
            at: try InstantText.parse("2025-12-31T12:00:00+08:00")
        )
        service.duration = .zero
        try service.start(schedules)
        // A stop over a make-up Sunday and one over the longest holiday, both caught up with.
        for (stop, start) in [("2026-01-03", "2026-01-06"), ("2026-09-30", "2026-10-09")] {
            try service.run(until: try InstantText.parse(stop + "T12:00:00+08:00"))
            try service.stop()
            try service.run(until: try InstantText.parse(start + "T12:00:00+08:00"))
            try service.start(schedules)
        }
        try service.run(until: try InstantText.parse("2027-01-10T12:00:00+08:00"))

        let first = CivilDate(year: 2026, month: 1, day: 1).dayNumber
        let working = (first..<(first + 365)).map(CivilDate.init(dayNumber:))
            .filter { calendar.state(on: $0) == .working }
        #expect(working.count == 248)
        #expect(try Self.fired("daily", service, zone) == working)
        let rows = try service.store.ledger(LedgerQuery(schedule: "daily", limit: .max))
        let skipped = rows.filter { $0.outcome == .skipped }
        #expect(skipped.filter { $0.reason == .calendar }.map(\.count).reduce(0, +) == 365 - 248)
        #expect(skipped.filter { $0.reason == .calendarRange }.map(\.count) == [10])
        #expect(skipped.allSatisfy { $0.reason == .calendar || $0.reason == .calendarRange })

        func dates(_ texts: String) throws -> [CivilDate] {
            try texts.split(separator: " ").map {
                CivilDate(dayNumber: try CalendarDates.parse("2026-" + $0).lowerBound)
            }
        }
        // 05-01 to 05-05 and 10-01 to 10-07 are holidays; 02-01, 03-01, 08-01, 11-01 weekend days.
        #expect(
            try Self.fired("month-before", service, zone)
                == dates("01-30 02-28 04-01 04-30 06-01 07-01 07-31 09-01 09-30 10-30 12-01")
        )
        #expect(
            try Self.fired("month-after", service, zone)
                == dates("01-04 02-02 03-02 04-01 05-06 06-01 07-01 08-03 09-01 10-08 11-02 12-01")
        )
    }

    private static func fired(
        _ name: String,
        _ service: VirtualService,
        _ zone: ZoneRules
    ) throws -> [CivilDate] {
        let rows = try service.store.ledger(LedgerQuery(schedule: name, limit: .max))
        return rows.filter { $0.outcome == .fired }
            .map { zone.civilTime(at: $0.slot).date }.sorted()
    }
}
