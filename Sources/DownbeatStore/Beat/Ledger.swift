import DownbeatCore

extension WriteScope {
    /// Claims a slot for a run: the row that makes a second beat harmless.
    ///
    /// - Returns: whether the slot had no row of its own yet.
    func recordFire(schedule: Int64, slot: Timestamp, run: Int64) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO slots (schedule, slot_us, outcome, run) VALUES (?, ?, 'fired', ?)
            ON CONFLICT (schedule, slot_us) DO NOTHING
            """,
            schedule,
            slot,
            run
        )
        return connection.changes == 1
    }

    /// Writes a skipped slot; one that has a row of its own keeps it.
    func recordSkip(
        schedule: Int64,
        slot: Timestamp,
        reason: SkipReason,
        blockedBy: RunID?
    ) throws {
        guard !reason.isCounted else {
            return try recordRange(
                schedule: schedule,
                first: slot,
                last: slot,
                count: 1,
                reason: reason,
                joining: nil
            )
        }
        try connection.execute(
            """
            INSERT INTO slots (schedule, slot_us, outcome, reason, blocked_by)
            VALUES (?, ?, 'skipped', ?, ?)
            ON CONFLICT (schedule, slot_us) DO NOTHING
            """,
            schedule,
            slot,
            reason,
            blockedBy
        )
    }

    /// Writes a counted row, or makes the newest one longer.
    ///
    /// A row that begins at the same slot (the clock went back, and the slots were considered again)
    /// is replaced by the longer of the two.
    ///
    /// - Parameters:
    ///   - schedule: its key.
    ///   - first: the first slot.
    ///   - last: the last slot.
    ///   - count: how many slots.
    ///   - reason: why they did not fire.
    ///   - mark: the mark before; the newest row that ends there and has the same reason goes on.
    ///     Nil: never.
    /// - Throws: what the database throws.
    func recordRange(
        schedule: Int64,
        first: Timestamp,
        last: Timestamp,
        count: Int,
        reason: SkipReason,
        joining mark: Timestamp?
    ) throws {
        if let mark {
            try connection.execute(
                """
                UPDATE slot_ranges SET last_us = ?1, count = count + ?2
                WHERE schedule = ?3 AND last_us = ?4 AND reason = ?5 AND first_us
                  = (SELECT max(first_us) FROM slot_ranges WHERE schedule = ?3)
                """,
                last,
                count,
                schedule,
                mark,
                reason
            )
            guard connection.changes == 0 else { return }
        }
        try connection.execute(
            """
            INSERT INTO slot_ranges (schedule, first_us, last_us, count, reason)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (schedule, first_us) DO UPDATE SET
              last_us = max(last_us, excluded.last_us),
              count = max(count, excluded.count),
              reason = excluded.reason
            """,
            schedule,
            first,
            last,
            count,
            reason
        )
    }

    /// Forgets slots named by `skip`.
    func forgetSkips(schedule: Int64, _ slots: [Timestamp]) throws {
        for slot in slots {
            try connection.execute(
                "DELETE FROM skips WHERE schedule = ? AND slot_us = ?",
                schedule,
                slot
            )
        }
    }
}
