import DownbeatCore
import Glibc
import Synchronization

/// The child's end of the channel to its worker.
///
/// Sending blocks while the worker does not read: a job cannot run ahead of it without bound.
final class ChildChannel: Sendable {
    let descriptor: Int32
    private let isOpen = Mutex(true)

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Sends a whole frame; frames of several threads do not mix.
    func send(_ frame: Frame) {
        isOpen.withLock { isOpen in
            var rest = frame.bytes[...]
            while isOpen, !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if count < 0, errno != EINTR {
                    // The worker has gone, and the keeper ends this process.
                    isOpen = false
                }
            }
        }
    }
}
