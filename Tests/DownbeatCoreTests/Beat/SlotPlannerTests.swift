import DownbeatCore
import Support
import Testing

/// Judgements drawn as timelines: a slot every three minutes, the mark at 0, now at the right end.
@Suite("Slot planner")
struct SlotPlannerTests {
    private static let threeMinutes = Trigger.every(Interval(period: .seconds(180)))

    private static func plan(
        _ schedule: Schedule,
        _ state: ScheduleState,
        active: Int = 0,
        minutes: Int
    ) -> SlotPlan {
        SlotPlanner.plan(
            schedule,
            state: state,
            active: ActiveRun.fixtures(active),
            now: Timeline.minute(minutes),
            beatStart: Timeline.start
        )
    }

    // MARK: Catch-up and overlap

    struct PolicyRow: CustomTestStringConvertible, Sendable {
        var catchUp: CatchUpPolicy
        var overlap: OverlapPolicy
        var active = 0
        var drawing: String
        var testDescription: String { "\(catchUp), \(overlap), \(active) active: \(drawing)" }
    }

    /// `within` is 10 minutes, `limit` 2, `late_after` 2 minutes.
    private static let policies: [PolicyRow] = [
        PolicyRow(catchUp: .skip, overlap: .skip, drawing: "|--c--c--c--c--F|"),
        PolicyRow(catchUp: .skip, overlap: .skip, drawing: "|--c--c--c--c--F--|"),
        PolicyRow(catchUp: .once, overlap: .skip, drawing: "|--c--c--c--c--F--|"),
        PolicyRow(catchUp: .all, overlap: .queueAll, drawing: "|--c--c--c--F--F--|"),
        PolicyRow(catchUp: .all, overlap: .allow, drawing: "|--c--c--c--F--F--|"),
        PolicyRow(catchUp: .all, overlap: .skip, drawing: "|--c--c--c--F--o--|"),
        PolicyRow(catchUp: .all, overlap: .queue, drawing: "|--c--c--c--F--F--|"),
        PolicyRow(catchUp: .all, overlap: .replace, drawing: "|--c--c--c--F--F--|"),
        PolicyRow(catchUp: .once, overlap: .skip, active: 1, drawing: "|--c--c--c--c--o--|"),
        PolicyRow(catchUp: .once, overlap: .queue, active: 1, drawing: "|--c--c--c--c--F--|"),
        PolicyRow(catchUp: .once, overlap: .queue, active: 2, drawing: "|--c--c--c--c--o--|"),
        PolicyRow(catchUp: .all, overlap: .queue, active: 1, drawing: "|--c--c--c--F--o--|"),
        PolicyRow(catchUp: .once, overlap: .queueAll, active: 9, drawing: "|--c--c--c--c--F--|"),
        PolicyRow(catchUp: .once, overlap: .allow, active: 9, drawing: "|--c--c--c--c--F--|"),
        PolicyRow(catchUp: .once, overlap: .replace, active: 2, drawing: "|--c--c--c--c--F--|"),
        PolicyRow(catchUp: .skip, overlap: .allow, active: 1, drawing: "|--|"),
    ]

    @Test(arguments: policies)
    func `catch-up chooses among the slots of a downtime and overlap judges the chosen`(
        _ row: PolicyRow
    ) {
        let schedule = Schedule.fixture(
            Self.threeMinutes,
            overlap: row.overlap,
            catchUp: CatchUp(
                policy: row.catchUp,
                within: .seconds(600),
                limit: 2,
                lateAfter: .seconds(120)
            )
        )
        let minutes = row.drawing.count - 2
        let state = ScheduleState.fixture(mark: Timeline.start)
        let plan = Self.plan(schedule, state, active: row.active, minutes: minutes)
        #expect(Timeline.draw(plan, of: schedule.rule, length: minutes) == row.drawing)
        let last = Timeline.minutes(row.drawing).last.map { Timeline.minute($0) }
        #expect(plan.mark == last)
        let replaces = plan.items.filter { $0 == .replaceActive }.count
        let fires = row.drawing.filter { $0 == "F" }.count
        #expect(replaces == (row.overlap == .replace ? fires - (row.active == 0 ? 1 : 0) : 0))
    }

    @Test(arguments: [
        (CatchUpPolicy.skip, Duration.seconds(60), "F"), (.skip, .seconds(61), "c"),
        (.once, .seconds(3600), "F"), (.once, .seconds(3601), "c"),
        (.all, .seconds(3600), "F"), (.all, .seconds(3601), "c"),
    ])
    func `a slot may be exactly as old as its policy says`(
        _ policy: CatchUpPolicy,
        _ age: Duration,
        _ letter: String
    ) {
        let catchUp = CatchUp(policy: policy, within: .seconds(3600))
        let slot = Timeline.minute(5)
        let schedule = Schedule.fixture(.once(slot), catchUp: catchUp)
        let plan = SlotPlanner.plan(
            schedule,
            state: .fixture(mark: Timeline.start),
            active: [],
            now: slot + age,
            beatStart: Timeline.start
        )
        #expect(SlotFate.all(of: plan, schedule.rule).map(\.letter) == [letter])
    }

    @Test func `a slot in the way of another names the run that blocks it`() {
        let active = ActiveRun.fixtures(2)
        let catchUp = CatchUp(policy: .skip)
        for (overlap, blocker) in [(OverlapPolicy.skip, 0), (.queue, 1)] {
            let schedule = Schedule.fixture(Self.threeMinutes, overlap: overlap, catchUp: catchUp)
            let plan = Self.plan(schedule, .fixture(mark: Timeline.start), active: 2, minutes: 3)
            let slot = Timeline.minute(3)
            #expect(
                plan.items == [.skip(slot: slot, reason: .overlap, blockedBy: active[blocker].id)]
            )
        }
    }

    @Test func `thirty days of a minute schedule are one counted row`() throws {
        let crontab = try Crontab("* * * * *")
        let schedule = Schedule.fixture(.cron([crontab]), catchUp: CatchUp(policy: .skip))
        let minutes = 30 * 24 * 60
        let state = ScheduleState.fixture(mark: Timeline.start)
        let plan = Self.plan(schedule, state, minutes: minutes)
        let last = Timeline.minute(minutes)
        #expect(
            plan.items == [
                .skipRange(
                    first: Timeline.minute(1),
                    last: Timeline.minute(minutes - 1),
                    count: minutes - 1,
                    reason: .catchUp
                ),
                .fire(slot: last, due: last),
            ]
        )
        let pause = ScheduleState.Pause(since: Timeline.start, until: nil, reason: "")
        let paused = ScheduleState.fixture(mark: Timeline.start, pause: pause)
        #expect(Self.plan(schedule, paused, minutes: minutes).items.count == 1)
    }

    // MARK: Order of judgement

    enum PauseRow: Sendable {
        case none
        case endless
        case ending(Int)

        var pause: ScheduleState.Pause? {
            switch self {
            case .none: nil
            case .endless: .init(since: Timeline.start, until: nil, reason: "")
            case .ending(let minute):
                .init(since: Timeline.start, until: Timeline.minute(minute), reason: "")
            }
        }
    }

    struct OrderRow: CustomTestStringConvertible, Sendable {
        var name: String
        var drawing: String
        var from: Int?
        var until: Int?
        var pause = PauseRow.none
        var skip: [Int] = []
        var expires: Int?
        var policy = CatchUpPolicy.all
        var overlap = OverlapPolicy.allow
        var active = 0
        var mark: Int?
        var testDescription: String { name }
    }

    private static let order: [OrderRow] = [
        OrderRow(name: "from is inclusive", drawing: "|--b--b--F--F--F--|", from: 9),
        OrderRow(name: "until is exclusive", drawing: "|--F--F--b--b--b--|", until: 9),
        OrderRow(name: "from after now", drawing: "|--b--b--b--b--b--|", from: 99),
        OrderRow(name: "until before the mark", drawing: "|--b--b--b--b--b--|", until: -9),
        OrderRow(name: "until before from", drawing: "|--b--b--b--b--b--|", from: 9, until: 5),
        OrderRow(
            name: "bounds come before a pause",
            drawing: "|--b--p--p--b--b--|",
            from: 4,
            until: 12,
            pause: .endless
        ),
        OrderRow(
            name: "a pause comes before skip next",
            drawing: "|--p--p--p--p--p--|",
            pause: .endless,
            skip: [6, 9]
        ),
        OrderRow(
            name: "a pause that has ended takes the slot at its end and no later one",
            drawing: "|--p--p--s--F--F--|",
            pause: .ending(6),
            skip: [3, 9]
        ),
        OrderRow(
            name: "the end of a pause becomes the mark where it is later than the last slot",
            drawing: "|--p--p--p--p--p--|",
            pause: .ending(17),
            mark: 17
        ),
        OrderRow(
            name: "a pause that ends later goes on",
            drawing: "|--p--p--p--p--p--|",
            pause: .ending(18),
            mark: 15
        ),
        OrderRow(
            name: "skip next comes before catch-up, which chooses among the rest",
            drawing: "|--c--c--c--F--s--|",
            skip: [15],
            policy: .once
        ),
        OrderRow(
            name: "skip next names slots only",
            drawing: "|--F--s--F--F--F--|",
            skip: [5, 6, 7]
        ),
        OrderRow(
            name: "a skipped slot is not passed on to the next",
            drawing: "|--c--s--c--s--F--|",
            skip: [6, 12],
            policy: .once
        ),
        OrderRow(
            name: "only a chosen slot expires",
            drawing: "|--x--x--x--F--F--|",
            expires: 5
        ),
        OrderRow(
            name: "catch-up comes before expires",
            drawing: "|--c--c--c--c--x--|",
            expires: 1,
            policy: .once
        ),
        OrderRow(
            name: "expires comes before overlap",
            drawing: "|--x--x--x--o--o--|",
            expires: 5,
            overlap: .skip,
            active: 1
        ),
        OrderRow(
            name: "all at once",
            drawing: "|--b--p--s--x--F--b--|",
            from: 4,
            until: 18,
            pause: .ending(7),
            skip: [9],
            expires: 7
        ),
    ]

    @Test(arguments: order)
    func `a slot is judged in a fixed order`(_ row: OrderRow) {
        let minutes = row.drawing.count - 2
        let schedule = Schedule.fixture(
            Self.threeMinutes,
            from: row.from.map(Timeline.minute),
            until: row.until.map(Timeline.minute),
            overlap: row.overlap,
            catchUp: CatchUp(policy: row.policy),
            expires: row.expires.map { .seconds(60 * $0) }
        )
        let pause = row.pause.pause
        let skips = row.skip.map(Timeline.minute)
        let state = ScheduleState.fixture(mark: Timeline.start, pause: pause, skipNext: skips)
        let plan = Self.plan(schedule, state, active: row.active, minutes: minutes)
        #expect(Timeline.draw(plan, of: schedule.rule, length: minutes) == row.drawing)
        let expectedMark = row.mark ?? Timeline.minutes(row.drawing).last ?? 0
        #expect(plan.mark == Timeline.minute(expectedMark))
        #expect(plan.endsPause == (pause?.until.map { $0 <= Timeline.minute(minutes) } ?? false))
        #expect(plan.forgottenSkips == skips.filter { $0 <= Timeline.minute(expectedMark) })
        // Nothing is left to say, and nothing wakes the beat before the next slot.
        let after = state.after(plan)
        #expect(Self.plan(schedule, after, active: row.active, minutes: minutes).isEmpty)
        var beat = BeatState(schedules: [schedule], states: [after], beatStart: Timeline.start)
        let wake = beat.nextWake()
        #expect(wake.map { $0 > Timeline.minute(minutes) } ?? true)
    }

    @Test func `a disabled schedule is left alone`() {
        var state = ScheduleState.fixture(mark: Timeline.start)
        state.isEnabled = false
        let schedule = Schedule.fixture(Self.threeMinutes)
        #expect(Self.plan(schedule, state, minutes: 60).isEmpty)
        var beat = BeatState(schedules: [schedule], states: [state], beatStart: Timeline.start)
        #expect(beat.nextWake() == nil)
    }

    // MARK: The clock

    @Test func `a timer that wakes early finds nothing due`() {
        let schedule = Schedule.fixture(Self.threeMinutes)
        let state = ScheduleState.fixture(mark: Timeline.start)
        let early = Timeline.minute(3) - .microseconds(1)
        let plan = SlotPlanner.plan(
            schedule,
            state: state,
            active: [],
            now: early,
            beatStart: Timeline.start
        )
        #expect(plan.isEmpty)
    }

    struct ClockRow: CustomTestStringConvertible, Sendable {
        var name: String
        /// Now, counted from the mark.
        var now: Duration
        var isReset: Bool
        var testDescription: String { name }
    }

    @Test(arguments: [
        ClockRow(name: "one microsecond", now: .microseconds(-1), isReset: false),
        ClockRow(name: "three hours", now: .seconds(-10_800), isReset: false),
        ClockRow(name: "more", now: .seconds(-10_800) - .microseconds(1), isReset: true),
        ClockRow(name: "back from 2038", now: .seconds(-12 * 31_557_600), isReset: true),
    ])
    func `a clock that moved back waits for the mark up to three hours`(_ row: ClockRow) {
        let schedule = Schedule.fixture(Self.threeMinutes)
        let mark = Timestamp(seconds: 2_145_916_800)
        let state = ScheduleState.fixture(mark: mark, skipNext: [mark - .seconds(180)])
        let now = mark + row.now
        let plan = SlotPlanner.plan(
            schedule,
            state: state,
            active: [],
            now: now,
            beatStart: Timeline.start
        )
        #expect(plan.items == [])
        #expect(plan.mark == (row.isReset ? now : nil))
        #expect(plan.clockMovedBackFrom == (row.isReset ? mark : nil))
        #expect(plan.forgottenSkips == [])
    }

    @Test func `a pause ends also while the clock waits for the mark`() throws {
        let schedule = Schedule.fixture(Self.threeMinutes)
        let pause = ScheduleState.Pause(
            since: Timeline.minute(-60),
            until: Timeline.minute(-30),
            reason: "repair"
        )
        let state = ScheduleState.fixture(mark: Timeline.start, pause: pause)
        let plan = Self.plan(schedule, state, minutes: -30)
        #expect(plan == SlotPlan(endsPause: true))
        var beat = BeatState(
            schedules: [schedule],
            states: [state.after(plan)],
            beatStart: Timeline.start
        )
        #expect(beat.nextWake() == Timeline.minute(3))
    }
}
