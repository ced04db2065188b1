package import DownbeatCore
import GRDBSQLite
import Glibc

/// A database of anybody's, held still by one read transaction and copied page by page.
///
/// SQLite's online backup starts over whenever another process writes between two of its steps. It
/// does not while the source's connection has a read transaction, which is held here from before the
/// first step to after the last: the copy is the database of one instant. Writers of a database with
/// a write-ahead log go on meanwhile; those of one with a rollback journal wait for the end.
///
/// The source is opened for reading only, and never as immutable, which would ignore its writers.
/// Belongs to one thread.
package final class SQLiteSnapshot {
    /// How the source keeps its changes, which decides who waits for whom.
    package enum Journal: Hashable, Sendable {
        /// Writers go on during a copy.
        case writeAheadLog
        /// Writers wait for the end of a copy.
        case rollback
    }

    /// How long to wait for a writer that has the source locked.
    private static let busyMilliseconds: Int32 = 30_000
    /// Between two looks at progress and cancellation: 8 MB of usual pages, some milliseconds.
    private static let pagesPerStep: Int32 = 2048
    /// The copy's pages are written as they come, so few need to be kept: 64 KiB or so.
    private static let pagesKept = 16

    package let path: String
    package let journal: Journal
    /// Of the source when the snapshot began.
    package let pageSize: Int64
    package let pageCount: Int64
    private let source: SQLiteHandle

    package var bytes: Int64 { pageSize * pageCount }

    /// SQLite's own version, such as `3.40.1`.
    package static var libraryVersion: String { String(cString: sqlite3_libversion()) }

    /// Opens the source and begins the read transaction.
    ///
    /// - Throws: `BackupError` when it is missing, cannot be read, or is no database.
    package init(of path: String) throws(BackupError) {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            throw BackupError(
                errno == ENOENT || errno == ENOTDIR ? .missing : .inputOutput,
                "cannot open the database",
                place: path,
                why: String(cString: strerror(errno)),
                remedy: "name the file under `sqlite:` that your program uses"
            )
        }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw BackupError(
                .missing,
                "the database is not a plain file",
                place: path,
                remedy: "name the database file itself, or use `directory:` for a folder"
            )
        }
        self.path = path
        do {
            source = try SQLiteHandle(path, flags: SQLITE_OPEN_READONLY)
            sqlite3_busy_timeout(source.pointer, Self.busyMilliseconds)
            try source.execute("PRAGMA query_only = ON; BEGIN")
            // The read transaction begins with the first read.
            _ = try source.number("SELECT count(*) FROM sqlite_schema")
            pageSize = try source.number("PRAGMA page_size")
            pageCount = try source.number("PRAGMA page_count")
            let mode = try source.text("PRAGMA journal_mode")
            journal = mode == "wal" ? .writeAheadLog : .rollback
        } catch {
            throw Self.failure(error, path)
        }
    }

    /// Copies all pages into a new file, which is not synced.
    ///
    /// - Parameters:
    ///   - target: an empty file, or one to make.
    ///   - progress: told the bytes copied, about every 8 MB.
    ///   - isCancelled: asked as often.
    /// - Throws: `BackupError`.
    package func copy(
        to target: String,
        progress: (Int64) -> Void,
        isCancelled: () -> Bool
    ) throws(BackupError) {
        let destination: SQLiteHandle
        do {
            destination = try SQLiteHandle(
                target,
                flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                system: CopyFileSystem.name
            )
            // Nothing to roll back to: a copy that fails is removed. `NORMAL` makes SQLite ask for
            // the sync that empties the buffer and reports its failure.
            try destination.execute(
                """
                PRAGMA journal_mode = OFF; PRAGMA synchronous = NORMAL;
                PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = \(Self.pagesKept)
                """
            )
        } catch {
            throw Self.targetFailure(error, target)
        }
        let backup = sqlite3_backup_init(destination.pointer, "main", source.pointer, "main")
        guard let backup else { throw Self.targetFailure(destination.failure(), target) }
        var code = SQLITE_OK
        var isStopped = false
        while code == SQLITE_OK {
            isStopped = isCancelled()
            guard !isStopped else { break }
            code = sqlite3_backup_step(backup, Self.pagesPerStep)
            let left = Int64(sqlite3_backup_remaining(backup))
            progress((Int64(sqlite3_backup_pagecount(backup)) - left) * pageSize)
        }
        let end = sqlite3_backup_finish(backup)
        if isStopped { throw .cancelled }
        guard code == SQLITE_DONE, end == SQLITE_OK else {
            let failed = code == SQLITE_DONE ? end : code
            throw failure(
                of: failed,
                SQLiteFailure(code: failed, message: "", statement: ""),
                target
            )
        }
    }

    /// Ends the read transaction; again has no effect.
    package func end() {
        source.close()
    }

    /// Which side an error of a copy belongs to: only writing can fill a disk.
    private func failure(
        of code: Int32,
        _ failure: SQLiteFailure,
        _ target: String
    ) -> BackupError {
        var failure = failure
        failure.message = String(cString: sqlite3_errstr(code))
        let writes = [SQLITE_FULL, SQLITE_READONLY, SQLITE_CANTOPEN].contains(code & 0xFF)
        let isWriteError = [10 | 3 << 8, 10 | 4 << 8, 10 | 6 << 8].contains(code)
        return writes || isWriteError
            ? Self.targetFailure(failure, target) : Self.failure(failure, path)
    }

    private static func targetFailure(_ error: any Error, _ target: String) -> BackupError {
        guard let failure = error as? SQLiteFailure else {
            return BackupError(.inputOutput, "cannot write the copy", place: target)
        }
        let isFull = failure.code & 0xFF == SQLITE_FULL
        return BackupError(
            isFull ? .full : .inputOutput,
            "cannot write the copy",
            place: target,
            why: isFull ? "no space left on the disk of the backups" : failure.message,
            remedy: isFull
                ? "free some space there, or keep fewer copies with `retention:`"
                : "check that disk"
        )
    }

    private static func failure(_ error: any Error, _ path: String) -> BackupError {
        guard let failure = error as? SQLiteFailure else {
            return BackupError(.inputOutput, "cannot read the database", place: path)
        }
        switch failure.code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED:
            return BackupError(
                .busy,
                "the database stayed locked",
                place: path,
                why: "another program wrote to it for \(busyMilliseconds / 1000) s",
                remedy: "set `retry:`, or choose a quieter time"
            )
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            // A log needs memory that its readers and writers share, in a file beside it.
            return BackupError(
                .inputOutput,
                "cannot open the database",
                place: path,
                why: failure.message,
                remedy: """
                    give this user the right to read it and, for one in WAL mode, to write its \
                    folder (SQLite puts the -shm file there), or run as the user that writes it
                    """
            )
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT:
            return BackupError(
                .damaged,
                "this is damaged or no database",
                place: path,
                why: failure.message,
                remedy: "keep the copies there are; restore one, or save what `.recover` finds"
            )
        default:
            return BackupError(
                .inputOutput,
                "cannot read the database",
                place: path,
                why: failure.message,
                remedy: "check the disk"
            )
        }
    }
}
