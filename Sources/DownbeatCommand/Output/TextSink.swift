import Foundation

/// Where text goes: a descriptor, or a buffer in tests.
package protocol TextSink: Sendable {
    /// Writes all of it, or ends the process: quietly when the reader has gone, else with 74.
    func write(_ text: String)
}

/// A descriptor of this process.
package struct DescriptorSink: TextSink {
    /// As a shell reports an end by SIGPIPE: 128 + 13.
    private static let brokenPipeStatus: Int32 = 141

    package let descriptor: Int32

    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    package func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                bytes = bytes.dropFirst(count)
            } else if errno == EPIPE {
                // `downbeat runs | head` is no failure worth a word, and a trap would print pages.
                exit(Self.brokenPipeStatus)
            } else if errno != EINTR && errno != EAGAIN {
                let why = String(cString: strerror(errno))
                // Without stderr there is nobody to tell, and the command itself may be well.
                guard descriptor == STDOUT_FILENO else { return }
                let error = CommandError(
                    .inputOutput,
                    "cannot write to stdout",
                    why: why.prefix(1).lowercased() + why.dropFirst(),
                    remedy: "what the command changed is changed; only its output is lost"
                )
                DescriptorSink(STDERR_FILENO).write(error.render(colour: false))
                exit(error.status.rawValue)
            }
        }
    }
}
