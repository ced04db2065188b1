import DownbeatCore

// What built-ins leave behind: written in the commit that ends their run as succeeded.
extension WriteScope {
    /// Keeps what an attempt produced.
    func keep(_ product: AttemptProduct, of run: RunRow, at now: Timestamp) throws {
        if let result = product.result {
            try connection.execute(
                "INSERT INTO results (run, body) VALUES (?, ?)",
                run.number,
                String(decoding: result, as: UTF8.self)
            )
        }
        for window in product.statistics { try keep(window, of: run, at: now) }
        guard let positions = product.positions else { return }
        try connection.execute(
            """
            INSERT INTO positions (schedule, run, stored_us, body) VALUES (?, ?, ?, ?)
            ON CONFLICT (schedule) DO UPDATE SET run = excluded.run,
              stored_us = excluded.stored_us, body = excluded.body
            """,
            run.body.schedule,
            run.id,
            now,
            positions
        )
    }

    /// Stores a window in place of what its schedule has of it.
    private func keep(_ window: WindowStatistics, of run: RunRow, at now: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO statistics (schedule, start_us, end_us, run, stored_us, lines, malformed,
              bytes, clients, exact, latency_samples, latency_p50_us, latency_p95_us,
              latency_p99_us, latency_max_us)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (schedule, start_us, end_us) DO UPDATE SET run = excluded.run,
              stored_us = excluded.stored_us, lines = excluded.lines,
              malformed = excluded.malformed, bytes = excluded.bytes, clients = excluded.clients,
              exact = excluded.exact, latency_samples = excluded.latency_samples,
              latency_p50_us = excluded.latency_p50_us, latency_p95_us = excluded.latency_p95_us,
              latency_p99_us = excluded.latency_p99_us, latency_max_us = excluded.latency_max_us
            """,
            run.body.schedule,
            window.start,
            window.end,
            run.id,
            now,
            window.lines,
            window.malformed,
            window.bytes,
            window.clients,
            window.isExact,
            window.latency?.samples,
            window.latency?.p50,
            window.latency?.p95,
            window.latency?.p99,
            window.latency?.max
        )
        let number = try connection.number(
            "SELECT n FROM statistics WHERE schedule = ? AND start_us = ? AND end_us = ?",
            run.body.schedule,
            window.start,
            window.end
        )
        try connection.execute("DELETE FROM statistic_groups WHERE statistics = ?", number)
        for group in window.groups {
            // A built-in that names a group twice must not stop the worker: the last word counts.
            try connection.execute(
                """
                INSERT OR REPLACE INTO statistic_groups (statistics, field, key, count, bytes)
                VALUES (?, ?, ?, ?, ?)
                """,
                number,
                group.by,
                group.key,
                group.count,
                group.bytes
            )
        }
    }

    /// What the schedule of a run has stored for its next one.
    func positions(forRun number: Int64) throws -> [UInt8]? {
        let schedule = try connection.number("SELECT schedule FROM runs WHERE n = ?", number)
        return try schedule.flatMap { try connection.positions(ofSchedule: $0) }
    }

    /// Notes how far an attempt has come, if its owner still holds the lease.
    func store(_ progress: WorkRequest.Progress, owner: String) throws {
        let (said, reading) = (progress.reading.progress, progress.reading)
        try connection.execute(
            """
            INSERT OR REPLACE INTO progress (run, attempt, phase, done, total, unit, since_us, time_us)
            SELECT r.n, l.attempt, ?, ?, ?, ?, ?, ?
            FROM runs r CROSS JOIN leases l ON l.run = r.n
            WHERE r.id = ? AND l.owner = ? AND l.attempt = ?
            """,
            said.phase,
            said.done,
            said.total,
            said.unit.rawValue,
            reading.since,
            reading.at,
            progress.run,
            owner,
            progress.attempt
        )
    }

    /// Progress is of the attempt that runs; its end says more.
    func forgetProgress(ofRun number: Int64) throws {
        try connection.execute("DELETE FROM progress WHERE run = ?", number)
    }
}

extension Connection {
    /// What a schedule's latest succeeded run left for the next one; nil: nothing.
    func positions(ofSchedule schedule: Int64) throws -> [UInt8]? {
        try row("SELECT body FROM positions WHERE schedule = ?", schedule) { $0.bytes(0) }
    }
}
