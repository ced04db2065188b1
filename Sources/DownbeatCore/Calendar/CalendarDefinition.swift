/// What a file says of one calendar: dates, or an operation on other calendars.
package enum CalendarDefinition: Hashable, Sendable {
    case dates(Dates)
    case set(Expression)

    /// A week with exceptions, known for some years.
    package struct Dates: Hashable, Sendable {
        package var base: WorkingWeek
        /// Ranges of day numbers; `on` goes over `off`, so that a make-up day may lie in a holiday.
        package var off: [ClosedRange<Int>]
        package var on: [ClosedRange<Int>]
        /// Nil: the years in which the dates lie; without dates, all.
        package var years: ClosedRange<Int>?
        package var beyond: Beyond
        package var notes: [Int: String]

        package init(
            base: WorkingWeek = .weekdays,
            off: [ClosedRange<Int>] = [],
            on: [ClosedRange<Int>] = [],
            years: ClosedRange<Int>? = nil,
            beyond: Beyond = .unknown,
            notes: [Int: String] = [:]
        ) {
            self.base = base
            self.off = off
            self.on = on
            self.years = years
            self.beyond = beyond
            self.notes = notes
        }
    }

    /// What is assumed of dates outside the years.
    package enum Beyond: String, Hashable, Sendable, CaseIterable {
        /// Nothing: slots there are skipped, and `status` shows it.
        case unknown
        /// Monday to Friday work: the explicit opt-out.
        case weekdays
    }

    /// Working days made of those of other calendars.
    package indirect enum Expression: Hashable, Sendable {
        case named(String)
        /// Days on which all work.
        case all([Expression])
        /// Days on which at least one works.
        case any([Expression])
        /// Days on which the other is off.
        case not(Expression)
    }
}

extension CalendarDefinition.Dates {
    /// The years for which it knows something; nil: all.
    package var knownYears: ClosedRange<Int>? {
        if let years { return years }
        let days = (off + on).flatMap { [$0.lowerBound, $0.upperBound] }
        guard let first = days.min(), let last = days.max() else { return nil }
        return CivilDate(dayNumber: first).year...CivilDate(dayNumber: last).year
    }

    var table: DayTable {
        guard let years = knownYears else { return DayTable(base) }
        let first = CivilDate(year: years.lowerBound, month: 1, day: 1).dayNumber
        let last = CivilDate(year: years.upperBound, month: 12, day: 31).dayNumber
        var table = DayTable(
            base,
            in: first...last,
            beyond: beyond == .weekdays ? DayTable.Week(.weekdays) : .outside
        )
        for range in off where range.overlaps(first...last) {
            table.set(range.clamped(to: first...last), .off)
        }
        for range in on where range.overlaps(first...last) {
            table.set(range.clamped(to: first...last), .working)
        }
        return table
    }
}

extension CalendarDefinition.Expression {
    /// As messages say it: `all_of cn-workdays, not trading`.
    package var text: String {
        switch self {
        case .named(let name): name
        case .all(let items): "all_of " + Self.list(items)
        case .any(let items): "any_of " + Self.list(items)
        case .not(let item): "not " + item.nested
        }
    }

    private var nested: String {
        switch self {
        case .named, .not: text
        case .all, .any: "(\(text))"
        }
    }

    private static func list(_ items: [CalendarDefinition.Expression]) -> String {
        items.map(\.nested).joined(separator: ", ")
    }

    /// The names in it, in their order.
    package var names: [String] {
        switch self {
        case .named(let name): [name]
        case .all(let items), .any(let items): items.flatMap(\.names)
        case .not(let item): item.names
        }
    }
}
