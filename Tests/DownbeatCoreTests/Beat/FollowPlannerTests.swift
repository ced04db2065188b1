import DownbeatCore
import Support
import Testing

@Suite("Follow planner")
struct FollowPlannerTests {
    private static let slot = Timeline.minute(30)
    private static let now = Timeline.minute(60)

    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var follower = Follower(overlap: .skip)
        var change: @Sendable (inout ScheduleState) -> Void = { _ in }
        var active = 0
        var plan: SlotPlan
        var testDescription: String { name }
    }

    private static let fired = SlotPlan.Item.fire(slot: slot, due: now)

    private static func passed(_ reason: SkipReason) -> SlotPlan {
        SlotPlan(items: [.skipRange(first: slot, last: slot, count: 1, reason: reason)])
    }

    private static func paused(until end: Timestamp?) -> @Sendable (inout ScheduleState) -> Void {
        { $0.pause = ScheduleState.Pause(since: Timeline.start, until: end, reason: "") }
    }

    private static let rows = [
        Row(name: "nothing in the way", plan: SlotPlan(items: [fired])),
        Row(name: "disabled", change: { $0.isEnabled = false }, plan: passed(.disabled)),
        Row(name: "paused", change: paused(until: nil), plan: passed(.paused)),
        Row(
            name: "paused a little longer",
            change: paused(until: now + .seconds(1)),
            plan: passed(.paused)
        ),
        Row(name: "no longer paused", change: paused(until: now), plan: SlotPlan(items: [fired])),
        Row(
            name: "before `from`",
            follower: Follower(overlap: .skip, from: slot + .seconds(1)),
            plan: passed(.bounds)
        ),
        Row(
            name: "the nominal time counts for `from`",
            follower: Follower(overlap: .skip, from: slot),
            plan: SlotPlan(items: [fired])
        ),
        Row(
            name: "at `until`",
            follower: Follower(overlap: .skip, until: slot),
            change: { $0.isEnabled = false },
            plan: passed(.bounds)
        ),
        Row(
            name: "skip next",
            change: { $0.skipTriggers = 2 },
            active: 1,
            plan: SlotPlan(
                items: [.skip(slot: slot, reason: .skipNext, blockedBy: nil)],
                usedTriggerSkips: 1
            )
        ),
        Row(
            name: "overlap",
            active: 1,
            plan: SlotPlan(
                items: [.skip(slot: slot, reason: .overlap, blockedBy: RunID.fixture(0))]
            )
        ),
        Row(
            name: "one may wait",
            follower: Follower(overlap: .queue),
            active: 1,
            plan: SlotPlan(items: [fired])
        ),
        Row(
            name: "a second one not",
            follower: Follower(overlap: .queue),
            active: 2,
            plan: SlotPlan(
                items: [.skip(slot: slot, reason: .overlap, blockedBy: RunID.fixture(1))]
            )
        ),
        Row(
            name: "replace",
            follower: Follower(overlap: .replace),
            active: 1,
            plan: SlotPlan(items: [.replaceActive, fired])
        ),
        Row(
            name: "a mark far ahead plays no part",
            follower: Follower(overlap: .queueAll),
            change: { $0.mark = Timeline.minute(1000) },
            active: 5,
            plan: SlotPlan(items: [fired])
        ),
    ]

    @Test(arguments: rows)
    func `a trigger is judged by what holds at its moment`(_ row: Row) {
        var state = ScheduleState.fixture(mark: Timeline.start)
        row.change(&state)
        let plan = FollowPlanner.plan(
            row.follower,
            state: state,
            slot: Self.slot,
            active: ActiveRun.fixtures(row.active),
            now: Self.now
        )
        #expect(plan == row.plan)
    }

    @Test func `a beat does not look at a follower, but ends its pause`() {
        let schedule = Schedule.fixture(.after("export"))
        var state = ScheduleState.fixture(mark: Timeline.start)
        var beat = BeatState(schedules: [schedule], states: [state], beatStart: Timeline.start)
        #expect(beat.nextWake() == nil)
        state.pause = ScheduleState.Pause(since: Timeline.start, until: Self.now, reason: "")
        beat.update([state])
        #expect(beat.nextWake() == Self.now)
        let plan = SlotPlanner.plan(
            schedule,
            state: state,
            active: [],
            now: Self.now,
            beatStart: Timeline.start
        )
        #expect(plan.endsPause && plan.items.isEmpty)
    }
}
