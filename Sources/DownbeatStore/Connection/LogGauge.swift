import GRDB
import GRDBSQLite
import Synchronization

/// How many pages the write-ahead log holds, as SQLite tells after each commit of the writer.
///
/// SQLite would move the log into the database within the very commit that makes it long enough: one
/// tick in a few then waits for thousands of writes and a sync of another file. With this the writer
/// does it after it has answered.
final class LogGauge: Sendable {
    private let latest = Atomic<Int32>(0)

    /// Pages in the log after the latest commit; 0 when there is no log.
    var pages: Int { Int(latest.load(ordering: .relaxed)) }

    /// Has a connection report its commits here, and no longer move the log by itself.
    ///
    /// The gauge must outlive the connection.
    func watch(_ database: Database) {
        sqlite3_wal_hook(
            database.sqliteConnection,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                let gauge = Unmanaged<LogGauge>.fromOpaque(context).takeUnretainedValue()
                gauge.latest.store(pages, ordering: .relaxed)
                return SQLITE_OK
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    /// The log has been moved: the next commit writes over it.
    func reset() {
        latest.store(0, ordering: .relaxed)
    }
}
