import ArgumentParser
import DownbeatCore

/// `downbeat migrate`: what every start does, alone.
struct MigrateCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Create the database or bring it up to date; the daemon does it at its start.",
        discussion: """
            EXAMPLES:
              downbeat migrate
              downbeat migrate --state /var/lib/downbeat
              downbeat migrate --json
            """
    )

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let settings = session.configurationIfAny()?.settings
        let folder = session.stateFolder(settings)
        let report = try session.with(settings) { () throws(StoreError) in
            try session.operations.migrateState(folder: folder)
        }
        let listing = Listing(
            ["path", "from", "to"],
            items: [
                [
                    .string(folder + "/state.db"), .int(Int64(report.from)), .int(Int64(report.to)),
                ]
            ]
        )
        session.emit(listing) {
            let path = session.shown(folder) + "/state.db"
            if report.from == 0 {
                session.line("created \(path), schema \(report.to)")
            } else if report.from == report.to {
                session.line("\(path) is up to date, schema \(report.to)")
            } else {
                session.line("migrated \(path) from schema \(report.from) to \(report.to)")
            }
        }
        return ExitStatus.success.rawValue
    }
}
