import GRDB
import GRDBSQLite

/// Prepared statements of the writing connection, by the address of their texts.
///
/// GRDB prepares and keeps them; this only finds them without hashing their texts. Must be emptied
/// before its connection is closed.
final class StatementCache {
    struct Prepared {
        let pointer: OpaquePointer
        let parameters: Int

        init(_ statement: Statement) {
            pointer = statement.sqliteStatement
            parameters = Int(sqlite3_bind_parameter_count(pointer))
        }
    }

    private var known: [UnsafeRawPointer: Prepared] = [:]
    /// Keeps them prepared.
    private var statements: [Statement] = []

    /// The statement of a text.
    func prepared(_ sql: SQL, in database: Database) throws -> Prepared {
        guard let key = sql.key else {
            return Prepared(try database.cachedStatement(sql: sql.text))
        }
        if let found = known[key] { return found }
        let statement = try database.cachedStatement(sql: sql.text)
        let prepared = Prepared(statement)
        statements.append(statement)
        known[key] = prepared
        return prepared
    }

    /// Lets go of all statements: the connection is about to be closed.
    func removeAll() {
        known.removeAll()
        statements.removeAll()
    }
}
