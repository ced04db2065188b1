import DownbeatCore
import GRDB
import GRDBSQLite

/// An error code of SQLite with its words, before it is known which path and remedy to name.
struct SQLiteFailure: Error {
    /// The extended result code.
    var code: Int32
    var message: String
    var statement: String

    /// Whether the connection must not be used again: the commit may or may not have happened.
    var isUncertain: Bool {
        primary == SQLITE_IOERR && !isOutOfSpace || primary == SQLITE_NOMEM
    }

    /// Whether other requests of the same transaction fail with this one.
    var spoilsTransaction: Bool {
        switch primary {
        case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_RANGE: false
        default: true
        }
    }

    /// Whether a file beside the database could not be made, as in a folder that cannot be written.
    var isWithoutPlace: Bool { primary == SQLITE_CANTOPEN || primary == SQLITE_READONLY }

    private var primary: Int32 { code & 0xFF }

    /// A full disk shows as this, too, when the shared-memory file cannot grow.
    private var isOutOfSpace: Bool { code == SQLITE_IOERR | 19 << 8 }

    /// The one place where codes become errors that people meet.
    func storeError(path: String) -> StoreError {
        if isOutOfSpace { return Self.full(path) }
        switch primary {
        case SQLITE_BUSY, SQLITE_LOCKED:
            return .busy(
                "\(path) is locked by another process; wait, or end the process that holds it"
            )
        case SQLITE_FULL:
            return Self.full(path)
        case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
            return .readOnly(
                "\(path) cannot be written (\(message)); make the file and its folder writable for"
                    + " this user"
            )
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT:
            return .damaged(
                "\(path) is damaged or not a database (\(message)); it was left as it is: keep a"
                    + " copy, then restore a backup (downbeat backup restore --help) or save what can be read with"
                    + " `sqlite3 \(path) .recover`"
            )
        case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_RANGE:
            // What a user can ask for is checked before: this is damage or a mistake of ours.
            return .damaged(
                "\(path) refused a change that its rules forbid (\(message)); run `downbeat doctor`"
            )
        case SQLITE_ERROR, SQLITE_SCHEMA:
            return .damaged(
                "\(path) does not have the tables it should have (\(message)); it was left as it"
                    + " is: restore a backup or run `downbeat doctor`"
            )
        default:
            return .inputOutput(
                "\(path) failed with an input/output error (\(code): \(message)); check the disk,"
                    + " then start again"
            )
        }
    }

    private static func full(_ path: String) -> StoreError {
        .full("the disk of \(path) is full; free some space, nothing was written")
    }
}

extension StoreError {
    /// Turns any error of a transaction into one of ours.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError:
            self = error
        case let failure as SQLiteFailure:
            self = failure.storeError(path: path)
        case let error as DatabaseError:
            self = SQLiteFailure(error).storeError(path: path)
        default:
            self = .damaged("\(path) holds a value that cannot be read (\(error))")
        }
    }
}

extension SQLiteFailure {
    /// Takes over an error that GRDB met while opening or preparing.
    init(_ error: DatabaseError) {
        self.init(
            code: error.extendedResultCode.rawValue,
            message: error.message ?? "",
            statement: error.sql ?? ""
        )
    }

    /// The failure inside any error; nil: SQLite has no part in it.
    init?(any error: any Error) {
        switch error {
        case let failure as SQLiteFailure: self = failure
        case let error as DatabaseError: self.init(error)
        default: return nil
        }
    }
}
