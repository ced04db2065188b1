/// Lines of `common` and `combined`, taken apart by hand.
///
/// `client ident user [time] "request" status bytes`, and for `combined` ` "referrer" "agent"`. What
/// follows after a blank is left alone, since many servers append fields of their own. A user's name
/// may hold blanks: the time is looked for at the first `[` behind a blank. Escapes stay as written.
struct CombinedLineParser: LogLineParser {
    private let hasAgent: Bool
    private let query: LogStatsOptions.Query
    private var clock: LogClock

    init(hasAgent: Bool, query: LogStatsOptions.Query, zone: ZoneRules) {
        self.hasAgent = hasAgent
        self.query = query
        clock = LogClock(zone: zone)
    }

    @inline(__always)
    mutating func parse(
        _ start: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>,
        within span: LogSpan,
        into line: inout LogLine
    ) -> LogLineVerdict {
        guard let clientEnd = ByteSearch.first(0x20, from: start, to: end), clientEnd > start,
            let bracket = ByteSearch.first(0x5B, from: clientEnd, to: end),
            bracket[-1] == 0x20, end - bracket > LogClock.commonLength + 4,
            bracket[27] == 0x5D, bracket[28] == 0x20, bracket[29] == 0x22,
            let time = clock.common(bracket + 1)
        else { return .malformed }
        guard span.holds(time) else { return .outside }
        let request = bracket + 30
        guard let requestEnd = ByteSearch.closingQuote(from: request, to: end),
            end - requestEnd > 3, requestEnd[1] == 0x20
        else { return .malformed }
        let statusStart = requestEnd + 2
        let statusLength = statusStart[0] == 0x2D ? 1 : 3
        guard end - statusStart > statusLength + 1, statusStart[statusLength] == 0x20,
            let status = LogNumber.status(ByteSlice(start: statusStart, count: statusLength))
        else { return .malformed }
        var place = statusStart + statusLength + 1
        let sizeStart = place
        while place < end, place.pointee != 0x20 { place += 1 }
        guard place > sizeStart, let bytes = LogNumber.size(ByteSlice(sizeStart, to: place)) else {
            return .malformed
        }
        if hasAgent {
            guard let referrer = Self.quoted(&place, end), let agent = Self.quoted(&place, end),
                place == end || place.pointee == 0x20
            else { return .malformed }
            line.referrer = referrer
            line.agent = agent
        }
        line.time = time
        line.status = status
        line.bytes = bytes
        line.client = ByteSlice(start, to: clientEnd)
        RequestText.split(request, requestEnd, query: query, into: &line)
        return .counted
    }

    /// A blank and a text in quotes; `place` moves behind it.
    @inline(__always)
    private static func quoted(
        _ place: inout UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>
    ) -> ByteSlice? {
        guard end - place >= 3, place[0] == 0x20, place[1] == 0x22,
            let close = ByteSearch.closingQuote(from: place + 2, to: end)
        else { return nil }
        let slice = ByteSlice(place + 2, to: close)
        place = close + 1
        return slice
    }
}
