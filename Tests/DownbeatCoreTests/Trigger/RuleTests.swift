import DownbeatCore
import Support
import Testing

@Suite("Rule")
struct RuleTests {
    struct Times: CustomTestStringConvertible, Sendable {
        var name: String
        var zone = "Asia/Shanghai"
        var from: String
        var anchor: String?
        var next: [String]
        var testDescription: String { name }
    }

    @Test func `intervals stand on a grid that begins on a Monday midnight of the zone`() throws {
        let rows: [(Interval, String, String)] = [
            (
                Interval(period: .seconds(6 * 3600)), "2026-11-23T02:41:07+08:00",
                "2026-11-23T06:00:00+08:00"
            ),
            (
                Interval(period: .seconds(7 * 86_400)), "2026-11-24T00:00:00+08:00",
                "2026-11-30T00:00:00+08:00"
            ),
            (
                Interval(period: .seconds(900)), "2026-11-23T02:45:00+08:00",
                "2026-11-23T03:00:00+08:00"
            ),
            (
                Interval(
                    period: .seconds(86_400),
                    anchor: .timeOfDay(try TimeOfDay("02:30"))
                ), "2026-11-23T02:30:00+08:00", "2026-11-24T02:30:00+08:00"
            ),
            (
                Interval(
                    period: .seconds(100),
                    anchor: .instant(try InstantText.parse("2027-01-01T00:00:00Z"))
                ), "2026-12-31T23:57:00Z", "2027-01-01T07:58:20+08:00"
            ),
        ]
        let zone = try ZoneFiles().zone(named: "Asia/Shanghai")
        for (interval, from, next) in rows {
            let rule = Rule(trigger: .every(interval), zone: zone)
            let after = try InstantText.parse(from)
            let found = try #require(rule.next(after: after))
            #expect(InstantText.format(found, zone: zone) == next)
            #expect(rule.previous(atOrBefore: found, after: after) == found)
            #expect(rule.previous(atOrBefore: found - .microseconds(1), after: after) == nil)
            let far = after + .seconds(1_000_000_000)
            let count = rule.count(after: after, upTo: far)
            #expect(count == Int(1_000_000_000 / interval.period.components.seconds))
        }
    }

    @Test func `an event grid begins one period after the event, and a pause has one fire time`()
        throws
    {
        let event = Timestamp(seconds: 1_000_000)
        let rows: [(Interval.Anchor, [Int64])] = [
            (.start, [1_000_010, 1_000_020, 1_000_030]),
            (.lastStart, [1_000_010]),
            (.lastEnd, [1_000_010]),
        ]
        for (anchor, expected) in rows {
            let interval = Interval(period: .seconds(10), anchor: anchor)
            let rule = Rule(trigger: .every(interval), zone: .utc)
            let from = event - .seconds(3600)
            let found = rule.fireTimes(after: from, upTo: .distantFuture, limit: 3, anchor: event)
            #expect(found.map(\.seconds) == expected)
            #expect(rule.next(after: from) == nil)
            let upTo = event + .seconds(30)
            #expect(rule.count(after: from, upTo: upTo, anchor: event) == expected.count)
            #expect(
                rule.previous(atOrBefore: upTo, after: from, anchor: event)?.seconds
                    == expected.last
            )
            #expect(rule.previous(atOrBefore: event, after: from, anchor: event) == nil)
        }
    }

    @Test(arguments: [
        (["mon-fri"], ["2026-11-27", "2026-11-30", "2026-12-01"]),
        (["weekdays"], ["2026-11-27", "2026-11-30", "2026-12-01"]),
        (["last"], ["2026-11-30", "2026-12-31", "2027-01-31"]),
        (["31"], ["2026-12-31", "2027-01-31", "2027-03-31"]),
        (["fri-sun", "1"], ["2026-11-27", "2026-11-28", "2026-11-29"]),
        (["1,last"], ["2026-11-30", "2026-12-01", "2026-12-31"]),
        (["Sunday"], ["2026-11-29", "2026-12-06", "2026-12-13"]),
        (["1st mon"], ["2026-12-07", "2027-01-04", "2027-02-01"]),
        (["2nd Tue, last friday"], ["2026-11-27", "2026-12-08", "2026-12-25"]),
        (["5th sun", "LAST  sun"], ["2026-11-29", "2026-12-27", "2027-01-31"]),
        (["1st mon", "mon", "1"], ["2026-11-30", "2026-12-01", "2026-12-07"]),
        (["3rd wed", "last", "25-26"], ["2026-11-30", "2026-12-16", "2026-12-25"]),
        (["1st sat", "weekdays"], ["2026-11-27", "2026-11-30", "2026-12-01"]),
    ])
    func `days select dates, any item of the list`(items: [String], dates: [String]) throws {
        let zone = try ZoneFiles().zone(named: "Asia/Shanghai")
        let days = try DaySelection(items)
        let rule = Rule(trigger: .daily(times: [try TimeOfDay("09:00")], days: days), zone: zone)
        let from = try InstantText.parse("2026-11-26T09:00:00+08:00")
        let found = rule.fireTimes(after: from, upTo: .distantFuture, limit: 3)
        #expect(
            found.map { InstantText.format($0, zone: zone) }
                == dates.map { $0 + "T09:00:00+08:00" }
        )
        #expect(try DaySelection([days.text]) == days)
    }

    @Test(arguments: [
        ("fri-mon", "E0336", "Write `fri-sun,mon`"), ("20-5", "E0336", "Write `20-31,1-5`"),
        ("weekend", "E0335", "Write `sat-sun`"), ("tues", "E0335", "Did you mean `tue`?"),
        (
            "32", "E0335",
            "Write 1 to 31 for a day of the month, or a name such as `mon`"
        ),
        ("first mon", "E0335", "Write `1st mon`"), ("2st mon", "E0335", "Write `2nd mon`"),
        ("6th mon", "E0335", "Write `1st mon` to `5th mon`, or `last mon`"),
        ("mon tue", "E0335", "Write a comma between two days: `mon,tue`"),
        ("last day", "E0335", "Write `last`"),
        ("1st", "E0335", "Write `1` for the day of the month, or a weekday behind it: `1st mon`"),
        ("1st mon-fri", "E0335", "Write each weekday with its number: `1st mon`"),
        ("every day", "E0335", "Leave the key `days` out"),
    ])
    func `a day that is none is refused with the fix`(
        text: String,
        code: String,
        fix: String
    ) throws {
        let error = try #require(throws: TextError.self) { try DaySelection(["mon", text]) }
        #expect(error.code == code)
        #expect(error.remedy == fix)
        #expect(error.key == "1")
    }

    @Test func `a fixed time of day fires once over a gap and once over an overlap`() throws {
        let zone = try ZoneFiles().zone(named: "America/New_York")
        let times = [try TimeOfDay("01:30"), try TimeOfDay("02:30"), try TimeOfDay("02:45:30")]
        let rule = Rule(trigger: .daily(times: times, days: .everyDay), zone: zone)
        let text = { (from: String, upTo: String) in
            rule.fireTimes(
                after: try InstantText.parse(from),
                upTo: try InstantText.parse(upTo),
                limit: 10
            ).map { InstantText.format($0, zone: zone) }
        }
        #expect(
            try text("2027-03-14T00:00:00-05:00", "2027-03-14T23:00:00-04:00")
                == ["2027-03-14T01:30:00-05:00", "2027-03-14T03:00:00-04:00"]
        )
        #expect(
            try text("2027-11-07T00:00:00-04:00", "2027-11-07T23:00:00-05:00")
                == [
                    "2027-11-07T01:30:00-04:00", "2027-11-07T02:30:00-05:00",
                    "2027-11-07T02:45:30-05:00",
                ]
        )
    }

    @Test func `from is inclusive and until exclusive, for every question`() throws {
        let zone = ZoneRules.utc
        let from = try InstantText.parse("2026-11-23T01:00:00Z")
        let until = try InstantText.parse("2026-11-23T04:00:00Z")
        let rule = Rule(
            trigger: .cron([try Crontab("0 * * * *")]),
            zone: zone,
            from: from,
            until: until
        )
        let found = rule.fireTimes(after: .distantPast, upTo: .distantFuture, limit: 10)
        #expect(found == [from, from + .seconds(3600), from + .seconds(7200)])
        #expect(rule.count(after: .distantPast, upTo: .distantFuture) == 3)
        #expect(rule.previous(atOrBefore: .distantFuture, after: .distantPast) == found.last)
        #expect(rule.previous(atOrBefore: from, after: .distantPast) == from)
        #expect(rule.previous(atOrBefore: from - .microseconds(1), after: .distantPast) == nil)
        let once = Rule(trigger: .once(until), zone: zone, from: from, until: until)
        #expect(once.next(after: .distantPast) == nil)
        let early = Rule(trigger: .once(from), zone: zone, from: from, until: until)
        #expect(early.next(after: .distantPast) == from)
        #expect(early.next(after: from) == nil)
        #expect(early.count(after: .distantPast, upTo: from) == 1)
    }

    @Test func `never is decided by dates, bounds or not`() throws {
        let never = Rule(trigger: .cron([try Crontab("0 0 30 2 *")]), zone: .utc)
        #expect(never.firesNever)
        #expect(never.next(after: .distantPast) == nil)
        #expect(never.previous(atOrBefore: .distantFuture, after: .distantPast) == nil)
        #expect(never.count(after: .distantPast, upTo: .distantFuture) == 0)
        let rare = Rule(trigger: .cron([try Crontab("0 0 29 2 */7")]), zone: .utc)
        #expect(!rare.firesNever)
        let past = Rule(
            trigger: .cron([try Crontab("0 0 29 2 *")]),
            zone: .utc,
            until: Timestamp(seconds: 0)
        )
        #expect(!past.firesNever)
    }

    @Test func `the ends of time are questions like any other`() throws {
        let zone = try ZoneFiles().zone(named: "America/New_York")
        let triggers: [Trigger] = [
            .cron([try Crontab("* * * * *")]), .every(Interval(period: .seconds(1))),
            .daily(times: [try TimeOfDay("02:30")], days: .everyDay),
        ]
        for trigger in triggers {
            let rule = Rule(trigger: trigger, zone: zone)
            #expect(rule.next(after: .distantFuture) == nil)
            #expect(rule.next(after: .distantPast) != nil)
            #expect(rule.previous(atOrBefore: .distantPast, after: .distantPast) == nil)
            #expect(rule.previous(atOrBefore: .distantFuture, after: .distantPast) != nil)
            #expect(rule.count(after: .distantPast, upTo: .distantFuture) > 3_000_000)
        }
    }

    struct Summary: CustomTestStringConvertible, Sendable {
        var cron: String
        var summary: String
        var testDescription: String { cron }
    }

    static let summaries = [
        Summary(cron: "0 * * * *", summary: "hourly at :00"),
        Summary(cron: "*/10 * * * *", summary: "every 10m"),
        Summary(cron: "30 2 * * *", summary: "daily 02:30"),
        Summary(cron: "0 9 * * 1-5", summary: "weekdays 09:00"),
        Summary(cron: "30 2 1-7 * mon", summary: "30 2 1-7 * mon"),
        Summary(cron: "0 0 1 * */2", summary: "0 0 1 * */2"),
        Summary(cron: "*/7 2 * 3-5 sat,sun", summary: "*/7 2 * 3-5 sat,sun"),
        Summary(cron: "0 11 * * 0-4", summary: "11:00 on sun-thu"),
        Summary(cron: "0 6 1 * *", summary: "06:00 on day 1"),
        Summary(cron: "0 6 L * *", summary: "06:00 on the last day"),
        Summary(cron: "30 8 15W jan *", summary: "30 8 15W jan *"),
        Summary(cron: "0 0 1,L * mon,5#2,5L", summary: "0 0 1,L * mon,5#2,5L"),
        Summary(cron: "0 0 13 * +fri", summary: "0 0 13 * +fri"),
        Summary(cron: "15 30 2 * * *", summary: "15 30 2 * * *"),
        Summary(cron: "*/10 45 */12 * * *", summary: "*/10 45 */12 * * *"),
        Summary(cron: "0 0 0 1 jan ? 2027-2030,2035", summary: "0 0 0 1 jan ? 2027-2030,2035"),
        Summary(cron: "@daily", summary: "daily 00:00"),
    ]

    @Test(arguments: summaries)
    func `a rule has short words for tables`(row: Summary) throws {
        let rule = Rule(trigger: .cron([try Crontab(row.cron)]), zone: .utc)
        #expect(rule.summary == row.summary)
        #expect(rule.ruleText == row.cron)
    }

    @Test func `an explanation takes an expression apart`() throws {
        let explanation = TriggerExplanation(try Crontab("30 2 1-7 * mon"))
        #expect(explanation.parts.map(\.text) == ["30", "2", "1-7", "*", "mon"])
        #expect(
            explanation.parts.map(\.words)
                == [
                    "minute 30", "02h", "day of month: 1 to 7", "every month",
                    "day of week: Monday",
                ]
        )
        #expect(
            explanation.note
                == "classic cron rule: when both day fields are set, either one matches."
        )
        #expect(
            explanation.suggestion
                == "If you meant the first Monday only:  cron: \"30 2 * * mon#1\""
        )
    }

    private func celery(minute: String, hour: String, dayOfWeek: String?) throws -> Crontab {
        try Crontab(
            celeryMinute: minute,
            hour: hour,
            dayOfWeek: dayOfWeek,
            dayOfMonth: nil,
            monthOfYear: nil
        )
    }

    @Test func `an end is said as it was meant, with its cause`() throws {
        let zone = try ZoneFiles().zone(named: "Asia/Shanghai")
        let now = Timestamp(seconds: 1_795_372_867)
        let times = TimeText(zone: zone, now: now)
        func end(_ trigger: Trigger, until: String?) throws -> String? {
            let bound = try until.map {
                try InstantText.parse($0, zone: zone, bareDate: .endOfDay)
            }
            return Rule(trigger: trigger, zone: zone, until: bound).endWords(after: now, times)
        }
        let hourly = Trigger.every(Interval(period: .seconds(3600)))
        #expect(try end(hourly, until: nil) == nil)
        #expect(try end(hourly, until: "2027-01-02") == nil)
        #expect(
            try end(hourly, until: "2026-01-02") == "`until` has passed (through Fri 2026-01-02)"
        )
        #expect(
            try end(hourly, until: "2026-01-02 12:00")
                == "`until` has passed (until Fri 01-02 12:00)"
        )
        let once = Trigger.once(now - .seconds(7))
        #expect(try end(once, until: nil) == "`once` has passed (Mon 2026-11-23 02:41)")
    }

    @Test func `other triggers have words, and one text for one meaning`() throws {
        let zone = try ZoneFiles().zone(named: "Asia/Shanghai")
        let times = [try TimeOfDay("15:30"), try TimeOfDay("02:30")]
        let rows: [(Trigger, String, String)] = [
            (.every(Interval(period: .seconds(600))), "every 10m", "every 10m"),
            (
                .every(Interval(period: .seconds(600), anchor: .lastEnd)), "every 10m",
                "every 10m from last_end"
            ),
            (.daily(times: times, days: .everyDay), "daily 02:30, 15:30", "daily 02:30, 15:30"),
            (
                .daily(times: [times[1]], days: try DaySelection(["mon-fri"])), "weekdays 02:30",
                "weekdays 02:30"
            ),
            (
                .daily(times: [times[1]], days: try DaySelection(["1", "mon"])),
                "02:30 on mon, day 1", "at 02:30 on mon,1"
            ),
            (
                .daily(times: times, days: try DaySelection(["1,15,last"])),
                "02:30, 15:30 on days 1, 15 and last", "at 02:30, 15:30 on 1,15,last"
            ),
            (
                .daily(
                    times: [times[1]],
                    days: try DaySelection(["last fri", "1st mon,15", "wed"])
                ),
                "02:30 on wed, 1st mon, last fri, day 15", "at 02:30 on wed,1st mon,last fri,15"
            ),
            (
                .daily(times: [times[1]], days: try DaySelection(["last"])),
                "02:30 on the last day", "at 02:30 on last"
            ),
            (
                .once(Timestamp(seconds: 1_800_000_000)), "once 2027-01-15 16:00",
                "once 2027-01-15T16:00:00+08:00"
            ),
            (.every(Interval(period: .seconds(36 * 3600))), "every 36h", "every 36h"),
            (
                .celery(try celery(minute: "0", hour: "11", dayOfWeek: "sun-thu")),
                "11:00 on sun-thu",
                "crontab {minute: \"0\", hour: \"11\", day_of_week: \"sun-thu\"}"
            ),
            (
                .celery(try celery(minute: "*/15", hour: "8-17", dayOfWeek: nil)),
                "every 15 minutes from 08:00 to 17:45, every day",
                "crontab {minute: \"*/15\", hour: \"8-17\"}"
            ),
        ]
        for (trigger, summary, text) in rows {
            let rule = Rule(trigger: trigger, zone: zone)
            #expect(rule.summary == summary)
            #expect(rule.ruleText == text)
        }
        let swapped = Rule(trigger: .daily(times: times.reversed(), days: .everyDay), zone: zone)
        let straight = Rule(trigger: .daily(times: times, days: .everyDay), zone: zone)
        #expect(swapped.canonicalText == straight.canonicalText)
        let named = Rule(trigger: .cron([try Crontab("0 0 * * SUN")]), zone: zone)
        let numbered = Rule(trigger: .cron([try Crontab("00 0 * * 7")]), zone: zone)
        #expect(named.canonicalText == numbered.canonicalText)
        #expect(named.canonicalText != Rule(trigger: named.trigger, zone: .utc).canonicalText)
    }

    @Test func `a fire time on a day of change has a note`() throws {
        let zone = try ZoneFiles().zone(named: "America/New_York")
        let rule = Rule(trigger: .cron([try Crontab("30 2,15 * * *")]), zone: zone)
        let from = try InstantText.parse("2027-03-13T12:00:00-05:00")
        let notes = rule.fireTimes(after: from, upTo: .distantFuture, limit: 4).map {
            rule.note(for: $0)
        }
        #expect(
            notes == [
                nil, "02:30 does not exist today: clocks go forward 1h at 02:00",
                "clocks go forward 1h today", nil,
            ]
        )
    }

    @Test func `fixed times that a gap skips are listed, wildcards have none`() throws {
        let zone = try ZoneFiles().zone(named: "America/New_York")
        let from = try InstantText.parse("2027-01-01T00:00:00Z")
        let upTo = try InstantText.parse("2029-01-01T00:00:00Z")
        let skipped = { (text: String) in
            Rule(trigger: .cron([try Crontab(text)]), zone: zone)
                .skippedTimes(after: from, upTo: upTo)
                .map { InstantText.dateText($0.date) + " " + $0.time.text }
        }
        #expect(try skipped("30 2 * * *") == ["2027-03-14 02:30", "2028-03-12 02:30"])
        #expect(try skipped("*/30 2 * * *").isEmpty)
        #expect(try skipped("30 3 * * *").isEmpty)
    }

    struct Change: CustomTestStringConvertible, Sendable {
        var cron: String
        var gap = DaylightPolicy.Gap.auto
        var overlap = DaylightPolicy.Overlap.auto
        var day: String
        var times: [String]
        var words: [String] = []
        var testDescription: String { "\(cron) \(gap) \(overlap)" }
    }

    /// New York: 02:00 becomes 03:00 on 2027-03-14, and 01:00 again on 2027-11-07.
    static let changes = [
        Change(cron: "0,30 2 * * *", day: "03-14", times: ["03:00-04:00"], words: ["02:00 03:00"]),
        Change(
            cron: "0,30 2 * * *",
            gap: .shift,
            day: "03-14",
            times: ["03:00-04:00", "03:30-04:00"],
            words: ["02:00 03:00"]
        ),
        Change(cron: "30 2 * * *", gap: .skip, day: "03-14", times: [], words: ["02:30 -"]),
        Change(cron: "*/30 1,2 * * *", day: "03-14", times: ["01:00-05:00", "01:30-05:00"]),
        Change(
            cron: "*/30 2 * * *",
            gap: .next,
            day: "03-14",
            times: ["03:00-04:00"],
            words: ["02:00 03:00"]
        ),
        Change(
            cron: "*/30 2,3 * * *",
            gap: .shift,
            day: "03-14",
            times: ["03:00-04:00", "03:30-04:00"],
            words: ["02:00 03:00"]
        ),
        Change(cron: "30 1 * * *", day: "11-07", times: ["01:30-04:00"]),
        Change(cron: "30 1 * * *", overlap: .second, day: "11-07", times: ["01:30-05:00"]),
        Change(
            cron: "30 1 * * *",
            overlap: .both,
            day: "11-07",
            times: ["01:30-04:00", "01:30-05:00"]
        ),
        Change(
            cron: "*/30 1 * * *",
            overlap: .first,
            day: "11-07",
            times: ["01:00-04:00", "01:30-04:00"]
        ),
        Change(
            cron: "*/30 1 * * *",
            overlap: .second,
            day: "11-07",
            times: ["01:00-05:00", "01:30-05:00"]
        ),
    ]

    @Test(arguments: changes)
    func `a schedule may say what becomes of times at a change of the clock`(row: Change) throws {
        let zone = try ZoneFiles().zone(named: "America/New_York")
        let daylight = DaylightPolicy(gap: row.gap, overlap: row.overlap)
        let rule = Rule(trigger: .cron([try Crontab(row.cron)]), zone: zone, daylight: daylight)
        let from = try InstantText.parse("2027-\(row.day)T00:00:00", zone: zone, bareDate: .refused)
        let upTo = from + .seconds(23 * 3600)
        let found = rule.fireTimes(after: from, upTo: upTo, limit: .max)
        #expect(
            found.map { String(InstantText.format($0, zone: zone).dropFirst(11)) }
                == row.times.map { $0.prefix(5) + ":00" + $0.dropFirst(5) }
        )
        #expect(rule.count(after: from, upTo: upTo) == found.count)
        #expect(rule.previous(atOrBefore: upTo, after: from) == found.last)
        let skipped = rule.skippedTimes(after: from, upTo: upTo).map { skipped in
            let after = skipped.firesAt.map {
                TimeOfDay(secondOfDay: zone.civilTime(at: $0).secondOfDay).text
            }
            return "\(skipped.time.text) \(after ?? "-")"
        }
        #expect(skipped == row.words)
        let stored = Rule(canonicalText: rule.canonicalText) { _ in zone }
        #expect(stored?.daylight == daylight)
        let usual = Rule(trigger: rule.trigger, zone: zone)
        #expect((usual.canonicalText == rule.canonicalText) == (usual.daylight == daylight))
    }

    @Test func `a time that only a gap has never fires when it is skipped`() throws {
        let zone = try ZoneFiles().zone(named: "America/New_York")
        let cron = Trigger.cron([try Crontab("*/30 2 * 3 sun#2")])
        let from = try InstantText.parse("2027-01-01T00:00:00Z")
        #expect(Rule(trigger: cron, zone: zone).next(after: from) == nil)
        let shifted = Rule(trigger: cron, zone: zone, daylight: DaylightPolicy(gap: .shift))
        #expect(
            shifted.next(after: from) == (try InstantText.parse("2027-03-14T03:00:00-04:00"))
        )
    }

    @Test func `a second pass after the last year of a rule still fires`() throws {
        let zone = try ZoneFiles().zone(named: "America/New_York")
        let rule = Rule(trigger: .cron([try Crontab("0 */30 1 7 11 * 2027")]), zone: zone)
        let from = try InstantText.parse("2027-11-07T01:45:00-04:00")
        let found = rule.fireTimes(after: from, upTo: .distantFuture, limit: 5)
        #expect(
            found.map { InstantText.format($0, zone: zone) }
                == ["2027-11-07T01:00:00-05:00", "2027-11-07T01:30:00-05:00"]
        )
        #expect(!rule.firesNever)
        #expect(rule.previous(atOrBefore: .distantFuture, after: from) == found.last)
    }
}
