import DownbeatCore

/// Reads `calendars:`: dates, files of dates, and operations on other calendars.
struct CalendarDecoder {
    /// Calendars of one service, and operands of one operation.
    static let countMax = 200
    /// Operations inside one another.
    static let depthMax = 8

    let context: DecodingContext

    /// Reads all entries and makes the calendars they stand for.
    func decode(_ entry: YAMLEntry) -> DeclaredCalendars {
        var declared = DeclaredCalendars()
        guard let entries = context.entries(entry.value, of: "calendars") else {
            declared.isComplete = false
            return declared
        }
        if entries.count > Self.countMax {
            context.report(
                .numberOutOfRange,
                "a service has at most \(Self.countMax) calendars, not \(entries.count)",
                at: entry.key
            )
        }
        var definitions: [String: CalendarDefinition] = [:]
        var broken: Set<String> = []
        for entry in entries.prefix(Self.countMax) where !entry.name.hasPrefix("x-") {
            guard let name = context.checkName(entry.name, at: entry.key, noun: "calendar") else {
                continue
            }
            declared.places[name] = entry.key
            if let definition = definition(entry) {
                definitions[name] = definition
            } else {
                broken.insert(name)
            }
        }
        declared.book = CalendarBook(definitions, broken: broken)
        for (name, node) in declared.places.sorted(by: { $0.key < $1.key })
        where !broken.contains(name) {
            do throws(CalendarBook.Failure) {
                _ = try declared.book.calendar(named: name)
            } catch {
                report(error, at: node, declared.book)
            }
        }
        return declared
    }

    /// Reports that a calendar cannot be had; what was said elsewhere is not said again.
    func report(_ failure: CalendarBook.Failure, at node: YAMLNode, _ book: CalendarBook) {
        switch failure {
        case .unusable: break
        case .unknown(let name):
            let near = Suggestion.nearest(to: name, among: book.names)
            context.report(
                .unknownCalendar,
                "no calendar `\(name)`",
                at: node,
                label: near.isEmpty
                    ? "declare it under `calendars:`; known: \(book.names.joined(separator: ", "))"
                    : "did you mean \(near.map { "`\($0)`" }.joined(separator: " or "))?",
                suggestion: near.count == 1 ? near.first : nil
            )
        case .cycle(let names):
            context.report(
                .calendarCycle,
                "calendar `\(names[0])` is made of itself: \(names.joined(separator: " -> "))",
                at: node,
                label: "take one of them out"
            )
        }
    }

    private func definition(_ entry: YAMLEntry) -> CalendarDefinition? {
        guard let entries = context.entries(entry.value, of: entry.name) else { return nil }
        guard let keys = known(entries, InnerKey.calendar, parent: entry.name) else { return nil }
        let sets = InnerKey.calendarSets.compactMap { keys[$0] }
        guard let set = sets.first else { return dates(keys, entry) }
        let others = keys.values.filter { $0.name != set.name }
            .sorted {
                ($0.key.spot.line, $0.key.spot.column) < ($1.key.spot.line, $1.key.spot.column)
            }
        if let other = others.first {
            context.report(
                .calendarForm,
                "`\(set.name)` and `\(other.name)` exclude each other: a calendar is made of dates, or"
                    + " of one operation on others",
                at: other.key,
                label: "make two calendars",
                related: context.related(set.key, "the operation")
            )
            return nil
        }
        return expression(set, depth: 0).map(CalendarDefinition.set)
    }

    /// Sorts the keys of a map; nil when there was an unknown one, which is reported.
    private func known(
        _ entries: [YAMLEntry],
        _ names: [String],
        parent: String
    ) -> [String: YAMLEntry]? {
        var keys: [String: YAMLEntry] = [:]
        var isGood = true
        for entry in entries where !entry.name.hasPrefix("x-") {
            if names.contains(entry.name) {
                keys[entry.name] = entry
            } else {
                context.reportUnknown(entry, at: .inner(parent: parent, keys: names))
                isGood = false
            }
        }
        return isGood ? keys : nil
    }

    // MARK: Operations

    /// An operation as a schedule or another one has it: a name, or a map with one operation.
    func expression(
        _ node: YAMLNode,
        of key: String,
        depth: Int = 0
    )
        -> CalendarDefinition.Expression?
    {
        guard case .mapping(let entries) = node.content else {
            return context.text(node, of: key).map(CalendarDefinition.Expression.named)
        }
        guard let keys = known(entries, InnerKey.calendarSets, parent: key) else { return nil }
        guard keys.count == 1, let set = keys.values.first else {
            context.report(
                .calendarForm,
                "`\(key)` takes a name, or a map with one of `all_of`, `any_of`, `not`",
                at: node
            )
            return nil
        }
        return expression(set, depth: depth)
    }

    private func expression(_ set: YAMLEntry, depth: Int) -> CalendarDefinition.Expression? {
        guard depth < Self.depthMax else {
            context.report(
                .calendarForm,
                "operations stand more than \(Self.depthMax) deep in one another",
                at: set.key,
                label: "give the inner ones names under `calendars:`"
            )
            return nil
        }
        if set.name == "not" {
            return expression(set.value, of: "not", depth: depth + 1)
                .map(CalendarDefinition.Expression.not)
        }
        guard case .sequence(let nodes) = set.value.content, !nodes.isEmpty,
            nodes.count <= Self.countMax
        else {
            context.report(
                .wrongShape,
                "`\(set.name)` takes a list of calendars",
                at: set.value,
                label: "write `[cn-workdays, weekdays-only]`"
            )
            return nil
        }
        let items = nodes.compactMap { expression($0, of: set.name, depth: depth + 1) }
        guard items.count == nodes.count else { return nil }
        return set.name == "all_of" ? .all(items) : .any(items)
    }

    // MARK: Dates

    private func dates(_ keys: [String: YAMLEntry], _ entry: YAMLEntry) -> CalendarDefinition? {
        guard !keys.isEmpty else {
            context.report(
                .calendarForm,
                "calendar `\(entry.name)` says nothing",
                at: entry.key,
                label: "write `{ off: [2026-01-01] }`, `{ file: … }` or `{ all_of: [ … ] }`"
            )
            return nil
        }
        let own = written(keys)
        if let events = keys["events"], keys["file"] == nil {
            context.report(
                .companionMissing,
                "`events` goes with `file`, which is missing",
                at: events.key,
                label: "add `file`, or remove this key"
            )
            return nil
        }
        guard let file = keys["file"] else {
            return own.map { .dates($0.merged(over: nil)) }
        }
        let events = keys["events"].map { context.word($0.value, of: "events", as: Events.self) }
        guard let own, events ?? .off != nil else { return nil }
        let reader = CalendarFileReader(context: context, dates: written)
        let read = reader.read(file.value, events: (events ?? .off) ?? .off, years: own.years)
        guard let read else { return nil }
        return .dates(own.merged(over: read))
    }

    /// What the days of an .ics file are.
    enum Events: String, CaseIterable {
        case off
        case on
    }

    /// The keys about dates, of a calendar or of its file.
    private func written(_ keys: [String: YAMLEntry]) -> WrittenDates? {
        var dates = WrittenDates()
        var isGood = true
        func read<Value>(_ key: String, _ value: (YAMLNode) -> Value?) -> Value? {
            guard let entry = keys[key] else { return nil }
            let found = value(entry.value)
            isGood = isGood && found != nil
            return found
        }
        dates.base = read("base", week)
        dates.off = read("off") { ranges($0, of: "off") } ?? []
        dates.on = read("on") { ranges($0, of: "on") } ?? []
        dates.beyond = read("beyond") {
            context.word($0, of: "beyond", as: CalendarDefinition.Beyond.self)
        }
        dates.years = read("years") { node in
            context.text(node, of: "years").flatMap { text in
                context.parse(text, in: node, CalendarDates.parseYears)
            }
        }
        return isGood ? dates : nil
    }

    /// `weekdays`, `daily`, or weekdays by their names.
    private func week(_ node: YAMLNode) -> WorkingWeek? {
        guard let items = context.texts(node, of: "base", single: .allowed) else { return nil }
        var bits: UInt8 = 0
        var isGood = true
        for item in items {
            for word in item.text.split(whereSeparator: { $0 == "," || $0 == " " }) {
                if let found = WorkingWeek.bits(of: String(word)) {
                    bits |= found
                    continue
                }
                isGood = false
                let near = Suggestion.nearest(to: String(word), among: WorkingWeek.words)
                context.report(
                    .unknownWord,
                    "`base` has no value `\(word)`",
                    at: item.node,
                    label: near.isEmpty
                        ? "`weekdays`, `daily`, or weekdays such as `[sun-thu]`"
                        : "did you mean \(near.map { "`\($0)`" }.joined(separator: " or "))?",
                    suggestion: near.count == 1 ? near.first : nil
                )
            }
        }
        return isGood ? WorkingWeek(working: bits) : nil
    }

    private func ranges(_ node: YAMLNode, of key: String) -> [ClosedRange<Int>]? {
        if case .sequence(let items) = node.content, items.isEmpty { return [] }
        guard let items = context.texts(node, of: key, single: .allowed) else { return nil }
        let ranges = items.compactMap { context.parse($0.text, in: $0.node, CalendarDates.parse) }
        return ranges.count == items.count ? ranges : nil
    }
}

/// Dates as one map writes them; nil where it is silent.
struct WrittenDates {
    var base: WorkingWeek?
    var off: [ClosedRange<Int>] = []
    var on: [ClosedRange<Int>] = []
    var years: ClosedRange<Int>?
    var beyond: CalendarDefinition.Beyond?
    var notes: [Int: String] = [:]

    /// The definition with what a file says where the map itself is silent; dates add up.
    func merged(over file: WrittenDates?) -> CalendarDefinition.Dates {
        CalendarDefinition.Dates(
            base: base ?? file?.base ?? .weekdays,
            off: off + (file?.off ?? []),
            on: on + (file?.on ?? []),
            years: years ?? file?.years,
            beyond: beyond ?? file?.beyond ?? .unknown,
            notes: file?.notes ?? [:]
        )
    }
}
