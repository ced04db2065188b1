import DownbeatCore
import Support
import Testing

/// Ticks over rules with jitter: slots are judged when they are due, once, in order.
@Suite("Slot planner with jitter")
struct JitterPlannerTests {
    private static func hourly(
        catchUp: CatchUp = CatchUp(policy: .skip),
        expires: Duration? = nil
    ) throws -> Schedule {
        var schedule = Schedule.fixture(
            .every(Interval(period: .seconds(3600))),
            catchUp: catchUp,
            expires: expires
        )
        schedule.rule.jitter = Jitter(max: .seconds(1800))
        return schedule
    }

    private static let delay = Jitter(max: .seconds(1800)).offset(
        of: Timeline.start,
        name: "report"
    )

    private static func plan(
        _ schedule: Schedule,
        _ state: ScheduleState,
        _ now: Timestamp
    )
        -> SlotPlan
    {
        SlotPlanner.plan(schedule, state: state, active: [], now: now, beatStart: Timeline.start)
    }

    @Test func `nothing happens between the nominal time and the due time`() throws {
        let schedule = try Self.hourly()
        let state = ScheduleState.fixture(mark: Timeline.start)
        let slot = Timeline.minute(60)
        let due = slot + Self.delay
        #expect(Self.delay > .seconds(60))
        #expect(Self.plan(schedule, state, slot).isEmpty)
        #expect(Self.plan(schedule, state, due - .microseconds(1)).isEmpty)
        let plan = Self.plan(schedule, state, due)
        #expect(plan.items == [.fire(slot: slot, due: due)])
        #expect(plan.mark == slot)
        var beat = BeatState(schedules: [schedule], states: [state], beatStart: Timeline.start)
        #expect(beat.nextWake() == due)
        #expect(beat.nextSlot(of: "report") == slot)
    }

    @Test func `ages count from the due time`() throws {
        let slot = Timeline.minute(60)
        let due = slot + Self.delay
        let state = ScheduleState.fixture(mark: Timeline.start)
        let late = try Self.hourly(catchUp: CatchUp(policy: .skip, lateAfter: .seconds(60)))
        #expect(
            Self.plan(late, state, due + .seconds(60)).items == [.fire(slot: slot, due: due)]
        )
        #expect(
            Self.plan(late, state, due + .seconds(61)).items
                == [.skipRange(first: slot, last: slot, count: 1, reason: .catchUp)]
        )
        let expiring = try Self.hourly(
            catchUp: CatchUp(policy: .once, within: .seconds(3000)),
            expires: .seconds(60)
        )
        #expect(
            Self.plan(expiring, state, due + .seconds(60)).items == [.fire(slot: slot, due: due)]
        )
        #expect(
            Self.plan(expiring, state, due + .seconds(61)).items
                == [.skip(slot: slot, reason: .expired, blockedBy: nil)]
        )
    }

    @Test func `what is due after the end of a pause is not paused`() throws {
        let schedule = try Self.hourly()
        let slot = Timeline.minute(60)
        let end = slot + .seconds(30)
        let pause = ScheduleState.Pause(since: Timeline.start, until: end, reason: "")
        var state = ScheduleState.fixture(mark: Timeline.start, pause: pause)
        let ending = Self.plan(schedule, state, end)
        #expect(ending.endsPause)
        #expect(ending.items == [])
        state = state.after(ending)
        #expect(state.mark < slot)
        #expect(
            Self.plan(schedule, state, slot + Self.delay).items
                == [.fire(slot: slot, due: slot + Self.delay)]
        )
        state.pause = ScheduleState.Pause(
            since: Timeline.start,
            until: slot + Self.delay,
            reason: ""
        )
        #expect(
            Self.plan(schedule, state, slot + Self.delay).items
                == [.skipRange(first: slot, last: slot, count: 1, reason: .paused)]
        )
    }

    @Test func `enabling does not pass over a slot that waits for its jitter`() throws {
        let schedule = try Self.hourly()
        var state = ScheduleState.fixture(mark: Timeline.start)
        state.isEnabled = false
        state.ruleText = schedule.rule.canonicalText
        let changes = AdoptionPlanner.plan(
            stored: [StoredSchedule(state: state, isPresent: true)],
            new: [schedule],
            now: Timeline.minute(121),
            previousRule: { _ in nil }
        )
        let mark = try #require(changes.first?.newMark)
        #expect(mark < Timeline.minute(120) && mark >= Timeline.minute(60))
        #expect(
            changes.first?.counted
                == .skipRange(
                    first: Timeline.minute(60),
                    last: Timeline.minute(60),
                    count: 1,
                    reason: .disabled
                )
        )
    }

    @Test func `an edit of the jitter sets the mark to now`() throws {
        var schedule = try Self.hourly()
        var state = ScheduleState.fixture(mark: Timeline.start)
        state.ruleText = schedule.rule.canonicalText
        schedule.rule.jitter = nil
        let now = Timeline.minute(30)
        let changes = AdoptionPlanner.plan(
            stored: [StoredSchedule(state: state, isPresent: true)],
            new: [schedule],
            now: now,
            previousRule: { _ in nil }
        )
        #expect(changes.first?.ruleChanged == true)
        #expect(changes.first?.newMark == now)
    }

    /// Any rule, ticked at its wake-ups and at random moments between, with the state as a store has it.
    @Test(arguments: 0..<(TestLength.isLong ? 400 : 40))
    func `every slot fires once, in order, within its jitter`(_ number: Int) throws {
        var random = SeededGenerator.ofThisRun()
        for _ in 0..<number { _ = random.next() }
        random = SeededGenerator(seed: random.next())
        // Over a change of the clocks in most zones that have them.
        let start = Timestamp(seconds: 1_772_700_000 + Int64.random(in: 0..<86_400, using: &random))
        var schedule = try ScheduleDrawing().schedule(around: start, &random)
        if case .once = schedule.rule.trigger { return }
        schedule.overlap = .allow
        schedule.expires = nil
        schedule.catchUp = CatchUp(policy: .all, within: .seconds(86_400), limit: 100_000)
        let max = Duration.seconds(Int.random(in: 2...90, using: &random))
        let mode = Jitter.Mode.allCases.randomElement(using: &random) ?? .stable
        let plain = schedule.rule
        schedule.rule.jitter = Jitter(max: max, mode: mode)
        let end = start + .seconds(5 * 86_400)
        var state = ScheduleState.fixture(mark: start)
        var fired: [(slot: Timestamp, due: Timestamp)] = []
        var now = start
        while now < end {
            let wake = SlotSource(schedule, state: state, beatStart: start)?.wake ?? end
            now = min(end, min(wake, now + .seconds(Int.random(in: 1...40_000, using: &random))))
            let plan = Self.plan(schedule, state, now)
            for case .fire(let slot, let due) in plan.items {
                #expect(due <= now, "seed \(random.seed)")
                fired.append((slot, due))
            }
            state = state.after(plan)
        }
        let expected = plain.fireTimes(after: start, upTo: end, limit: .max)
            .filter { schedule.rule.due(of: $0, name: "report") <= end }
        #expect(fired.map(\.slot) == expected, "seed \(random.seed)")
        #expect(
            fired.allSatisfy { $0.due >= $0.slot && $0.due < $0.slot + max },
            "seed \(random.seed)"
        )
        #expect(
            zip(fired, fired.dropFirst()).allSatisfy { $0.due < $1.slot },
            "seed \(random.seed)"
        )
        // Another machine, or this one after a crash, has the same due times.
        #expect(
            fired.allSatisfy { schedule.rule.due(of: $0.slot, name: "report") == $0.due },
            "seed \(random.seed)"
        )
    }
}
