import DownbeatCore
import Testing

@Suite("Calendars on the command line")
struct CalendarCommandTests {
    private func service(
        _ calendar: DayCalendar,
        _ miss: CalendarMiss = .skip
    ) throws -> CommandLine {
        let downbeat = CommandLine()
        var schedule = try Samples.schedule("report", Samples.daily("09:00"))
        schedule.rule.calendar = RuleCalendar(calendar, miss: miss)
        let known = schedule
        downbeat.service.set { content in
            content.reading = Samples.reading([known])
            content.summaries = [Samples.summary(known)]
            content.owners = [Samples.daemon()]
        }
        return downbeat
    }

    private func chinese() throws -> DayCalendar {
        try CalendarBook().calendar(named: "cn-workdays")
    }

    private func ended() throws -> DayCalendar {
        try CalendarBook(["office": .dates(.init(years: 2025...2025))]).calendar(named: "office")
    }

    @Test func `next says which dates a calendar left out`() throws {
        let result = CommandLine()(
            "next",
            "--expr",
            "0 9 * * *",
            "--calendar",
            "cn-workdays",
            "--from",
            "2026-09-30 12:00",
            "-n",
            "4"
        )
        #expect(result.status == 0)
        // Notes stand below their rows where they do not fit.
        let rows = Self.flat(result.output).split(separator: " daily 09:00").map(String.init)
        #expect(rows.count == 5 && rows[0].contains("Thu 10-08 09:00:00"))
        #expect(
            rows[1].contains("left out 7 days, Thu 2026-10-01 to Wed 2026-10-07 (cn-workdays)")
        )
        #expect(!rows[2].contains("left out") && rows[2].contains("Sat 10-10 09:00"))
        #expect(rows[4].contains("left out Sun 2026-10-11 (cn-workdays)"))
    }

    /// The words of an output, each blank once.
    private static func flat(_ output: String) -> String {
        output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test func `a calendar that is none is refused with the nearest`() throws {
        let result = CommandLine()("next", "--expr", "0 9 * * *", "--calendar", "cn-workday")
        #expect(result.status == 64)
        #expect(result.errors.contains("no calendar `cn-workday`"))
        #expect(result.errors.contains("did you mean `cn-workdays`?"))
    }

    @Test func `a moved slot and a calendar that has ended have a note`() throws {
        let moved = try service(chinese(), .before)
        moved.service.set { content in
            content.reading.configuration?.schedules[0].rule.trigger = .daily(
                times: [TimeOfDay(secondOfDay: 9 * 3600)],
                days: (try? DaySelection(["28"])) ?? .everyDay
            )
        }
        let list = moved("next", "report", "-n", "1").output
        #expect(list.contains("Fri 11-27 09:00"))
        #expect(list.contains("moved to the working day before (cn-workdays)"))
        let over = try service(ended())("next").output
        #expect(over.contains("calendar office has no working day for it any more"))
    }

    @Test func `status shows a schedule beyond its calendar as wrong`() throws {
        let result = try service(ended())("status")
        #expect(result.status == 1)
        #expect(
            Self.flat(result.output).contains(
                "WRONG report skips its slots: calendar office knows 2025-01-01 to 2025-12-31"
            )
        )
        #expect(try service(chinese())("status").status == 0)
    }

    @Test func `why and explain name the calendar`() throws {
        let downbeat = try service(chinese())
        let past = downbeat("why", "report", "2026-10-01 09:00").output
        #expect(past.contains("its day is off in calendar cn-workdays"))
        let ahead = downbeat("why", "report", "2027-01-04 09:00").output
        #expect(
            ahead.contains(
                "will be skipped at Mon 2027-01-04 09:00"
            )
                && ahead.contains(
                    "beyond calendar cn-workdays, which knows 2004-01-01 to 2026-12-31"
                )
        )
        let explained = downbeat("explain", "report").output
        #expect(explained.contains("on working days of cn-workdays"))
        #expect(downbeat("why", "report").output.contains("calendar: on working days"))
    }
}
