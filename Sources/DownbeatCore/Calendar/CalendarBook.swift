/// All calendars of a service by their names: the built-in ones and those of its files.
///
/// A definition with the name of a built-in calendar goes over it: for the years that it knows it
/// counts, for others the built-in one still does. So a file with next year's dates is enough.
package struct CalendarBook: Sendable {
    /// Why a calendar cannot be made.
    package enum Failure: Error, Hashable, Sendable {
        case unknown(name: String)
        /// The names that lead back to the first, which stands at both ends.
        case cycle([String])
        /// Something that it is made of is wrong itself, which has been said there.
        case unusable(name: String)
    }

    /// The calendars that need no definition.
    package static let builtIn: [String: DayCalendar] = [
        ChineseWorkdays.name: ChineseWorkdays.calendar
    ]

    private var calendars: [String: Result<DayCalendar, Failure>] = [:]

    /// Only the built-in calendars.
    package init() { self.init([:]) }

    /// Makes the calendars of all definitions.
    ///
    /// - Parameters:
    ///   - definitions: by name.
    ///   - broken: names of calendars whose own definition was wrong: using one is not one more
    ///     mistake.
    package init(_ definitions: [String: CalendarDefinition], broken: Set<String> = []) {
        for (name, calendar) in Self.builtIn { calendars[name] = .success(calendar) }
        for name in broken { calendars[name] = .failure(.unusable(name: name)) }
        var open: [String] = []
        var made: [String: Result<DayCalendar, Failure>] = [:]
        for name in definitions.keys.sorted() {
            _ = Self.make(name, definitions, calendars, &made, &open)
        }
        calendars.merge(made) { _, own in own }
    }

    /// All names, sorted, for suggestions.
    package var names: [String] { calendars.keys.sorted() }

    /// The calendar of a name.
    package func calendar(named name: String) throws(Failure) -> DayCalendar {
        try (calendars[name] ?? .failure(.unknown(name: name))).get()
    }

    /// The calendar of an operation.
    package func calendar(
        of expression: CalendarDefinition.Expression
    ) throws(Failure) -> DayCalendar {
        if case .named(let name) = expression { return try calendar(named: name) }
        let table = try Self.table(of: expression) { name throws(Failure) in
            try calendar(named: name).table
        }
        return DayCalendar(name: expression.text, table: table)
    }

    /// A calendar with these answers, for a rule that the store kept.
    package func calendar(withContentHash hash: String) -> DayCalendar? {
        for name in names {
            guard case .success(let calendar) = calendars[name] else { continue }
            if calendar.contentHash == hash { return calendar }
        }
        return nil
    }

    private static func make(
        _ name: String,
        _ definitions: [String: CalendarDefinition],
        _ given: [String: Result<DayCalendar, Failure>],
        _ made: inout [String: Result<DayCalendar, Failure>],
        _ open: inout [String]
    ) -> Result<DayCalendar, Failure> {
        if let known = made[name] { return known }
        guard let definition = definitions[name] else {
            return given[name] ?? .failure(.unknown(name: name))
        }
        if let start = open.firstIndex(of: name) {
            return .failure(.cycle(open[start...] + [name]))
        }
        open.append(name)
        defer { open.removeLast() }
        let result: Result<DayCalendar, Failure>
        switch definition {
        case .dates(let dates):
            let base = builtIn[name]
            let table = base.map { dates.table.over($0.table) } ?? dates.table
            result = .success(DayCalendar(name: name, table: table, notes: dates.notes))
        case .set(let expression):
            do throws(Failure) {
                let table = try table(of: expression) { inner throws(Failure) in
                    try make(inner, definitions, given, &made, &open).get().table
                }
                result = .success(DayCalendar(name: name, table: table))
            } catch {
                result = .failure(Self.seen(error, by: name))
            }
        }
        made[name] = result
        return result
    }

    /// The failure of a calendar as its users see it.
    ///
    /// A mistake is reported where it stands: at the name that is unknown, at the calendars of a
    /// cycle. Whoever uses such a calendar only cannot use it.
    private static func seen(_ failure: Failure, by name: String) -> Failure {
        switch failure {
        case .unknown, .unusable: failure
        case .cycle(let names): names.contains(name) ? failure : .unusable(name: names[0])
        }
    }

    private static func table(
        of expression: CalendarDefinition.Expression,
        named: (String) throws(Failure) -> DayTable
    ) throws(Failure) -> DayTable {
        switch expression {
        case .named(let name):
            return try named(name)
        case .not(let item):
            return try table(of: item, named: named).inverted
        case .all(let items):
            var result: DayTable?
            for item in items {
                let next = try table(of: item, named: named)
                result = result?.and(next) ?? next
            }
            return result ?? DayTable(.daily)
        case .any(let items):
            var result: DayTable?
            for item in items {
                let next = try table(of: item, named: named)
                result = result?.or(next) ?? next
            }
            return result ?? DayTable(WorkingWeek(working: 0))
        }
    }
}
