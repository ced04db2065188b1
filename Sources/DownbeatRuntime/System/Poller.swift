import CDownbeat
import Glibc

/// Waits until one of many descriptors is ready.
///
/// Belongs to one thread. A descriptor must be unwatched before it is closed.
package final class Poller {
    package struct Interest: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32

        package static let read = Interest(rawValue: UInt32(DOWNBEAT_POLL_READ))
        package static let write = Interest(rawValue: UInt32(DOWNBEAT_POLL_WRITE))
        /// Reported without being asked for: the other end is closed.
        package static let hangup = Interest(rawValue: UInt32(DOWNBEAT_POLL_HANGUP))

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }
    }

    package struct Ready: Hashable, Sendable {
        package var descriptor: Int32
        package var events: Interest

        package init(descriptor: Int32, events: Interest) {
            self.descriptor = descriptor
            self.events = events
        }
    }

    /// How many ready descriptors one wait reports; the others come with the next.
    package static let readyMax = 256

    private let set: Descriptor
    private var buffer = [downbeat_ready](repeating: downbeat_ready(), count: Poller.readyMax)

    package init() throws(SystemError) {
        let number = downbeat_poll_create()
        guard number >= 0 else { throw SystemError("create a poll set") }
        set = Descriptor(owning: number)
    }

    /// Watches a descriptor, replacing what was watched of it.
    package func watch(_ descriptor: Int32, for interest: Interest) throws(SystemError) {
        let error = downbeat_poll_set(set.number, descriptor, interest.rawValue)
        guard error == 0 else {
            throw SystemError("watch", place: "descriptor \(descriptor)", errorNumber: error)
        }
    }

    /// Watches a descriptor no longer; no effect on one that is not watched.
    package func unwatch(_ descriptor: Int32) {
        // The only failures left are a closed descriptor, which the kernel has dropped already.
        _ = downbeat_poll_set(set.number, descriptor, 0)
    }

    /// Waits until something is ready or the time is over; a signal ends the wait early, too.
    ///
    /// - Parameter timeout: nil: without end. Rounded up to a millisecond.
    /// - Returns: what is ready; empty when nothing is.
    /// - Throws: `SystemError` when the set cannot be waited on.
    package func wait(timeout: Duration?) throws(SystemError) -> [Ready] {
        let milliseconds = timeout.map(Self.milliseconds) ?? -1
        let count = downbeat_poll_wait(
            set.number,
            &buffer,
            Int32(Self.readyMax),
            milliseconds
        )
        guard count >= 0 else { throw SystemError("wait for events") }
        return buffer.prefix(Int(count)).map {
            Ready(descriptor: $0.descriptor, events: Interest(rawValue: $0.events))
        }
    }

    private static func milliseconds(_ duration: Duration) -> Int32 {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        let fraction = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(seconds * 1000 + fraction)
    }
}
