import DownbeatCore
import Support
import Testing

/// Intervals that count from the start of the beat, or from the start or end of their own runs.
@Suite("Event anchors")
struct EventAnchorTests {
    private static func schedule(
        _ anchor: Interval.Anchor,
        catchUp: CatchUpPolicy = .skip,
        overlap: OverlapPolicy = .skip,
        until: Timestamp? = nil
    ) -> Schedule {
        .fixture(
            .every(Interval(period: .seconds(600), anchor: anchor)),
            until: until,
            overlap: overlap,
            catchUp: CatchUp(policy: catchUp)
        )
    }

    private static func next(
        _ schedule: Schedule,
        _ state: ScheduleState,
        beatStart: Timestamp = Timeline.start
    ) -> Timestamp? {
        SlotSource(schedule, state: state, beatStart: beatStart)?.next
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var anchor: Interval.Anchor
        var latest: ScheduleState.LatestSlot?
        var next: Int?
        var testDescription: String { "\(anchor): \(name)" }
    }

    private static func latest(
        _ nominal: Int,
        fired: Bool = true,
        started: Int? = nil,
        ended: Int? = nil
    ) -> ScheduleState.LatestSlot {
        ScheduleState.LatestSlot(
            nominal: Timeline.minute(nominal),
            fired: fired,
            startedAt: started.map(Timeline.minute),
            endedAt: ended.map(Timeline.minute)
        )
    }

    @Test(arguments: [
        Row(name: "no run yet: first seen", anchor: .lastStart, latest: nil, next: 10),
        Row(name: "no run yet: first seen", anchor: .lastEnd, latest: nil, next: 10),
        Row(name: "waiting", anchor: .lastStart, latest: latest(10), next: nil),
        Row(name: "waiting", anchor: .lastEnd, latest: latest(10), next: nil),
        Row(name: "started", anchor: .lastStart, latest: latest(10, started: 12), next: 22),
        Row(name: "started", anchor: .lastEnd, latest: latest(10, started: 12), next: nil),
        Row(
            name: "ended",
            anchor: .lastStart,
            latest: latest(10, started: 12, ended: 17),
            next: 22
        ),
        Row(name: "ended", anchor: .lastEnd, latest: latest(10, started: 12, ended: 17), next: 27),
        Row(name: "ended unstarted", anchor: .lastStart, latest: latest(10, ended: 13), next: 23),
        Row(name: "skipped", anchor: .lastStart, latest: latest(10, fired: false), next: 20),
        Row(name: "skipped", anchor: .lastEnd, latest: latest(10, fired: false), next: 20),
    ])
    func `a slot exists once the event before it is known`(_ row: Row) {
        var state = ScheduleState.fixture(mark: row.latest?.nominal ?? Timeline.start)
        state.firstSeen = Timeline.start
        state.latestSlot = row.latest
        let next = Self.next(Self.schedule(row.anchor), state)
        #expect(next == row.next.map(Timeline.minute))
    }

    @Test func `counting from the start of the beat begins a new grid and catches nothing up`() {
        let schedule = Self.schedule(.start, catchUp: .all, overlap: .allow)
        let state = ScheduleState.fixture(mark: Timeline.start)
        let beatStart = Timeline.minute(95)
        let plan = SlotPlanner.plan(
            schedule,
            state: state,
            active: [],
            now: Timeline.minute(116),
            beatStart: beatStart
        )
        let slots = [105, 115].map(Timeline.minute)
        #expect(plan.items == slots.map { .fire(slot: $0, due: $0) })
    }

    @Test func `a fraction of a second of the event is rounded up`() {
        var state = ScheduleState.fixture(mark: Timeline.start)
        state.latestSlot = Self.latest(0, started: 0, ended: 1)
        state.latestSlot?.endedAt = Timeline.minute(1) + .microseconds(1)
        let next = Self.next(Self.schedule(.lastEnd), state)
        #expect(next == Timeline.minute(11) + .seconds(1))
    }

    @Test func `of a downtime's slots one fires and later ones wait for its run`() {
        let schedule = Self.schedule(.lastEnd, catchUp: .all, overlap: .queueAll)
        var state = ScheduleState.fixture(mark: Timeline.start)
        state.latestSlot = Self.latest(0, started: 0, ended: 5)
        let now = Timeline.minute(40)
        let plan = SlotPlanner.plan(schedule, state: state, active: [], now: now, beatStart: now)
        let slot = Timeline.minute(15)
        #expect(plan.items == [.fire(slot: slot, due: slot)])
        #expect(plan.mark == slot)
        #expect(Self.next(schedule, state.after(plan)) == nil)
    }

    @Test func `slots that were never known get no row beyond until`() {
        let until = Timeline.minute(20)
        let schedule = Self.schedule(.lastEnd, catchUp: .all, overlap: .queueAll, until: until)
        let state = ScheduleState.fixture(mark: Timeline.start)
        let now = Timeline.minute(60)
        let plan = SlotPlanner.plan(schedule, state: state, active: [], now: now, beatStart: now)
        let slot = Timeline.minute(10)
        #expect(plan.items == [.fire(slot: slot, due: slot)])
    }

    @Test func `a skipped slot counts as ended at its nominal time`() {
        let schedule = Self.schedule(.lastEnd)
        var state = ScheduleState.fixture(mark: Timeline.start)
        state.latestSlot = Self.latest(0, started: 0, ended: 5)
        let now = Timeline.minute(41)
        let plan = SlotPlanner.plan(
            schedule,
            state: state,
            active: ActiveRun.fixtures(1),
            now: now,
            beatStart: now
        )
        #expect(
            plan.items == [
                .skipRange(
                    first: Timeline.minute(15),
                    last: Timeline.minute(35),
                    count: 3,
                    reason: .catchUp
                )
            ]
        )
        #expect(Self.next(schedule, state.after(plan)) == Timeline.minute(45))
    }

    @Test func `a pause ends also while the event is unknown`() {
        let schedule = Self.schedule(.lastEnd)
        let pause = ScheduleState.Pause(
            since: Timeline.start,
            until: Timeline.minute(30),
            reason: ""
        )
        var state = ScheduleState.fixture(
            mark: Timeline.minute(10),
            pause: pause,
            skipNext: [Timeline.minute(20)]
        )
        state.latestSlot = Self.latest(10)
        let now = Timeline.minute(30)
        let plan = SlotPlanner.plan(schedule, state: state, active: [], now: now, beatStart: now)
        #expect(plan.endsPause)
        #expect(plan.items == [])
        #expect(plan.mark == Timeline.minute(30))
        var beat = BeatState(schedules: [schedule], states: [state.after(plan)], beatStart: now)
        #expect(beat.nextWake() == nil)
        // The run ended during the pause: what would have been due in it never comes.
        state = state.after(plan)
        state.latestSlot = Self.latest(10, started: 10, ended: 12)
        #expect(Self.next(schedule, state) == Timeline.minute(32))
    }

    @Test(arguments: [Interval.Anchor.start, .lastStart, .lastEnd])
    func `an event of a clock that was far ahead does not stop the schedule`(
        _ anchor: Interval.Anchor
    ) throws {
        let schedule = Self.schedule(anchor)
        let ahead = Timestamp(seconds: 2_145_916_800)
        var state = ScheduleState.fixture(mark: ahead)
        state.firstSeen = ahead
        state.latestSlot = ScheduleState.LatestSlot(
            nominal: ahead,
            fired: true,
            startedAt: ahead,
            endedAt: ahead
        )
        let store = ScriptedStore(state)
        var engine = BeatEngine(store: store, beatStart: ahead)
        _ = try engine.adopt([schedule], now: ahead) { _ in nil }
        _ = try engine.tick(now: Timeline.minute(5))
        #expect(engine.nextWake() == Timeline.minute(15))
    }
}
