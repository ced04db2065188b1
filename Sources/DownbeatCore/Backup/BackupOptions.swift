/// What the map `backup:` of a schedule says: what is saved, where to, how, and for how long.
///
/// It is stored with a run, so its JSON is stable: fixed keys, absent ones for what is not set.
package struct BackupOptions: Hashable, Sendable, Codable {
    /// What is saved.
    package enum Source: Hashable, Sendable {
        /// A SQLite database, by its file's absolute path.
        case sqlite(String)
        /// A folder with all that is in it, by its absolute path.
        case directory(String)

        package var path: String {
            switch self {
            case .sqlite(let path), .directory(let path): path
            }
        }

        package var kind: BackupKind {
            switch self {
            case .sqlite: .sqlite
            case .directory: .directory
            }
        }
    }

    package var source: Source
    /// The folder of the copies, absolute.
    package var destination: String
    package var compression: BackupCompression
    package var verification: Verification
    package var retention: Retention
    /// Patterns of names to leave out, as `ExcludePattern` reads them; of a folder only.
    package var exclude: [String]
    /// An earlier name of the schedule, whose copies count as its own; nil: none.
    package var formerName: String?

    /// Whether a copy is read back before it counts.
    package enum Verification: Hashable, Sendable {
        case on
        case off
    }

    package init(
        source: Source,
        destination: String,
        compression: BackupCompression = .zstd,
        verification: Verification = .on,
        retention: Retention = Retention(),
        exclude: [String] = [],
        formerName: String? = nil
    ) {
        self.source = source
        self.destination = destination
        self.compression = compression
        self.verification = verification
        self.retention = retention
        self.exclude = exclude
        self.formerName = formerName
    }

    private enum CodingKeys: String, CodingKey {
        case sqlite
        case directory
        case destination = "to"
        case compression = "compress"
        case verification = "verify"
        case retention
        case exclude
        case formerName = "former_name"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        if let path = try values.decodeIfPresent(String.self, forKey: .sqlite) {
            source = .sqlite(path)
        } else {
            source = .directory(try values.decode(String.self, forKey: .directory))
        }
        destination = try values.decode(String.self, forKey: .destination)
        compression = try values.decode(BackupCompression.self, forKey: .compression)
        verification = try values.decode(Bool.self, forKey: .verification) ? .on : .off
        retention = try values.decode(Retention.self, forKey: .retention)
        exclude = try values.decodeIfPresent([String].self, forKey: .exclude) ?? []
        formerName = try values.decodeIfPresent(String.self, forKey: .formerName)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch source {
        case .sqlite(let path): try values.encode(path, forKey: .sqlite)
        case .directory(let path): try values.encode(path, forKey: .directory)
        }
        try values.encode(destination, forKey: .destination)
        try values.encode(compression, forKey: .compression)
        try values.encode(verification == .on, forKey: .verification)
        try values.encode(retention, forKey: .retention)
        if !exclude.isEmpty { try values.encode(exclude, forKey: .exclude) }
        try values.encodeIfPresent(formerName, forKey: .formerName)
    }
}

/// What kind of thing a copy holds.
package enum BackupKind: String, Hashable, Sendable, Codable, CaseIterable {
    case sqlite
    case directory

    /// The end of a copy's name, before that of its compression.
    package var suffix: String {
        switch self {
        case .sqlite: ".db"
        case .directory: ".tar"
        }
    }
}

/// How a copy is packed.
package enum BackupCompression: String, Hashable, Sendable, Codable, CaseIterable {
    case zstd
    case gzip
    case none

    /// The end of a copy's name.
    package var suffix: String {
        switch self {
        case .zstd: ".zst"
        case .gzip: ".gz"
        case .none: ""
        }
    }

    /// The program that packs and unpacks; nil: none is needed.
    package var program: String? {
        switch self {
        case .zstd: "zstd"
        case .gzip: "gzip"
        case .none: nil
        }
    }
}
