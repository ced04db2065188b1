/// Reads the days of an iCalendar file (RFC 5545): which dates its events cover.
///
/// Read are `VEVENT`s with `DTSTART`, and `DTEND` or `DURATION`; dates and local times stand for
/// the date they say, times in UTC for the date in a zone. `RRULE:FREQ=YEARLY` with `INTERVAL`, `COUNT`
/// and `UNTIL` repeats an event, `EXDATE` takes a day out, cancelled events do not count. Other
/// repetitions are refused: a calendar with a part of its holidays missing is worse than none.
/// Everything else, such as to-dos and alarms, is passed over. What is read is bounded, and no input
/// makes it trap.
package struct ICSReader {
    /// Events of one file.
    package static let eventCountMax = 20_000
    /// Bytes of one line after unfolding.
    package static let lineBytesMax = 64 * 1024
    /// Components inside one another; RFC 5545 needs three.
    private static let depthMax = 16

    /// The days of the events.
    package struct Result: Hashable, Sendable {
        /// Ranges of day numbers, as the events stand in the file.
        package var days: [ClosedRange<Int>] = []
        /// What the events are called, by day.
        package var notes: [Int: String] = [:]
        /// Whether an event repeats without an end, which needs a range of years.
        package var hasEndlessEvent = false
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - text: all of it; lines end with CRLF or LF.
    ///   - years: of which days are wanted; nil: those in which events lie that do not repeat.
    ///   - zone: in which a time in UTC has its date.
    /// - Returns: the days of its events.
    /// - Throws: the first `ICSError`.
    package static func read(
        _ text: String,
        years: ClosedRange<Int>?,
        zone: ZoneRules
    ) throws(ICSError) -> Result {
        var reader = ICSReader(zone: zone)
        var lines = ICSLines(text)
        while let line = try lines.next() { try reader.take(line) }
        try reader.end()
        return reader.result(in: years)
    }

    private let zone: ZoneRules
    private var open: [String] = []
    private var hasCalendar = false
    private var event: ICSEvent?
    private var events: [ICSEvent] = []
    private var lastLine = 1

    private init(zone: ZoneRules) { self.zone = zone }

    private mutating func take(_ line: ICSLine) throws(ICSError) {
        lastLine = line.number
        switch line.name {
        case "BEGIN": try begin(line)
        case "END": try close(line)
        default:
            guard hasCalendar else { throw notACalendar(line.number) }
            // Alarms inside an event have properties of the same names.
            guard open.last == "VEVENT" else { return }
            try event?.take(line, zone: zone)
        }
    }

    private mutating func begin(_ line: ICSLine) throws(ICSError) {
        let name = line.value.uppercased()
        if open.isEmpty {
            guard name == "VCALENDAR" else { throw notACalendar(line.number) }
            hasCalendar = true
        }
        guard open.count < Self.depthMax else {
            throw ICSError(
                line: line.number,
                message: "components stand more than \(Self.depthMax) deep in one another",
                remedy: "Export the file again"
            )
        }
        open.append(name)
        guard name == "VEVENT" else { return }
        guard open.count == 2, events.count < Self.eventCountMax else {
            throw ICSError(
                line: line.number,
                message: open.count == 2
                    ? "the file has more than \(Self.eventCountMax) events"
                    : "an event stands inside another component",
                remedy: "Export a calendar that has only the holidays"
            )
        }
        event = ICSEvent(line: line.number)
    }

    private mutating func close(_ line: ICSLine) throws(ICSError) {
        guard let name = open.popLast(), name == line.value.uppercased() else {
            throw ICSError(
                line: line.number,
                message: "`END:\(line.shownValue)` does not fit what was begun",
                remedy: "Export the file again"
            )
        }
        guard name == "VEVENT", let event else { return }
        events.append(event)
        self.event = nil
    }

    private func end() throws(ICSError) {
        guard hasCalendar else { throw notACalendar(1) }
        guard open.isEmpty else {
            throw ICSError(
                line: lastLine,
                message: "the file ends inside `\(open[open.count - 1].prefix(40))`",
                remedy: "Export the file again: a part of it is missing"
            )
        }
        for event in events { try event.check() }
    }

    private func notACalendar(_ line: Int) -> ICSError {
        ICSError(
            line: line,
            message: "this is not an iCalendar file: it does not begin with `BEGIN:VCALENDAR`",
            remedy: "Name a file that a calendar program exported as .ics"
        )
    }

    private func result(in years: ClosedRange<Int>?) -> Result {
        var result = Result()
        let live = events.filter { !$0.isCancelled }
        result.hasEndlessEvent = live.contains { $0.repetition?.isEndless ?? false }
        let days = live.compactMap(\.days)
        let wanted =
            years
            ?? days.map { CivilDate(dayNumber: $0.lowerBound).year }.min().map { first in
                let last = days.map { CivilDate(dayNumber: $0.upperBound).year }.max() ?? first
                return first...max(first, last)
            }
        for event in live {
            for range in event.occurrences(in: wanted) {
                result.days.append(range)
                guard let summary = event.summary else { continue }
                for day in range where result.notes[day] == nil { result.notes[day] = summary }
            }
        }
        return result
    }
}
