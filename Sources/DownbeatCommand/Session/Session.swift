import DownbeatCore
import Foundation

/// One run of one command: its context and its global options, resolved.
struct Session {
    let context: CommandContext
    let options: GlobalOptions
    let format: OutputFormat
    /// The command's one reading of the clock, for everything that is said about "now".
    let now: Timestamp

    /// The width used when neither the terminal nor `COLUMNS` tells.
    private static let standardWidth = 80
    /// Narrower than this no table can be read.
    private static let leastWidth = 40
    /// Where schedules are looked for when nothing is named.
    static let standardConfiguration = "schedules"

    init(context: CommandContext, options: GlobalOptions) {
        self.context = context
        self.options = options
        format =
            options.isJSON
            ? .json
            : options.format ?? .standard(isTerminal: context.terminal.outputIsTerminal)
        now = context.clocks.now
    }

    var operations: any Operations { context.operations }

    var isTable: Bool { format == .table }

    var colour: Bool {
        isTable
            && options.colour.allows(
                isTerminal: context.terminal.outputIsTerminal,
                environment: context.environment
            )
    }

    var errorColour: Bool {
        options.colour.allows(
            isTerminal: context.terminal.errorIsTerminal,
            environment: context.environment
        )
    }

    /// The language that the user asks for; English if none.
    var language: Language { options.language ?? .english }

    /// The language of explanations: as asked for, else that of the locale for people, and English
    /// for machines.
    var explanationLanguage: Language {
        if let language = options.language { return language }
        return isTable ? Language(environment: context.environment) : .english
    }

    var width: Int { Self.width(context) }

    /// Cells in a line: `COLUMNS`, the terminal, 80.
    static func width(_ context: CommandContext) -> Int {
        let told = context.environment["COLUMNS"].flatMap { Int($0) } ?? context.terminal.columns
        return max(leastWidth, told ?? standardWidth)
    }

    // MARK: Output

    /// Data: goes to stdout as it is.
    func write(_ text: String) {
        context.output.write(text)
    }

    /// A line of data for people.
    func line(_ text: String = "") {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        write(lines.map { SafeText.output(String($0)) + "\n" }.joined())
    }

    /// A line of talk: hints and progress, on stderr, and not when asked to be quiet.
    func say(_ text: String) {
        guard !options.isQuiet else { return }
        context.errors.write(SafeText.output(text) + "\n")
    }

    /// Writes the listing for machines, or calls `table` for people.
    func emit(_ listing: Listing, table: () -> Void) {
        if isTable { table() } else { write(listing.render(format)) }
    }

    func write(_ table: Table) {
        write(table.render(width: width, colour: colour))
    }

    // MARK: Files

    /// The files or folders to read schedules from.
    var configurationPaths: [ConfigurationPath] {
        let named = options.config ?? context.environment["DOWNBEAT_CONFIG"]
        let shown = named.flatMap { $0.isEmpty ? nil : $0 } ?? Self.standardConfiguration
        return [path(shown)]
    }

    /// A path as typed, with its absolute form.
    func path(_ shown: String) -> ConfigurationPath {
        ConfigurationPath(path: absolute(shown), shown: shown)
    }

    func absolute(_ path: String) -> String {
        var parts: [Substring] = []
        let whole = path.hasPrefix("/") ? path : context.workingDirectory + "/" + path
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// An absolute path as short as it can be said from the working directory.
    func shown(_ path: String) -> String {
        let base = context.workingDirectory == "/" ? "/" : context.workingDirectory + "/"
        return path.hasPrefix(base) ? "./" + path.dropFirst(base.count) : path
    }

    /// What the schedule files say.
    ///
    /// - Throws: `CommandError` 66 when there are none, 78 when they have errors.
    func configuration() throws(CommandError) -> Configuration {
        let reading = operations.readConfiguration(configurationPaths)
        if let missing = reading.missing { throw noSchedules(missing) }
        guard let configuration = reading.configuration else {
            let renderer = DiagnosticRenderer(colouring: errorColour ? .coloured : .plain)
            for diagnostic in reading.diagnostics where diagnostic.severity == .error {
                context.errors.write(renderer.line(diagnostic) + "\n")
            }
            let errors = reading.diagnostics.filter { $0.severity == .error }.count
            throw CommandError(
                .configuration,
                "the schedule files have \(Words.count(errors, "error"))",
                remedy: "see them in full with: downbeat check"
                    + (configurationPaths.first.map {
                        $0.shown == Self.standardConfiguration ? "" : " \($0.shown)"
                    } ?? "")
            )
        }
        return configuration
    }

    /// What the schedule files say, or nil when there are none or they have errors: for commands
    /// that can do without.
    func configurationIfAny() -> Configuration? {
        operations.readConfiguration(configurationPaths).configuration
    }

    func noSchedules(_ path: String) -> CommandError {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: absolute(path), isDirectory: &isFolder)
        return CommandError(
            .missing,
            isThere && isFolder.boolValue
                ? "no schedule files at \(path): the folder has no *.yaml"
                : "no schedule files at \(path)",
            remedy: "run `downbeat init` or use --config"
        )
    }

    /// The state folder that the user names: `--state`, or the variable `DOWNBEAT_STATE`; nil: none.
    var namedState: String? {
        if let state = options.state.last { return state }
        return context.environment["DOWNBEAT_STATE"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The state folder: as named, the files' `state`, `.downbeat` in the working directory.
    func stateFolder(_ settings: ServiceSettings?) -> String {
        if let state = namedState { return absolute(state) }
        return settings?.stateFolder ?? absolute(".downbeat")
    }

    /// The schedules' state, for commands that need it.
    ///
    /// - Throws: `CommandError` 66 when there is no database.
    func state(_ settings: ServiceSettings?) throws(CommandError) -> any StateAccess {
        let folder = stateFolder(settings)
        do {
            return try operations.openState(folder: folder)
        } catch {
            throw CommandError(error, folder: folder)
        }
    }

    /// The schedules' state, or nil when there is no database.
    func stateIfAny(_ settings: ServiceSettings?) throws(CommandError) -> (any StateAccess)? {
        let folder = stateFolder(settings)
        do {
            return try operations.openState(folder: folder)
        } catch .missing {
            return nil
        } catch {
            throw CommandError(error, folder: folder)
        }
    }

    /// Runs a read or a control, its errors in the words of a command.
    func with<Value>(
        _ settings: ServiceSettings?,
        _ body: () throws(StoreError) -> Value
    ) throws(CommandError) -> Value {
        do {
            return try body()
        } catch {
            throw CommandError(error, folder: stateFolder(settings))
        }
    }

    // MARK: Time

    /// How to show times: `--zone`, else the files' zone.
    func times(_ settings: ServiceSettings?) throws(CommandError) -> TimeText {
        TimeText(zone: try zone(options.zone ?? settings?.zone ?? ServiceSettings().zone), now: now)
    }

    /// The rules of a zone that a user named.
    func zone(_ name: String) throws(CommandError) -> ZoneRules {
        do {
            return try operations.zones.zone(named: name)
        } catch {
            throw CommandError(error, zones: operations.zones)
        }
    }

    /// An instant that a user typed: a date, a local date and time, or RFC 3339.
    func instant(
        _ text: String,
        option: String,
        zone: ZoneRules,
        bareDate: InstantText.DateHandling = .startOfDay
    ) throws(CommandError) -> Timestamp {
        do {
            return try InstantText.parse(text, zone: zone, bareDate: bareDate)
        } catch {
            throw CommandError(error, text: text, option: option)
        }
    }

    /// A duration that a user typed.
    func duration(_ text: String, option: String) throws(CommandError) -> Duration {
        do {
            return try DurationText.parse(text)
        } catch {
            throw CommandError(error, text: text, option: option)
        }
    }
}

extension CommandError {
    /// An error inside a text that the user typed.
    init(_ error: TextError, text: String, option: String) {
        self.init(
            .usage,
            "\(option) `\(text)`",
            why: error.message,
            remedy: error.remedy
        )
    }

    /// A zone that is not to be had.
    init(_ error: ZoneError, zones: any ZoneSource) {
        let status: ExitStatus =
            switch error {
            case .unknown: .usage
            case .dataMissing: .missing
            case .malformed: .data
            }
        guard case .unknown(let name) = error else {
            self.init(status, error.message, remedy: error.remedy(among: zones.zoneNames))
            return
        }
        let near = ZoneName.candidates(for: name, among: zones.zoneNames)
        guard !near.isEmpty else {
            self.init(status, error.message, remedy: error.remedy(among: zones.zoneNames))
            return
        }
        let list = near.map { "`\($0)`" }.joined(separator: " or ")
        self.init(status, "\(error.message); did you mean \(list)?")
    }
}
