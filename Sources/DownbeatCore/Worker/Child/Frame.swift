// Messages between a worker and its children, as bytes.
//
// A frame is: the length of what follows (4 bytes), the version (1), the kind (1), the number of the
// job (8), the payload; numbers are little-endian. The number lets one child take job after job: what
// belongs to an earlier one is recognised. Everything is bounded before anything is allocated, and
// whatever the bytes are, decoding ends with a value or an error: the other side may be a process that
// has just overwritten its own memory.

/// One message, still encoded.
package struct Frame: Hashable, Sendable {
    package var kind: UInt8
    /// The worker's number of the attempt.
    package var job: UInt64
    package var payload: [UInt8]

    /// Raised when a frame changes its meaning; both ends are the same executable.
    package static let version: UInt8 = 1
    /// The largest payload; what is larger is sent in parts.
    package static let payloadBytesMax = 4 << 20

    /// Version, kind and job.
    static let headerBytes = 10
    static let lengthBytes = 4

    package init(kind: UInt8, job: UInt64, payload: [UInt8] = []) {
        self.kind = kind
        self.job = job
        self.payload = payload
    }

    /// The frame as it is sent.
    package var bytes: [UInt8] {
        precondition(payload.count <= Self.payloadBytesMax, "a frame holds at most 4 MiB")
        var writer = FrameWriter()
        writer.put(UInt32(Self.headerBytes + payload.count))
        writer.put(Self.version)
        writer.put(kind)
        writer.put(job)
        return writer.bytes + payload
    }
}

/// Puts frames together from bytes as they come.
package struct FrameAssembler: Sendable {
    private var buffer: [UInt8] = []
    private var taken = 0

    package init() {}

    /// Whether the bytes so far end inside a frame.
    package var isInsideFrame: Bool { taken < buffer.count }

    /// Takes bytes that have come.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if taken > 0 {
            buffer.removeFirst(taken)
            taken = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole frame; nil: more bytes are needed.
    ///
    /// - Throws: `FrameError` when the bytes cannot be a frame; nothing that follows them can be
    ///   trusted then.
    package mutating func next() throws(FrameError) -> Frame? {
        guard buffer.count - taken >= Frame.lengthBytes else { return nil }
        var cursor = FrameCursor(buffer[taken...])
        let length = Int(try cursor.number(UInt32.self))
        guard length >= Frame.headerBytes,
            length <= Frame.headerBytes + Frame.payloadBytesMax
        else { throw .length(length) }
        // Before the rest has come: a wrong version needs no 4 MiB of it.
        guard let version = cursor.nextByte else { return nil }
        guard version == Frame.version else { throw .version(version) }
        guard buffer.count - taken >= Frame.lengthBytes + length else { return nil }
        _ = try cursor.number(UInt8.self)
        let kind = try cursor.number(UInt8.self)
        let job = try cursor.number(UInt64.self)
        let payload = try cursor.take(length - Frame.headerBytes)
        taken += Frame.lengthBytes + length
        return Frame(kind: kind, job: job, payload: Array(payload))
    }
}

/// Why bytes are not a message.
package enum FrameError: Error, Hashable, Sendable, CustomStringConvertible {
    case length(Int)
    case version(UInt8)
    case kind(UInt8)
    /// The payload ends in the middle of a value.
    case cut
    /// Bytes are left behind the last value.
    case rest(Int)
    case notText
    case badValue(String)

    package var description: String {
        switch self {
        case .length(let length): "a frame of \(length) bytes"
        case .version(let version): "a frame of version \(version), not \(Frame.version)"
        case .kind(let kind): "a frame of the unknown kind \(kind)"
        case .cut: "a frame that ends in the middle of a value"
        case .rest(let count): "a frame with \(count) bytes too many"
        case .notText: "a frame with a text that is not UTF-8"
        case .badValue(let what): "a frame with a wrong \(what)"
        }
    }
}
