package import DownbeatCore
import GRDBSQLite

/// The database that backups are measured with: numbered rows, one commit each, beside much else.
package final class BenchDatabase {
    /// Content of a row of the large table; random, so that nothing is guessed from it.
    private static let rowBytes = 3900
    private static let busyMilliseconds: Int32 = 10_000
    private let handle: SQLiteHandle
    private let path: String
    /// The latest numbered row.
    package private(set) var latest: Int64

    /// Opens the database, or makes an empty one in WAL mode that is durable at each commit.
    package init(_ path: String) throws(StoreError) {
        self.path = path
        do {
            handle = try SQLiteHandle(path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
            sqlite3_busy_timeout(handle.pointer, Self.busyMilliseconds)
            try handle.execute(
                """
                PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                CREATE TABLE IF NOT EXISTS content (bytes BLOB);
                CREATE TABLE IF NOT EXISTS numbers (n INTEGER PRIMARY KEY, text TEXT)
                """
            )
            latest = try handle.number("SELECT max(n) FROM numbers")
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Fills the large table up to about so many bytes, and empties the log into the file.
    package func fill(upTo bytes: Int64) throws(StoreError) {
        do {
            try handle.execute(
                """
                WITH RECURSIVE i(n) AS
                  (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < \(bytes / 4096))
                INSERT INTO content SELECT randomblob(\(Self.rowBytes)) FROM i;
                PRAGMA wal_checkpoint(TRUNCATE)
                """
            )
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Commits the next row.
    package func addRow() throws(StoreError) {
        do {
            latest += 1
            try handle.execute("INSERT INTO numbers VALUES (\(latest), 'a row of usual length')")
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Whether a copy is sound and holds rows 1 to some k without a hole.
    package static func isGood(_ copy: String) -> Bool {
        guard SQLiteFileCheck.problems(of: copy).isEmpty else { return false }
        do {
            let handle = try SQLiteHandle(
                DatabaseFile(path: copy).immutableName,
                flags: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            )
            let sql = "SELECT count(*) = coalesce(max(n), 0) FROM numbers"
            return try handle.number(sql) == 1
        } catch {
            return false
        }
    }
}
