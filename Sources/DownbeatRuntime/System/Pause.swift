package import DownbeatCore
import Glibc

/// Blocks the calling thread for a while, where there is nothing to wait for but time.
package enum Pause {
    /// Waits; a signal that is handled in this thread ends the wait early.
    package static func wait(_ duration: Duration) {
        let microseconds = max(0, duration.wholeMicroseconds)
        var time = timespec(
            tv_sec: Int(microseconds / 1_000_000),
            tv_nsec: Int(microseconds % 1_000_000) * 1000
        )
        nanosleep(&time, nil)
    }

    /// A sleep ends up to this much late (the kernel's timer slack); the rest is waited for awake.
    private static let slack: Duration = .microseconds(80)

    /// Waits for an instant that is close, to the microsecond.
    ///
    /// - Parameters:
    ///   - instant: what the wall clock has to show.
    ///   - limit: the longest wait.
    ///   - clocks: the time.
    /// - Returns: whether the wall clock shows the instant or more; false: it was set back.
    package static func wait(
        until instant: Timestamp,
        atMost limit: Duration,
        by clocks: any Clocks
    ) -> Bool {
        let end = clocks.monotonic + limit
        while true {
            let rest = instant - clocks.now
            guard rest > .zero else { return true }
            guard rest <= limit, clocks.monotonic <= end else { return false }
            if rest > slack { wait(rest - slack) }
        }
    }
}
