import DownbeatCore
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
}
