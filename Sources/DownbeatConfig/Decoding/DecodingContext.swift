import DownbeatCore

/// What all parts of the decoder share while one configuration is read.
final class DecodingContext {
    let problems: ProblemCollector
    let zones: any ZoneSource
    let environment: [String: String]
    let now: Timestamp
    let programs: ProgramSearch
    /// Reads another file that one names; nil: only what was given may be read.
    let readFile: ((FileSearch.File, Int) -> Result<FileAccess.Content, FileAccess.Failure>)?
    /// What `calendars:` declares; set before schedules are read.
    var calendars = DeclaredCalendars()
    /// In which times of calendar files in UTC have their dates.
    var calendarZone = ZoneRules.utc
    /// Calendars whose end has been warned about.
    var warnedCalendars: Set<String> = []
    private var zoneCache: [String: Result<ZoneRules, ZoneError>] = [:]

    init(
        problems: ProblemCollector,
        zones: any ZoneSource,
        environment: [String: String],
        now: Timestamp,
        programs: ProgramSearch,
        readFile: ((FileSearch.File, Int) -> Result<FileAccess.Content, FileAccess.Failure>)? = nil
    ) {
        self.readFile = readFile
        self.problems = problems
        self.zones = zones
        self.environment = environment
        self.now = now
        self.programs = programs
    }

    // MARK: Problems

    /// Reports a problem that concerns a whole node.
    func report(
        _ code: DiagnosticCode,
        _ message: String,
        at node: YAMLNode,
        label: String = "",
        suggestion: String? = nil,
        help: String? = nil,
        related: Problem.Related? = nil,
        showsLine: Bool = true
    ) {
        guard !problems.isFull else { return problems.leaveOut(code.rawValue) }
        let extent = extent(of: node)
        problems.add(
            Problem(
                code: code,
                message: message,
                spot: Spot(file: node.spot.file, line: node.spot.line, column: extent.column),
                length: extent.length,
                label: label,
                suggestion: suggestion,
                help: help,
                related: related,
                showsLine: showsLine
            )
        )
    }

    /// Reads the text of a scalar; nil when the parser refuses it, which is reported at its place.
    func parse<Value>(
        _ text: String,
        in node: YAMLNode,
        _ parser: (String) throws(TextError) -> Value
    ) -> Value? {
        do {
            return try parser(text)
        } catch {
            report(error, in: node, text: text)
            return nil
        }
    }

    /// Reports an error inside the text of a scalar, at its exact place where the text allows it.
    ///
    /// `text` is what was parsed, which after a substitution is not the node's own; `length` says how
    /// much is marked where the error does not.
    func report(_ error: TextError, in node: YAMLNode, text: String, length marked: Int? = nil) {
        guard !problems.isFull else { return problems.leaveOut(error.code) }
        let extent = extent(of: node)
        var column = extent.column
        var length = extent.length
        if extent.isExact, text == node.text {
            let inner = extent.textColumn + error.offset
            column = min(inner, extent.column + extent.length)
            length = max(1, marked ?? error.length)
        }
        problems.add(
            Problem(
                rawCode: error.code,
                message: error.message,
                spot: Spot(file: node.spot.file, line: node.spot.line, column: column),
                length: length,
                label: Self.asLabel(error.remedy ?? "")
            )
        )
    }

    /// A sentence as it stands beside carets: without a capital.
    static func asLabel(_ sentence: String) -> String {
        guard let first = sentence.first, sentence.dropFirst().first?.isLowercase ?? false else {
            return sentence
        }
        return first.lowercased() + sentence.dropFirst()
    }

    /// A second place for a message that names two keys.
    func related(_ node: YAMLNode, _ label: String) -> Problem.Related {
        let extent = extent(of: node)
        return Problem.Related(
            spot: Spot(file: node.spot.file, line: node.spot.line, column: extent.column),
            length: extent.length,
            label: label
        )
    }

    private func extent(of node: YAMLNode) -> ScalarExtent {
        guard problems.sources.indices.contains(node.spot.file),
            let source = problems.sources[node.spot.file]
        else { return ScalarExtent(column: node.spot.column) }
        return ScalarExtent(of: node, in: source)
    }

    // MARK: Zones

    /// The zone where no file names one.
    static let builtInZoneName = "Asia/Shanghai"

    /// How far ahead changes of the clock are looked at.
    static let changeHorizon = Duration.seconds(366 * 86_400)

    /// Within this time a zone has changes of the clock, or is one without them: years in which a
    /// law is not in force, as over Ramadan, are not that long.
    private static let lastingHorizon = Duration.seconds(5 * 366 * 86_400)

    private var forwardCache: [String: Bool] = [:]
    private var changeCache: [String: ZoneChange?] = [:]

    /// The rules of the built-in zone; nil when the system has no zone data, which is reported.
    func builtInZone() -> ZoneRules? {
        switch zone(named: Self.builtInZoneName) {
        case .success(let rules): return rules
        case .failure(let error):
            problems.add(
                Problem(
                    code: .zoneData,
                    message: error.message,
                    spot: Spot(file: 0, line: 0, column: 0),
                    length: 1,
                    label: Self.asLabel(error.remedy(among: []))
                )
            )
            return nil
        }
    }

    /// Whether a zone's clocks go forward within the horizon; asked of each zone once.
    func clocksGoForward(in zone: ZoneRules) -> Bool {
        if let known = forwardCache[zone.name] { return known }
        let goForward = zone.changes(after: now, upTo: now + Self.changeHorizon)
            .contains { $0.offsetAfter > $0.offsetBefore }
        forwardCache[zone.name] = goForward
        return goForward
    }

    /// The next change of a zone's clocks within some years; asked of each zone once.
    func nextChange(in zone: ZoneRules) -> ZoneChange? {
        if let known = changeCache[zone.name] { return known }
        let change = zone.changes(after: now, upTo: now + Self.lastingHorizon, limit: 1).first
        changeCache[zone.name] = .some(change)
        return change
    }

    /// The rules of a zone, looked up once.
    func zone(named name: String) -> Result<ZoneRules, ZoneError> {
        if let known = zoneCache[name] { return known }
        let result: Result<ZoneRules, ZoneError>
        do {
            result = .success(try zones.zone(named: name))
        } catch {
            result = .failure(error)
        }
        zoneCache[name] = result
        return result
    }
}
