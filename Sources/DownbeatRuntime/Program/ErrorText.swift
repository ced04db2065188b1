import Glibc
import Synchronization

/// What a program writes to standard error, read by a thread so that the program never waits.
final class ErrorText {
    /// Kept; the rest is read and dropped.
    private static let bytesMax = 16 * 1024

    let writeEnd: Descriptor
    private let readEnd: Int32
    private var reader: Reader?
    private var thread: ServiceThread?

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        readEnd = ends[0]
        writeEnd = Descriptor(owning: ends[1])
    }

    deinit {
        // The thread closes the end that it reads.
        if thread == nil { close(readEnd) }
    }

    /// Begins to read; the write end must be closed in this process.
    func collect() throws(SystemError) {
        let reader = Reader(number: readEnd)
        self.reader = reader
        thread = try ServiceThread("errors") { reader.run() }
    }

    /// Everything up to the limit; waits until nobody can write any more.
    var text: String {
        thread?.join()
        return String(decoding: reader?.bytes ?? [], as: UTF8.self)
    }

    private final class Reader: Sendable {
        private let number: Int32
        private let kept = Mutex<[UInt8]>([])

        init(number: Int32) {
            self.number = number
        }

        var bytes: [UInt8] { kept.withLock { $0 } }

        func run() {
            defer { close(number) }
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(number, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                kept.withLock { kept in
                    kept += buffer.prefix(min(count, ErrorText.bytesMax - kept.count))
                }
            }
        }
    }
}
