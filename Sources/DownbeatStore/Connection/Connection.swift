import DownbeatCore
import GRDB
import GRDBSQLite

/// An open database inside one transaction: statements in, rows out.
///
/// GRDB opens the file, serialises access and caches prepared statements; binding and stepping go
/// straight to the C API, which halves the cost of the small statements that a tick and a claim are
/// made of. Rows are read completely before a function returns, so no statement is ever stepped while
/// it is being used again.
final class Connection {
    private let database: Database
    /// Nil: statements are found by their text, which is good enough for readers.
    private let statements: StatementCache?
    /// Statements that were executed through this connection.
    private(set) var statementCount = 0

    init(_ database: Database, statements: StatementCache? = nil) {
        self.database = database
        self.statements = statements
    }

    /// Whether a transaction is open; an error may have ended it.
    var isInTransaction: Bool {
        sqlite3_get_autocommit(database.sqliteConnection) == 0
    }

    /// Rows that the latest statement inserted, changed or deleted.
    var changes: Int {
        Int(sqlite3_changes(database.sqliteConnection))
    }

    /// Rows changed since the connection was opened.
    var totalChanges: Int32 {
        sqlite3_total_changes(database.sqliteConnection)
    }

    /// Executes a statement and passes over its rows.
    func execute<each Value: Bindable>(_ sql: SQL, _ values: repeat each Value) throws {
        let statement = try prepared(sql, repeat each values)
        defer { sqlite3_reset(statement) }
        while try step(statement, sql) {}
    }

    /// Executes statements that take no values, separated by semicolons.
    func executeScript(_ sql: String) throws {
        let code = sqlite3_exec(database.sqliteConnection, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code, SQL(sql)) }
    }

    /// All rows of a query, in order.
    func rows<Element, each Value: Bindable>(
        _ sql: SQL,
        _ values: repeat each Value,
        read: (Row) throws -> Element
    ) throws -> [Element] {
        try rows(of: try prepared(sql, repeat each values), sql, read: read)
    }

    /// All rows of a query whose values come as a list.
    func rows<Element>(
        _ sql: String,
        list values: [any Bindable],
        read: (Row) throws -> Element
    ) throws -> [Element] {
        let sql = SQL(sql)
        let statement = try prepared(sql, count: values.count)
        for (index, value) in values.enumerated() {
            let code = value.bind(to: statement, at: Int32(index + 1))
            guard code == SQLITE_OK else { throw failure(code, sql) }
        }
        return try rows(of: statement, sql, read: read)
    }

    private func rows<Element>(
        of statement: OpaquePointer,
        _ sql: SQL,
        read: (Row) throws -> Element
    ) throws -> [Element] {
        defer { sqlite3_reset(statement) }
        var result: [Element] = []
        while try step(statement, sql) { result.append(try read(Row(statement: statement))) }
        return result
    }

    /// The first row of a query; nil: no row.
    func row<Element, each Value: Bindable>(
        _ sql: SQL,
        _ values: repeat each Value,
        read: (Row) throws -> Element
    ) throws -> Element? {
        let statement = try prepared(sql, repeat each values)
        defer { sqlite3_reset(statement) }
        guard try step(statement, sql) else { return nil }
        return try read(Row(statement: statement))
    }

    /// The first column of the first row as a number; nil: no row or NULL.
    func number<each Value: Bindable>(
        _ sql: SQL,
        _ values: repeat each Value
    ) throws -> Int64? {
        let statement = try prepared(sql, repeat each values)
        defer { sqlite3_reset(statement) }
        guard try step(statement, sql) else { return nil }
        return Row(statement: statement).optionalInteger(0)
    }

    private func prepared<each Value: Bindable>(
        _ sql: SQL,
        _ values: repeat each Value
    ) throws -> OpaquePointer {
        var count: Int32 = 0
        for _ in repeat each values { count += 1 }
        let statement = try prepared(sql, count: Int(count))
        var index: Int32 = 0
        for value in repeat each values {
            index += 1
            let code = value.bind(to: statement, at: index)
            guard code == SQLITE_OK else { throw failure(code, sql) }
        }
        return statement
    }

    private func prepared(_ sql: SQL, count: Int) throws -> OpaquePointer {
        let statement =
            try statements?.prepared(sql, in: database)
            ?? StatementCache.Prepared(try database.cachedStatement(sql: sql.text))
        precondition(
            statement.parameters == count,
            "a statement needs as many values as it has parameters: \(sql.text)"
        )
        statementCount += 1
        return statement.pointer
    }

    private func step(_ statement: OpaquePointer, _ sql: SQL) throws -> Bool {
        let code = sqlite3_step(statement)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure(code, sql)
        }
    }

    private func failure(_ code: Int32, _ sql: SQL) -> SQLiteFailure {
        let message = sqlite3_errmsg(database.sqliteConnection).map { String(cString: $0) } ?? ""
        return SQLiteFailure(code: code, message: message, statement: sql.text)
    }
}

/// One row of a query while it is being read.
struct Row {
    fileprivate let statement: OpaquePointer

    func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(statement, column)
    }

    func optionalInteger(_ column: Int32) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    func flag(_ column: Int32) -> Bool {
        integer(column) != 0
    }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? {
        isNull(column) ? nil : text(column)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(statement, column) else { return [] }
        let count = Int(sqlite3_column_bytes(statement, column))
        return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    func instant(_ column: Int32) -> Timestamp {
        Timestamp(microseconds: integer(column))
    }

    func optionalInstant(_ column: Int32) -> Timestamp? {
        optionalInteger(column).map { Timestamp(microseconds: $0) }
    }

    /// A run's id.
    ///
    /// - Throws: `StoreError.damaged` when the text is none.
    func runID(_ column: Int32) throws -> RunID {
        let text = text(column)
        guard let id = RunID(text) else {
            throw StoreError.damaged(
                "the database holds \"\(text)\" where a run's id belongs; run `downbeat doctor`"
            )
        }
        return id
    }

    func optionalRunID(_ column: Int32) throws -> RunID? {
        isNull(column) ? nil : try runID(column)
    }

    /// A word of one of our enums.
    ///
    /// - Throws: `StoreError.damaged` when the text is none of its words.
    func word<Word: RawRepresentable>(_ column: Int32, _ type: Word.Type) throws -> Word
    where Word.RawValue == String {
        let text = text(column)
        guard let word = Word(rawValue: text) else {
            throw StoreError.damaged(
                "the database holds \"\(text)\" where a \(type) belongs; run `downbeat doctor`"
            )
        }
        return word
    }

    private func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(statement, column) == SQLITE_NULL
    }
}
