import DownbeatCore
import Foundation

/// `next --batch`: lines of requests in, lines of answers out, as a stream.
///
/// Memory is bounded by the longest line. Answers are held back while more input is at hand and
/// written before a read that would wait, so that a program may ask and wait for each answer.
struct NextBatchRun {
    private static let readBytes = 1 << 16
    /// Answers are written when there are more bytes of them.
    private static let heldBytesMax = 1 << 16

    private let session: Session
    private let source: any ByteSource
    /// The input as errors call it.
    private let shown: String
    private var batch: NextBatch
    private var output: [UInt8] = []
    /// The beginning of a line whose end has not been read.
    private var rest: [UInt8] = []
    /// Whether the line in `rest` is too long to be read; its other bytes are passed over.
    private var isTooLong = false
    private var refusedCount = 0

    /// - Throws: `CommandError` when the file is not to be had.
    init(_ file: String, session: Session) throws(CommandError) {
        self.session = session
        shown = file == "-" ? "standard input" : file
        if file == "-" {
            source = session.context.inputStream
        } else {
            let descriptor = open(session.absolute(file), O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw Self.unreadable(shown) }
            source = DescriptorSource(descriptor)
        }
        let clocks = session.context.clocks
        batch = NextBatch(
            zones: session.operations.zones,
            standardZone: session.options.zone ?? ServiceSettings().zone
        ) { clocks.now }
    }

    /// Answers to the end of the input; returns how many requests were refused.
    ///
    /// - Throws: `CommandError` when the input cannot be read; what was read is answered.
    mutating func run() throws(CommandError) -> Int {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.readBytes, alignment: 1)
        defer { buffer.deallocate() }
        while true {
            if !output.isEmpty, source.wouldBlock { flush() }
            guard let count = source.read(into: buffer) else {
                let error = Self.unreadable(shown)
                flush()
                throw error
            }
            guard count > 0 else { break }
            take(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bindMemory(to: UInt8.self))
            if output.count > Self.heldBytesMax { flush() }
        }
        if isTooLong || !rest.isEmpty { endLine(UnsafeBufferPointer(start: nil, count: 0)) }
        flush()
        sayUnknownKeys()
        return refusedCount
    }

    /// Answers the lines that end in a piece of the input and keeps what is left of it.
    private mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) {
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            endLine(UnsafeBufferPointer(rebasing: bytes[start..<end]))
            start = end + 1
        }
        let left = bytes[start...]
        if rest.count + left.count > NextBatch.lineBytesMax {
            isTooLong = true
            rest = []
        }
        if !isTooLong { rest += left }
    }

    /// Answers a line whose last bytes are these.
    private mutating func endLine(_ bytes: UnsafeBufferPointer<UInt8>) {
        let outcome: NextBatch.Outcome
        if isTooLong || rest.count + bytes.count > NextBatch.lineBytesMax {
            outcome = batch.refuseLongLine(into: &output)
        } else if rest.isEmpty {
            outcome = batch.answer(bytes, into: &output)
        } else {
            rest += bytes
            // The line is taken out, so that one call may read it and write the answer.
            let line = rest
            outcome = line.withUnsafeBufferPointer { batch.answer($0, into: &output) }
        }
        rest.removeAll(keepingCapacity: rest.capacity <= Self.readBytes)
        isTooLong = false
        if case .refused = outcome { refusedCount += 1 }
    }

    private mutating func flush() {
        guard !output.isEmpty else { return }
        session.write(String(decoding: output, as: UTF8.self))
        output.removeAll(keepingCapacity: true)
    }

    private func sayUnknownKeys() {
        let count = batch.unknownKeyCount
        guard count > 0 else { return }
        let names = batch.unknownKeyNames.map { "`\($0)`" }.joined(separator: ", ")
        session.say("left alone \(Words.count(count, "unknown key")), such as \(names)")
    }

    private static func unreadable(_ shown: String) -> CommandError {
        let why = String(cString: strerror(errno))
        return CommandError(
            .inputOutput,
            "cannot read \(shown)",
            why: why.prefix(1).lowercased() + why.dropFirst(),
            remedy: "name a file of JSON lines, or - for standard input"
        )
    }
}
