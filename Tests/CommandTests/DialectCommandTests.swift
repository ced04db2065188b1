import DownbeatCore
import Testing

@Suite("Dialects on the command line")
struct DialectCommandTests {
    @Test func `explain shows the core form of a text and what the program itself would do`() {
        let result = CommandLine()("explain", "--dialect", "quartz", "0 0 9 ? * 2-6")
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("quartz  0 0 9 ? * 2-6\n"))
        #expect(result.output.contains("cron  0 9 * * 1-5\n"))
        #expect(
            result.output.contains("`dst_gap: skip` with `dst_overlap: second` does the same")
        )
        #expect(result.output.contains("Mon 2026-11-23 09:00"))
    }

    @Test func `explain of rates and systemd's words needs no form of cron`() {
        let rate = CommandLine()("explain", "--dialect", "eventbridge", "rate(5 minutes)")
        #expect(rate.output.hasPrefix("eventbridge  rate(5 minutes)\nevery  5m\n"))
        let weekly = CommandLine()("explain", "--dialect", "systemd", "weekly")
        #expect(weekly.output.contains("cron  0 0 * * 1\n"))
    }

    @Test(arguments: [
        ["--dialect", "quartz", "--expr", "0 0 9 ? * 2"], ["--dialect", "quartz", "0 0 9 ? * 2"],
    ])
    func `next lists a text of a dialect with its core form`(arguments: [String]) {
        let result = CommandLine().run(["next", "-n", "1"] + arguments)
        #expect(result.errors == "quartz \"0 0 9 ? * 2\" is cron: \"0 9 * * 1\"\n")
        #expect(result.output.contains("Mon 11-23 09:00:00"))
        #expect(result.output.contains("09:00 on mon"))
        let json = CommandLine().run(["next", "-n", "1", "--json"] + arguments)
        #expect(json.output.contains("\"0 9 * * 1\""))
    }

    @Test func `a wrong dialect, a wrong text and a dialect alone are said`() {
        let unknown = CommandLine()("explain", "--dialect", "quarz", "0 0 9 ? * 2")
        #expect(unknown.status == 64)
        #expect(unknown.errors.contains("no dialect `quarz`"))
        #expect(unknown.errors.contains("did you mean `quartz`?"))
        let wrong = CommandLine()("explain", "--dialect", "quartz", "0 0 9 * * 2")
        #expect(wrong.errors.contains("[E0431]"))
        #expect(wrong.errors.contains("\n       ^ ") || wrong.errors.contains("^ Write `?`"))
        let hint = CommandLine()("explain", "5/15 * * * *")
        #expect(hint.errors.contains("add `--dialect robfig`"))
        #expect(CommandLine()("next", "--dialect", "quartz").status == 64)
    }

    @Test func `check and explain show what a text of a schedule was read as`() throws {
        let downbeat = CommandLine()
        let translation = try CronDialect.robfig.translate("0 2 */2 * 1", in: .utc)
        var schedule = try Samples.schedule(
            "report",
            translation.trigger,
            zone: "America/New_York"
        )
        schedule.translations = [translation]
        let sample = schedule
        downbeat.service.set { $0.reading = Samples.reading([sample]) }
        let words = "robfig \"0 2 */2 * 1\" is cron: \"0 2 1-31/2 * 1\""
        #expect(downbeat("check").output.contains("report  \(words)\n"))
        #expect(!downbeat("check", "-q").output.contains(words))
        let output = downbeat("explain", "report").output
        #expect(output.contains("  dialect   \(words)\n"))
        #expect(output.contains("`dst_gap: skip` with `dst_overlap: both` does the same"))
    }
}
