import DownbeatCore
import Support
import Testing

/// Random schedules, states and instants, compared with an oracle that lists every slot and judges one
/// after the other.
@Suite("Slot planner against an oracle")
struct SlotPlannerOracleTests {
    @Test func `every slot up to now is decided once, as the oracle does`() throws {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        let drawing = try ScheduleDrawing()
        var decided = 0
        for number in 0..<(TestLength.isLong ? 100_000 : 2000) {
            let now = Self.now(&random)
            let schedule = try drawing.schedule(around: now, &random)
            let state = Self.state(schedule, now, &random)
            let active = ActiveRun.fixtures([0, 0, 1, 2].randomElement(using: &random) ?? 0)
            let place: Comment = "seed \(seed), draw \(number): \(schedule) \(state) \(now)"
            let plan = SlotPlanner.plan(
                schedule,
                state: state,
                active: active,
                now: now,
                beatStart: now
            )
            let oracle = SlotOracle(schedule, state, activeCount: active.count, now: now)
            try #require(SlotFate.all(of: plan, schedule.rule) == oracle.fates, place)
            try #require(plan.mark ?? state.mark == oracle.mark, place)
            #expect(plan.items.filter { $0 == .replaceActive }.count == oracle.replacements, place)
            #expect(Self.hasNoNeighbours(plan), place)
            decided += oracle.fates.count

            let after = state.after(plan)
            let again = SlotPlanner.plan(
                schedule,
                state: after,
                active: active,
                now: now,
                beatStart: now
            )
            try #require(again.isEmpty, place)
            var beat = BeatState(schedules: [schedule], states: [after], beatStart: now)
            let wake = beat.nextWake()
            try #require(wake.map { $0 > now } ?? true, place)
        }
        #expect(decided > 1000)
    }

    private static func now(_ random: inout SeededGenerator) -> Timestamp {
        // Early 2026 to the end of 2027: every zone's changes, twice.
        let second = Int64.random(in: 1_767_225_600..<1_830_297_600, using: &random)
        let whole = second - second % 60
        return Bool.random(using: &random)
            ? Timestamp(seconds: whole)
            : Timestamp(
                microseconds: second * 1_000_000 + .random(in: 0..<1_000_000, using: &random)
            )
    }

    private static func state(
        _ schedule: Schedule,
        _ now: Timestamp,
        _ random: inout SeededGenerator
    ) -> ScheduleState {
        let downtimes = [90, 5400, 90_000, 200_000]
        let downtime = downtimes.randomElement(using: &random) ?? 0
        let mark = now - .seconds(Int.random(in: 0...downtime, using: &random))
        var state = ScheduleState.fixture(mark: mark)
        if Int.random(in: 0..<4, using: &random) == 0 {
            let end = mark + .seconds(Int.random(in: -600...downtime + 600, using: &random))
            state.pause = ScheduleState.Pause(
                since: mark,
                until: Bool.random(using: &random) ? end : nil,
                reason: ""
            )
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            state.skipNext = schedule.rule.fireTimes(
                after: mark + .seconds(Int.random(in: 0...downtime, using: &random)),
                upTo: .distantFuture,
                limit: Int.random(in: 1...3, using: &random)
            )
            if Bool.random(using: &random) { state.skipNext.append(now + .seconds(13)) }
        }
        return state
    }

    /// Counted items of one reason are one item, but for the two sides of bounds that cross.
    private static func hasNoNeighbours(_ plan: SlotPlan) -> Bool {
        let reasons = plan.items.map { item -> SkipReason? in
            if case .skipRange(_, _, _, let reason) = item { reason } else { nil }
        }
        return zip(reasons, reasons.dropFirst()).allSatisfy {
            $0 != $1 || $0 == nil || $0 == .bounds
        }
    }
}
