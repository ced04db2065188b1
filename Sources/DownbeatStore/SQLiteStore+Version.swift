import GRDBSQLite

extension SQLiteStore {
    /// The version of the SQLite library in use, such as `3.40.1`.
    package static var libraryVersion: String? {
        sqlite3_libversion().map { String(cString: $0) }
    }
}
