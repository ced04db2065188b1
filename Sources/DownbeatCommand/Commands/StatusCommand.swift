import ArgumentParser
import DownbeatCore

/// `downbeat status`: wrong, now, next on one screen.
struct StatusCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "One screen: what is wrong, what runs now, what comes next.",
        discussion: """
            EXAMPLES:
              downbeat status
              downbeat status --json
              downbeat status -o json | jq ".items[0].wrong"

            Exit status: 0 all is well, 1 something is wrong, 69 no daemon.
            """
    )

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        try StatusReport(session: session).write()
    }
}
