package import DownbeatCore

extension SQLiteStore {
    /// Moves the marks of all schedules ahead to an instant, and writes what they pass into the ledger.
    ///
    /// Each stretch becomes one counted row: of `paused` or `disabled` where that is so, else of
    /// `catch_up`. A mark that is ahead already stays. One transaction.
    ///
    /// - Parameters:
    ///   - now: the new marks.
    ///   - slots: what lies between, by schedule.
    /// - Throws: `StoreError`.
    package func moveMarks(
        to now: Timestamp,
        passing slots: [StateGap.Slots]
    ) throws(StoreError) {
        try write { scope in
            scope.memory.forgetSchedules()
            for stretch in slots {
                let row = try scope.connection.presentSchedule(named: stretch.schedule)
                try scope.recordRange(
                    schedule: row.id,
                    first: stretch.first,
                    last: stretch.last,
                    count: stretch.count,
                    reason: Self.reason(row.state, now: now),
                    joining: nil
                )
            }
            try scope.connection.execute(
                "UPDATE schedules SET mark_us = ?1 WHERE present = 1 AND mark_us < ?1",
                now
            )
        }
    }

    private static func reason(_ state: ScheduleState, now: Timestamp) -> SkipReason {
        if !state.isEnabled { return .disabled }
        let isPaused = state.pause.map { pause in pause.until.map { $0 > now } ?? true } ?? false
        return isPaused ? .paused : .catchUp
    }

    /// How many slots of a schedule after an instant have fired, by the ledger; none of an unknown one.
    package func firedSlots(
        of schedule: String,
        after instant: Timestamp
    ) throws(StoreError) -> Int {
        try read { connection in
            // Served by the primary key of slots.
            let count = try connection.number(
                """
                SELECT count(*) FROM slots WHERE outcome = 'fired' AND slot_us > ?2
                  AND schedule = (SELECT id FROM schedules WHERE name = ?1)
                """,
                schedule,
                instant
            )
            return Int(count ?? 0)
        }
    }
}
