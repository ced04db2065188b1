import DownbeatCore

/// Joins the chunks of a command's output to lines, each stream by itself, in order of time.
struct OutputLines {
    /// One line of one stream, without its end, with the time at which it was whole.
    struct Line: Hashable {
        var stream: OutputChunk.Stream
        var time: Timestamp
        var text: String
    }

    /// Longer lines are broken here, so that one endless line costs no endless memory.
    private static let lengthMax = 64 * 1024

    private var open: [OutputChunk.Stream: (time: Timestamp, bytes: [UInt8])] = [:]

    /// The lines that a chunk completes.
    mutating func take(_ chunk: OutputChunk) -> [Line] {
        var lines: [Line] = []
        var bytes = open[chunk.stream]?.bytes ?? []
        for byte in chunk.bytes {
            if byte != UInt8(ascii: "\n") { bytes.append(byte) }
            if byte == UInt8(ascii: "\n") || bytes.count >= Self.lengthMax {
                lines.append(Self.line(chunk.stream, chunk.time, bytes))
                bytes.removeAll()
            }
        }
        open[chunk.stream] = bytes.isEmpty ? nil : (chunk.time, bytes)
        return lines
    }

    /// What is left without a line end.
    mutating func finish() -> [Line] {
        let rest = open.map { stream, part in Self.line(stream, part.time, part.bytes) }
        open.removeAll()
        return rest.sorted { $0.time < $1.time }
    }

    /// Bytes that are no UTF-8 become U+FFFD; a carriage return at the end goes.
    private static func line(
        _ stream: OutputChunk.Stream,
        _ time: Timestamp,
        _ bytes: [UInt8]
    ) -> Line {
        let text = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...]
        return Line(stream: stream, time: time, text: String(decoding: text, as: UTF8.self))
    }
}
