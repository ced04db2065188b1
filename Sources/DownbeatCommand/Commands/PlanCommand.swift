import ArgumentParser
import DownbeatCore

/// `downbeat plan`: what a reload would change.
struct PlanCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what loading the files again would change.",
        discussion: """
            EXAMPLES:
              downbeat plan
              downbeat plan --exit-code     exit 2 if there are changes
              downbeat plan --json
            """
    )

    @Flag(help: "Exit with 2 when there are changes.")
    var exitCode = false

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let configuration = try session.configuration()
        let report = try ChangeReport(configuration, session)
        report.write()
        guard exitCode, !report.changes.isEmpty else { return ExitStatus.success.rawValue }
        return ExitStatus.changes.rawValue
    }
}
