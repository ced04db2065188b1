import DownbeatConfig
import DownbeatCore
import Foundation
import Testing

@Suite("Calendars of files")
struct CalendarTests {
    private static func text(_ calendars: String, _ lines: String...) -> String {
        let body = (lines + ["command: [date]"]).map { "    \($0)\n" }.joined()
        return (calendars.isEmpty ? "" : "calendars:\n\(calendars)") + "schedules:\n  report:\n"
            + body
    }

    private static func schedule(_ text: String) throws -> Schedule {
        let reading = Fixture.read(text)
        return try #require(
            reading.configuration?.schedules.first,
            "\(reading.diagnostics.map(DiagnosticRenderer().line))"
        )
    }

    struct Good: CustomTestStringConvertible, Sendable {
        var name: String
        var text: String
        /// Fire times after 2026-09-30T10:00 in Shanghai, by day.
        var days: String
        var testDescription: String { name }
    }

    static let good = [
        Good(
            name: "the built-in calendar",
            text: text("", "at: \"09:00\"", "calendar: cn-workdays"),
            days: "10-08 10-09 10-10 10-12"
        ),
        Good(
            name: "workdays",
            text: text("", "at: \"09:00\"", "days: workdays"),
            days: "10-08 10-09 10-10 10-12"
        ),
        Good(
            name: "weekdays are Monday to Friday",
            text: text("", "at: \"09:00\"", "days: weekdays"),
            days: "10-01 10-02 10-05 10-06"
        ),
        Good(
            name: "a week with exceptions",
            text: text(
                "  office: { base: [mon-wed, sat], off: [2026-10-05..2026-10-06], on: 2026-10-08, years: 2026 }\n",
                "cron: \"0 9 * * *\"",
                "calendar: office"
            ),
            days: "10-03 10-07 10-08 10-10"
        ),
        Good(
            name: "an operation with a name",
            text: text(
                "  company: { off: [2026-10-09] }\n  office: { all_of: [cn-workdays, company] }\n",
                "at: \"09:00\"",
                "calendar: office"
            ),
            days: "10-08 10-12 10-13 10-14"
        ),
        Good(
            name: "an operation in the schedule",
            text: text(
                "",
                "cron: \"0 9 * * 1-5\"",
                "calendar: { not: cn-workdays }"
            ),
            days: "10-01 10-02 10-05 10-06"
        ),
        Good(
            name: "a miss",
            text: text(
                "",
                "at: \"09:00\"",
                "days: 3",
                "calendar: cn-workdays",
                "calendar_miss: after"
            ),
            days: "10-08 11-03 12-03 -"
        ),
        Good(
            name: "a definition over the built-in one",
            text: text(
                "  cn-workdays: { off: [2027-01-01] }\n",
                "cron: \"0 9 31 12 *\"",
                "calendar: cn-workdays"
            ),
            days: "12-31 12-31 - -"
        ),
    ]

    @Test(arguments: good)
    func `a calendar chooses the days`(row: Good) throws {
        let rule = try Self.schedule(row.text).rule
        let from = try InstantText.parse("2026-09-30T10:00:00+08:00")
        var days = rule.fireTimes(after: from, upTo: .distantFuture, limit: 4).map {
            String(InstantText.dateText(rule.zone.civilTime(at: $0).date).suffix(5))
        }
        while days.count < 4 { days.append("-") }
        #expect(days.joined(separator: " ") == row.days)
    }

    static let broken = [
        BrokenFile(
            "unknown calendar",
            text("", "every: 1h", "calendar: cn-workday"),
            "E0423",
            4,
            15,
            "cn-workdays"
        ),
        BrokenFile(
            "no calendar of the name",
            text("  a: { all_of: [elsewhere] }\n", "every: 1h"),
            "E0423",
            2,
            3
        ),
        BrokenFile(
            "a cycle",
            text("  a: { not: b }\n  b: { any_of: [cn-workdays, a] }\n", "every: 1h"),
            "E0424",
            2,
            3
        ),
        BrokenFile(
            "dates and an operation",
            text("  a: { not: b, off: [] }\n", "every: 1h"),
            "E0426",
            2,
            16
        ),
        BrokenFile("nothing", text("  a: {}\n", "every: 1h"), "E0426", 2, 3),
        BrokenFile(
            "an unknown key",
            text("  a: { of: [2026-01-01] }\n", "every: 1h"),
            "E0201",
            2,
            8
        ),
        BrokenFile("no date", text("  a: { off: [2026-02-30] }\n", "every: 1h"), "E0351", 2, 14),
        BrokenFile(
            "a wrong word",
            text("  a: { base: weekday }\n", "every: 1h"),
            "E0360",
            2,
            14,
            "weekdays"
        ),
        BrokenFile("a miss alone", text("", "every: 1h", "calendar_miss: after"), "E0409", 4, 5),
        BrokenFile(
            "a wrong miss",
            text("", "at: \"09:00\"", "days: workdays", "calendar_miss: aftr"),
            "E0360",
            5,
            20,
            "after"
        ),
        BrokenFile(
            "an interval that moves",
            text("", "every: 1h", "calendar: cn-workdays", "calendar_miss: after"),
            "E0427",
            5,
            5
        ),
        BrokenFile(
            "a day twice chosen",
            text("", "once: 2026-12-01 09:00", "calendar: cn-workdays"),
            "E0427",
            4,
            5
        ),
        BrokenFile(
            "workdays and a calendar",
            text("", "at: \"09:00\"", "days: workdays", "calendar: cn-workdays"),
            "E0426",
            4,
            11
        ),
        BrokenFile(
            "a rule that no working day meets",
            text("  a: { base: [sun] }\n", "cron: \"0 9 * * 1\"", "calendar: a"),
            "E0401",
            5,
            11
        ),
    ]

    @Test(arguments: broken)
    func `a mistake is named at its place`(row: BrokenFile) throws {
        let errors = Fixture.read(row.text).diagnostics.filter { $0.severity == .error }
        let first = try #require(errors.first)
        let found = "\(first.code) \(first.place.line):\(first.place.column) \(first.message)"
        #expect(
            first.code == row.code && first.place.line == row.line
                && first.place.column == row.column,
            "\(found)"
        )
        #expect(first.suggestion == row.suggestion)
    }

    @Test func `a calendar that ends within 60 days is warned about, once`() throws {
        let text =
            Self.text("", "at: \"09:00\"", "days: workdays")
            + "  other: { at: \"10:00\", calendar: cn-workdays, command: [date] }\n"
        let warnings = Fixture.read(text).diagnostics
        #expect(
            warnings.map { "\($0.code) \($0.message)" } == [
                "W0420 calendar `cn-workdays` ends on 2026-12-31, in 38 days: after that nothing fires"
            ]
        )
        let longer = "calendars: { cn-workdays: { off: [2027-01-01] } }\n" + text
        #expect(Fixture.read(longer).diagnostics.isEmpty)
    }

    @Test func `a change of the calendar is a change of the rule`() throws {
        let texts = ["2027-01-01", "2027-01-01..2027-01-04", "2027-01-01"].map {
            Self.text("  a: { off: [\($0)] }\n", "at: \"09:00\"", "calendar: a")
        }
        let schedules = try texts.map { try Self.schedule($0) }
        #expect(schedules[0].rule.canonicalText != schedules[1].rule.canonicalText)
        #expect(schedules[0].definition.revision != schedules[1].definition.revision)
        #expect(schedules[0].definition.revision == schedules[2].definition.revision)
    }

    // MARK: Files

    private func withFolder(
        _ files: [String: String],
        _ body: (ConfigurationReading) throws -> Void
    ) throws {
        var template = Array(
            "\(FileManager.default.temporaryDirectory.path)/downbeat-calendar-XXXXXX".utf8CString
        )
        let folder = String(cString: try #require(mkdtemp(&template)))
        defer {
            do {
                try FileManager.default.removeItem(atPath: folder)
            } catch {
                Issue.record("cannot remove \(folder): \(error)")
            }
        }
        try FileManager.default.createDirectory(
            atPath: folder + "/schedules",
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        for (name, text) in files {
            let path = "\(folder)/schedules/\(name)"
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            #expect(chmod(path, 0o600) == 0)
        }
        try body(
            ConfigurationReader(zones: NamedZones(), environment: [:], workingDirectory: folder)
                .read(nil, now: Fixture.now)
        )
    }

    @Test func `dates come from a file beside the schedules, in YAML or iCalendar`() throws {
        let service = Self.text(
            """
              office: { file: cn.yaml, on: [2026-12-26] }
              holidays: { file: public.ics, years: 2026-2027 }

            """,
            "at: \"09:00\"",
            "calendar: { all_of: [office, holidays] }"
        )
        let files = [
            "downbeat.yaml": service,
            "cn.yaml": "years: 2026-2027\noff: [2026-12-25, 2026-12-28..2026-12-30]\n",
            "public.ics": """
            BEGIN:VCALENDAR\r
            BEGIN:VEVENT\r
            SUMMARY:New Year\r
            DTSTART;VALUE=DATE:20200101\r
            RRULE:FREQ=YEARLY\r
            END:VEVENT\r
            END:VCALENDAR\r

            """,
        ]
        try withFolder(files) { reading in
            let rule = try #require(
                reading.configuration?.schedules.first?.rule,
                "\(reading.diagnostics.map(DiagnosticRenderer().line))"
            )
            let from = try InstantText.parse("2026-12-24T10:00:00+08:00")
            let days = rule.fireTimes(after: from, upTo: .distantFuture, limit: 3).map {
                InstantText.dateText(rule.zone.civilTime(at: $0).date)
            }
            #expect(days == ["2026-12-31", "2027-01-04", "2027-01-05"])
            #expect(reading.diagnostics.isEmpty)
        }
    }

    @Test(arguments: ["README.md", "README.zh-CN.md"])
    func `the examples of the documents are right`(document: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: document), encoding: .utf8)
        let examples = text.split(separator: "```yaml\n").dropFirst().compactMap {
            $0.split(separator: "```").first.map(String.init)
        }
        let example = try #require(examples.first { $0.hasPrefix("calendars:") })
        let files = [
            "downbeat.yaml": example,
            "cn-2027.yaml": "off: [2027-01-01]\non: [2027-01-02]\n",
            "exchange.ics":
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261231\nEND:VEVENT\nEND:VCALENDAR\n",
        ]
        try withFolder(files) { reading in
            let errors = reading.diagnostics.filter { $0.severity == .error }
            #expect(reading.configuration?.schedules.count == 2, "\(errors.map(\.message))")
        }
    }

    @Test func `the mistakes of a calendar's file are reported at their places in it`() throws {
        let service = Self.text(
            "  a: { file: a.yaml }\n  b: { file: b.ics }\n  c: { file: c.yaml }\n",
            "at: \"09:00\"",
            "calendar: a"
        )
        let files = [
            "downbeat.yaml": service,
            "a.yaml": "off:\n  - 2026-01-01\n  - 2026-13-01\n",
            "b.ics":
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\nRRULE:FREQ=DAILY\nEND:VEVENT\n",
        ]
        try withFolder(files) { reading in
            let found = reading.diagnostics.map {
                "\($0.code) \($0.place.file):\($0.place.line):\($0.place.column)"
            }
            #expect(
                found == [
                    "E0001 schedules/downbeat.yaml:4:14", "E0351 schedules/a.yaml:3:5",
                    "E0425 schedules/b.ics:4:1",
                ]
            )
        }
    }
}
