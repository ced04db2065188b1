import Foundation

/// Where bytes come from piece by piece: standard input, a file, a text in tests.
package protocol ByteSource: Sendable {
    /// Whether the next read would wait for somebody to write.
    var wouldBlock: Bool { get }

    /// Reads at most as many bytes as fit.
    ///
    /// - Returns: how many there were, 0 at the end; nil when they cannot be read.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int?
}

/// An open descriptor; it stays open.
package struct DescriptorSource: ByteSource {
    package let descriptor: Int32

    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    package var wouldBlock: Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return Foundation.poll(&poll, 1, 0) == 0
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        while true {
            let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno == EAGAIN {
                // A descriptor that somebody has set not to block.
                var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = Foundation.poll(&poll, 1, -1)
            } else if errno != EINTR {
                return nil
            }
        }
    }
}
