/// Fire times at a fixed distance: anchor + k × period.
///
/// The grid stands on the wall clock, so it does not drift, survives restarts and is the same for
/// every process. A day of an interval is 24 hours whatever the clocks do.
package struct Interval: Hashable, Sendable {
    /// What the grid counts from.
    package enum Anchor: Hashable, Sendable {
        /// Monday 2001-01-01T00:00 in the schedule's zone.
        case standard
        /// A time on 2001-01-01 in the schedule's zone.
        case timeOfDay(TimeOfDay)
        /// An instant.
        case instant(Timestamp)
        /// The moment the service started: the first fire is one period later.
        case start
        /// The start of the latest run: one fire, a period later.
        case lastStart
        /// The end of the latest run: one fire, a period later.
        case lastEnd

        /// Whether fire times exist only once an event is known.
        package var isEvent: Bool {
            switch self {
            case .standard, .timeOfDay, .instant: false
            case .start, .lastStart, .lastEnd: true
            }
        }
    }

    /// The distance; one that is shorter than `shortestPeriod` counts as that.
    package var period: Duration
    package var anchor: Anchor

    package static let shortestPeriod = Duration.seconds(1)
    /// 2001-01-01T00:00 on the wall, a Monday.
    private static let standardWall = 978_307_200

    package init(period: Duration, anchor: Anchor = .standard) {
        self.period = period
        self.anchor = anchor
    }

    /// Reads a period: a duration of at least one second.
    ///
    /// - Throws: `TextError` with a code from E0340 to E0344.
    package static func parsePeriod(_ text: String) throws(TextError) -> Duration {
        let period = try DurationText.parse(text)
        guard period >= shortestPeriod else {
            throw TextError(
                code: TextErrorCode.shortPeriod,
                message: "an interval of \(DurationText.format(period)) is shorter than 1s",
                offset: 0,
                length: text.unicodeScalars.count,
                remedy: "Write at least `1s`"
            )
        }
        return period
    }

    /// Whether its fire times keep their times of day until the clocks change: a day and more, and
    /// whole hours that divide a day.
    ///
    /// Every hour is every hour whatever the clocks do, and one that counts from an event has no time
    /// of day.
    package var standsOnTimesOfDay: Bool {
        guard !anchor.isEvent else { return false }
        let hours = period.wholeMicroseconds / (3600 * 1_000_000)
        let isWholeHours = period == .seconds(hours * 3600)
        return period >= .seconds(CivilTime.secondsPerDay)
            || isWholeHours && hours > 1 && 24 % hours == 0
    }

    /// A warning that the times of day move at a change of the zone's clocks; nil for intervals
    /// without fixed times of day.
    package func warning(of change: ZoneChange, in zone: ZoneRules) -> TextError? {
        guard standsOnTimesOfDay else { return nil }
        let date = CivilTime(wall: Int(change.at.seconds) + change.offsetBefore).date
        let isWholeDays = period.wholeMicroseconds % Duration.seconds(86_400).wholeMicroseconds == 0
        return TextError(
            code: TextErrorCode.longPeriod,
            message:
                "`every: \(DurationText.format(period))` counts hours, so its times of day move"
                + " when clocks change, on \(InstantText.dateText(date)) in \(zone.name)",
            offset: 0,
            length: 0,
            remedy: isWholeDays
                ? "For a time of day use `at:` with `days:`" : "For times of day use `at:`"
        )
    }

    private var periodMicroseconds: Int64 { max(period, Self.shortestPeriod).wholeMicroseconds }

    /// The first fire time after an instant; O(1).
    func next(after instant: Timestamp, zone: ZoneRules, event: Timestamp?) -> Timestamp? {
        guard let grid = grid(zone: zone, event: event) else { return nil }
        let index = max(grid.index(atOrBefore: instant.clamped).addingOne, grid.indexes.lowerBound)
        return grid.indexes.contains(index) ? grid.instant(index) : nil
    }

    /// The last fire time at or before an instant; O(1).
    func previous(atOrBefore instant: Timestamp, zone: ZoneRules, event: Timestamp?) -> Timestamp? {
        guard let grid = grid(zone: zone, event: event) else { return nil }
        let index = min(grid.index(atOrBefore: instant.clamped), grid.indexes.upperBound)
        return grid.indexes.contains(index) ? grid.instant(index) : nil
    }

    /// How many fire times lie in (after, upTo]; O(1).
    func count(after: Timestamp, upTo: Timestamp, zone: ZoneRules, event: Timestamp?) -> Int {
        guard let grid = grid(zone: zone, event: event), upTo > after else { return 0 }
        let first = max(grid.index(atOrBefore: after.clamped).addingOne, grid.indexes.lowerBound)
        let last = min(grid.index(atOrBefore: upTo.clamped), grid.indexes.upperBound)
        return last >= first ? Int(last - first + 1) : 0
    }

    private func grid(zone: ZoneRules, event: Timestamp?) -> Grid? {
        let all = -Grid.indexMax...Grid.indexMax
        switch anchor {
        case .standard:
            return grid(at: zone.instant(of: CivilTime(wall: Self.standardWall)), all)
        case .timeOfDay(let time):
            let wall = Self.standardWall + time.secondOfDay
            return grid(at: zone.instant(of: CivilTime(wall: wall)), all)
        case .instant(let instant):
            return grid(at: instant, all)
        case .start:
            return event.map { grid(at: $0, 1...Grid.indexMax) }
        case .lastStart, .lastEnd:
            return event.map { grid(at: $0, 1...1) }
        }
    }

    private func grid(at origin: Timestamp, _ indexes: ClosedRange<Int64>) -> Grid {
        Grid(
            origin: origin.clamped.microseconds,
            period: periodMicroseconds,
            indexes: indexes
        )
    }
}

/// Instants origin + index × period, in microseconds.
private struct Grid {
    /// More seconds than lie between the first and the last year.
    static let indexMax: Int64 = 1 << 40

    var origin: Int64
    var period: Int64
    var indexes: ClosedRange<Int64>

    func index(atOrBefore instant: Timestamp) -> Int64 {
        let distance = instant.microseconds - origin
        let quotient = distance / period
        return distance % period < 0 ? quotient - 1 : quotient
    }

    /// The grid's instant; nil beyond the last year, and when the product overflows.
    func instant(_ index: Int64) -> Timestamp? {
        let (product, overflow) = index.multipliedReportingOverflow(by: period)
        guard !overflow else { return nil }
        let (sum, carried) = origin.addingReportingOverflow(product)
        guard !carried else { return nil }
        let instant = Timestamp(microseconds: sum)
        return instant.clamped == instant ? instant : nil
    }
}

extension Int64 {
    fileprivate var addingOne: Int64 { self + 1 }
}

extension Timestamp {
    /// The nearest instant of the years that fire times can have.
    var clamped: Timestamp { min(max(self, TimeLimits.earliest), TimeLimits.latest) }
}
