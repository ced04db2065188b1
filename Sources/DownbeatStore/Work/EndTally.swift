import DownbeatCore

/// Ended runs that a request has not counted yet: what goes to `rollups` and to the schedules.
///
/// A request that ends a hundred runs of a schedule writes one row, not a hundred; `WriteScope`
/// writes the tally before the request's savepoint is released.
struct EndTally {
    /// A quarter of an hour.
    static let bucketMicroseconds: Int64 = 900_000_000

    struct Key: Hashable {
        var schedule: Int64
        var bucket: Int64
    }

    struct Counts {
        var byState: [RunState: Int] = [:]
        var durationSum: Int64 = 0
        var durationMax: Int64 = 0
    }

    private(set) var counts: [Key: Counts] = [:]
    /// The latest due time of a run that succeeded: its slot, or when a manual run was asked for.
    private(set) var lastSucceeded: [Int64: Timestamp] = [:]

    var isEmpty: Bool { counts.isEmpty }

    /// Counts a run that has just ended, in the bucket of its due time.
    mutating func add(_ run: RunRow, _ end: RunEnd) {
        let schedule = run.body.schedule
        let due = run.body.due.microseconds
        let remainder = due % Self.bucketMicroseconds
        let bucket = due - remainder - (remainder < 0 ? Self.bucketMicroseconds : 0)
        let duration = max(0, (end.at - (run.started ?? end.at)).wholeMicroseconds)
        var counted = counts[Key(schedule: schedule, bucket: bucket), default: Counts()]
        counted.byState[end.state, default: 0] += 1
        counted.durationSum += duration
        counted.durationMax = max(counted.durationMax, duration)
        counts[Key(schedule: schedule, bucket: bucket)] = counted
        if end.state == .succeeded {
            let due = run.body.slot ?? run.body.due
            lastSucceeded[schedule] = max(lastSucceeded[schedule] ?? due, due)
        }
    }
}

extension WriteScope {
    /// Writes what was counted since the last time.
    func writeTally() throws {
        guard !tally.isEmpty else { return }
        defer { tally = EndTally() }
        for (key, counts) in tally.counts { try write(counts, key) }
        for (schedule, due) in tally.lastSucceeded {
            memory.schedules.update(schedule) { row in
                row.lastSucceeded = max(row.lastSucceeded ?? due, due)
            }
            try connection.execute(
                """
                UPDATE schedules SET last_succeeded_us = max(coalesce(last_succeeded_us, ?1), ?1)
                WHERE id = ?2
                """,
                due,
                schedule
            )
        }
    }

    private func write(_ counts: EndTally.Counts, _ key: EndTally.Key) throws {
        try connection.execute(
            """
            INSERT INTO rollups (schedule, bucket_us, succeeded, failed, cancelled, expired, unknown,
              duration_sum_us, duration_max_us)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (schedule, bucket_us) DO UPDATE SET
              succeeded = succeeded + excluded.succeeded,
              failed = failed + excluded.failed,
              cancelled = cancelled + excluded.cancelled,
              expired = expired + excluded.expired,
              unknown = unknown + excluded.unknown,
              duration_sum_us = duration_sum_us + excluded.duration_sum_us,
              duration_max_us = max(duration_max_us, excluded.duration_max_us)
            """,
            key.schedule,
            key.bucket,
            counts.byState[.succeeded, default: 0],
            counts.byState[.failed, default: 0],
            counts.byState[.cancelled, default: 0],
            counts.byState[.expired, default: 0],
            counts.byState[.unknown, default: 0],
            counts.durationSum,
            counts.durationMax
        )
    }
}
