import ArgumentParser
import DownbeatCore

/// `downbeat` alone: status if a daemon is there, else how to begin.
struct HomeCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "home",
        abstract: "Status, or how to begin.",
        shouldDisplay: false
    )

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let folder = session.stateFolder(session.configurationIfAny()?.settings)
        let daemons = try session.operations.daemonsOrNone(folder: folder)
        guard daemons.isEmpty else { return try StatusReport(session: session).write() }
        session.write(
            """
            downbeat runs schedules from files, each exactly once, and keeps a record of every run.
              downbeat init     write a starter into schedules/
              downbeat check    are the files right?
              downbeat next     what runs when
              downbeat up       run it here; Ctrl-C stops it        all commands: downbeat --help

            """
        )
        return ExitStatus.success.rawValue
    }
}
