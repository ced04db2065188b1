import DownbeatCore
import DownbeatRuntime
import Synchronization
import Testing

/// How early ticks are prepared, and how precisely they wait.
@Suite("Head start")
struct HeadStartTests {
    /// Clocks that move on by a step at each look at the wall clock, as if waiting took that long.
    private final class StridingClocks: Clocks {
        private let reading: Mutex<(now: Timestamp, monotonic: Duration)>
        private let step: Duration
        private let jump: (at: Timestamp, by: Duration)?

        init(
            _ now: Timestamp,
            step: Duration,
            jump: (at: Timestamp, by: Duration)? = nil
        ) {
            reading = Mutex((now, .zero))
            self.step = step
            self.jump = jump
        }

        var monotonic: Duration { reading.withLock { $0.monotonic } }

        var now: Timestamp {
            reading.withLock { reading in
                let now = reading.now
                reading.now = now + step
                reading.monotonic += step
                if let jump, now < jump.at, reading.now >= jump.at {
                    reading.now = reading.now + jump.by
                }
                return now
            }
        }
    }

    private static let noon = Timestamp(seconds: 1_748_779_200)

    struct Row: Sendable, CustomStringConvertible {
        var description: String
        /// When the wait begins, counted from the instant.
        var begin: Duration
        var jump: Duration?
        var comes: Bool
    }

    static let rows = [
        Row(description: "the instant comes", begin: .milliseconds(-2), comes: true),
        Row(description: "it has just passed", begin: .milliseconds(3), comes: true),
        Row(description: "the work took long", begin: .seconds(8), comes: true),
        Row(
            description: "the clock is set back",
            begin: .milliseconds(-2),
            jump: .seconds(-3600),
            comes: false
        ),
        Row(
            description: "the clock is set back a little, again and again",
            begin: .milliseconds(-2),
            jump: .milliseconds(-3),
            comes: false
        ),
        Row(
            description: "the machine slept",
            begin: .milliseconds(-2),
            jump: .seconds(3600),
            comes: false
        ),
    ]

    @Test(arguments: rows)
    func `a tick is held until its instant, unless the clock jumps`(row: Row) {
        let clocks = StridingClocks(
            Self.noon + row.begin,
            step: .microseconds(500),
            jump: row.jump.map { (at: Self.noon - .milliseconds(1), by: $0) }
        )
        #expect(HeadStart().hold(until: Self.noon, by: clocks).wait() == row.comes)
    }

    @Test func `the head start follows what ticks need upwards at once and downwards slowly`() {
        let start = HeadStart()
        start.took(.milliseconds(4))
        #expect(start.length > .milliseconds(4))
        start.took(.milliseconds(1))
        #expect(start.length > .milliseconds(3))
        for _ in 0..<60 { start.took(.zero) }
        #expect(start.length == HeadStart.least)
        start.took(.seconds(3))
        #expect(start.length == HeadStart.most)
    }
}
