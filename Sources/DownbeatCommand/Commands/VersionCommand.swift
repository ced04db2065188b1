import ArgumentParser
import DownbeatCore

/// `downbeat version`: what is at work here.
struct VersionCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Versions of Downbeat, the zone data and SQLite.",
        discussion: """
            EXAMPLES:
              downbeat version
              downbeat version --json
              downbeat --version
            """
    )

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let zones = session.operations.zones.dataVersion
        let sqlite = session.operations.sqliteVersion
        let listing = Listing(
            ["version", "tzdata", "sqlite"],
            items: [[.string(DownbeatVersion.text), .text(zones), .text(sqlite)]]
        )
        session.emit(listing) {
            let parts = [
                "downbeat \(DownbeatVersion.text)", "tzdata \(zones ?? "unknown")",
                "SQLite \(sqlite ?? "unknown")",
            ]
            session.line(parts.joined(separator: "   "))
        }
        return ExitStatus.success.rawValue
    }
}
