import CDownbeat
package import DownbeatCore
import Glibc

/// A timer on the wall clock that rings at an instant, and also when the clock is set.
///
/// Where the kernel refuses to watch the clock (TFD_TIMER_CANCEL_ON_SET), `noticesClockChanges` is
/// false and the caller must look at the clock at least every 30 s.
package final class Alarm {
    package enum Event: Hashable {
        case rang
        case clockChanged
    }

    /// The timer cannot be set further than this; nothing sleeps longer than a few seconds anyway.
    private static let latestSecond: Int64 = 1 << 40

    /// Readable when the alarm has rung or the clock was changed.
    package var descriptor: Int32 { timer.number }
    package private(set) var noticesClockChanges: Bool
    private let timer: Descriptor

    /// Makes an alarm that is not set.
    ///
    /// - Parameter noticingClockChanges: false to do without the kernel's watch on the clock.
    /// - Throws: `SystemError` when there is no timer to be had.
    package init(noticingClockChanges: Bool = true) throws(SystemError) {
        let number = downbeat_timer_create()
        guard number >= 0 else { throw SystemError("create a timer") }
        timer = Descriptor(owning: number)
        noticesClockChanges = noticingClockChanges
    }

    /// Sets the alarm, replacing what was set; an instant that has passed rings at once.
    package func set(_ instant: Timestamp) throws(SystemError) {
        // Zero would disarm the timer; the first nanosecond of 1970 rings as any other past does.
        let seconds = min(max(0, instant.seconds), Self.latestSecond)
        let fraction = instant.microseconds > 0 ? instant.microseconds % 1_000_000 * 1000 : 0
        let nanoseconds = seconds == 0 ? max(1, fraction) : fraction
        var cancels: Int32 = noticesClockChanges ? 1 : 0
        let error = downbeat_timer_set(descriptor, seconds, nanoseconds, &cancels)
        guard error == 0 else { throw SystemError("set a timer", errorNumber: error) }
        noticesClockChanges = cancels != 0
    }

    /// What happened since the last call; nil: nothing.
    ///
    /// After `.clockChanged` it must be set again.
    package func takeEvent() throws(SystemError) -> Event? {
        switch downbeat_timer_read(descriptor) {
        case 0: return .rang
        case EAGAIN: return nil
        case ECANCELED: return .clockChanged
        case let error: throw SystemError("read a timer", errorNumber: error)
        }
    }
}
