import DownbeatCore

/// Turns the bytes of all files into a configuration, or into the list of everything that is wrong.
struct ConfigurationDecoder {
    /// Schedules of one service.
    static let scheduleCountMax = 100_000

    let context: DecodingContext
    private var contents: [FileContents] = []
    /// False when a file could not be read, so that what it declares is not known.
    private var isComplete = true
    private var decoded: [ScheduleDecoder.Decoded] = []
    /// The first place of each name, by its lower case form.
    private var names: [String: (name: String, node: YAMLNode)] = [:]

    init(context: DecodingContext) { self.context = context }

    /// Says that a file that should be among the sources could not be read.
    mutating func missSource() { isComplete = false }

    mutating func decode(_ sources: [(file: Int, bytes: SourceBytes)]) -> Configuration? {
        for source in sources { load(source.bytes, file: source.file) }
        let service = serviceFile()
        let serviceZone = zone(of: service) ?? context.builtInZone()
        var settings = ServiceSettings(zone: serviceZone?.name ?? DecodingContext.builtInZoneName)
        if let service {
            settings = ServiceDecoder(context: context, contents: service).decode(
                zone: settings.zone
            )
        }
        if let zone = serviceZone { context.calendarZone = zone }
        if let calendars = service?.keys[.calendars] {
            context.calendars = CalendarDecoder(context: context).decode(calendars)
        }
        context.calendars.isComplete = context.calendars.isComplete && isComplete
        // What the unread file declares is not known, so nothing can be said to be undeclared.
        let declared = isComplete ? DeclaredNames(contents) : DeclaredNames()
        let serviceLayer = service.flatMap(defaults)
        for file in contents {
            decodeSchedules(of: file, service, serviceLayer, serviceZone, declared)
        }
        check()
        guard !context.problems.hasErrors else { return nil }
        return Configuration(
            settings: settings,
            schedules: decoded.map(\.schedule),
            calendars: context.calendars.book
        )
    }

    // MARK: Files

    private mutating func load(_ source: SourceBytes, file: Int) {
        let text: String
        do {
            text = try source.decoded()
        } catch {
            report(error, source, file)
            isComplete = false
            return
        }
        let sourceText = SourceText(path: source.path, folder: source.folder, text: text)
        context.problems.setSource(sourceText, ofFile: file)
        var reader = YAMLReader(source: sourceText, file: file, problems: context.problems)
        switch reader.read() {
        case .empty:
            break
        case .unreadable:
            isComplete = false
        case .root(let root):
            // The dates of a calendar may lie beside the schedules; `calendars` reads them.
            if root.isNull || FileContents.isCalendar(root) { return }
            guard
                let found = FileContents(
                    root: root,
                    file: file,
                    path: source.path,
                    context: context
                )
            else {
                isComplete = false
                return
            }
            contents.append(found)
        }
    }

    private func report(_ refusal: SourceBytes.Refusal, _ source: SourceBytes, _ file: Int) {
        let place = refusal.offset.map(source.position(ofByte:)) ?? (line: 0, column: 0)
        if refusal.offset != nil {
            let text = String(decoding: source.bytes, as: UTF8.self)
            context.problems.setSource(
                SourceText(path: source.path, folder: source.folder, text: text),
                ofFile: file
            )
        }
        context.problems.add(
            Problem(
                code: refusal.code,
                message: refusal.message,
                spot: Spot(file: file, line: place.line, column: place.column),
                length: 1,
                label: refusal.label
            )
        )
    }

    /// The file with settings of the service, else the one that is named for it.
    private func serviceFile() -> FileContents? {
        let files = contents.filter { !$0.serviceKeys.isEmpty }
        guard let first = files.first else { return contents.first(where: \.hasServiceName) }
        for other in files.dropFirst() {
            guard let key = other.serviceKeys.first, let firstKey = first.serviceKeys.first else {
                continue
            }
            context.report(
                .severalServiceFiles,
                "settings of the service stand in two files, \(first.path) and \(other.path)",
                at: key.key,
                label: "move `\(key.name)` to \(first.path)",
                related: context.related(firstKey.key, "also here")
            )
        }
        return first
    }

    private func zone(of file: FileContents?) -> ZoneRules? {
        file?.keys[.timezone].flatMap { context.zone($0.value, of: "timezone") }
    }

    private func defaults(of file: FileContents) -> ScheduleFields.Layer? {
        guard let entry = file.keys[.defaults],
            let entries = context.entries(entry.value, of: "defaults")
        else { return nil }
        return ScheduleFields.layer(
            of: entries,
            at: .defaults,
            known: ScheduleKey.inheritable,
            in: context
        )
    }

    // MARK: Schedules

    private mutating func decodeSchedules(
        of file: FileContents,
        _ service: FileContents?,
        _ serviceLayer: ScheduleFields.Layer?,
        _ serviceZone: ZoneRules?,
        _ declared: DeclaredNames
    ) {
        let isService = file.file == service?.file
        let own = isService ? nil : defaults(of: file)
        let layers = [own, serviceLayer].compactMap { $0 }
        checkDefaults(isService ? serviceLayer : own, declared)
        var places: [ScheduleKey: SourcePlace] = [:]
        for layer in layers.reversed() {
            for (key, entry) in layer { places[key] = context.problems.place(entry.key.spot) }
        }
        let zone = file.keys[.timezone] == nil ? serviceZone : self.zone(of: file)
        let decoder = ScheduleDecoder(
            context: context,
            inherited: layers,
            declared: declared,
            inheritedPlaces: places
        )
        guard let entry = file.keys[.schedules], !entry.value.isNull else { return }
        if case .sequence = entry.value.content {
            context.report(
                .wrongShape,
                "`schedules` takes a map, not a list",
                at: entry.value,
                label: "write `name:` in place of `-`, with the name as the key"
            )
            return
        }
        guard let entries = context.entries(entry.value, of: "schedules") else { return }
        for entry in entries where !entry.name.hasPrefix("x-") {
            // Further problems would not be kept, so their schedules are not read.
            guard !context.problems.isClosed else { return context.problems.stopEarly() }
            let name = register(entry)
            // One with a wrong name is read too, so that all of its problems are reported at once.
            let found = decoder.decode(name: name ?? entry.name, entry: entry, fileZone: zone)
            if let found, name != nil { decoded.append(found) }
        }
    }

    /// Judges `defaults` even where no schedule inherits them.
    private func checkDefaults(_ layer: ScheduleFields.Layer?, _ declared: DeclaredNames) {
        guard let layer else { return }
        _ = PolicyDecoder(
            fields: ScheduleFields(layers: [[:], layer]),
            context: context,
            declared: declared
        ).decode()
        JitterDecoder(fields: ScheduleFields(layers: [[:], layer]), context: context)
            .checkDefault()
    }

    /// The schedule's name in NFC; nil when it cannot be one, or is taken.
    private mutating func register(_ entry: YAMLEntry) -> String? {
        guard let name = context.checkName(entry.name, at: entry.key, noun: "schedule") else {
            return nil
        }
        guard let earlier = names[name.lowercased()] else {
            names[name.lowercased()] = (name, entry.key)
            if names.count == Self.scheduleCountMax + 1 {
                context.report(
                    .tooManySchedules,
                    "a service has at most \(Self.scheduleCountMax) schedules",
                    at: entry.key
                )
            }
            return name
        }
        if earlier.name == name {
            context.report(
                .duplicate,
                "duplicate schedule `\(name)`",
                at: entry.key,
                label: "also defined here",
                related: context.related(earlier.node, "first definition")
            )
        } else {
            context.report(
                .namesDifferByCase,
                "`\(name)` and `\(earlier.name)` differ by case only",
                at: entry.key,
                label: "choose another name",
                related: context.related(earlier.node, "the other name")
            )
        }
        return nil
    }

    // MARK: Checks across schedules

    private func check() {
        checkRenames()
        LeaderCheck(context: context, decoded: decoded, names: names, isComplete: isComplete)
            .check()
        if names.isEmpty, isComplete, !context.problems.hasErrors, !context.problems.sources.isEmpty
        {
            context.problems.add(
                Problem(
                    code: .noSchedules,
                    message: "there are no schedules",
                    spot: Spot(file: 0, line: 0, column: 0),
                    length: 1,
                    label: "add one under `schedules:`"
                )
            )
        }
    }

    private func checkRenames() {
        var taken: [String: YAMLNode] = [:]
        for item in decoded {
            guard let old = item.schedule.renamedFrom, let node = item.renamedFromNode else {
                continue
            }
            if old == item.schedule.name {
                context.report(
                    .renamedFromItself,
                    "`\(old)` cannot be renamed from itself",
                    at: node,
                    label: "write the old name, or remove the key"
                )
            } else if let existing = names[old.lowercased()], existing.name == old {
                context.report(
                    .renamedFromExisting,
                    "`\(old)` still exists, so nothing was renamed from it",
                    at: node,
                    label: "remove the key, or the old schedule",
                    related: context.related(existing.node, "the old schedule")
                )
            } else if let first = taken[old] {
                context.report(
                    .renamedTwice,
                    "two schedules are renamed from `\(old)`",
                    at: node,
                    label: "one of them can take over its history",
                    related: context.related(first, "the other one")
                )
            } else {
                taken[old] = node
            }
        }
    }
}
