package import DownbeatCore
import GRDB
import Synchronization

/// The store in SQLite: a file in write-ahead mode with full durability, or memory.
///
/// One connection writes, on a thread of its own, and commits what many callers ask for together (see
/// `Writer`); another one reads short snapshots of a file. Every process opens its own store on the
/// same file. Calls block until their commit is durable, so they come from threads of our own.
package final class SQLiteStore: Sendable {
    /// What a store may do with its file.
    package enum Access: Sendable {
        case readWrite
        /// Reads only: nothing is created, migrated or locked for writing.
        case readOnly
    }

    /// What happens when the file is missing or of an older version.
    package enum Opening: Sendable {
        /// A file is made, its schema brought up to date.
        case createOrMigrate
        /// `StoreError.missing` without a file; `StoreError.conflict` for an older schema.
        case existing
    }

    /// What the store takes from outside.
    package struct Surroundings: Sendable {
        /// For run ids.
        package var random: any RandomSource
        /// The monotonic one bounds the work of a commit.
        package var clocks: any Clocks

        package init(random: any RandomSource, clocks: any Clocks) {
            self.random = random
            self.clocks = clocks
        }
    }

    /// The database's path; a phrase for one in memory.
    package var path: String { opening.path }
    /// The schema's version before it was opened; 0: the file was made now.
    package let versionBefore: Int
    /// The schema's version.
    package var version: Int { Migrations.current }

    let surroundings: Surroundings
    let opening: DatabaseOpening
    /// Nil: read-only.
    private let writer: Writer?
    private let reader: Mutex<DatabaseQueue?>
    /// Kept for its queue's sake: see `OpenedWriter`.
    private let inspection: DatabaseQueue?

    /// Opens a database file.
    ///
    /// - Parameters:
    ///   - path: absolute; its folder must exist.
    ///   - access: whether it may be written.
    ///   - opening: whether a missing file is made and an older schema migrated.
    ///   - surroundings: chance and time.
    /// - Throws: `StoreError`; a file that is damaged, foreign or of a newer version stays untouched.
    package convenience init(
        path: String,
        access: Access,
        opening: Opening,
        surroundings: Surroundings
    ) throws(StoreError) {
        try self.init(
            DatabaseOpening(file: DatabaseFile(path: path)),
            access: access,
            opening: opening,
            surroundings: surroundings
        )
    }

    /// Makes a database in memory, which ends with the store.
    package static func inMemory(_ surroundings: Surroundings) throws(StoreError) -> SQLiteStore {
        try SQLiteStore(
            DatabaseOpening(file: nil),
            access: .readWrite,
            opening: .createOrMigrate,
            surroundings: surroundings
        )
    }

    private init(
        _ database: DatabaseOpening,
        access: Access,
        opening: Opening,
        surroundings: Surroundings
    ) throws(StoreError) {
        self.opening = database
        self.surroundings = surroundings
        switch access {
        case .readOnly:
            writer = nil
            versionBefore = Migrations.current
            inspection = nil
        case .readWrite:
            let opened = try database.openWriter(opening)
            writer = Writer(opened.queue, opening: database, surroundings: surroundings)
            versionBefore = opened.versionBefore
            inspection = opened.inspection
        }
        reader = Mutex(try database.openReader())
        writer?.start()
    }

    deinit {
        close()
    }

    /// Closes the connections after what waits is committed; later calls fail.
    package func close() {
        let queue = reader.withLock { reader in
            defer { reader = nil }
            return reader
        }
        do {
            try queue?.close()
        } catch {
            // Closing a reader fails only while it is read from; it then closes with its last use.
        }
        writer?.close()
    }

    /// Opens the database again after `StoreError.inputOutput`; does nothing otherwise.
    package func reopen() throws(StoreError) {
        try writer?.reopen()
    }

    /// Cuts the write-ahead log back if a reader has kept it long and nothing was written since.
    ///
    /// To be called now and then; does nothing for a database in memory.
    package func shortenLog() throws(StoreError) {
        try writer?.shortenLog()
    }

    /// Has a change committed.
    func write<Value: Sendable>(
        _ urgency: Urgency = .usual,
        hold: TickHold? = nil,
        _ change: @escaping @Sendable (WriteScope) throws -> Value
    ) throws(StoreError) -> Value {
        guard let writer else {
            throw .readOnly("\(path) was opened to be read only; open it for writing")
        }
        return try writer.perform(urgency, hold: hold, change)
    }

    /// Reads one snapshot.
    func read<Value>(_ body: (Connection) throws -> Value) throws(StoreError) -> Value {
        do {
            if opening.file == nil, let writer { return try writer.read(body) }
            guard let queue = reader.withLock({ $0 }) else {
                throw StoreError.conflict("\(path) has been closed; open it again")
            }
            return try queue.read { try body(Connection($0)) }
        } catch {
            throw StoreError(error, path: path)
        }
    }
}

extension SQLiteStore: Store, StateAccess {}
