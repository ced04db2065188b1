import DownbeatCore
import Foundation

/// The result of a built-in in a few words, for the line that says how its run ended.
enum ResultWords {
    /// `/srv/backup/app/20261123T024512Z.db.zst  verified`; nil: there is nothing to say.
    static func of(_ detail: RunDetail, _ session: Session) -> String? {
        guard detail.record.task == BackupOptions.builtInName, let result = detail.result,
            // A result of another version is shown by `runs show` as it stands.
            let backup = try? JSONDecoder().decode(BackupResult.self, from: Data(result.utf8))
        else { return nil }
        var parts = [session.shown(backup.path), Words.bytes(backup.bytes)]
        parts.append(backup.isVerified ? "verified" : "not verified")
        let warnings = backup.warnings.count
        if warnings > 0 {
            parts.append(
                Words.count(warnings, "warning") + "   -> downbeat logs \(detail.record.id)"
            )
        }
        return parts.joined(separator: "  ")
    }
}
