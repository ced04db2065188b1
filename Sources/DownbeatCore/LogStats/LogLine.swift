/// What a line says of one request; slices live until the next line is parsed.
struct LogLine {
    /// Microseconds since the epoch.
    var time: Int64 = 0
    /// 0 to 999; `noStatus` where the log has `-`.
    var status = noStatus
    var bytes: Int64 = 0
    /// Microseconds; `noLatency` where the log has none.
    var latency = noLatency
    var client = ByteSlice.missing
    var method = ByteSlice.missing
    var path = ByteSlice.missing
    var host = ByteSlice.missing
    var agent = ByteSlice.missing
    var referrer = ByteSlice.missing

    static let noStatus = 1000
    static let noLatency: Int64 = -1
}

/// What a parser makes of a line.
enum LogLineVerdict {
    case counted
    /// Its time is outside the window; the rest may not have been looked at.
    case outside
    case malformed
}

/// The instants to be counted, in microseconds, as the parsers compare them.
struct LogSpan {
    var start = Int64.min
    /// Exclusive.
    var end = Int64.max

    init(_ window: LogWindow?) {
        guard let window else { return }
        start = window.start.microseconds
        end = window.end.microseconds
    }

    @inline(__always)
    func holds(_ time: Int64) -> Bool { time >= start && time < end }
}

/// Reads one format.
protocol LogLineParser {
    /// Takes a line apart.
    ///
    /// - Parameters:
    ///   - start: its first byte.
    ///   - end: behind its last byte, line end not included.
    ///   - span: the times that count.
    ///   - line: where its parts go; meaningless unless the line is counted.
    /// - Returns: whether it is counted, and why not.
    mutating func parse(
        _ start: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>,
        within span: LogSpan,
        into line: inout LogLine
    ) -> LogLineVerdict
}

/// `GET /path?query HTTP/1.1` taken apart.
///
/// A request of another shape, such as the `-` of a connection that said nothing or the bytes of a
/// TLS greeting, is a good line without method and path.
enum RequestText {
    private static let methodBytesMax = 32

    @inline(__always)
    static func split(
        _ start: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>,
        query: LogStatsOptions.Query,
        into line: inout LogLine
    ) {
        line.method = .missing
        line.path = .missing
        var place = start
        while place < end, isMethodByte(place.pointee) { place += 1 }
        let length = place - start
        guard length > 0, length <= methodBytesMax, place < end, place.pointee == 0x20,
            end - place > 1
        else { return }
        line.method = ByteSlice(start, to: place)
        line.path = path(place + 1, targetEnd(place + 1, end), query: query)
    }

    /// A path without its query, if that is to be cut.
    @inline(__always)
    static func path(
        _ start: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>,
        query: LogStatsOptions.Query
    ) -> ByteSlice {
        guard query == .cut else { return ByteSlice(start, to: end) }
        return ByteSlice(start, to: ByteSearch.first(0x3F, from: start, to: end) ?? end)
    }

    @inline(__always)
    private static func isMethodByte(_ byte: UInt8) -> Bool {
        byte >= 0x41 && byte <= 0x5A || byte == 0x2D || byte == 0x5F
    }

    /// Before ` HTTP/1.1` or ` HTTP/2.0`; the end where there is no such thing (HTTP/0.9).
    @inline(__always)
    private static func targetEnd(
        _ start: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        // The version has three characters, or one.
        if hasVersion(end, length: 9, after: start) { return end - 9 }
        if hasVersion(end, length: 7, after: start) { return end - 7 }
        return end
    }

    @inline(__always)
    private static func hasVersion(
        _ end: UnsafePointer<UInt8>,
        length: Int,
        after start: UnsafePointer<UInt8>
    ) -> Bool {
        guard end - start >= length else { return false }
        let place = end - length
        return place[0] == 0x20 && place[1] == 0x48 && place[2] == 0x54 && place[3] == 0x54
            && place[4] == 0x50 && place[5] == 0x2F
    }
}
