import Glibc
import Synchronization

/// A descriptor for the lines of a service, which nobody may hold up by not reading them.
///
/// A pipe that is full or a terminal that is stopped (Ctrl-S) is waited for once, for a moment;
/// after that lines are dropped until it can be written again, and their number is said then. One
/// that was closed is ignored. Lines of several threads do not mix.
final class LineOutput: Sendable {
    private struct State {
        /// Lines that nobody will see; 0: the reader keeps up.
        var dropped = 0
    }

    static let standardOutput = LineOutput(STDOUT_FILENO)
    static let standardError = LineOutput(STDERR_FILENO)

    /// How long a reader that does not keep up holds a thread of the service, once.
    private static let patienceMilliseconds: Int32 = 200
    /// A pipe that is ready takes as much without blocking (`PIPE_BUF`).
    private static let pieceBytes = 4096

    private let descriptor: Int32
    private let state = Mutex(State())

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes text and a line end, or drops them.
    func write(_ text: String) {
        state.withLock { state in
            guard state.dropped == 0 || isReady(within: 0) else {
                state.dropped += 1
                return
            }
            if state.dropped > 0 {
                let notice = "(\(state.dropped) lines are missing here: nobody read them)\n"
                state.dropped = put(notice) ? 0 : state.dropped
            }
            if !put(text + "\n") { state.dropped += 1 }
        }
    }

    /// Whether all of it was written, or the descriptor is gone for good.
    private func put(_ text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            guard isReady(within: Self.patienceMilliseconds) else { return false }
            let piece = bytes.prefix(Self.pieceBytes)
            let count = piece.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            // A closed terminal, pipe or descriptor has nobody to tell.
            guard count > 0 else { return true }
            bytes = bytes.dropFirst(count)
        }
        return true
    }

    private func isReady(within milliseconds: Int32) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&wanted, 1, milliseconds) != 0
    }
}
