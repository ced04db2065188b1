/// The stretch of time whose lines are counted: from `start` on, before `end`.
package struct LogWindow: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The hour of the wall before the one that the nominal time lies in.
        case previousHour = "previous_hour"
        /// The date before the one that the nominal time lies in.
        case previousDay = "previous_day"
        /// What came since the last run; needs stored positions.
        case sinceLast = "since_last"
        /// Every line of every file.
        case all
    }

    package var start: Timestamp
    package var end: Timestamp

    package init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = end
    }

    /// The window of a run in a zone.
    ///
    /// Windows of consecutive hours or days meet without gap or overlap, also where the clock is
    /// changed: a day has 23, 24 or 25 hours, an hour that comes twice is two windows, an hour or a
    /// date that is jumped over is none, and where a clock goes by half an hour the hour in which it
    /// does is longer or shorter.
    ///
    /// - Parameters:
    ///   - nominal: the slot's nominal time; of a manual run, when it was asked for.
    ///   - kind: which window.
    ///   - rules: the schedule's zone.
    /// - Returns: the window; nil when every line counts.
    package static func window(
        for nominal: Timestamp,
        kind: Kind,
        rules: ZoneRules
    ) -> LogWindow? {
        switch kind {
        case .sinceLast, .all: return nil
        case .previousHour:
            let end = hourStart(Int(nominal.seconds), rules)
            return LogWindow(seconds: hourStart(end - 1, rules), end)
        case .previousDay:
            let end = dayStart(Int(nominal.seconds), rules)
            return LogWindow(seconds: dayStart(end - 1, rules), end)
        }
    }

    private init(seconds start: Int, _ end: Int) {
        self.init(start: Timestamp(seconds: Int64(start)), end: Timestamp(seconds: Int64(end)))
    }

    /// Where the wall's hour began: at a full hour, or where a change of the clock led into it.
    private static func hourStart(_ second: Int, _ rules: ZoneRules) -> Int {
        let span = rules.span(at: second)
        let wall = second + span.offset
        let start = second - (wall - wall.flooredQuotient(by: 3600) * 3600)
        guard start < span.start else { return start }
        let before = (span.wallBeforeChange - 1).flooredQuotient(by: 3600)
        guard span.firstWall.flooredQuotient(by: 3600) == before else { return span.start }
        return hourStart(span.start - 1, rules)
    }

    /// The first instant of the date that the wall shows.
    private static func dayStart(_ second: Int, _ rules: ZoneRules) -> Int {
        let date = CivilTime(wall: second + rules.span(at: second).offset).date
        return rules.resolve(wall: date.dayNumber * CivilTime.secondsPerDay).instant
    }
}
