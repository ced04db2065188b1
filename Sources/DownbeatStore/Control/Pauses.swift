package import DownbeatCore

extension SQLiteStore {
    /// Stops the slots of schedules, not the runs that wait; replaces an earlier pause.
    package func pause(_ names: [String], pause: ScheduleState.Pause) throws(StoreError) {
        try write { scope in
            scope.memory.forgetSchedules()
            for name in names {
                try scope.connection.execute(
                    """
                    UPDATE schedules SET pause_since_us = ?, pause_until_us = ?, pause_reason = ?
                    WHERE id = ?
                    """,
                    pause.since,
                    pause.until,
                    pause.reason,
                    try scope.connection.presentSchedule(named: name).id
                )
            }
        }
    }

    /// Lets a pause end now, and forgets the slots that `skip` named.
    ///
    /// The next tick counts what fell due until now as `paused` and moves the mark to here, just as it
    /// does for a pause that had an end from the start. A schedule that is not paused keeps its mark.
    package func resume(_ names: [String], now: Timestamp) throws(StoreError) {
        try write { scope in
            scope.memory.forgetSchedules()
            for name in names {
                let id = try scope.connection.presentSchedule(named: name).id
                try scope.connection.execute(
                    """
                    UPDATE schedules SET pause_until_us = min(coalesce(pause_until_us, ?1), ?1)
                    WHERE id = ?2 AND pause_since_us IS NOT NULL
                    """,
                    now,
                    id
                )
                try scope.connection.execute("DELETE FROM skips WHERE schedule = ?", id)
                try scope.connection.execute(
                    "UPDATE schedules SET skip_triggers = 0 WHERE id = ?",
                    id
                )
            }
        }
    }

    /// Leaves out the next triggers of a schedule with `after`; said twice, it counts once.
    package func skip(_ name: String, triggers: Int) throws(StoreError) {
        try write { scope in
            scope.memory.forgetSchedules()
            try scope.connection.execute(
                "UPDATE schedules SET skip_triggers = max(skip_triggers, ?) WHERE id = ?",
                triggers,
                try scope.connection.presentSchedule(named: name).id
            )
        }
    }

    /// Names further slots to skip.
    package func skip(_ name: String, slots: [Timestamp]) throws(StoreError) {
        try write { scope in
            let id = try scope.connection.presentSchedule(named: name).id
            for slot in slots {
                try scope.connection.execute(
                    "INSERT INTO skips (schedule, slot_us) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    id,
                    slot
                )
            }
        }
    }
}
