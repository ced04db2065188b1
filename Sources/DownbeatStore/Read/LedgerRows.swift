package import DownbeatCore

extension SQLiteStore {
    /// Rows of the ledger, newest slot first: slots of their own and counted rows in one order.
    package func ledger(_ query: LedgerQuery) throws(StoreError) -> [LedgerRow] {
        try read { try $0.ledger(query) }
    }
}

extension Connection {
    /// Each part is served by its primary key for one schedule; across schedules it is sorted.
    fileprivate func ledger(_ query: LedgerQuery) throws -> [LedgerRow] {
        try rows(
            """
            SELECT s.name, l.slot_us, l.last_us, l.count, l.outcome, l.reason, l.blocked_by, r.id
            FROM (
              SELECT * FROM (
                SELECT schedule, slot_us, NULL AS last_us, 1 AS count, outcome, reason, blocked_by,
                  run
                FROM slots
                WHERE (?1 IS NULL OR schedule = ?1) AND slot_us >= ?2 AND slot_us < ?3
                ORDER BY slot_us DESC, schedule LIMIT ?4)
              UNION ALL
              SELECT * FROM (
                SELECT schedule, first_us, last_us, count, 'skipped', reason, NULL, NULL
                FROM slot_ranges
                WHERE (?1 IS NULL OR schedule = ?1) AND last_us >= ?2 AND first_us < ?3
                ORDER BY first_us DESC, schedule LIMIT ?4)
            ) l
            CROSS JOIN schedules s ON s.id = l.schedule
            LEFT JOIN runs r ON r.n = l.run
            ORDER BY l.slot_us DESC, s.name LIMIT ?4
            """,
            try query.schedule.map { try schedule(named: $0)?.id ?? -1 },
            query.since ?? .distantPast,
            query.before ?? .distantFuture,
            query.limit
        ) { row in
            let last = row.optionalInstant(2)
            return LedgerRow(
                schedule: row.text(0),
                slot: row.instant(1),
                to: last,
                count: Int(row.integer(3)),
                outcome: try row.word(4, LedgerRow.Outcome.self),
                reason: row.optionalText(5) == nil ? nil : try row.word(5, SkipReason.self),
                blockedBy: try row.optionalRunID(6),
                runID: try row.optionalRunID(7)
            )
        }
    }
}
