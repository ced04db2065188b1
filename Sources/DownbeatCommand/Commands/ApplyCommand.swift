import ArgumentParser
import DownbeatCore

/// `downbeat apply`: the daemon loads the files.
struct ApplyCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Have the daemon load the schedule files again.",
        discussion: """
            EXAMPLES:
              downbeat plan                 what would change
              downbeat apply
              downbeat apply --timeout 30s

            Files with errors are refused, and the old configuration stays in force.
            """
    )

    @Option(help: "How long to wait for the daemon's answer.")
    var timeout = "10s"

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let configuration = try session.configuration()
        let folder = session.stateFolder(configuration.settings)
        let limit = try session.duration(timeout, option: "--timeout")
        let daemons = try session.operations.daemonsOrNone(folder: folder)
        guard daemons.contains(where: \.hasBeat) else { throw Self.noDaemon(session, folder) }
        let counts = try Self.counts(configuration, session)
        let outcome = try session.with(configuration.settings) { () throws(StoreError) in
            try session.operations.reload(folder: folder, timeout: limit)
        }
        switch outcome {
        case .applied(let count):
            let numbers = counts.map { JSONValue.int(Int64($0)) }
            let listing = Listing(
                ["schedules", "added", "changed", "removed"],
                items: [[.int(Int64(count))] + numbers]
            )
            let summary =
                counts.allSatisfy { $0 == 0 }
                ? "nothing changed"
                : "\(counts[0]) added, \(counts[1]) changed, \(counts[2]) removed"
            session.emit(listing) {
                session.line("applied  \(summary); \(Words.grouped(count)) scheduled")
            }
            return ExitStatus.success.rawValue
        case .rejected(let diagnostic):
            throw CommandError(
                .configuration,
                "the daemon refused the files and keeps its old configuration",
                why: DiagnosticRenderer().line(diagnostic),
                remedy: "see all problems with: downbeat check"
            )
        case .noDaemon:
            throw Self.noDaemon(session, folder)
        case .timedOut:
            throw CommandError(
                .temporary,
                "the daemon did not answer in \(timeout)",
                remedy: "look at it with: downbeat status"
            )
        }
    }

    /// How many schedules are added, changed and removed: what `plan` shows.
    private static func counts(
        _ configuration: Configuration,
        _ session: Session
    ) throws(CommandError) -> [Int] {
        let report = try ChangeReport(configuration, session)
        return [ChangeReport.Change.Kind.add, .change, .remove].map { kind in
            report.changes.count { $0.kind == kind }
        }
    }

    private static func noDaemon(_ session: Session, _ folder: String) -> CommandError {
        CommandError(
            .unavailable,
            "no daemon to apply to",
            why: "no beat holds a lock in \(session.shown(folder))",
            remedy: "start it with `downbeat up`: it loads the files as they are"
        )
    }
}
