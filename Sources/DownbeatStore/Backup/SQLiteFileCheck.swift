import GRDBSQLite

/// Looking at a database file that nobody writes: a copy, or one just unpacked.
package enum SQLiteFileCheck {
    /// Findings reported; one is enough to call a copy bad.
    private static let findingsMax = 5

    /// SQLite's own whole check.
    ///
    /// The file is read as one that nobody changes, so nothing is put beside it.
    ///
    /// - Returns: what is wrong; empty: nothing is. Reads the whole file, about 1 GB in a few seconds.
    package static func problems(of path: String) -> [String] {
        do {
            let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            let handle = try SQLiteHandle(DatabaseFile(path: path).immutableName, flags: flags)
            let findings = try handle.texts("PRAGMA integrity_check(\(findingsMax))")
            return findings == ["ok"] ? [] : findings
        } catch {
            let failure = SQLiteFailure(any: error)
            return [failure?.message ?? "it cannot be read"]
        }
    }
}
