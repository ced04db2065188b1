import DownbeatCore
import Support
import Testing

/// Who is looked at when.
@Suite("Beat state")
struct BeatStateTests {
    private static func schedule(_ name: String, minutes: Int) -> Schedule {
        .fixture(
            .every(Interval(period: .seconds(60 * minutes), anchor: .instant(Timeline.start))),
            named: name
        )
    }

    private static func state(_ name: String, mark: Timestamp = Timeline.start) -> ScheduleState {
        var state = ScheduleState.fixture(mark: mark)
        state.name = name
        return state
    }

    private static func beat(marks: Timestamp = Timeline.start) -> BeatState {
        BeatState(
            schedules: [schedule("slow", minutes: 7), schedule("fast", minutes: 3)],
            states: [state("slow", mark: marks), state("fast", mark: marks)],
            beatStart: Timeline.start
        )
    }

    @Test func `what is due is taken, earliest first, and once`() {
        var beat = Self.beat()
        #expect(beat.nextWake() == Timeline.minute(3))
        #expect(beat.takeDue(now: Timeline.minute(2)).isEmpty)
        #expect(beat.takeDue(now: Timeline.minute(3)).map(\.name) == ["fast"])
        #expect(beat.takeDue(now: Timeline.minute(3)).isEmpty)
        #expect(beat.nextWake() == Timeline.minute(7))
        beat.update([Self.state("fast", mark: Timeline.minute(3))])
        #expect(beat.nextWake() == Timeline.minute(6))
        #expect(beat.takeDue(now: Timeline.minute(60)).map(\.name) == ["fast", "slow"])
        #expect(beat.nextWake() == nil)
    }

    @Test func `a limit leaves the rest for the next tick`() {
        var beat = Self.beat()
        #expect(beat.takeDue(now: Timeline.minute(60), limit: 1).map(\.name) == ["fast"])
        #expect(beat.nextWake() == Timeline.minute(7))
        #expect(beat.takeDue(now: Timeline.minute(60), limit: 1).map(\.name) == ["slow"])
    }

    @Test func `a new state makes the plan before it void`() {
        var beat = Self.beat()
        for minute in [30, 12, 30] {
            beat.update([Self.state("fast", mark: Timeline.minute(minute))])
        }
        #expect(beat.nextWake() == Timeline.minute(7))
        #expect(beat.takeDue(now: Timeline.minute(32)).map(\.name) == ["slow"])
        #expect(beat.takeDue(now: Timeline.minute(33)).map(\.name) == ["fast"])
    }

    @Test func `the end of a pause is an instant to look at`() {
        var beat = Self.beat()
        var state = Self.state("fast")
        state.pause = .init(since: Timeline.start, until: Timeline.minute(2), reason: "")
        beat.update([state])
        #expect(beat.nextWake() == Timeline.minute(2))
        state.pause?.until = nil
        beat.update([state])
        #expect(beat.nextWake() == Timeline.minute(3))
    }

    @Test func `schedules far ahead of a clock that moved back are due`() {
        var beat = Self.beat(marks: Timeline.minute(1000))
        #expect(beat.takeDue(now: Timeline.minute(1000)).isEmpty)
        #expect(beat.takeDue(now: Timeline.minute(820)).isEmpty)
        #expect(beat.takeDue(now: Timeline.minute(819)).map(\.name) == ["slow", "fast"])
    }

    @Test func `a failed tick is tried again, also one after a step of the clock`() throws {
        let ahead = Timestamp(seconds: 2_145_916_800)
        let schedule = Self.schedule("report", minutes: 3)
        for mark in [Timeline.start, ahead] {
            let store = ScriptedStore(.fixture(mark: mark), failures: 1)
            var engine = BeatEngine(store: store, beatStart: Timeline.start)
            _ = try engine.adopt([schedule], now: Timeline.start) { _ in nil }
            #expect(throws: StoreError.full("no space left")) {
                _ = try engine.tick(now: Timeline.minute(4))
            }
            let reply = try engine.tick(now: Timeline.minute(4))
            #expect(reply?.plans.count == 1)
            let again = try engine.tick(now: Timeline.minute(4))
            #expect(again == nil)
            #expect(engine.nextWake() == Timeline.minute(6))
        }
    }

    @Test func `a schedule is given out as it was handed in`() {
        var schedules = ["a", "b", "c"].map { Self.schedule($0, minutes: 3) }
        schedules[1].source = SourcePlace(file: "jobs.yml", line: 70_000, column: 5)
        schedules[2].tags = ["night"]
        schedules[2].description = "Differs from the others in more than its name."
        var beat = BeatState(
            schedules: schedules,
            states: schedules.map { Self.state($0.name) },
            beatStart: Timeline.start
        )
        let due = beat.takeDue(now: Timeline.minute(3))
        #expect(due.map { "\($0)" } == schedules.map { "\($0)" })
        #expect(beat.rules.count == 2)
    }

    @Test func `what is due is what a look at every schedule finds`() {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        let names = (0..<12).map { "s\($0)" }
        let schedules = names.enumerated().map { Self.schedule($1, minutes: 1 + $0 % 5) }
        var states = names.map { Self.state($0) }
        var beat = BeatState(schedules: schedules, states: states, beatStart: Timeline.start)
        var beingJudged: Set<Int> = []
        var now = 0
        func look(_ index: Int) -> Timestamp {
            guard states[index].isEnabled, !beingJudged.contains(index) else {
                return .distantFuture
            }
            let next = schedules[index].rule.next(after: states[index].mark) ?? .distantFuture
            return min(next, states[index].pause?.until ?? .distantFuture)
        }
        for _ in 0..<2000 {
            let index = Int.random(in: 0..<names.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                states[index].isEnabled.toggle()
            case 1:
                let end = Timeline.minute(now + Int.random(in: 0..<9, using: &random))
                states[index].pause = .init(since: Timeline.start, until: end, reason: "")
            case 2:
                states[index].pause = nil
            case 3:
                states[index].mark = Timeline.minute(now)
            case 4:
                // Read again, nothing has changed: as the beat does whenever somebody rings.
                beingJudged = []
                beat.update(states)
                continue
            default:
                now += Int.random(in: 0..<4, using: &random)
                let expected = names.indices.filter { look($0) <= Timeline.minute(now) }
                    .sorted { (look($0), $0) < (look($1), $1) }
                let due = beat.takeDue(now: Timeline.minute(now)).map(\.name)
                #expect(due == expected.map { names[$0] }, "seed \(seed)")
                beingJudged.formUnion(expected)
                if Bool.random(using: &random) { continue }
                beat.putBack(due)
                beingJudged.subtract(expected)
                continue
            }
            beingJudged.remove(index)
            beat.update([states[index]])
            let next = names.indices.map(look).min()
            #expect(beat.nextWake() == (next == .distantFuture ? nil : next), "seed \(seed)")
        }
    }
}
