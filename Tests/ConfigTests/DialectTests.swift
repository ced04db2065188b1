import DownbeatConfig
import DownbeatCore
import Foundation
import Testing

@Suite("Dialects in files")
struct DialectFileTests {
    private func schedules(_ text: String) throws -> [Schedule] {
        let reading = Fixture.read(text)
        return try #require(reading.configuration, "\(reading.diagnostics)").schedules
            .sorted { $0.name < $1.name }
    }

    @Test func `a schedule says whose text its rule is`() throws {
        let schedules = try schedules(
            """
            schedules:
              a: { cron: "0 0 12 ? * 2", dialect: quartz, command: [date] }
              b: { cron: ["0 0 12 1 * ?", "0 0 12 ? * 6L"], dialect: quartz, command: [date] }
              c: { cron: "5/15 * * * *", dialect: k8s, command: [date] }
              d: { cron: "rate(5 minutes)", dialect: eventbridge, command: [date] }
              e: { cron: "at(2030-01-01T08:00:00)", dialect: eventbridge, command: [date] }
              f: { cron: "Mon..Fri 8:00", dialect: systemd, command: [date] }
              g: { cron: "0 0 1 * mon", dialect: celery, command: [date] }
            """
        )
        #expect(
            schedules.map(\.rule.ruleText) == [
                "0 12 * * 1", "0 12 1 * * | 0 12 * * 5L", "5-59/15 * * * *", "every 5m",
                "once 2030-01-01T08:00:00+08:00", "0 8 * * 1-5", "0 0 1 * +1",
            ]
        )
        #expect(
            schedules[1].translations.map(\.words) == [
                "quartz \"0 0 12 1 * ?\" is cron: \"0 12 1 * *\"",
                "quartz \"0 0 12 ? * 6L\" is cron: \"0 12 * * 5L\"",
            ]
        )
        #expect(schedules[3].translations.map(\.core) == ["5m"])
        // The rule is that of its core form: naming the dialect later is no change.
        let core = try self.schedules(Fixture.schedule("cron: \"0 12 * * MON\""))[0]
        #expect(core.rule.canonicalText == schedules[0].rule.canonicalText)
        #expect(core.translations.isEmpty)
    }

    @Test(arguments: ["README.md", "README.zh-CN.md"])
    func `the examples of the documents are right`(document: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: document), encoding: .utf8)
        let examples = text.split(separator: "```yaml\n").dropFirst().compactMap {
            $0.split(separator: "```").first.map(String.init)
        }
        let example = try #require(examples.first { $0.contains("dialect: quartz") })
        let rules = Dictionary(
            uniqueKeysWithValues: try schedules(example).map { ($0.name, $0.rule.ruleText) }
        )
        #expect(
            rules == [
                "weekly": "0 9 * * 1", "odd-or-monday": "0 0 1-31/2 * 1", "worker": "0 0 1 * +1",
                "cloud": "0 12 L * *", "timer": "0 8 * * 1-5",
            ]
        )
    }

    @Test func `a dialect of the defaults is for cron alone, and cron takes it back`() throws {
        let schedules = try schedules(
            """
            defaults: { dialect: quartz }
            schedules:
              a: { cron: "0 0 12 ? * 2", command: [date] }
              b: { cron: "0 12 * * 2", dialect: cron, command: [date] }
              c: { at: "02:30", command: [date] }
            """
        )
        #expect(
            schedules.map(\.rule.ruleText) == ["0 12 * * 1", "0 12 * * 2", "daily 02:30"]
        )
    }

    @Test(
        arguments: [
            ("cron: \"0 0 12 * * MON\"", "dialect: quartz", "E0431", 3, 19),
            ("cron: [\"0 0 12 1 * ?\", \"0 0 25 1 * ?\"]", "dialect: quartz", "E0305", 3, 33),
            ("cron: \"0 0 * * 7\"", "dialect: robfig", "E0305", 3, 20),
            ("cron: \"CRON_TZ=UTC 0 0 * * *\"", "dialect: k8s", "E0314", 3, 12),
            ("cron: \"cron(0 12 * * ?)\"", "dialect: eventbridge", "E0430", 3, 17),
            ("cron: \"*:*:0.5\"", "dialect: systemd", "E0433", 3, 17),
            ("cron: \"0 0 * * *\"", "dialect: quarz", "E0360", 4, 14),
            ("at: \"02:30\"", "dialect: quartz", "E0409", 4, 5),
            ("every: 5m", "dialect: celery", "E0409", 4, 5),
            (
                "cron: [\"rate(5 minutes)\", \"0 12 * * ? *\"]", "dialect: eventbridge", "E0412", 3,
                12
            ),
        ]
    )
    func `a mistake is shown at its place`(
        _ line: String,
        _ dialect: String,
        _ code: String,
        _ row: Int,
        _ column: Int
    ) throws {
        let diagnostics = Fixture.read(Fixture.schedule(line, dialect)).diagnostics
        #expect(diagnostics.map(\.code) == [code])
        let place = try #require(diagnostics.first?.place)
        #expect((place.line, place.column) == (row, column))
    }

    @Test func `a dialect without a rule for it says so`() throws {
        let alone = Fixture.read(Fixture.schedule("dialect: quartz")).diagnostics
        #expect(
            alone.map(\.message) == [
                "`dialect` says how the text of `cron` is read; `cron` is missing"
            ]
        )
        let beside = Fixture.read(Fixture.schedule("every: 5m", "dialect: quartz")).diagnostics
        #expect(
            beside.map(\.message) == [
                "`dialect` says how the text of `cron` is read, and goes not with `every`"
            ]
        )
    }

    @Test func `a warning of a translation is about the text in the file`() throws {
        let reading = Fixture.read(Fixture.schedule("cron: \"0 0 */2 * 1\"", "dialect: k8s"))
        let warning = try #require(reading.diagnostics.first)
        #expect(reading.diagnostics.map(\.code) == ["W0303"])
        #expect(warning.place.column == 12)
        #expect(warning.excerpt?.length == 11)
    }
}

/// The examples of Celery's tutorial, as its settings have them and as a file here has them.
@Suite("Coming from Celery")
struct CelerySettingsTests {
    private func read(_ line: String) throws -> (schedule: Schedule, warnings: [Diagnostic]) {
        let reading = Fixture.read(Fixture.schedule(line))
        let configuration = try #require(reading.configuration, "\(reading.diagnostics)")
        return (try #require(configuration.schedules.first), configuration.warnings)
    }

    private func times(_ schedule: Schedule, _ count: Int) -> [String] {
        schedule.rule.fireTimes(after: Fixture.now, upTo: .distantFuture, limit: count).map {
            InstantText.format($0, zone: schedule.rule.zone)
        }
    }

    @Test(
        arguments: [
            "crontab: { minute: \"00\", hour: \"11\", day_of_week: \"mon,tue,wed,thu,sun\" }",
            "cron: \"00 11 * * mon,tue,wed,thu,sun\"\n    dialect: celery",
            "cron: \"0 11 * * sun-thu\"",
        ]
    )
    func `crontab(minute='00', hour='11', day_of_week='mon,tue,wed,thu,sun')`(
        line: String
    ) throws {
        let (schedule, warnings) = try read(line)
        #expect(warnings.isEmpty)
        #expect(schedule.rule.canonicalText == "cron 0 11 * * 0-4 zone Asia/Shanghai")
        // Monday to Thursday, and Sunday, which 2026-11-29 is.
        #expect(
            times(schedule, 6)
                == ["23", "24", "25", "26", "29", "30"].map {
                    "2026-11-\($0)T11:00:00+08:00"
                }
        )
    }

    /// `crontab(day_of_week="3, 4")`: what is left out is `*`, so every minute of both days.
    @Test func `crontab(day_of_week="3, 4") fires every minute and is warned about`() throws {
        let (schedule, warnings) = try read("crontab: { day_of_week: \"3, 4\" }")
        #expect(warnings.map(\.code) == ["W0305"])
        #expect(
            warnings.first?.message
                == "minute is left out, so it fires every minute of each hour that matches"
        )
        let week = schedule.rule.count(after: Fixture.now, upTo: Fixture.now + .seconds(7 * 86_400))
        #expect(week == 2880)
        #expect(
            times(schedule, 2) == ["2026-11-25T00:00:00+08:00", "2026-11-25T00:01:00+08:00"]
        )
    }

    @Test func `timedelta(seconds=3) is an interval on a grid, or Celery's own with an anchor`()
        throws
    {
        let grid = try read("every: 3s").schedule
        #expect(times(grid, 2) == ["2026-11-23T02:41:09+08:00", "2026-11-23T02:41:12+08:00"])
        let drifting = try read("every: 3s\n    anchor: last_start").schedule
        let start = Fixture.now + .milliseconds(40)
        #expect(drifting.rule.next(after: start, anchor: start) == start + .seconds(3))
    }
}
