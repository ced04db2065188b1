package import DownbeatCore

extension SQLiteStore {
    /// Runs that are not done, of one schedule in a summary; more are a matter of `runs`.
    package static let activeRunsMax = 100

    /// Schedules of the configuration adopted last, by name.
    package func schedules() throws(StoreError) -> [ScheduleSummary] {
        try read { connection in
            try connection.allSchedules().filter(\.isPresent).map { row in
                ScheduleSummary(
                    state: row.state,
                    latestRun: try connection.latestRun(ofSchedule: row.id),
                    latestSlot: try connection.latestSlot(ofSchedule: row.id),
                    activeRuns: try connection.activeRuns(
                        ofSchedule: row.id,
                        limit: Self.activeRunsMax
                    ),
                    ruleSummary: row.ruleSummary,
                    queue: row.queue,
                    definition: try row.definition.map { try connection.definition($0) }
                )
            }
        }
    }

    /// Every queue with runs that are not done.
    package func queues() throws(StoreError) -> [QueueSummary] {
        try read { connection in
            try connection.rows(
                """
                SELECT queue, sum(waiting), min(oldest), sum(running) FROM (
                  SELECT queue, count(*) AS waiting, min(ready_us) AS oldest, 0 AS running
                  FROM ready GROUP BY queue
                  UNION ALL
                  SELECT queue, 0, NULL, count(*) FROM leases GROUP BY queue
                ) GROUP BY queue ORDER BY queue
                """
            ) { row in
                QueueSummary(
                    name: row.text(0),
                    waiting: Int(row.integer(1)),
                    oldest: row.optionalInstant(2),
                    running: Int(row.integer(3))
                )
            }
        }
    }

    /// Ended runs by schedule and quarter of an hour of their due time, oldest first.
    package func rollups(
        schedule: String,
        since: Timestamp,
        before: Timestamp
    ) throws(StoreError) -> [Rollup] {
        try read { connection in
            try connection.rows(
                """
                SELECT bucket_us, succeeded, failed, cancelled, expired, unknown, duration_sum_us,
                  duration_max_us
                FROM rollups
                WHERE schedule = (SELECT id FROM schedules WHERE name = ?)
                  AND bucket_us >= ? AND bucket_us < ?
                ORDER BY bucket_us
                """,
                schedule,
                since,
                before,
                read: Rollup.init
            )
        }
    }
}

/// Ended runs of a schedule in one quarter of an hour of due time.
package struct Rollup: Hashable, Sendable {
    /// When the quarter begins, UTC.
    package var bucket: Timestamp
    package var succeeded: Int
    package var failed: Int
    package var cancelled: Int
    package var expired: Int
    package var unknown: Int
    /// From the first start to the end, of all of them.
    package var durationSum: Duration
    package var durationMax: Duration

    init(_ row: Row) {
        bucket = row.instant(0)
        succeeded = Int(row.integer(1))
        failed = Int(row.integer(2))
        cancelled = Int(row.integer(3))
        expired = Int(row.integer(4))
        unknown = Int(row.integer(5))
        durationSum = .microseconds(row.integer(6))
        durationMax = .microseconds(row.integer(7))
    }
}

extension Connection {
    /// Served by `runs_by_schedule`.
    fileprivate func latestRun(ofSchedule schedule: Int64) throws -> RunRecord? {
        try row(
            "\(RunRecord.query) WHERE r.schedule = ? ORDER BY r.n DESC LIMIT 1",
            schedule,
            read: RunRecord.init
        )
    }

    /// Served by the primary keys of the ledger's tables.
    fileprivate func latestSlot(ofSchedule schedule: Int64) throws -> Timestamp? {
        let own = try number("SELECT max(slot_us) FROM slots WHERE schedule = ?", schedule)
        let counted = try number(
            "SELECT last_us FROM slot_ranges WHERE schedule = ? ORDER BY first_us DESC LIMIT 1",
            schedule
        )
        return [own, counted].compactMap(\.self).max().map { Timestamp(microseconds: $0) }
    }

    /// Runs that are not done, oldest first; served by `runs_active`.
    func activeRuns(ofSchedule schedule: Int64, limit: Int) throws -> [ActiveRun] {
        try rows(
            """
            SELECT id, state FROM runs WHERE schedule = ? AND ended_us IS NULL ORDER BY n LIMIT ?
            """,
            schedule,
            limit
        ) { row in ActiveRun(id: try row.runID(0), state: try row.word(1, RunState.self)) }
    }
}
