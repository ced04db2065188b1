/// The result of a run that made a backup, as JSON: the copy, and what was done for it.
package struct BackupResult: Hashable, Sendable, Codable {
    /// The copy's file.
    package var path: String
    /// Of the copy's file.
    package var bytes: Int64
    /// Of the database or the archive before it was packed.
    package var originalBytes: Int64
    /// Of the copy's file.
    package var sha256: String
    package var isVerified: Bool
    package var durationMilliseconds: Int64
    /// Files of copies that retention let go.
    package var deleted: [String]
    package var warnings: [String]

    private enum CodingKeys: String, CodingKey {
        case path
        case bytes
        case originalBytes = "original_bytes"
        case sha256
        case isVerified = "verified"
        case durationMilliseconds = "duration_ms"
        case deleted
        case warnings
    }

    /// Copies named in a result; a first run with `retention` may let thousands go.
    private static let deletedMax = 100

    /// The result of a backup.
    ///
    /// - Parameters:
    ///   - path: the copy's file.
    ///   - manifest: what the copy is.
    ///   - deleted: files of copies that were let go.
    ///   - warnings: what a person should know.
    package init(path: String, manifest: BackupManifest, deleted: [String], warnings: [String]) {
        self.path = path
        bytes = manifest.bytes
        originalBytes = manifest.originalBytes
        sha256 = manifest.sha256
        isVerified = manifest.isVerified
        durationMilliseconds = manifest.durationMilliseconds
        self.deleted = Array(deleted.prefix(Self.deletedMax))
        self.warnings = warnings
    }
}
