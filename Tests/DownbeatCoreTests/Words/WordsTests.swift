import DownbeatCore
import Support
import Testing

@Suite("Words")
struct WordsTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var text: String
        var english: String
        var chinese: String
        var testDescription: String { text }

        init(_ text: String, _ english: String, _ chinese: String) {
            self.text = text
            self.english = english
            self.chinese = chinese
        }
    }

    static let rhythms = [
        Row("* * * * *", "every minute", "每分钟"),
        Row("*/5 * * * *", "every 5 minutes", "每 5 分钟"),
        Row("*/90 * * * *", "every hour on the hour", "每小时整点"),
        Row("0 * * * *", "every hour on the hour", "每小时整点"),
        Row("@hourly", "every hour on the hour", "每小时整点"),
        Row("30 * * * *", "at 30 minutes past every hour", "每小时的第 30 分"),
        Row("1 * * * *", "at 1 minute past every hour", "每小时的第 1 分"),
        Row("0,30 * * * *", "every 30 minutes", "每 30 分钟"),
        Row(
            "15,45 * * * *",
            "every 30 minutes, starting at 15 minutes past the hour",
            "每小时从第 15 分起，每 30 分钟一次"
        ),
        Row("10,40,50 * * * *", "at 10, 40 and 50 minutes past every hour", "每小时的第 10、40、50 分"),
        Row(
            "*/7 * * * *",
            "at 0, 7, 14 … 56 minutes past every hour",
            "每小时的第 0、7、14…56 分"
        ),
        Row(
            "5-59/10 * * * *",
            "every 10 minutes, starting at 5 minutes past the hour",
            "每小时从第 5 分起，每 10 分钟一次"
        ),
        Row(
            "1-59/2 * * * *",
            "every 2 minutes, starting at 1 minute past the hour",
            "每小时从第 1 分起，每 2 分钟一次"
        ),
        Row("0-30 * * * *", "at 0 to 30 minutes past every hour", "每小时的第 0 至 30 分"),
        Row("0 */2 * * *", "every 2 hours, starting at 00:00", "每天从 00:00 起，每 2 小时一次"),
        Row("30 1-23/2 * * *", "every 2 hours, starting at 01:30", "每天从 01:30 起，每 2 小时一次"),
        Row(
            "0 */2 * * 1",
            "every 2 hours from 00:00 to 22:00 on Mondays",
            "每周一 00:00 至 22:00，每 2 小时一次"
        ),
        Row("0 9-17 * * *", "every hour from 09:00 to 17:00, every day", "每天 09:00 至 17:00，每小时一次"),
        Row(
            "*/15 9-17 * * 1-5",
            "every 15 minutes from 09:00 to 17:45, Monday to Friday",
            "每周一至周五 09:00 至 17:45，每 15 分钟一次"
        ),
        Row(
            "0 9-12,14-18 * * mon-fri",
            "every hour from 09:00 to 12:00 and from 14:00 to 18:00, Monday to Friday",
            "每周一至周五 09:00 至 12:00、14:00 至 18:00，每小时一次"
        ),
        Row("* 2 * * *", "every minute from 02:00 to 02:59, every day", "每天 02:00 至 02:59，每分钟一次"),
        Row("*/5 * * * 1", "every 5 minutes on Mondays", "每周一，每 5 分钟"),
        Row("0 * * * 6,0", "every hour on the hour on Saturdays and Sundays", "每周六、周日，每小时整点"),
        Row(
            "* */2 * * *",
            "every minute in the hours starting at 00:00, 02:00, 04:00 … 22:00, every day",
            "每天 0、2、4…22 时内，每分钟一次"
        ),
        Row(
            "*/7 2 * 3-5 sat,sun",
            "at 0, 7, 14 … 56 minutes past 02:00 on Saturdays and Sundays from March to May",
            "每年 3 月至 5 月的每周六、周日 2 时的第 0、7、14…56 分"
        ),
        Row(
            "5,35,50 9-17 * * *",
            "at 5, 35 and 50 minutes past every hour from 09:00 to 17:00, every day",
            "每天 9 时至 17 时，每小时的第 5、35、50 分"
        ),
        Row("*/5 * * 3 *", "every 5 minutes in March", "每年 3 月，每 5 分钟"),
    ]

    static let times = [
        Row("30 2 * * *", "at 02:30 every day", "每天 02:30"),
        Row("@daily", "at 00:00 every day", "每天 00:00"),
        Row("0 9,18 * * *", "at 09:00 and 18:00 every day", "每天 09:00、18:00"),
        Row("0 */12 * * *", "at 00:00 and 12:00 every day", "每天 00:00、12:00"),
        Row("0 9 * * 1-5", "at 09:00, Monday to Friday", "每周一至周五 09:00"),
        Row("0 9 * * 1", "at 09:00 on Mondays", "每周一 09:00"),
        Row("@weekly", "at 00:00 on Sundays", "每周日 00:00"),
        Row("0 9 * * 1,4", "at 09:00 on Mondays and Thursdays", "每周一、周四 09:00"),
        Row("0 11 * * 0-4", "at 11:00, Sunday to Thursday", "每周日至周四 11:00"),
        Row(
            "0 8 * * 1-3,5,6",
            "at 08:00, Monday to Wednesday, Friday and Saturday",
            "每周一至周三、周五、周六 08:00"
        ),
        Row("0 8 * * 1-4,6-7", "at 08:00 every day except Fridays", "除周五外的每一天 08:00"),
        Row("0 6 1 * *", "at 06:00 on day 1 of the month", "每月 1 日 06:00"),
        Row("0 0 1,15 * *", "at 00:00 on days 1 and 15 of the month", "每月 1 日、15 日 00:00"),
        Row("0 0 */2 * *", "at 00:00 on days 1, 3, 5 … 31 of the month", "每月 1、3、5…31 日 00:00"),
        Row("@yearly", "at 00:00 on January 1", "每年 1 月 1 日 00:00"),
        Row("0 0 24,25 12 *", "at 00:00 on December 24 and 25", "每年 12 月 24 日、25 日 00:00"),
        Row(
            "0 0 1 1,4,7,10 *",
            "at 00:00 on day 1 of January, April, July and October",
            "每年 1 月、4 月、7 月、10 月的 1 日 00:00"
        ),
        Row(
            "0 0 1 6-8 *",
            "at 00:00 on day 1 of every month from June to August",
            "每年 6 月至 8 月的 1 日 00:00"
        ),
        Row("0 9 * 6-8 *", "at 09:00 every day from June to August", "每年 6 月至 8 月，每天 09:00"),
        Row("0 9 * 6-8 1", "at 09:00 on Mondays from June to August", "每年 6 月至 8 月的每周一 09:00"),
        Row("0 0 30 2 *", "at 00:00 on February 30", "每年 2 月 30 日 00:00"),
    ]

    static let days = [
        Row(
            "30 2 1-7 * mon",
            "at 02:30 on days 1-7 of the month, or on any Monday",
            "每月 1 日至 7 日，或者每周一，02:30"
        ),
        Row(
            "30 2 1,15 3 1-5",
            "at 02:30 on days 1 and 15 of the month, or on any day from Monday to Friday, only in March",
            "每月 1 日、15 日，或者每周一至周五，02:30，仅限 3 月"
        ),
        Row(
            "0 0 */2 * 1",
            "at 00:00 on days 1, 3, 5 … 31 of the month, if it is a Monday",
            "每月 1、3、5…31 日，且当天是周一，00:00"
        ),
        Row(
            "0 0 13 * +fri",
            "at 00:00 on day 13 of the month, if it is a Friday",
            "每月 13 日，且当天是周五，00:00"
        ),
        Row(
            "0 0 1 * */2",
            "at 00:00 on day 1 of the month, if it is a Tuesday, a Thursday, a Saturday or a Sunday",
            "每月 1 日，且当天是周二、周四、周六或周日，00:00"
        ),
        Row(
            "0 0 1 1 +1-5",
            "at 00:00 on January 1, if it is a day from Monday to Friday",
            "每年 1 月 1 日，且当天是周一至周五，00:00"
        ),
        Row("0 6 L * *", "at 06:00 on the last day of the month", "每月最后一天 06:00"),
        Row("0 6 L 2 *", "at 06:00 on the last day of February", "每年 2 月的最后一天 06:00"),
        Row("0 6 1,L * *", "at 06:00 on day 1 and the last day of the month", "每月 1 日和最后一天 06:00"),
        Row(
            "0 18 LW * *",
            "at 18:00 on the last weekday (Mon-Fri) of the month",
            "每月最后一个工作日（周一至周五）18:00"
        ),
        Row(
            "30 8 15W jan *",
            "at 08:30 on the weekday (Mon-Fri) nearest to day 15 of January",
            "每年 1 月离 15 日最近的工作日（周一至周五）08:30"
        ),
        Row("0 9 * * 5#2", "at 09:00 on the second Friday of the month", "每月第二个周五 09:00"),
        Row(
            "0 9 * 1,7 5L",
            "at 09:00 on the last Friday of January and July",
            "每年 1 月、7 月的最后一个周五 09:00"
        ),
        Row(
            "0 9 * * mon#1,wed#L",
            "at 09:00 on the first Monday of the month and the last Wednesday of the month",
            "每月第一个周一和每月最后一个周三 09:00"
        ),
        Row(
            "0 9 * * 1,5#2",
            "at 09:00 on Mondays and the second Friday of the month",
            "每周一和每月第二个周五 09:00"
        ),
        Row(
            "0 0 1,L * mon,5#2,5L",
            "at 00:00 on day 1 and the last day of the month, or on any Monday,"
                + " the second Friday of the month or the last Friday of the month",
            "每月 1 日和最后一天，或者每周一或每月第二个周五或每月最后一个周五，00:00"
        ),
    ]

    static let secondsAndYears = [
        Row("* * * * * *", "every second", "每秒"),
        Row("*/10 * * * * *", "every 10 seconds", "每 10 秒"),
        Row("15 * * * * *", "at second 15 of every minute", "每分钟的第 15 秒"),
        Row("15 30 2 * * *", "at 02:30:15 every day", "每天 02:30:15"),
        Row(
            "15 0 9-17 * * *",
            "every hour from 09:00:15 to 17:00:15, every day",
            "每天 09:00:15 至 17:00:15，每小时一次"
        ),
        Row(
            "*/10 45 */12 * * *",
            "every 10 seconds of the minute, at 00:45 and 12:45, every day",
            "每天 00:45、12:45，该分钟内每 10 秒一次"
        ),
        Row("15 */5 * * * *", "at second 15 of the minute, every 5 minutes", "每 5 分钟，该分钟的第 15 秒"),
        Row(
            "*/10 * 9-17 * * *",
            "every 10 seconds from 09:00:00 to 17:59:50, every day",
            "每天 09:00:00 至 17:59:50，每 10 秒一次"
        ),
        Row("0 0 0 1 jan ? 2027", "at 00:00 on January 1, 2027", "2027 年 1 月 1 日 00:00"),
        Row(
            "0 0 0 1 jan ? 2027-2030,2035",
            "at 00:00 on January 1 in 2027 to 2030 and 2035",
            "2027 年至 2030 年、2035 年，每年 1 月 1 日 00:00"
        ),
        Row(
            "0 30 9 * * mon-fri 2027",
            "at 09:30, Monday to Friday, in 2027",
            "2027 年，每周一至周五 09:30"
        ),
        Row("0 */5 * * 3 * 2027", "every 5 minutes in March in 2027", "2027 年 3 月，每 5 分钟"),
        Row(
            "0 0 0 1 * ? */2",
            "at 00:00 on day 1 of the month in 1970, 1972, 1974 … 2198",
            "1970、1972、1974…2198 年，每月 1 日 00:00"
        ),
    ]

    @Test(arguments: rhythms + times + days + secondsAndYears)
    func `an expression reads as people say it, in each language`(row: Row) throws {
        let crontab = try Crontab(row.text)
        #expect(TriggerExplanation(crontab, in: .english).sentence == row.english)
        #expect(TriggerExplanation(crontab, in: .chinese).sentence == row.chinese)
    }

    @Test func `fields of a drawing are said in each language`() throws {
        func fields(_ text: String, _ language: Language) throws -> [String] {
            TriggerExplanation(try Crontab(text), in: language).parts.map(\.words)
        }
        #expect(
            try fields("*/10 */7 2,3 1,L * mon,5#2 2027", .chinese) == [
                "每 10 秒", "第 0、7、14…56 分", "2、3 时", "日期：1 日和最后一天", "每月",
                "星期：周一和当月第二个周五", "年份：2027 年",
            ]
        )
        #expect(
            try fields("*/10 */7 2,3 1,L * mon,5#2 2027", .english) == [
                "every 10 seconds", "minutes 0, 7, 14 … 56", "02h and 03h",
                "day of month: 1 and the last day of the month", "every month",
                "day of week: Monday and the second Friday of the month", "year: 2027",
            ]
        )
    }

    // MARK: Other triggers

    @Test func `every kind of trigger has words, with its bounds and its calendar`() throws {
        let zone = try ZoneFiles().zone(named: "Asia/Shanghai")
        func words(_ trigger: Trigger, change: (inout Rule) -> Void = { _ in }) -> [String] {
            var rule = Rule(trigger: trigger, zone: zone)
            change(&rule)
            return Language.allCases.map { rule.words(in: $0) }
        }
        let half = try TimeOfDay("15:30")
        #expect(
            words(
                .daily(
                    times: [half, try TimeOfDay("02:30")],
                    days: try DaySelection(["1", "mon"])
                )
            )
                == [
                    "at 02:30 and 15:30 on day 1 of the month, or on any Monday",
                    "每月 1 日，或者每周一，02:30、15:30",
                ]
        )
        #expect(
            words(.daily(times: [half], days: try DaySelection(["weekdays"])))
                == ["at 15:30, Monday to Friday", "每周一至周五 15:30"]
        )
        #expect(
            words(.every(Interval(period: .seconds(5400)))) == [
                "every 1h30m, counted from 2001-01-01 00:00",
                "每 1 小时 30 分钟一次，从 2001-01-01 00:00 起算",
            ]
        )
        #expect(
            words(.every(Interval(period: .seconds(600), anchor: .lastEnd))) == [
                "10m after the end of the latest run", "上一次运行结束 10 分钟后",
            ]
        )
        #expect(
            words(.once(Timestamp(seconds: 1_800_000_000)))
                == ["once, at 2027-01-15 16:00", "仅一次，2027-01-15 16:00"]
        )
        let two = try [Crontab("0 9 * * 1"), Crontab("30 10 * * 2")]
        #expect(
            words(.cron(two)) == [
                "at 09:00 on Mondays; and at 10:30 on Tuesdays",
                "每周一 09:00；以及每周二 10:30",
            ]
        )
        let celery = try Crontab(
            celeryMinute: "0",
            hour: "11",
            dayOfWeek: "mon,tue,wed,thu,sun",
            dayOfMonth: "1-7",
            monthOfYear: nil
        )
        #expect(
            words(.celery(celery)) == [
                "at 11:00 on days 1-7 of the month, if it is a day from Sunday to Thursday",
                "每月 1 日至 7 日，且当天是周日至周四，11:00",
            ]
        )
        let calendar = try CalendarBook().calendar(named: "cn-workdays")
        let bounded = words(.cron([two[0]])) { rule in
            rule.calendar = RuleCalendar(calendar, miss: .after)
            rule.from = Timestamp(seconds: 1_800_000_000)
            rule.until = Timestamp(seconds: 1_800_028_800)
        }
        #expect(
            bounded == [
                "at 09:00 on Mondays, on working days of cn-workdays; a time on another day moves"
                    + " to the working day after, from 2027-01-15 16:00, through 2027-01-15",
                "每周一 09:00，仅限 cn-workdays 的工作日（其他日子的推迟到后一个工作日），"
                    + "自 2027-01-15 16:00 起，至 2027-01-15 止（含当天）",
            ]
        )
    }

    // MARK: Never wrong

    /// What a rule fires at, apart from its text.
    private struct Meaning: Hashable {
        var seconds: UInt64
        var minutes: UInt64
        var hours: UInt32
        var days: [Int]

        init(_ crontab: Crontab) {
            (seconds, minutes, hours) = (crontab.seconds, crontab.minutes, crontab.hours)
            let rule = Rule(trigger: .cron([crontab]), zone: .utc)
            var found: [Int] = []
            var at = Timestamp(seconds: 0) - .microseconds(1)
            while found.count < 600, let next = rule.next(after: at) {
                let day = Int(next.seconds) / 86_400
                found.append(day)
                at = Timestamp(seconds: Int64(day + 1) * 86_400) - .microseconds(1)
            }
            days = found
        }
    }

    @Test(arguments: Language.allCases)
    func `equal words mean equal times`(language: Language) throws {
        var random = SeededGenerator.ofThisRun()
        var meanings: [String: (Crontab, Meaning)] = [:]
        for _ in 0..<(TestLength.isLong ? 100_000 : 4_000) {
            let crontab = try Crontab(Self.expression(&random))
            let words = TriggerExplanation(crontab, in: language).sentence
            let meaning = Meaning(crontab)
            guard let (other, known) = meanings[words] else {
                meanings[words] = (crontab, meaning)
                continue
            }
            #expect(
                known == meaning,
                "\(words): \(crontab.text) and \(other.text), seed \(random.seed)"
            )
        }
    }

    @Test(arguments: Language.allCases)
    func `one value more or less in any field changes the words`(language: Language) throws {
        var random = SeededGenerator.ofThisRun()
        for _ in 0..<(TestLength.isLong ? 50_000 : 2_000) {
            var masks = FieldMasks(&random)
            let before = try Crontab(masks.text)
            let words = TriggerExplanation(before, in: language).sentence
            masks.flip(&random)
            let after = try Crontab(masks.text)
            #expect(
                words != TriggerExplanation(after, in: language).sentence,
                "\(words): \(before.text) and \(after.text), seed \(random.seed)"
            )
        }
    }

    /// A random expression of the usual shapes, with seconds, years and special days.
    private static func expression(_ random: inout SeededGenerator) -> String {
        if Int.random(in: 0..<3, using: &random) == 0 {
            return DrawnRule.expression(around: 2027, &random)
        }
        return FieldMasks(&random).text
    }
}

/// Sets of values for all fields, printed as lists.
private struct FieldMasks {
    private static let domains = [0...59, 0...59, 0...23, 1...31, 1...12, 0...6, 2020...2040]
    private var sets: [Set<Int>]
    private var plus: Bool

    init(_ random: inout SeededGenerator) {
        plus = Bool.random(using: &random)
        sets = Self.domains.map { domain in Self.set(domain, &random) }
        if Bool.random(using: &random) { sets[0] = [0] }
        if Bool.random(using: &random) { sets[5] = Set(0...6) }
        if Bool.random(using: &random) { sets[3] = Set(1...31) }
    }

    private static func set(_ domain: ClosedRange<Int>, _ random: inout SeededGenerator) -> Set<Int>
    {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return Set(domain)
        case 1: return [Int.random(in: domain, using: &random)]
        case 2:
            let low = Int.random(in: domain, using: &random)
            return Set(low...Int.random(in: low...domain.upperBound, using: &random))
        case 3:
            let step = Int.random(in: 2...12, using: &random)
            let low = Int.random(in: domain, using: &random)
            return Set(
                stride(
                    from: min(low, domain.lowerBound + step),
                    through: domain.upperBound,
                    by: step
                )
            )
        default:
            return Set((0..<4).map { _ in Int.random(in: domain, using: &random) })
        }
    }

    /// Puts a value into a set that lacks it, or takes it out; no set becomes empty, and the change is
    /// one of meaning: not of one day field while the other makes every day match.
    mutating func flip(_ random: inout SeededGenerator) {
        while true {
            let field = Int.random(in: sets.indices, using: &random)
            let value = Int.random(in: Self.domains[field], using: &random)
            var changed = sets[field]
            if changed.contains(value) { changed.remove(value) } else { changed.insert(value) }
            guard !changed.isEmpty else { continue }
            let isEither = !plus
            if isEither, field == 3, sets[5].count == 7 { continue }
            if isEither, field == 5, sets[3].count == 31 { continue }
            sets[field] = changed
            return
        }
    }

    var text: String {
        var fields = sets.map { $0.sorted().map(String.init).joined(separator: ",") }
        if plus { fields[5] = "+" + fields[5] }
        return fields.joined(separator: " ")
    }
}
