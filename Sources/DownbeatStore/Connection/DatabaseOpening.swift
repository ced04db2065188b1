import DownbeatCore
import GRDB

/// How a database is opened: the settings of its connections, and the checks before the first write.
struct DatabaseOpening: Sendable {
    /// How long a statement waits for another process's lock; beyond, the caller decides.
    static let busyTimeoutSeconds = 0.1
    /// The log is moved into the database from this many pages (4 MB) on, when nothing else waits.
    static let checkpointPages = 1000
    /// From this many pages (12 MB) on it is moved even if something waits.
    static let checkpointPagesMax = 3000
    /// The log is cut back to this size when it starts over.
    static let logBytesMax: Int64 = 16 << 20
    /// Statements kept prepared, in KiB of page cache: 16 MB.
    static let cacheKiB = 16_384

    /// A start looks a file over that is no larger (about 1 s); `doctor` looks at any.
    static let bytesCheckedMax: Int64 = 1 << 30

    /// Nil: in memory.
    let file: DatabaseFile?
    /// The length of the write-ahead log, as the writing connection reports it.
    let gauge = LogGauge()

    init(file: DatabaseFile?) {
        self.file = file
    }

    /// Where the database is, as messages name it.
    var path: String { file?.path ?? "the database in memory" }

    /// Opens the writing connection.
    ///
    /// A file that is not ours or of a newer version is looked at through a read-only connection and
    /// left as it is.
    ///
    /// - Parameter opening: whether a missing file is made and an old schema migrated.
    /// - Returns: the connection.
    /// - Throws: `StoreError`.
    func openWriter(_ opening: SQLiteStore.Opening) throws(StoreError) -> OpenedWriter {
        do {
            guard let file else {
                let queue = try DatabaseQueue(named: nil, configuration: writerConfiguration)
                return OpenedWriter(queue: queue, versionBefore: try migrate(queue))
            }
            let exists = try prepare(file, opening)
            let inspection = exists ? try inspect(file, opening) : nil
            try inspection?.close()
            let queue = try DatabaseQueue(path: file.path, configuration: writerConfiguration)
            let before = try opening == .existing ? Migrations.current : migrate(queue)
            try file.restrict()
            return OpenedWriter(queue: queue, versionBefore: before, inspection: inspection)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Opens a connection that only reads; the database must exist and be of this version.
    func openReader() throws(StoreError) -> DatabaseQueue? {
        guard let file else { return nil }
        do {
            guard try file.check() else { throw StoreError.missing(path: path) }
            return try openReader(file.path, file)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    private func openReader(_ name: String, _ file: DatabaseFile) throws -> DatabaseQueue {
        do {
            return try inspect(file, .existing, name: name)
        } catch {
            // In a folder that cannot be written there is no place for the memory that readers
            // share with a writer. Without a log there is no writer either, so none is needed.
            guard SQLiteFailure(any: error)?.isWithoutPlace == true, !file.hasLog, name == file.path
            else { throw error }
            // A library that knows no such names reports the error that it met before.
            return try openReader(file.immutableName, file)
        }
    }

    private func prepare(
        _ file: DatabaseFile,
        _ opening: SQLiteStore.Opening
    ) throws(StoreError) -> Bool {
        if try file.check() { return true }
        guard opening == .createOrMigrate else { throw .missing(path: path) }
        try file.create()
        return false
    }

    private func migrate(_ queue: DatabaseQueue) throws -> Int {
        try queue.writeWithoutTransaction { database in
            let connection = Connection(database)
            if file != nil { try connection.execute("PRAGMA journal_mode = WAL") }
            return try Migrations.run(connection)
        }
    }

    private func inspect(
        _ file: DatabaseFile,
        _ opening: SQLiteStore.Opening,
        name: String? = nil
    ) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(
            path: name ?? file.path,
            configuration: readerConfiguration
        )
        let finding = try queue.read { database in
            let finding = try Migrations.inspect(Connection(database))
            if case .ours(let version) = finding, version <= Migrations.current,
                opening == .createOrMigrate, file.sizes.main <= Self.bytesCheckedMax
            {
                try lookOver(Connection(database))
            }
            return finding
        }
        switch finding {
        case .empty:
            guard opening == .createOrMigrate else { throw StoreError.missing(path: path) }
        case .foreign:
            throw StoreError.damaged(
                "\(path) is not a Downbeat database; it was left as it is: choose another state"
                    + " folder"
            )
        case .ours(let version):
            let current = Migrations.current
            guard version <= current else {
                throw StoreError.newerSchema(found: version, supported: current)
            }
            guard version == current || opening == .createOrMigrate else {
                throw StoreError.conflict(
                    "\(path) has schema \(version), this version needs \(current); run `downbeat"
                        + " migrate`"
                )
            }
        }
        return queue
    }

    /// Finds pages that are damaged before anything is written to the file.
    private func lookOver(_ connection: Connection) throws {
        let findings = try connection.rows("PRAGMA quick_check(1)") { $0.text(0) }
        guard let finding = findings.first, finding != "ok" else { return }
        let words = finding.split(whereSeparator: \.isNewline).joined(separator: " ")
        throw StoreError.damaged(
            "\(path) is damaged (\(words)); it was left as it is: keep a copy, then"
                + " restore a backup (downbeat backup restore --help)"
                + " or save what can be read with `sqlite3 \(path) .recover`"
        )
    }

    private var readerConfiguration: GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(Self.busyTimeoutSeconds)
        return configuration
    }

    private var writerConfiguration: GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(Self.busyTimeoutSeconds)
        // A failed transaction is ended by the writer itself, which knows what it may still trust.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { [gauge] database in
            try Connection(database).executeScript(
                """
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA journal_size_limit = \(Self.logBytesMax);
                PRAGMA cache_size = -\(Self.cacheKiB);
                PRAGMA secure_delete = OFF;
                PRAGMA temp_store = MEMORY;
                """
            )
            gauge.watch(database)
        }
        return configuration
    }
}

/// A writing connection, and what its opening has left.
struct OpenedWriter {
    var queue: DatabaseQueue
    /// Version of the schema before it was opened; 0: the file was made now.
    var versionBefore: Int
    /// The closed connection that looked at the file first.
    ///
    /// Whoever opens for long holds on to it: the end of a dispatch queue starts the threads of
    /// libdispatch, one of which then wakes up every second as long as the process lives.
    var inspection: DatabaseQueue?
}
