/// The offsets of a time zone over all time, decoded from TZif bytes.
///
/// The structure is one sorted table of **spans**, stretches of time with one offset. Listed
/// transitions come from the file; those after them are worked out once from the footer's rule, for
/// 400 years and a little more. Since dates and weekdays repeat after 400 years, an instant beyond
/// the table is answered by the span a whole number of cycles earlier. The table is immutable, so
/// one object serves all threads.
///
/// Cost: `init` about 50 microseconds and 10 kB for a zone with daylight saving; look-ups are a
/// binary search.
package final class ZoneRules: Sendable {
    /// The IANA name.
    package let name: String

    /// Where each span begins, in seconds since the epoch; the first is `-endOfTime`.
    private let starts: [Int]
    private let offsets: [Int32]
    /// From here on spans repeat every `secondsPerCycle`; `endOfTime` when the last span is endless.
    private let tableEnd: Int

    /// Stands for "for ever" as the end of a span; far enough from overflow to add offsets to it.
    package static let endOfTime = 1 << 50

    private static let secondsPerCycle = CivilDate.daysPerCycle * CivilTime.secondsPerDay
    /// Where a footer's rule begins when a file lists no transition at all.
    private static let firstRuleYear = 1900

    /// Decodes the bytes of a zone file.
    ///
    /// - Throws: `ZoneError.malformed`; hostile bytes never trap.
    package init(name: String, tzif: [UInt8]) throws(ZoneError) {
        let reader: TZifReader
        do {
            reader = try TZifReader(tzif)
        } catch {
            throw ZoneError.malformed(name: name, reason: error.reason)
        }
        var table = SpanTable(firstOffset: reader.firstOffset)
        for transition in reader.transitions
        where transition.instant < TimeLimits.latestSecond {
            table.append(transition.instant, offset: transition.offset)
        }
        var end = Self.endOfTime
        if let rule = reader.footer, rule.daylight != nil {
            end = Self.extend(&table, by: rule, listed: reader.transitions.last?.instant)
        }
        self.name = name
        starts = table.starts
        offsets = table.offsets
        tableEnd = end
    }

    private init(name: String, offset: Int) {
        self.name = name
        starts = [-Self.endOfTime]
        offsets = [Int32(offset)]
        tableEnd = Self.endOfTime
    }

    /// A zone of a few changes, each with its second since the epoch and the offset from then on.
    init(name: String, firstOffset: Int, changes: [(second: Int, offset: Int)]) {
        var table = SpanTable(firstOffset: firstOffset)
        for change in changes { table.append(change.second, offset: change.offset) }
        self.name = name
        starts = table.starts
        offsets = table.offsets
        tableEnd = Self.endOfTime
    }

    /// Coordinated Universal Time; needs no data.
    package static let utc = ZoneRules(name: "UTC", offset: 0)

    /// Seconds east of UTC; O(log n).
    package func offset(at instant: Timestamp) -> Int {
        span(at: Int(instant.seconds)).offset
    }

    /// The stretch of one offset that holds an instant, in seconds since the epoch; O(log n).
    func span(at second: Int) -> ZoneSpan {
        guard second < tableEnd else { return distantSpan(at: second) }
        var low = 0
        var count = starts.count
        while count > 1 {
            let half = count >> 1
            low = starts[low + half] <= second ? low + half : low
            count -= half
        }
        return ZoneSpan(
            start: starts[low],
            end: low + 1 < starts.count ? starts[low + 1] : Self.endOfTime,
            offset: Int(offsets[low]),
            previousOffset: Int(offsets[low == 0 ? 0 : low - 1])
        )
    }

    private func distantSpan(at second: Int) -> ZoneSpan {
        guard tableEnd < Self.endOfTime, second < Self.endOfTime else {
            let last = starts.count - 1
            return ZoneSpan(
                start: starts[last],
                end: Self.endOfTime,
                offset: Int(offsets[last]),
                previousOffset: Int(offsets[max(0, last - 1)])
            )
        }
        let cycles = (second - tableEnd) / Self.secondsPerCycle + 1
        var span = span(at: second - cycles * Self.secondsPerCycle)
        span.start += cycles * Self.secondsPerCycle
        span.end += cycles * Self.secondsPerCycle
        return span
    }

    /// Appends the changes of the rule for more than a cycle; returns where the table is to end.
    ///
    /// The whole last cycle before that end follows the rule, and one year more is in the table so
    /// that each span before the end has its own end.
    private static func extend(
        _ table: inout SpanTable,
        by rule: PosixZoneRule,
        listed: Int?
    ) -> Int {
        let last = listed.map { min(max($0, TimeLimits.earliestSecond), TimeLimits.latestSecond) }
        let firstYear =
            last.map { CivilTime(wall: $0).date.year } ?? firstRuleYear
        guard firstYear < 9000 else { return endOfTime }
        var changes: [(instant: Int, offset: Int)] = []
        for year in (firstYear - 1)...(firstYear + 404) {
            changes += rule.changes(year: year)
        }
        // A rule for "always daylight saving" ends one year at the instant where the next begins.
        let ordered = changes.enumerated().sorted { left, right in
            (left.element.instant, left.offset) < (right.element.instant, right.offset)
        }
        for (_, change) in ordered where change.instant > last ?? -endOfTime {
            table.append(change.instant, offset: change.offset)
        }
        let end = CivilDate(year: firstYear + 403, month: 1, day: 1)
        return end.dayNumber * CivilTime.secondsPerDay
    }
}

extension ZoneRules: Hashable {
    /// Zones are the same when their names are; two versions of the data are not told apart.
    package static func == (left: ZoneRules, right: ZoneRules) -> Bool {
        left === right || left.name == right.name
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }
}

/// A stretch of time with one offset.
struct ZoneSpan: Hashable {
    /// Seconds since the epoch.
    var start: Int
    /// Seconds since the epoch, exclusive; `ZoneRules.endOfTime` when it never ends.
    var end: Int
    /// Seconds east of UTC.
    var offset: Int
    /// The offset before `start`; the same one in the first span.
    var previousOffset: Int

    /// What the wall shows at `start`.
    var firstWall: Int { start + offset }
    /// What the wall would show at `end` if the offset stayed.
    var endWall: Int { end + offset }
    /// By how much the clock went forward at `start`; negative: back.
    var change: Int { offset - previousOffset }
    /// What the wall would have shown at `start` if the offset had stayed.
    var wallBeforeChange: Int { start + previousOffset }
}

/// Collects spans, joining neighbours with one offset.
private struct SpanTable {
    var starts: [Int]
    var offsets: [Int32]

    init(firstOffset: Int) {
        starts = [-ZoneRules.endOfTime]
        offsets = [Int32(firstOffset)]
    }

    mutating func append(_ instant: Int, offset: Int) {
        let last = starts.count - 1
        if instant <= starts[last] {
            offsets[last] = Int32(offset)
        } else {
            starts.append(instant)
            offsets.append(Int32(offset))
        }
        let end = starts.count - 1
        if end > 0, offsets[end] == offsets[end - 1] {
            starts.removeLast()
            offsets.removeLast()
        }
    }
}
