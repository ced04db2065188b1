/// Counts the lines of logs: bytes go in, file by file, one result comes out.
///
/// It reads no file. For each file the caller calls `beginFile()`, gives blocks to `consume(_:)`, keeps
/// what was not consumed in front of the next block, and ends with `endFile(rest:)`. Nothing is
/// allocated for a line whose values were seen before.
///
/// A malformed line has no time. In a window of time it belongs to where the line before it belongs,
/// at a file's beginning to where the first good line does; a file without any good line counts.
///
/// Not for several threads. Two engines over the same bytes give the same result, whatever their seeds.
package final class LogStatsEngine {
    private let options: LogStatsOptions
    private let window: LogWindow?
    private var parser: Parser
    private var tally: LogTally
    private var malformed = MalformedLines()
    /// Bytes of a line that is too long, consumed before its end was seen.
    package private(set) var unfinishedBytes = 0

    private enum Parser {
        case combined(CombinedLineParser)
        case json(JSONLineParser)
        case pattern(PatternLineParser)
    }

    /// - Parameters:
    ///   - options: without problems.
    ///   - window: the times to count; nil: all.
    ///   - zone: for times that name no offset.
    ///   - seed: chance, so that strangers cannot write lines whose keys collide; the result does not
    ///     depend on it.
    ///   - limits: what bounds memory.
    /// - Throws: the first problem of the options.
    package init(
        _ options: LogStatsOptions,
        window: LogWindow?,
        zone: ZoneRules,
        seed: UInt64,
        limits: LogStatsLimits = LogStatsLimits()
    ) throws(LogStatsProblem) {
        if let problem = options.problems.first { throw problem }
        self.options = options
        self.window = window
        let slices = RoleSlices(options, zone: zone)
        switch options.format {
        case .common, .combined:
            parser = .combined(
                CombinedLineParser(
                    hasAgent: options.format == .combined,
                    query: options.query,
                    zone: zone
                )
            )
        case .json(let fields): parser = .json(JSONLineParser(fields: fields, slices: slices))
        case .pattern(let text):
            do {
                parser = .pattern(PatternLineParser(try LinePattern(text), slices: slices))
            } catch {
                throw LogStatsProblem(
                    key: "pattern",
                    message: error.message,
                    remedy: error.remedy,
                    offset: error.offset
                )
            }
        }
        tally = LogTally(options, limits: limits, seed: seed)
    }

    /// Starts another file.
    package func beginFile() {
        malformed.beginFile()
        unfinishedBytes = 0
    }

    /// Counts the whole lines of a block.
    ///
    /// - Parameter block: bytes of the current file, directly behind those consumed before.
    /// - Returns: how many bytes were consumed: up to the last line end, or all of them inside a line
    ///   that is longer than `LogStatsLimits.lineBytesMax`; then `unfinishedBytes` is not 0.
    package func consume(_ block: UnsafeRawBufferPointer) -> Int {
        let bytes = block.bindMemory(to: UInt8.self)
        guard let base = bytes.baseAddress else { return 0 }
        var start = base
        let end = base + bytes.count
        if unfinishedBytes > 0 {
            guard let lineEnd = ByteSearch.first(0x0A, from: base, to: end) else {
                unfinishedBytes += bytes.count
                return bytes.count
            }
            malformed.noteLong()
            unfinishedBytes = 0
            start = lineEnd + 1
        }
        let consumed = count(start, end)
        guard end - consumed > LogStatsLimits.lineBytesMax else { return consumed - base }
        malformed.keepLong(consumed, end)
        unfinishedBytes = end - consumed
        return bytes.count
    }

    /// What to do with a last line that has no line end.
    package enum LastLine: Sendable {
        /// It may still be written: it is left for the next time.
        case leave
        /// Nothing will follow: it is a line.
        case count
        /// It is a line if it is well-formed, else half of one.
        case countIfWellFormed
    }

    /// Ends a file.
    ///
    /// - Parameters:
    ///   - rest: what was not consumed.
    ///   - lastLine: what becomes of it.
    /// - Returns: whether the rest was counted.
    package func endFile(rest: UnsafeRawBufferPointer, lastLine: LastLine) -> Bool {
        defer { malformed.endFile() }
        if unfinishedBytes > 0 {
            guard lastLine == .count else { return false }
            malformed.noteLong()
            unfinishedBytes = 0
            return true
        }
        let bytes = rest.bindMemory(to: UInt8.self)
        guard !bytes.isEmpty, lastLine != .leave else { return false }
        // A line end is all that is missing, and the parsers want whole lines.
        let before = malformed
        let line = Array(bytes) + [0x0A]
        let linesBefore = tally.lines
        line.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            _ = count(base, base + buffer.count)
        }
        guard lastLine == .countIfWellFormed, tally.lines == linesBefore else { return true }
        malformed = before
        return false
    }

    /// The result of all files so far.
    ///
    /// - Parameter nominal: start and end of the window when no time and no line gives one.
    /// - Returns: the sums; asking again, also between files, is fine.
    package func result(nominal: Timestamp) -> LogStatsResult {
        var start = window?.start ?? nominal
        var end = window?.end ?? nominal
        if window == nil, tally.lines > 0 {
            start = Timestamp(microseconds: tally.earliest)
            end = Timestamp(microseconds: tally.latest)
        }
        return LogStatsResult(
            windowStart: start,
            windowEnd: end,
            lines: tally.lines,
            malformed: malformed.count,
            bytes: tally.bytes,
            groups: groups,
            clients: tally.clientCount,
            latency: tally.latency,
            isExact: tally.isExact,
            samples: malformed.samples
        )
    }

    /// Each field gets up to `top` groups; where all fields together would have more than
    /// `LogStatsOptions.topMax`, those with few leave their share to the others.
    private var groups: [LogStatsResult.Group] {
        let fields = options.groupBy
        let wanted = fields.map { min(tally.groupCount(of: $0), options.top) }
        var limits = wanted
        var left = LogStatsOptions.topMax
        let byNeed = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
        for (place, index) in byNeed.enumerated() {
            limits[index] = min(wanted[index], left / (byNeed.count - place))
            left -= limits[index]
        }
        var groups: [LogStatsResult.Group] = []
        for (index, field) in fields.enumerated() {
            groups += tally.groups(of: field, limit: limits[index])
        }
        return groups
    }

    /// Counts the lines of [start, end); returns where the last one's end was.
    private func count(
        _ start: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        let span = LogSpan(window)
        switch parser {
        case .combined(var parser):
            defer { self.parser = .combined(parser) }
            return Self.count(start, end, span, &parser, &tally, &malformed)
        case .json(var parser):
            defer { self.parser = .json(parser) }
            return Self.count(start, end, span, &parser, &tally, &malformed)
        case .pattern(var parser):
            defer { self.parser = .pattern(parser) }
            return Self.count(start, end, span, &parser, &tally, &malformed)
        }
    }

    private static func count<Parser: LogLineParser>(
        _ start: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>,
        _ span: LogSpan,
        _ parser: inout Parser,
        _ tally: inout LogTally,
        _ malformed: inout MalformedLines
    ) -> UnsafePointer<UInt8> {
        var line = LogLine()
        var place = start
        while let lineEnd = ByteSearch.first(0x0A, from: place, to: end) {
            var first = place
            var last = lineEnd
            place = lineEnd + 1
            if last > first, last[-1] == 0x0D { last -= 1 }
            // A file that was truncated under a writer that does not append begins with a hole.
            while first < last, first.pointee == 0 { first += 1 }
            guard last > first else { continue }
            let isShort = last - first <= LogStatsLimits.lineBytesMax
            switch isShort ? parser.parse(first, last, within: span, into: &line) : .malformed {
            case .counted:
                tally.add(line)
                if malformed.context != .inside { malformed.sawLine(.inside) }
            case .outside:
                if malformed.context != .outside { malformed.sawLine(.outside) }
            case .malformed: malformed.note(first, last)
            }
        }
        return place
    }
}
