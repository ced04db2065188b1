import GRDBSQLite

/// A raw connection, for files that are not ours: GRDB would prepare them as if they were.
final class SQLiteHandle {
    /// Nil once closed.
    private(set) var pointer: OpaquePointer?

    /// Opens a database.
    ///
    /// - Parameters:
    ///   - name: a path, or a `file:` name with `SQLITE_OPEN_URI`.
    ///   - flags: of `sqlite3_open_v2`.
    ///   - system: a registered file system; nil: the usual one.
    /// - Throws: `SQLiteFailure`.
    init(_ name: String, flags: Int32, system: String? = nil) throws {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_NOMUTEX, system)
        pointer = opened
        guard code == SQLITE_OK else {
            let failure = failure()
            close()
            throw failure
        }
        sqlite3_extended_result_codes(opened, 1)
    }

    deinit {
        close()
    }

    func close() {
        sqlite3_close_v2(pointer)
        pointer = nil
    }

    func execute(_ sql: String) throws {
        guard sqlite3_exec(pointer, sql, nil, nil, nil) == SQLITE_OK else { throw failure(sql) }
    }

    /// The first column of all rows.
    func texts(_ sql: String) throws -> [String] {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(pointer, sql, -1, &statement, nil) == SQLITE_OK else {
            throw failure(sql)
        }
        var texts: [String] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                texts.append(sqlite3_column_text(statement, 0).map { String(cString: $0) } ?? "")
            case SQLITE_DONE: return texts
            default: throw failure(sql)
            }
        }
    }

    func text(_ sql: String) throws -> String {
        try texts(sql).first ?? ""
    }

    func number(_ sql: String) throws -> Int64 {
        Int64(try text(sql)) ?? 0
    }

    /// The latest error of this connection.
    func failure(_ statement: String = "") -> SQLiteFailure {
        SQLiteFailure(
            code: sqlite3_extended_errcode(pointer),
            message: sqlite3_errmsg(pointer).map { String(cString: $0) } ?? "",
            statement: statement
        )
    }
}
