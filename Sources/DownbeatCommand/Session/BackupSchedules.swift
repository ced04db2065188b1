import DownbeatCore
import Foundation

/// A schedule that makes backups.
struct BackupSchedule {
    let schedule: Schedule
    let options: BackupOptions

    var name: String { schedule.name }

    var place: BackupPlace {
        BackupPlace(
            schedule: name,
            destination: options.destination,
            formerNames: Set([options.formerName].compactMap(\.self))
        )
    }

    /// Nil: the schedule does something else.
    init?(_ schedule: Schedule) {
        guard case .builtIn(let builtIn) = schedule.definition.action,
            builtIn.name == BackupOptions.builtInName,
            // Options of another version, as the database may keep them, are those of no backup here.
            let options = try? JSONDecoder().decode(
                BackupOptions.self,
                from: Data(builtIn.options.utf8)
            )
        else { return nil }
        self.schedule = schedule
        self.options = options
    }
}

/// The schedules that make backups, as the files say; while these do not load, as adopted last.
struct BackupSchedules {
    let all: [BackupSchedule]
    let settings: ServiceSettings
    private let others: [Schedule]

    init(_ session: Session) throws(CommandError) {
        let configuration = try session.knownSchedules().configuration
        settings = configuration.settings
        all = configuration.schedules.compactMap { BackupSchedule($0) }
        others = configuration.schedules.filter { BackupSchedule($0) == nil }
    }

    /// The one of a name, or all of them.
    ///
    /// - Throws: `CommandError` 66 when there is none.
    func picked(_ name: String?) throws(CommandError) -> [BackupSchedule] {
        guard let name else {
            guard !all.isEmpty else {
                throw CommandError(
                    .missing,
                    "no schedule makes backups",
                    remedy: "give one the action `backup: { sqlite: FILE, to: FOLDER }`"
                )
            }
            return all
        }
        return [try one(name)]
    }

    func one(_ name: String) throws(CommandError) -> BackupSchedule {
        if let found = all.first(where: { $0.name == name }) { return found }
        if let other = others.first(where: { $0.name == name }) {
            throw CommandError(
                .missing,
                "`\(name)` makes no backups: its action is `\(other.definition.action.task)`",
                remedy: all.isEmpty
                    ? nil : "those that do: " + all.map(\.name).joined(separator: ", ")
            )
        }
        throw .unknown(
            .missing,
            "no schedule",
            name,
            candidates: all.map(\.name),
            list: "downbeat backup list"
        )
    }
}
