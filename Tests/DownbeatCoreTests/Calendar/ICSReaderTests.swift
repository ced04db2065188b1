import DownbeatCore
import Support
import Testing

@Suite("iCalendar files")
struct ICSReaderTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        /// The lines of one event.
        var event: String
        /// Days, or what the error says.
        var answer: String
        var testDescription: String { name }

        init(_ name: String, _ event: String, _ answer: String) {
            self.name = name
            self.event = event
            self.answer = answer
        }
    }

    static let rows = [
        Row("one day", "DTSTART;VALUE=DATE:20260101", "2026-01-01"),
        Row(
            "an end that is not part of it",
            "DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20260104",
            "2026-01-01..2026-01-03"
        ),
        Row("an end on the same day", "DTSTART:20260101\nDTEND:20260101", "2026-01-01"),
        Row(
            "local times",
            "DTSTART;TZID=Asia/Shanghai:20260101T220000\nDTEND;TZID=Asia/Shanghai:20260102T060000",
            "2026-01-01..2026-01-02"
        ),
        Row("to midnight", "DTSTART:20260101T220000\nDTEND:20260102T000000", "2026-01-01"),
        Row("a time in UTC", "DTSTART:20260101T200000Z", "2026-01-02"),
        Row("a duration", "DTSTART:20260101\nDURATION:P1W", "2026-01-01..2026-01-07"),
        Row(
            "a folded line and an alarm",
            "DTSTART;VALUE=DA\n TE:202601\n\t01\nBEGIN:VALARM\nDURATION:P9D\nEND:VALARM",
            "2026-01-01"
        ),
        Row("a cancelled event", "DTSTART:20260101\nSTATUS:CANCELLED", ""),
        Row(
            "every year",
            "DTSTART:20241225\nRRULE:FREQ=YEARLY",
            "2024-12-25 2025-12-25 2026-12-25"
        ),
        Row(
            "every second year, twice, not in 2026",
            "DTSTART:20240501\nRRULE:FREQ=YEARLY;INTERVAL=2;COUNT=2\nEXDATE;VALUE=DATE:20260501",
            "2024-05-01"
        ),
        Row("a leap day", "DTSTART:20240229\nRRULE:FREQ=YEARLY;UNTIL=20300101", "2024-02-29"),
        Row(
            "another repetition",
            "DTSTART:20260101\nRRULE:FREQ=YEARLY;BYDAY=1MO;BYMONTH=5",
            "5: `FREQ=YEARLY;BYDAY=1MO;BYMONTH=5` is not read: only `FREQ=YEARLY` on the date itself is"
        ),
        Row(
            "weekly",
            "DTSTART:20260101\nRRULE:FREQ=WEEKLY",
            "5: `FREQ=WEEKLY` is not read: only `FREQ=YEARLY` on the date itself is"
        ),
        Row("no start", "SUMMARY:x", "3: an event has no `DTSTART`"),
        Row(
            "an end before the start",
            "DTSTART:20260103\nDTEND:20260101",
            "3: an event ends before it begins"
        ),
        Row("no date", "DTSTART:2026", "4: `2026` is no value of `DTSTART`"),
        Row(
            "another year",
            "DTSTART:99991231",
            "4: `99991231` is outside the years of calendars, 1970 to 2199"
        ),
        Row("no colon", "DTSTART", "4: `DTSTART` is not a line of an iCalendar file"),
    ]

    @Test(arguments: rows, ["\n", "\r\n"])
    func `an event covers its days`(row: Row, lineEnd: String) throws {
        let zone = try ZoneFiles().zone(named: "Asia/Shanghai")
        let text =
            "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n\(row.event)\nEND:VEVENT\nEND:VCALENDAR\n"
            .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: lineEnd)
        var answer: String
        do throws(ICSError) {
            let found = try ICSReader.read(text, years: 2024...2026, zone: zone)
            answer = found.days.map(Self.text).joined(separator: " ")
        } catch {
            answer = "\(error.line): \(error.message)"
        }
        #expect(answer == row.answer)
    }

    @Test func `the name of an event is kept without its escapes`() throws {
        let text = """
            BEGIN:VCALENDAR
            BEGIN:VEVENT
            DTSTART:20261001
            SUMMARY;LANGUAGE=en:National\\, Day\\n\\\\ 国庆
             节
            END:VEVENT
            END:VCALENDAR
            """
        let found = try ICSReader.read(text, years: nil, zone: .utc)
        #expect(found.notes.values.first == "National, Day \\ 国庆节")
    }

    @Test(arguments: 0..<200)
    func `no bytes make it trap`(round: Int) throws {
        var random = SeededGenerator(seed: UInt64(round))
        let pieces = [
            "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "DTSTART", "DTEND",
            ":",
            ";", "VALUE=DATE", "2026", "0101", "T", "000000", "Z", "\n", "\r\n", " ", "\t", "\"",
            "RRULE:FREQ=YEARLY", "INTERVAL=", "COUNT=", "UNTIL=", "99999999999999999999", "-",
            "DURATION:",
            "P", "W", "D", "EXDATE:", "\\", "\u{0}", "节", ",", "DTSTART:20260101\n", "\n",
        ]
        let text = (0..<400).map { _ in
            pieces.randomElement(using: &random) ?? ""
        }.joined()
        let framed = "BEGIN:VCALENDAR\nBEGIN:VEVENT\n\(text)\nEND:VEVENT\nEND:VCALENDAR"
        for text in [text, framed] {
            // What it says does not matter here, only that it comes back.
            _ = try? ICSReader.read(text, years: 1970...2199, zone: .utc)
        }
    }

    private static func text(_ days: ClosedRange<Int>) -> String {
        let ends = [days.lowerBound, days.upperBound].map {
            InstantText.dateText(CivilDate(dayNumber: $0))
        }
        return days.count == 1 ? ends[0] : ends.joined(separator: "..")
    }
}
