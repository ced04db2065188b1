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
}
