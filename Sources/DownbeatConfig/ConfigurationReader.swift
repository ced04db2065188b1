package import DownbeatCore

/// Reads schedule files: from a file, a folder of `*.yaml`, or a list of files.
///
/// All problems of all files are found in one pass. Nothing is written, and nothing but the files
/// and the zone data is read; of programs that built-ins start it is asked whether they are there.
///
/// Cost: 10,000 schedules take less than a second.
package struct ConfigurationReader: Sendable {
    /// The folder that is read when none is named.
    package static let defaultPath = "schedules"

    private let zones: any ZoneSource
    private let environment: [String: String]
    private let workingDirectory: String
    private let programs: ProgramSearch

    /// A reader that can be used any number of times.
    ///
    /// - Parameters:
    ///   - zones: where zone rules come from.
    ///   - environment: the variables for `${NAME}`, and `SUDO_UID` of a root that checks owners.
    ///   - workingDirectory: from where relative paths count; absolute.
    ///   - programs: whether a program that a built-in starts is installed.
    package init(
        zones: any ZoneSource,
        environment: [String: String],
        workingDirectory: String,
        programs: ProgramSearch = .system
    ) {
        self.zones = zones
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.programs = programs
    }

    /// Reads a file, or the `*.yaml` and `*.yml` of a folder in order of their names.
    ///
    /// - Parameters:
    ///   - path: nil: `schedules`.
    ///   - now: decides what has passed, which only ever gives warnings.
    /// - Returns: the configuration, or all that is wrong with it.
    package func read(_ path: String?, now: Timestamp) -> ConfigurationReading {
        let path = path ?? Self.defaultPath
        let search = FileSearch(workingDirectory: workingDirectory)
        switch search.files(at: path) {
        case .found(let files): return read(files: files, now: now)
        case .refused(let problem): return Self.reading(of: problem, at: path)
        }
    }

    /// Reads the files named, in this order; folders among them stand for their files.
    ///
    /// - Parameters:
    ///   - paths: at least one.
    ///   - now: decides what has passed, which only ever gives warnings.
    /// - Returns: the configuration, or all that is wrong with it.
    package func read(paths: [String], now: Timestamp) -> ConfigurationReading {
        let search = FileSearch(workingDirectory: workingDirectory)
        var files: [FileSearch.File] = []
        for path in paths {
            switch search.files(at: path) {
            case .found(let found):
                for file in found where !files.contains(where: { $0.absolute == file.absolute }) {
                    files.append(file)
                }
            case .refused(let problem): return Self.reading(of: problem, at: path)
            }
        }
        return read(files: files, now: now)
    }

    /// Decodes bytes that are there already, without a look at the disk.
    package func decode(_ sources: [SourceBytes], now: Timestamp) -> ConfigurationReading {
        let problems = ProblemCollector()
        let numbered = sources.map { (problems.register($0.path), $0) }
        return decode(numbered, unread: 0, problems, now, readFile: nil)
    }

    private func read(files: [FileSearch.File], now: Timestamp) -> ConfigurationReading {
        let problems = ProblemCollector()
        let access = FileAccess(environment: environment)
        var sources: [(file: Int, bytes: SourceBytes)] = []
        var checkedFolders: Set<String> = []
        for file in files {
            let number = problems.register(file.path)
            if checkedFolders.insert(file.folder).inserted {
                for problem in access.problems(ofFolder: file, number: number) {
                    problems.add(problem)
                }
            }
            switch access.read(file, number: number) {
            case .success(let result):
                for warning in result.warnings { problems.add(warning) }
                sources.append((number, result.source))
            case .failure(let failure):
                problems.add(failure.problem)
            }
        }
        return decode(sources, unread: files.count - sources.count, problems, now) {
            access.read($0, number: $1)
        }
    }

    private func decode(
        _ sources: [(file: Int, bytes: SourceBytes)],
        unread: Int,
        _ problems: ProblemCollector,
        _ now: Timestamp,
        readFile: ((FileSearch.File, Int) -> Result<FileAccess.Content, FileAccess.Failure>)?
    ) -> ConfigurationReading {
        let context = DecodingContext(
            problems: problems,
            zones: zones,
            environment: environment,
            now: now,
            programs: programs,
            readFile: readFile
        )
        var decoder = ConfigurationDecoder(context: context)
        if unread > 0 { decoder.missSource() }
        var configuration = decoder.decode(sources)
        let diagnostics = problems.diagnostics()
        configuration?.warnings = diagnostics
        configuration?.files = problems.files
        return ConfigurationReading(
            configuration: configuration,
            diagnostics: diagnostics,
            files: problems.files,
            scheduleCount: configuration?.schedules.count ?? 0
        )
    }

    private static func reading(
        of problem: FileSearch.Refusal,
        at path: String
    ) -> ConfigurationReading {
        let diagnostic = Diagnostic(
            severity: .error,
            code: problem.code.rawValue,
            message: problem.message,
            place: SourcePlace(file: path, line: 0, column: 0),
            help: problem.help
        )
        return ConfigurationReading(
            configuration: nil,
            diagnostics: [diagnostic],
            missing: problem.isMissing ? path : nil
        )
    }
}
