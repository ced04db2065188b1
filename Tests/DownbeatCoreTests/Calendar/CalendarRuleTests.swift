import DownbeatCore
import Support
import Testing

/// Rules with a calendar against a walk: every time of the rule is judged by itself, moved by looking
/// at one day after the other.
@Suite("Rules with a calendar")
struct CalendarRuleTests {
    private static let expressions = [
        "0 9 * * *", "30 8,17 * * *", "0 9 1,15 * *", "15 7 * * 6", "*/20 8-9 * * 0,3",
        "0 0 * * 1-5",
        "59 23 28-31 * *", "0 12 1 1,5,10 *",
    ]

    private static func calendar(_ random: inout SeededGenerator) throws -> DayCalendar {
        let first = CivilDate(year: 2024, month: 1, day: 1).dayNumber
        func ranges(_ count: Int, _ length: Int) -> [ClosedRange<Int>] {
            (0..<count).map { _ in
                let start = first + Int.random(in: 0..<1096, using: &random)
                return start...(start + Int.random(in: 0..<length, using: &random))
            }
        }
        let dates = CalendarDefinition.Dates(
            base: WorkingWeek(working: UInt8.random(in: 1...127, using: &random)),
            off: ranges(25, 12),
            on: ranges(15, 3),
            years: 2024...2026,
            beyond: Bool.random(using: &random) ? .weekdays : .unknown
        )
        return try CalendarBook(["it": .dates(dates)]).calendar(named: "it")
    }

    /// The fire times of a rule by judging each time of it without a calendar, in a zone without
    /// changes.
    private static func walk(_ rule: Rule, after: Timestamp, upTo: Timestamp) throws -> [Timestamp]
    {
        let ruled = try #require(rule.calendar)
        func state(_ day: Int) -> DayState {
            ruled.calendar.state(on: CivilDate(dayNumber: day))
        }
        let margin = Duration.seconds(367 * 86_400)
        let all = rule.withoutCalendar.fireTimes(
            after: after - margin,
            upTo: upTo + margin,
            limit: .max
        )
        var found: Set<Timestamp> = []
        for slot in all {
            let time = rule.zone.civilTime(at: slot)
            var day = time.date.dayNumber
            guard state(day) != .working else {
                found.insert(slot)
                continue
            }
            guard ruled.miss != .skip, state(day) == .off else { continue }
            var steps = 0
            while state(day) == .off, steps <= 366 {
                day += ruled.miss == .after ? 1 : -1
                steps += 1
            }
            guard state(day) == .working, steps <= 366 else { continue }
            let wall = CivilTime(
                date: CivilDate(dayNumber: day),
                secondOfDay: time.secondOfDay
            )
            found.insert(rule.zone.instant(of: wall))
        }
        return found.filter { $0 > after && $0 <= upTo }.sorted()
    }

    @Test func `next, previous and count agree with a walk over days`() throws {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        let zone = try ZoneFiles().zone(named: "Asia/Shanghai")
        for _ in 0..<(TestLength.isLong ? 2000 : 120) {
            let miss = try #require(CalendarMiss.allCases.randomElement(using: &random))
            let texts = (0..<Int.random(in: 1...2, using: &random)).compactMap { _ in
                Self.expressions.randomElement(using: &random)
            }
            let rule = Rule(
                trigger: .cron(try texts.map { try Crontab($0) }),
                zone: zone,
                calendar: RuleCalendar(try Self.calendar(&random), miss: miss)
            )
            let start = 1_700_000_000 + Int64.random(in: 0..<100_000_000, using: &random)
            let from = Timestamp(seconds: start)
            let upTo = from + .seconds(Int64.random(in: 1..<(120 * 86_400), using: &random))
            let place: Comment = "seed \(seed): \(texts) \(miss) after \(start)"
            let expected = try Self.walk(rule, after: from, upTo: upTo)
            try #require(rule.fireTimes(after: from, upTo: upTo, limit: .max) == expected, place)
            #expect(rule.count(after: from, upTo: upTo) == expected.count, place)
            #expect(rule.previous(atOrBefore: upTo, after: from) == expected.last, place)
            guard let some = expected.randomElement(using: &random) else { continue }
            #expect(
                rule.previous(atOrBefore: some - .microseconds(1), after: from)
                    == expected.last { $0 < some },
                place
            )
            let again = Rule(
                canonicalText: rule.canonicalText,
                zone: { _ in zone },
                calendar: {
                    $0 == rule.calendar?.calendar.contentHash ? rule.calendar?.calendar : nil
                }
            )
            #expect(again?.canonicalText == rule.canonicalText, place)
        }
    }

    @Test(arguments: ["Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Asia/Beirut"])
    func `a calendar filters an interval by local dates, whatever the clocks do`(
        name: String
    ) throws {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        for period in [3600, 5400, 86_400, 40_000] {
            let rule = Rule(
                trigger: .every(Interval(period: .seconds(period))),
                zone: try ZoneFiles().zone(named: name),
                calendar: RuleCalendar(try Self.calendar(&random))
            )
            let from = try InstantText.parse("2025-01-01T00:00:00Z")
            let upTo = from + .seconds(300 * 86_400)
            let expected = rule.withoutCalendar.fireTimes(after: from, upTo: upTo, limit: .max)
                .filter { rule.calendarState(at: $0) == .working }
            let place: Comment = "seed \(seed): every \(period) s"
            #expect(rule.fireTimes(after: from, upTo: upTo, limit: .max) == expected, place)
            #expect(rule.count(after: from, upTo: upTo) == expected.count, place)
            #expect(rule.previous(atOrBefore: upTo, after: from) == expected.last, place)
        }
    }

    @Test(arguments: [
        (CalendarMiss.skip, ""), (.before, "09-24, 09-30"),
        (.after, "09-28, 10-08"),
    ])
    func `a miss moves over a holiday to the nearest working day`(
        miss: CalendarMiss,
        drawing: String
    ) throws {
        let zone = try ZoneFiles().zone(named: "Asia/Shanghai")
        let calendar = try CalendarBook().calendar(named: "cn-workdays")
        // 2026-09-25 to 27 and 10-01 to 07 are holidays.
        let rule = Rule(
            trigger: .cron([try Crontab("0 9 25 9 *"), try Crontab("0 9 1,3 10 *")]),
            zone: zone,
            calendar: RuleCalendar(calendar, miss: miss)
        )
        let from = try InstantText.parse("2026-09-01T00:00:00+08:00")
        let days = rule.fireTimes(after: from, upTo: from + .seconds(60 * 86_400), limit: 9).map {
            String(InstantText.dateText(zone.civilTime(at: $0).date).suffix(5))
        }
        #expect(days.joined(separator: ", ") == drawing)
    }

    @Test func `a rule that no working day meets never fires, and says so at once`() throws {
        let book = CalendarBook(["week": .dates(.init(base: .weekdays))])
        let rule = Rule(
            trigger: .cron([try Crontab("0 9 * * 0")]),
            zone: .utc,
            calendar: RuleCalendar(try book.calendar(named: "week"))
        )
        #expect(rule.firesNeverInCalendar)
        #expect(rule.next(after: Timeline.start) == nil)
        let chinese = RuleCalendar(try book.calendar(named: "cn-workdays"))
        let leap = Rule(trigger: .cron([try Crontab("0 9 29 2 *")]), zone: .utc, calendar: chinese)
        #expect(!leap.firesNeverInCalendar)
        #expect(leap.next(after: Timeline.start) == nil)
        #expect(
            leap.endCause(after: Timeline.start)?.hasPrefix("calendar cn-workdays has no") == true
        )
    }

    // MARK: The planner

    private static func daily(_ miss: CalendarMiss = .skip) throws -> Schedule {
        var schedule = Schedule.fixture(
            .daily(times: [try TimeOfDay("09:00")], days: .everyDay),
            zone: try ZoneFiles().zone(named: "Asia/Shanghai"),
            catchUp: CatchUp(policy: .once)
        )
        let calendar = try CalendarBook().calendar(named: "cn-workdays")
        schedule.rule.calendar = RuleCalendar(calendar, miss: miss)
        return schedule
    }

    private static func words(_ plan: SlotPlan, _ zone: ZoneRules) -> [String] {
        func day(_ instant: Timestamp) -> String {
            String(InstantText.dateText(zone.civilTime(at: instant).date).suffix(5))
        }
        return plan.items.map { item in
            switch item {
            case .fire(let slot, _): "\(day(slot)) fired"
            case .skip(let slot, let reason, _): "\(day(slot)) \(reason.rawValue)"
            case .skipRange(let first, let last, let count, let reason):
                "\(day(first))..\(day(last)) \(count) \(reason.rawValue)"
            case .replaceActive: "replace"
            }
        }
    }

    @Test func `what a calendar leaves out has rows of its own between those of other reasons`()
        throws
    {
        let schedule = try Self.daily()
        let mark = try InstantText.parse("2026-09-29T12:00:00+08:00")
        let now = try InstantText.parse("2026-10-12T10:00:00+08:00")
        let plan = SlotPlanner.plan(
            schedule,
            state: .fixture(mark: mark),
            active: [],
            now: now,
            beatStart: mark
        )
        #expect(
            Self.words(plan, schedule.rule.zone) == [
                "09-30..09-30 1 catch_up", "10-01..10-07 7 calendar", "10-08..10-10 3 catch_up",
                "10-11..10-11 1 calendar", "10-12 fired",
            ]
        )
        let pause = ScheduleState.Pause(since: mark, until: nil, reason: "")
        let paused = SlotPlanner.plan(
            schedule,
            state: .fixture(mark: mark, pause: pause),
            active: [],
            now: now,
            beatStart: mark
        )
        #expect(
            Self.words(paused, schedule.rule.zone) == [
                "09-30..09-30 1 paused", "10-01..10-07 7 calendar", "10-08..10-10 3 paused",
                "10-11..10-11 1 calendar", "10-12..10-12 1 paused",
            ]
        )
    }

    @Test
    func `slots beyond the years of a calendar are skipped for that reason when they are due`()
        throws
    {
        let schedule = try Self.daily()
        let mark = try InstantText.parse("2026-12-31T12:00:00+08:00")
        let state = ScheduleState.fixture(mark: mark)
        let now = try InstantText.parse("2027-01-03T09:00:00+08:00")
        let plan = SlotPlanner.plan(schedule, state: state, active: [], now: now, beatStart: mark)
        #expect(Self.words(plan, schedule.rule.zone) == ["01-01..01-03 3 calendar_range"])
        #expect(plan.mark == now)
        var beat = BeatState(schedules: [schedule], states: [state], beatStart: mark)
        #expect(beat.nextWake() == (try InstantText.parse("2027-01-01T09:00:00+08:00")))
        #expect(beat.nextSlot(of: "report") == nil)
    }
}
