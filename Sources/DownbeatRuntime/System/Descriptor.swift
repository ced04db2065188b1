import Glibc

/// An open file descriptor that closes when nobody holds it any more.
///
/// Not safe to share between threads: it belongs to the loop that uses it.
package final class Descriptor {
    /// The number; -1 once closed.
    package private(set) var number: Int32

    /// What a read from a descriptor that does not block found.
    package enum ReadOutcome: Hashable {
        case bytes(Int)
        case nothingNow
        case end
    }

    package init(owning number: Int32) {
        self.number = number
    }

    deinit {
        close()
    }

    /// Closes now; again has no effect.
    package func close() {
        guard number >= 0 else { return }
        _ = Glibc.close(number)
        number = -1
    }

    /// Reads what is there, up to the size of the buffer.
    ///
    /// - Parameter buffer: where the bytes go.
    /// - Returns: how many bytes came, that nothing is there now, or that nothing will come.
    /// - Throws: `SystemError` when the descriptor cannot be read.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> ReadOutcome
    {
        while true {
            let count = Glibc.read(number, buffer.baseAddress, buffer.count)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno == EAGAIN { return .nothingNow }
            if errno != EINTR { throw SystemError("read", place: "descriptor \(number)") }
        }
    }

    /// Writes what goes in now.
    ///
    /// - Parameter bytes: what is to be written.
    /// - Returns: how many bytes went in; 0: none do now.
    /// - Throws: `SystemError`; `EPIPE` when nobody reads any more.
    package func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
        while true {
            let count = bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if count >= 0 { return count }
            if errno == EAGAIN { return 0 }
            if errno != EINTR { throw SystemError("write", place: "descriptor \(number)") }
        }
    }
}
