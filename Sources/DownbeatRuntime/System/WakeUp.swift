import CDownbeat
import Glibc

/// Wakes a loop from any thread: a counter whose descriptor is readable until it is cleared.
package final class WakeUp: Sendable {
    /// For the loop's poller.
    package let descriptor: Int32

    package init() throws(SystemError) {
        descriptor = downbeat_event_create()
        guard descriptor >= 0 else { throw SystemError("create an event counter") }
    }

    deinit {
        _ = close(descriptor)
    }

    /// Makes the descriptor readable; safe in any thread, and cheap when it already is.
    package func ring() {
        var one: UInt64 = 1
        // It fails only when the counter is full, that is, when it has been rung already.
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Takes all rings since the last call.
    package func clear() {
        var count: UInt64 = 0
        // It fails only when nobody has rung.
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
