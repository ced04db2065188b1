package import DownbeatCore
import Synchronization

/// How long before a slot the beat begins to prepare its tick, learnt from the ticks before.
///
/// Too little, and part of the work is done after the instant; too much, and the database stays locked
/// for others while the tick waits for its time. What a tick needed is known from how long it then had
/// to wait: the head start follows upwards at once and downwards slowly.
package final class HeadStart: Sendable {
    /// Enough for a few slots.
    package static let least: Duration = .milliseconds(1)
    /// About a thousand slots; a larger tick does the rest after the instant.
    package static let most: Duration = .milliseconds(10)
    /// On top of what the last tick needed, for the next may be disturbed.
    private static let reserve: Duration = .microseconds(500)

    /// By more than this the clock was set, or the machine slept.
    private static let jumpMax: Duration = .seconds(1)

    private let needed = Mutex<Duration>(.milliseconds(2))

    package init() {}

    /// The head start of the next tick.
    package var length: Duration {
        min(max(needed.withLock { $0 } + Self.reserve, Self.least), Self.most)
    }

    /// A tick was ready to commit.
    ///
    /// - Parameter time: from its beginning until everything was written.
    package func took(_ time: Duration) {
        // One that was disturbed says little about the next.
        let time = min(time, Self.most)
        needed.withLock { $0 = time > $0 ? time : $0 - ($0 - time) / 8 }
    }

    /// Holds a tick that begins now until its instant.
    ///
    /// - Parameters:
    ///   - instant: when it is due; at most `most` ahead.
    ///   - clocks: the time.
    /// - Returns: what the store calls before it commits.
    package func hold(until instant: Timestamp, by clocks: any Clocks) -> TickHold {
        let (wall, begin) = (clocks.now, clocks.monotonic)
        return TickHold { [self] in
            took(clocks.monotonic - begin)
            guard Pause.wait(until: instant, atMost: Self.most, by: clocks) else { return false }
            // The monotonic clock is not set, and stands still while the machine sleeps.
            let jump = (clocks.now - wall) - (clocks.monotonic - begin)
            return jump < Self.jumpMax && jump > .zero - Self.jumpMax
        }
    }
}
