import DownbeatCore
import Foundation

extension Examination {
    /// Whether the next backup of each schedule has its source, its place, and room for another copy.
    func backupFacts(_ configuration: Configuration?) -> [SystemFact] {
        let backups = (configuration?.schedules ?? []).compactMap { BackupSchedule($0) }
        var facts: [SystemFact] = []
        for backup in backups {
            let level: SystemFact.Level = backup.schedule.isEnabled ? .failure : .warning
            facts += [sourceFact(backup, level), placeFact(backup, level), spaceFact(backup)]
                .compactMap(\.self)
        }
        guard facts.isEmpty, !backups.isEmpty else { return facts }
        let words = Words.count(backups.count, "backup")
        return [SystemFact(level: .ok, text: "\(words) with source and place")]
    }

    private func sourceFact(_ backup: BackupSchedule, _ level: SystemFact.Level) -> SystemFact? {
        let path = backup.options.source.path
        let folder = session.stateFolder(session.configurationIfAny()?.settings)
        // The daemon makes its own state at its first start.
        guard access(path, R_OK) != 0,
            !session.operations.isDatabase(path, ofStateFolder: folder)
        else { return nil }
        return SystemFact(
            level: level,
            text: "\(backup.name) saves `\(path)`, which cannot be read",
            remedy: "correct `backup:` at \(backup.schedule.source.shown)"
        )
    }

    private func placeFact(_ backup: BackupSchedule, _ level: SystemFact.Level) -> SystemFact? {
        let path = backup.options.destination
        // A backup makes the folder itself, but not the one that it is in.
        let place =
            access(path, F_OK) == 0 ? path : (path as NSString).deletingLastPathComponent
        guard access(place, W_OK | X_OK) != 0 else { return nil }
        let isThere = access(place, F_OK) == 0
        // Beside the state, the daemon makes it.
        guard isThere || place != session.stateFolder(session.configurationIfAny()?.settings)
        else { return nil }
        return SystemFact(
            level: level,
            text: "\(backup.name) goes to `\(path)`, which cannot be "
                + (isThere ? "written" : "made"),
            remedy: isThere
                ? "give this user the right to write there" : "mount its disk, or mkdir -p \(place)"
        )
    }

    private func spaceFact(_ backup: BackupSchedule) -> SystemFact? {
        // Without a copy there is nothing to compare with.
        guard let last = try? session.operations.backups(of: backup.place).last else { return nil }
        var info = statvfs()
        guard statvfs(backup.options.destination, &info) == 0 else { return nil }
        let free = Int64(info.f_bavail) * Int64(info.f_frsize)
        // A database lies there unpacked while it is packed.
        let manifest = last.manifest
        let needed = manifest.kind == .sqlite ? manifest.originalBytes : manifest.bytes
        guard free < needed else { return nil }
        return SystemFact(
            level: .failure,
            text: "\(backup.options.destination) has \(Words.bytes(free)) free, the last "
                + "\(backup.name) needed \(Words.bytes(needed))",
            remedy: "free some space there, or keep fewer copies with `retention:`"
        )
    }
}
