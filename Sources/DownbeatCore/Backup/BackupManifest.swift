import FoundationEssentials

/// The small file beside each copy that says what the copy is.
///
/// It is written last and renamed into place, so a copy counts exactly if its manifest is there.
package struct BackupManifest: Hashable, Sendable, Codable {
    /// The version of this format.
    package static let currentVersion = 1
    /// Ends the name of the copy's file.
    package static let suffix = ".json"
    /// Warnings kept; the file stays small enough to be read at once.
    package static let warningsMax = 20
    /// Characters of a warning kept: one may hold a path of any length.
    package static let warningCharactersMax = 300

    package var version: Int
    package var kind: BackupKind
    /// The absolute path of what was saved.
    package var source: String
    package var schedule: String
    /// The run that made it; nil: made without one.
    package var run: String?
    /// When the saving began, RFC 3339: the copy holds everything from before.
    package var takenAt: String
    package var compression: BackupCompression
    /// Of the copy's file.
    package var bytes: Int64
    /// SHA-256 of the copy's file, hexadecimal.
    package var sha256: String
    /// Of the database or the archive before it was packed.
    package var originalBytes: Int64
    /// SHA-256 of the database or the archive before it was packed.
    package var originalSHA256: String
    /// From the beginning to the manifest.
    package var durationMilliseconds: Int64
    /// Of that, copying alone: the time for which a database's snapshot was held.
    package var copyMilliseconds: Int64
    /// Whether it was read back whole and found good.
    package var isVerified: Bool
    /// Versions by program: `downbeat`, `sqlite`, `tar`, `zstd`, `gzip`.
    package var programs: [String: String]
    /// What a person should know, such as that a database's writers had to wait.
    package var warnings: [String]

    private enum CodingKeys: String, CodingKey {
        case version = "v"
        case kind
        case source
        case schedule
        case run = "run_id"
        case takenAt = "taken_at"
        case compression = "compress"
        case bytes
        case sha256
        case originalBytes = "original_bytes"
        case originalSHA256 = "original_sha256"
        case durationMilliseconds = "duration_ms"
        case copyMilliseconds = "copy_ms"
        case isVerified = "verified"
        case programs
        case warnings
    }

    package init(
        kind: BackupKind,
        source: String,
        schedule: String,
        run: String?,
        takenAt: String,
        compression: BackupCompression
    ) {
        version = Self.currentVersion
        self.kind = kind
        self.source = source
        self.schedule = schedule
        self.run = run
        self.takenAt = takenAt
        self.compression = compression
        bytes = 0
        sha256 = ""
        originalBytes = 0
        originalSHA256 = ""
        durationMilliseconds = 0
        copyMilliseconds = 0
        isVerified = false
        programs = ["downbeat": DownbeatVersion.text]
        warnings = []
    }

    /// The instant of `takenAt`; nil: it is no time.
    package var taken: Timestamp? {
        // A text that is no time is what the answer says.
        try? InstantText.parse(takenAt)
    }

    /// Reads a manifest; nil: the bytes are none, or of a newer version.
    package init?(json: [UInt8]) {
        // Bytes that are no manifest are what the answer says.
        let read = try? JSONDecoder().decode(Self.self, from: Data(json))
        guard let read, read.version == Self.currentVersion, read.taken != nil else { return nil }
        self = read
    }

    /// The file's bytes: JSON, one line a key, keys in order.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// Adds a warning, cut if it is long, unless there are too many.
    package mutating func warn(_ text: String) {
        guard warnings.count < Self.warningsMax else { return }
        let isLong = text.count > Self.warningCharactersMax
        warnings.append(isLong ? text.prefix(Self.warningCharactersMax) + ".." : text)
    }
}
