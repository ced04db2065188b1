package import DownbeatCore
import Glibc

/// The kernel's clocks.
package struct SystemClocks: Clocks {
    package init() {}

    /// CLOCK_REALTIME.
    package var now: Timestamp {
        let time = Self.read(CLOCK_REALTIME)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// CLOCK_MONOTONIC: stands still while the machine is suspended.
    package var monotonic: Duration {
        let time = Self.read(CLOCK_MONOTONIC)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        let result = clock_gettime(clock, &time)
        precondition(result == 0, "clock_gettime fails only for an unknown clock")
        return time
    }
}
