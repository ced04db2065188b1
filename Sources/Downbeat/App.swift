import DownbeatConfig
package import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc

/// Downbeat in one process: files, state, beat and workers put together.
///
/// `DownbeatCommand` adds the command line to it.
public struct App: Sendable {
    /// The system's zone data.
    package let zones: any ZoneSource
    let environment: [String: String]
    private let workingDirectory: String

    /// An app of this process: its environment, its working directory, the system's zone data.
    public init() {
        zones = SystemZoneSource()
        environment = ProcessEnvironment.variables
        workingDirectory = ProcessEnvironment.workingDirectory
    }

    /// In a child of this program: does its work and never returns.
    ///
    /// Call it first thing in `main`.
    package func takeOverInChild() {
        ChildMain.takeOver(BuiltIns.registry, clocks: clocks, zones: zones)
    }

    /// The system's clocks.
    package var clocks: any Clocks { SystemClocks() }

    /// Blocks the calling thread.
    @Sendable package func pause(_ duration: Duration) {
        Pause.wait(duration)
    }

    var reader: ConfigurationReader {
        ConfigurationReader(
            zones: zones,
            environment: environment,
            workingDirectory: workingDirectory
        )
    }

    /// The state folder that a daemon uses: named on the command line, in the files, or the default.
    func stateFolder(_ options: DaemonOptions, _ settings: ServiceSettings) -> String {
        options.stateFolder ?? settings.stateFolder ?? workingDirectory + "/.downbeat"
    }

    /// A path as short as it can be said from the working directory.
    func shown(_ path: String) -> String {
        let base = workingDirectory == "/" ? "/" : workingDirectory + "/"
        return path.hasPrefix(base) ? "./" + path.dropFirst(base.count) : path
    }

    /// The clean part of a command's environment.
    var surroundings: AttemptCommand.Surroundings {
        let account = UserAccount.current
        return AttemptCommand.Surroundings(
            home: account?.home ?? "/",
            language: environment["LANG"] ?? "C.UTF-8",
            user: account?.name ?? "",
            workingDirectory: workingDirectory
        )
    }

    @Sendable func rule(ofCanonicalText text: String) -> Rule? {
        Rule(canonicalText: text) { name in
            // A zone that is gone makes the rule unreadable, which the caller answers for.
            try? zones.zone(named: name)
        }
    }

    func openStore(
        _ folder: StateFolder,
        access: SQLiteStore.Access = .readWrite,
        opening: SQLiteStore.Opening
    ) throws(StoreError) -> SQLiteStore {
        try openStore(at: folder.database, access: access, opening: opening)
    }

    /// The configuration, or the failure that a daemon ends with.
    func validConfiguration(_ paths: [ConfigurationPath]) throws(DaemonFailure) -> Configuration {
        let reading = readConfiguration(paths)
        let renderer = DiagnosticRenderer(colouring: .plain)
        if let configuration = reading.configuration {
            for warning in configuration.warnings {
                LineOutput.standardError.write(renderer.line(warning))
            }
            return configuration
        }
        if let missing = reading.missing {
            throw DaemonFailure(
                "there are no schedule files at \(missing)",
                status: 66,
                remedy: "run `downbeat init`, or name a file or folder with --config"
            )
        }
        let errors = reading.diagnostics.filter { $0.severity == .error }
        let lines = errors.map { renderer.line($0) }
        throw DaemonFailure(
            status: 78,
            message: (lines + ["error: \(errors.count) in the schedule files; nothing was started"])
                .joined(separator: "\n")
        )
    }
}
