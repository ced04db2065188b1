package import DownbeatCore

extension SQLiteStore {
    package func prune(
        _ keep: [String: KeepPolicy],
        now: Timestamp
    ) throws(StoreError) -> Bool {
        try write { try $0.prune(keep, now: now) }
    }
}

/// Pruning, in steps that keep other requests waiting for a few milliseconds only.
///
/// A step looks at some schedules, from where the one before stopped, and deletes a bounded number of
/// runs, with their ledger rows, attempts and output. What is not a run's (skipped slots, counted rows)
/// goes by the same age and number. The run of a schedule's newest slot stays: an interval may count
/// from it.
extension WriteScope {
    /// Runs or ledger rows deleted in one step.
    static let pruneRowsMax = 500
    /// Schedules looked at in one step.
    static let pruneSchedulesMax = 100

    /// One step.
    ///
    /// - Returns: whether there may be more to do: false after the last schedule.
    fileprivate func prune(_ keep: [String: KeepPolicy], now: Timestamp) throws -> Bool {
        let schedules = try connection.rows(
            "SELECT id, name FROM schedules WHERE id > ? ORDER BY id LIMIT ?",
            memory.prunedUpTo,
            Self.pruneSchedulesMax
        ) { row in (id: row.integer(0), name: row.text(1)) }
        guard !schedules.isEmpty else {
            memory.prunedUpTo = 0
            try pruneEvents()
            return false
        }
        var left = Self.pruneRowsMax
        for schedule in schedules {
            let policy = keep[schedule.name] ?? KeepPolicy()
            left -= try pruneRuns(ofSchedule: schedule.id, policy, now: now, limit: left)
            left -= try pruneLedger(ofSchedule: schedule.id, policy, now: now, limit: left)
            left -= try pruneOutput(ofSchedule: schedule.id, policy, now: now, limit: left)
            // Nothing left of the bound: this schedule may have more.
            guard left > 0 else { return true }
            try pruneDefinitions(ofSchedule: schedule.id)
            memory.prunedUpTo = schedule.id
        }
        return true
    }

    /// Deletes ended runs that are too old or too many; served by `runs_by_schedule`.
    private func pruneRuns(
        ofSchedule schedule: Int64,
        _ policy: KeepPolicy,
        now: Timestamp,
        limit: Int
    ) throws -> Int {
        let count = Int(
            try connection.number("SELECT count(*) FROM runs WHERE schedule = ?", schedule) ?? 0
        )
        let spare = count - policy.atLeast
        let surplus = count - policy.atMost
        guard spare > 0 else { return 0 }
        let candidates = try connection.rows(
            """
            SELECT n, slot_us, ended_us FROM runs
            WHERE schedule = ?1 AND ended_us IS NOT NULL
              AND n IS NOT (SELECT latest_run FROM schedules WHERE id = ?1)
            ORDER BY n LIMIT ?2
            """,
            schedule,
            min(limit, spare)
        ) { row in
            (number: row.integer(0), slot: row.optionalInstant(1), ended: row.instant(2))
        }
        var deleted = 0
        for run in candidates {
            guard deleted < surplus || now - run.ended > policy.runs else { continue }
            try delete(run.number, slot: run.slot, ofSchedule: schedule)
            deleted += 1
        }
        return deleted
    }

    private func delete(_ run: Int64, slot: Timestamp?, ofSchedule schedule: Int64) throws {
        if let slot {
            try connection.execute(
                "DELETE FROM slots WHERE schedule = ? AND slot_us = ? AND run = ?",
                schedule,
                slot,
                run
            )
        }
        try connection.execute("DELETE FROM output WHERE run = ?", run)
        try connection.execute("DELETE FROM results WHERE run = ?", run)
        try connection.execute("DELETE FROM attempts WHERE run = ?", run)
        try connection.execute("DELETE FROM failure_commands WHERE run = ?", run)
        try connection.execute("DELETE FROM runs WHERE n = ?", run)
    }

    /// Deletes ledger rows without a run by the same age and number, oldest first.
    private func pruneLedger(
        ofSchedule schedule: Int64,
        _ policy: KeepPolicy,
        now: Timestamp,
        limit: Int
    ) throws -> Int {
        let cutOff = now - policy.runs
        var deleted = 0
        let tables = [
            ("slots", "slot_us", "slot_us", "AND outcome = 'skipped'"),
            ("slot_ranges", "first_us", "last_us", ""),
        ]
        for (table, key, age, condition) in tables {
            let count = Int(
                try connection.number(
                    "SELECT count(*) FROM \(table) WHERE schedule = ? \(condition)",
                    schedule
                ) ?? 0
            )
            let spare = count - policy.atLeast
            guard spare > 0, deleted < limit else { continue }
            let rows = try connection.rows(
                """
                SELECT \(key), \(age) FROM \(table) WHERE schedule = ? \(condition)
                ORDER BY \(key) LIMIT ?
                """,
                schedule,
                min(limit - deleted, spare)
            ) { row in (key: row.instant(0), age: row.instant(1)) }
            for (index, row) in rows.enumerated() {
                guard index < count - policy.atMost || row.age < cutOff else { break }
                try connection.execute(
                    "DELETE FROM \(table) WHERE schedule = ? AND \(key) = ?",
                    schedule,
                    row.key
                )
                deleted += 1
            }
        }
        return deleted
    }

    /// Deletes the output of runs that ended long ago, where it is kept shorter than they are.
    private func pruneOutput(
        ofSchedule schedule: Int64,
        _ policy: KeepPolicy,
        now: Timestamp,
        limit: Int
    ) throws -> Int {
        guard policy.output < policy.runs, limit > 0 else { return 0 }
        let runs = try connection.rows(
            """
            SELECT n FROM runs r
            WHERE schedule = ? AND ended_us < ?
              AND EXISTS (SELECT 1 FROM output o WHERE o.run = r.n)
            ORDER BY n LIMIT ?
            """,
            schedule,
            now - policy.output,
            limit
        ) { $0.integer(0) }
        for run in runs { try connection.execute("DELETE FROM output WHERE run = ?", run) }
        return runs.count
    }

    /// Deletes definitions that neither the schedule nor a run uses.
    private func pruneDefinitions(ofSchedule schedule: Int64) throws {
        let count = try connection.number(
            "SELECT count(*) FROM definitions WHERE schedule = ?",
            schedule
        )
        // The usual case: there is only the one in use.
        guard let count, count > 1 else { return }
        try connection.execute(
            """
            DELETE FROM definitions
            WHERE schedule = ?1
              AND n NOT IN (SELECT definition FROM runs WHERE schedule = ?1)
              AND n NOT IN (SELECT definition FROM schedules WHERE id = ?1
                AND definition IS NOT NULL)
            """,
            schedule
        )
    }

    private func pruneEvents() throws {
        try connection.execute(
            "DELETE FROM events WHERE n <= (SELECT max(n) FROM events) - ?",
            SQLiteStore.eventsMax
        )
    }
}
