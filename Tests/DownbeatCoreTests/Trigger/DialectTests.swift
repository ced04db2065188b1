import DownbeatCore
import Support
import Testing

@Suite("Dialects of cron")
struct DialectTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var dialect: CronDialect
        var text: String
        /// The core form.
        var core: String
        var key = "cron"
        var testDescription: String { "\(dialect) \(text)" }
    }

    static let translations: [Row] = [
        (.celery, "0 11 * * mon,tue,wed,thu,sun", "0 11 * * 0-4"),
        (.celery, "* * * * 3,4", "* * * * 3,4"),
        (.celery, "0 0 1 * mon", "0 0 1 * +1"),
        (.celery, "0 0 */2 * mon", "0 0 */2 * +1"),
        (.celery, "0 22-2/2 * * fri-mon", "0 0,2,22 * * 0,1,5,6"),
        (.celery, " 5-59/15\t* * nov-feb *", "5-59/15 * * 1,2,11,12 *"),
        (.celery, "*/15 8-17 * * 1-5", "*/15 8-17 * * 1-5"),
        (.celery, "0 0 12-28 * 5-4", "0 0 12-28 * *"),
        (.quartz, "0 0 0 ? * 2", "0 0 * * 1"),
        (.quartz, "0 0 12 * * ?", "0 12 * * *"),
        (.quartz, "0 15 10 ? * MON-FRI", "15 10 * * 1-5"),
        (.quartz, "0 15 10 * * ? 2027", "0 15 10 * * * 2027"),
        (.quartz, "0 15 10 * * ? 2027/2", "0 15 10 * * * 2027-2199/2"),
        (.quartz, "0 5/15 14 * * ?", "5-59/15 14 * * *"),
        (.quartz, "0 0/5 14,18 * * ?", "*/5 14,18 * * *"),
        (.quartz, "30 /10 * ? * *", "30 */10 * * * *"),
        (.quartz, "* * * ? * 7", "* * * * * 6"),
        (.quartz, "0 0 22-2 ? * FRI-MON", "0 0-2,22,23 * * 0,1,5,6"),
        (.quartz, "0 0 0 ? * 6-1", "0 0 * * 0,5,6"),
        (.quartz, "0 0 0 30-2 NOV-feb ?", "0 0 1,2,30,31 1,2,11,12 *"),
        (.quartz, "0 0 12 1/5 * ?", "0 12 */5 * *"),
        (.quartz, "0 0 12 2/9 * ?", "0 12 2-31/9 * *"),
        (.quartz, "0 0 0 ? * 2/2", "0 0 * * 1,3,5"),
        (.quartz, "0 15 10 L * ?", "15 10 L * *"),
        (.quartz, "0 15 10 lw * ?", "15 10 LW * *"),
        (.quartz, "0 15 10 L-3 * ?", "15 10 L-3 * *"),
        (.quartz, "0 15 10 L-3W * ?", "15 10 L-3W * *"),
        (.quartz, "0 15 10 L-0 * ?", "15 10 L * *"),
        (.quartz, "0 15 10 15W * ?", "15 10 15W * *"),
        (.quartz, "0 15 10 ? * 6L", "15 10 * * 5L"),
        (.quartz, "0 15 10 ? * friL 2027-2029", "0 15 10 * * 5L 2027-2029"),
        (.quartz, "0 15 10 ? * 6#3", "15 10 * * 5#3"),
        (.quartz, "0 15 10 ? * SUN#1", "15 10 * * 0#1"),
        (.quartz, "0 15 10 ? * L", "15 10 * * 6"),
        (.robfig, "5/15 * * * *", "5-59/15 * * * *"),
        (.robfig, "0/15 2 * * *", "*/15 2 * * *"),
        (.robfig, "0 0 */2 * 1", "0 0 1-31/2 * 1"),
        (.robfig, "0 0 1 * */2", "0 0 1 * 0-6/2"),
        (.robfig, "0 0 */2 * *", "0 0 */2 * *"),
        (.robfig, "0 0 */1 * mon", "0 0 * * 1"),
        (.robfig, "0 0 5,* * mon", "0 0 * * 1"),
        (.robfig, "0 0 ? * ?", "0 0 * * *"),
        (.robfig, "? 0 1 * MON-FRI", "* 0 1 * 1-5"),
        (.robfig, "@weekly", "0 0 * * 0"),
        (.eventbridge, "cron(0 12 * * ? *)", "0 12 * * *"),
        (.eventbridge, "0 8 ? * 2 *", "0 8 * * 1"),
        (.eventbridge, "cron(15 10 ? * 6L 2027-2029)", "0 15 10 * * 5L 2027-2029"),
        (.eventbridge, "cron(0/10 * ? * MON-FRI *)", "*/10 * * * 1-5"),
        (.eventbridge, "cron(0 9 ? * 2#1 *)", "0 9 * * 1#1"),
        (.eventbridge, "cron(0 9 3W * ? *)", "0 9 3W * *"),
        (.systemd, "daily", "0 0 * * *"),
        (.systemd, "Weekly", "0 0 * * 1"),
        (.systemd, "minutely", "* * * * *"),
        (.systemd, "quarterly", "0 0 1 1-12/3 *"),
        (.systemd, "semiannually", "0 0 1 1,7 *"),
        (.systemd, "*:0/15", "*/15 * * * *"),
        (.systemd, "*:5/15", "5-59/15 * * * *"),
        (.systemd, "*-*-* 02:30:00", "30 2 * * *"),
        (.systemd, "Mon..Fri *-*-* 08:00", "0 8 * * 1-5"),
        (.systemd, "Mon,wed,Saturday..Sunday", "0 0 * * 0,1,3,6"),
        (.systemd, "*-*-01", "0 0 1 * *"),
        (.systemd, "Mon *-*-1..7 9:00", "0 9 1-7 * +1"),
        (.systemd, "*-*~01", "0 0 L * *"),
        (.systemd, "*-02~03 12:00:30", "30 0 12 L-2 2 *"),
        (.systemd, "Mon,Tue *-05~07/1", "0 0 * 5 1L,2L"),
        (.systemd, "*-*~07/2", "0 0 L,L-2,L-4,L-6 * *"),
        (.systemd, "*-*~01..03", "0 0 L,L-1,L-2 * *"),
        (.systemd, "27-*-* 2,1:23", "0 23 1,2 * * * 2027"),
        (.systemd, "2027..2029-1/3-1,15 *:*:0/30", "*/30 * * 1,15 */3 * 2027-2029"),
        (.systemd, "12-25 18:00", "0 18 25 12 *"),
        (.systemd, "*:*:*", "* * * * * *"),
    ].map { Row(dialect: $0, text: $1, core: $2) }

    @Test(arguments: translations)
    func `a text becomes one of the core form, which reads as the same`(row: Row) throws {
        let found = try row.dialect.translate(row.text, in: .utc)
        #expect(found.core == row.core)
        #expect(found.key == row.key)
        let crontab = try found.crontab
        #expect(crontab.text == row.core)
        let rule = Rule(trigger: found.trigger, zone: .utc)
        let again = try #require(Rule(canonicalText: rule.canonicalText) { _ in .utc })
        #expect(again.canonicalText == rule.canonicalText)
        // Days before the last one have no text of their own in a file.
        guard !row.core.contains("L-") else { return }
        #expect(try Crontab(row.core).canonicalText == crontab.canonicalText)
    }

    @Test(arguments: [
        Row(dialect: .eventbridge, text: "rate(5 minutes)", core: "5m", key: "every"),
        Row(dialect: .eventbridge, text: "rate(1 hour)", core: "1h", key: "every"),
        Row(dialect: .eventbridge, text: "rate(2 days)", core: "2d", key: "every"),
        Row(dialect: .robfig, text: "@every 1h30m", core: "90m", key: "every"),
        Row(
            dialect: .eventbridge,
            text: "at(2026-11-20T13:00:00)",
            core: "2026-11-20T13:00:00+08:00",
            key: "once"
        ),
    ])
    func `what is no cron becomes an interval or an instant`(row: Row) throws {
        let zone = try ZoneFiles().zone(named: "Asia/Shanghai")
        let found = try row.dialect.translate(row.text, in: zone)
        switch found.trigger {
        case .every(let interval):
            let period = try DurationText.parse(row.core)
            #expect(interval == Interval(period: period))
        case .once(let instant): #expect(instant == (try InstantText.parse(row.core)))
        case .cron, .celery, .daily, .after: Issue.record("\(found.trigger)")
        }
        #expect(found.key == row.key)
        #expect(found.daylightNote(DaylightPolicy()) == nil)
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        var dialect: CronDialect
        var text: String
        var code: String
        /// The part that the error points at.
        var part: String
        var remedy: String?
        var testDescription: String { "\(dialect) \(text)" }

        init(
            _ dialect: CronDialect,
            _ text: String,
            _ code: String,
            _ part: String,
            _ remedy: String? = nil
        ) {
            self.dialect = dialect
            self.text = text
            self.code = code
            self.part = part
            self.remedy = remedy
        }
    }

    static let refusals: [Refusal] = [
        Refusal(.celery, "0 0 * * 7", "E0305", "7"),
        Refusal(.celery, "5/15 * * * *", "E0308", "5/15"),
        Refusal(.celery, "0 0 * * mondayish", "E0320", "mondayish", "Write `mon`"),
        Refusal(.celery, "0 0 * *", "E0430", "0 0 * *"),
        Refusal(.celery, "0 0 ? * *", "E0304", "?"),
        Refusal(.quartz, "0 2 * * ?", "E0430", "0 2 * * ?"),
        Refusal(.quartz, "0 0 12 * * *", "E0431", "*", "Write `?` as the day of week"),
        Refusal(.quartz, "0 0 12 * * MON", "E0431", "*", "Write `?` as the day of month"),
        Refusal(.quartz, "0 0 12 ? * ?", "E0431", "?", "Write `*` as the day of month"),
        Refusal(.quartz, "0 0 12 1 * MON", "E0431", "MON"),
        Refusal(.quartz, "0 0 0 ? * 0", "E0305", "0"),
        Refusal(.quartz, "0 0 0 ? * 8", "E0305", "8"),
        Refusal(.quartz, "0 0 0 ? * monday", "E0310", "monday", "Write `MON`"),
        Refusal(.quartz, "0 0 0 1,15W * ?", "E0432", "15W"),
        Refusal(.quartz, "0 0 0 1,L * ?", "E0432", "L"),
        Refusal(.quartz, "0 0 0 ? * 2#1,4#1", "E0432", "2#1"),
        Refusal(.quartz, "0 0 0 ? * 2#6", "E0305", "6"),
        Refusal(.quartz, "0 0 0 L-31 * ?", "E0305", "31"),
        Refusal(.quartz, "0 */60 * * * ?", "E0307", "60"),
        Refusal(.quartz, "0 0 25 * * ?", "E0305", "25"),
        Refusal(.quartz, "0 0 24 * * ?", "E0305", "24", "Write 0 for midnight"),
        Refusal(.quartz, "0 1,,2 0 * * ?", "E0309", ","),
        Refusal(.quartz, "0 ? 0 * * ?", "E0304", "?"),
        Refusal(.quartz, "0 0 0 * * ? 2030-2027", "E0306", "2030-2027"),
        Refusal(.quartz, "TZ=UTC 0 0 0 * * ?", "E0314", "TZ=UTC"),
        Refusal(.robfig, "0 0 * * 7", "E0305", "7"),
        Refusal(.robfig, "0 22-2 * * *", "E0306", "22-2", "Write `22-23,0-2`"),
        Refusal(.robfig, "0 0 * * fri-sun", "E0306", "fri-sun", "Write `5-6,0`"),
        Refusal(.robfig, "0 0 L * *", "E0304", "L"),
        Refusal(.robfig, "0 0 12 * * *", "E0430", "0 0 12 * * *"),
        Refusal(
            .robfig,
            "CRON_TZ=Asia/Tokyo 0 0 * * *",
            "E0314",
            "CRON_TZ=Asia/Tokyo",
            "Remove it and use the key `timezone:`"
        ),
        Refusal(.robfig, "@reboot", "E0313", "@reboot"),
        Refusal(.robfig, "@every 5x", "E0340", "x"),
        Refusal(.robfig, "0 0 * * 5#2", "E0304", "5#2"),
        Refusal(.eventbridge, "cron(0 12 * * ?)", "E0430", "0 12 * * ?"),
        Refusal(.eventbridge, "cron(0 12 * * * *)", "E0431", "*"),
        Refusal(.eventbridge, "cron(0 12 L-3 * ? *)", "E0432", "L-3"),
        Refusal(.eventbridge, "cron(0 12 * * ? *", "E0316", "cron("),
        Refusal(.eventbridge, "cron(0 22-2 * * ? *)", "E0306", "22-2"),
        Refusal(.eventbridge, "rate(1 minutes)", "E0304", "minutes", "Write `minute`"),
        Refusal(.eventbridge, "rate(5 hour)", "E0304", "hour", "Write `hours`"),
        Refusal(.eventbridge, "rate(0 minutes)", "E0305", "0"),
        Refusal(.eventbridge, "rate(5 weeks)", "E0304", "weeks"),
        Refusal(.eventbridge, "rate(5)", "E0430", "5"),
        Refusal(.eventbridge, "at(2026-13-20T13:00:00)", "E0351", "2026-13-20"),
        Refusal(.systemd, "*-*-* 02:30 UTC", "E0314", "UTC"),
        Refusal(.systemd, "*-*-* 02:30 Asia/Shanghai", "E0314", "Asia/Shanghai"),
        Refusal(.systemd, "daily UTC", "E0314", "UTC"),
        Refusal(.systemd, "@1395716396", "E0433", "@1395716396"),
        Refusal(.systemd, "*:*:0.5", "E0433", ".5"),
        Refusal(.systemd, "*:*:0/0.5", "E0433", ".5"),
        // Found by the fuzzer: digits behind a letter, more than a number holds.
        Refusal(.systemd, "*:0/1o44503229442229999999999", "E0307", "1o44503229442229999999999"),
        Refusal(.systemd, "*:*/15", "E0304", "*/15", "Write `0/15`"),
        Refusal(.systemd, "Fri..Mon", "E0306", "Fri..Mon", "Write `Fri..Sun,Mon..Mon`"),
        Refusal(.systemd, "Mond *-*-*", "E0310", "Mond"),
        Refusal(.systemd, "dayly", "E0310", "dayly", "Did you mean `daily`?"),
        Refusal(.systemd, "*-13-01", "E0305", "13"),
        Refusal(.systemd, "*-*-01 25:00", "E0305", "25"),
        Refusal(.systemd, "*-*~*-1", "E0433", "-"),
        Refusal(.systemd, "*-*-1-5", "E0430", "*-*-1-5"),
        Refusal(.systemd, "08-12:00", "E0311", "08-12", "Write `08..12`"),
        Refusal(.systemd, "*:", "E0304", ":"),
        Refusal(.systemd, "0 2 * * *", "E0433", "0"),
        Refusal(.systemd, "", "E0433", ""),
    ]

    @Test(arguments: refusals)
    func `a mistake is refused at its place, with the dialect's rule`(row: Refusal) throws {
        let error = try #require(throws: TextError.self) {
            try row.dialect.translate(row.text, in: .utc)
        }
        #expect(error.code == row.code, "\(error)")
        let scalars = Array(row.text.unicodeScalars)
        let end = min(scalars.count, error.offset + error.length)
        #expect(String(String.UnicodeScalarView(scalars[error.offset..<end])) == row.part)
        if row.remedy != nil { #expect(error.remedy == row.remedy) }
        #expect(error.remedy != nil)
    }

    /// Answers known of the programs themselves: Quartz counts from Sunday, robfig restricts by `*/2`,
    /// Celery and systemd want both.
    @Test(arguments: [
        (CronDialect.quartz, "0 0 0 ? * 2", ["2026-11-23", "2026-11-30", "2026-12-07"]),
        (.eventbridge, "cron(0 0 ? * 2 *)", ["2026-11-23", "2026-11-30", "2026-12-07"]),
        (.robfig, "0 0 */2 * 1", ["2026-11-21", "2026-11-23", "2026-11-25"]),
        (.celery, "0 0 */2 * 1", ["2026-11-23", "2026-12-07", "2026-12-21"]),
        (.celery, "0 0 1 * mon", ["2027-02-01", "2027-03-01", "2027-11-01"]),
        (.systemd, "Mon *-*-1..7", ["2026-12-07", "2027-01-04", "2027-02-01"]),
        (.systemd, "*-*~02", ["2026-11-29", "2026-12-30", "2027-01-30"]),
        (.quartz, "0 0 0 L-3 * ?", ["2026-11-27", "2026-12-28", "2027-01-28"]),
        (.quartz, "0 0 0 L-2W * ?", ["2026-11-27", "2026-12-29", "2027-01-29"]),
        (.quartz, "0 0 0 ? * 6L", ["2026-11-27", "2026-12-25", "2027-01-29"]),
        (.quartz, "0 0 0 ? * 5#4", ["2026-11-26", "2026-12-24", "2027-01-28"]),
    ])
    func `a text fires as in its own program`(
        dialect: CronDialect,
        text: String,
        dates: [String]
    ) throws {
        let trigger = try dialect.translate(text, in: .utc).trigger
        let rule = Rule(trigger: trigger, zone: .utc)
        let from = try InstantText.parse("2026-11-20T00:00:00Z")
        let found = rule.fireTimes(after: from, upTo: .distantFuture, limit: dates.count)
        #expect(found.map { InstantText.dateText(ZoneRules.utc.civilTime(at: $0).date) } == dates)
    }

    @Test(arguments: [
        ("5/15 * * * *", "robfig"), ("0 12 * * ? 2027", "eventbridge"),
        ("cron(0 12 * * ? *)", "eventbridge"), ("rate(5 minutes)", "eventbridge"),
        ("0 0 22-2 ? * 2-6", "quartz"), ("0 0 0 L-3 * ?", "quartz"), ("*:0/15", "systemd"),
        ("Mon *-*-* 00:00:00", "systemd"),
    ])
    func `an error of the core form names the dialect in which the text is right`(
        text: String,
        dialect: String
    ) throws {
        let error = try #require(throws: TextError.self) { try Trigger.parseCron(text) }
        #expect(error.remedy?.hasSuffix("add `dialect: \(dialect)`") == true, "\(error)")
    }

    @Test(arguments: ["0 22-2 * * *", "5/0 * * * *", "0 0 12 ? * 2-9", "*-*-* 25:00", "0 0 * * 8"])
    func `no dialect is named that would refuse the text too`(text: String) throws {
        let error = try #require(throws: TextError.self) { try Trigger.parseCron(text) }
        #expect(error.remedy?.contains("dialect") != true, "\(error)")
    }

    @Test func `a number that Quartz reads as another weekday is warned about`() throws {
        let warning = try #require(try Crontab("0 0 12 ? * 2-6").warnings.first)
        #expect(warning.code == "W0430")
        #expect(
            warning.message
                == "weekday 2 is Tuesday here; in Quartz, whose `?` this is, it is Monday"
        )
        #expect(warning.remedy == "Add `dialect: quartz`, or write names such as `TUE`")
        #expect(try Crontab("0 0 12 ? * TUE").warnings.isEmpty)
        #expect(try Crontab("0 12 ? * 2").warnings.isEmpty)
    }

    @Test func `warnings of a translation are about the whole text and say where they hold`() throws
    {
        let found = try CronDialect.robfig.translate("0 0 */2 * 1", in: .utc)
        let warning = try #require(found.warnings.first)
        #expect(warning.code == "W0303")
        #expect(warning.offset == 0 && warning.length == 11)
        #expect(warning.remedy?.hasPrefix("In the core form (`0 0 1-31/2 * 1`): for both") == true)
        #expect(try CronDialect.celery.translate("0 0 */2 * 1", in: .utc).warnings.isEmpty)
    }

    @Test(arguments: [
        ("*-*~03", "at 00:00 on the 3rd to last day of the month"),
        ("*-*~02/1", "at 00:00 on the last 2 days of the month"),
        (
            "*-*~07/2",
            "at 00:00 on the last day, the 3rd to last day, the 5th to last day and the 7th to last day of the month"
        ),
        ("Fri *-*~07/1", "at 00:00 on the last Friday of the month"),
    ])
    func `days from the end of the month have words`(text: String, sentence: String) throws {
        #expect(try CronDialect.systemd.translate(text, in: .utc).crontab.sentence == sentence)
    }

    @Test func `what the program itself does at a change of the clock is said with the keys`()
        throws
    {
        let found = try CronDialect.robfig.translate("0 2 * * *", in: .utc)
        #expect(
            found.daylightNote(DaylightPolicy()).map { Language.english.phrases.dialect($0) }
                == "robfig/cron itself leaves out a time that the clock jumps over, and fires in both"
                + " passes of an hour that comes twice: `dst_gap: skip` with `dst_overlap: both`"
                + " does the same"
        )
        #expect(found.daylightNote(DaylightPolicy(gap: .skip, overlap: .both)) == nil)
        // A rhythm is treated alike already.
        let hourly = try CronDialect.robfig.translate("30 * * * *", in: .utc)
        #expect(hourly.daylightNote(DaylightPolicy()) == nil)
        let zone = try ZoneFiles().zone(named: "America/New_York")
        let rule = Rule(
            trigger: found.trigger,
            zone: zone,
            daylight: CronDialect.robfig.ownDaylight
        )
        let spring = try InstantText.parse("2027-03-13T12:00:00-05:00")
        #expect(rule.next(after: spring) == (try InstantText.parse("2027-03-15T02:00:00-04:00")))
    }

    @Test func `texts that make no sense are refused, not trapped on`() throws {
        var random = SeededGenerator.ofThisRun()
        let pieces =
            Array("0123456789*?/-,#~:.@()LW \t").map(String.init)
            + [
                "..", "mon", "FRI", "L-3", "cron(", "rate(", "at(", ")", "2027", "@every ", "月",
                "~07/1",
            ]
        for _ in 0..<(TestLength.isLong ? 200_000 : 4000) {
            let count = Int.random(in: 0..<24, using: &random)
            let text = (0..<count).map { _ in pieces.drawn(&random) }.joined()
            for dialect in CronDialect.allCases {
                do throws(TextError) {
                    _ = try dialect.translate(text, in: .utc).warnings
                } catch {
                    let length = text.unicodeScalars.count
                    let place = "seed \(random.seed): \(dialect) \(text)"
                    try #require(error.offset >= 0 && error.length >= 0, "\(place)")
                    try #require(error.offset + error.length <= length, "\(place) \(error)")
                }
            }
        }
    }
}

extension DialectTranslation {
    /// The one expression of the translation.
    var crontab: Crontab {
        get throws {
            guard case .cron(let expressions) = trigger else {
                throw TextError(code: "", message: "no cron", offset: 0, length: 0)
            }
            return try #require(expressions.first)
        }
    }
}
