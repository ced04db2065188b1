package import DownbeatCore

extension SQLiteStore {
    package func adopt(
        _ schedules: [Schedule],
        now: Timestamp,
        previousRule: @escaping @Sendable (String) -> Rule?
    ) throws(StoreError) -> [ScheduleState] {
        try write { scope in
            try scope.adopt(schedules, now: now, previousRule: previousRule)
        }
    }

    package func scheduleStates() throws(StoreError) -> [ScheduleState] {
        try read { try $0.allSchedules().filter(\.isPresent).map(\.state) }
    }
}

extension WriteScope {
    /// Takes over a configuration as `AdoptionPlanner` says.
    func adopt(
        _ schedules: [Schedule],
        now: Timestamp,
        previousRule: (String) -> Rule?
    ) throws -> [ScheduleState] {
        memory.forgetSchedules()
        let stored = try connection.allSchedules()
        let changes = AdoptionPlanner.plan(
            stored: stored.map {
                StoredSchedule(
                    state: $0.state,
                    isPresent: $0.isPresent,
                    removedAt: $0.removedAt
                )
            },
            new: schedules,
            now: now,
            previousRule: previousRule
        )
        var rows = Dictionary(uniqueKeysWithValues: stored.map { ($0.state.name, $0) })
        // Removals and renames first: they make room for what has their names.
        for change in changes where change.isRemoved {
            if let row = rows[change.name] { try remove(row, now: now) }
        }
        for change in changes {
            guard let old = change.renamedFrom, var row = rows.removeValue(forKey: old) else {
                continue
            }
            try rename(row, to: change.name, inTheWay: rows[change.name])
            row.state.name = change.name
            rows[change.name] = row
        }
        for (schedule, change) in zip(schedules, changes) {
            try take(schedule, change, rows[schedule.name], now: now)
        }
        let known = try connection.allSchedules()
        try writeFollowers(of: schedules, known)
        let after = Dictionary(
            uniqueKeysWithValues: known.map { ($0.state.name, $0.state) }
        )
        return schedules.compactMap { after[$0.name] }
    }

    /// Drops the mark and what waits; history stays, and a running attempt goes on.
    private func remove(_ row: ScheduleRow, now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE schedules SET present = 0, mark_us = NULL, pause_since_us = NULL,
              pause_until_us = NULL, pause_reason = NULL, skip_triggers = 0, removed_us = ?
            WHERE id = ?
            """,
            now,
            row.id
        )
        try connection.execute("DELETE FROM skips WHERE schedule = ?", row.id)
        // The newest first, so that no held run is released only to be cancelled.
        for run in try activeRuns(ofSchedule: row.id).reversed() where run.state != .running {
            try end(
                run,
                RunEnd(state: .cancelled, at: now, error: "its schedule was removed")
            )
        }
    }

    /// Gives a schedule another name.
    ///
    /// A removed schedule that had the new name before keeps its history under a name that no schedule
    /// can have.
    private func rename(_ row: ScheduleRow, to name: String, inTheWay: ScheduleRow?) throws {
        if let inTheWay {
            try connection.execute(
                "UPDATE schedules SET name = name || '#' || id WHERE id = ?",
                inTheWay.id
            )
        }
        // Jitter goes on from the first name, or a new name would move every slot.
        try connection.execute(
            "UPDATE schedules SET jitter_name = coalesce(jitter_name, name), name = ? WHERE id = ?",
            name,
            row.id
        )
    }

    private func take(
        _ schedule: Schedule,
        _ change: ScheduleChange,
        _ before: ScheduleRow?,
        now: Timestamp
    ) throws {
        guard !isAsStored(schedule, change, before) else { return }
        let id = try before?.id ?? insertSchedule(named: schedule.name, now: now)
        let definition = try definitionNumber(schedule.definition, schedule: id)
        try connection.execute(
            """
            UPDATE schedules SET present = 1, removed_us = NULL, enabled = ?2, mark_us = coalesce(?3, mark_us),
              rule = ?4, rule_summary = ?5, revision = ?6, queue = ?7, definition = ?8
            WHERE id = ?1
            """,
            id,
            schedule.isEnabled,
            change.newMark,
            schedule.rule.canonicalText,
            schedule.rule.summary,
            schedule.definition.revision,
            schedule.queue,
            definition
        )
        if change.forgetsSkips {
            try connection.execute("DELETE FROM skips WHERE schedule = ?", id)
            try connection.execute("UPDATE schedules SET skip_triggers = 0 WHERE id = ?", id)
        }
        if case .skipRange(let first, let last, let count, let reason) = change.counted {
            try recordRange(
                schedule: id,
                first: first,
                last: last,
                count: count,
                reason: reason,
                joining: before?.state.mark
            )
        }
    }

    /// Whether nothing has to be written: most schedules of most reloads.
    private func isAsStored(
        _ schedule: Schedule,
        _ change: ScheduleChange,
        _ row: ScheduleRow?
    ) -> Bool {
        guard let row, row.definition != nil, !row.state.revision.isEmpty else { return false }
        return change.isUnchanged && row.queue == schedule.queue
            && row.ruleSummary == schedule.rule.summary
    }

    /// Makes the row of a name that was never seen, not yet part of a configuration.
    ///
    /// - Returns: its key.
    func insertSchedule(named name: String, now: Timestamp) throws -> Int64 {
        try connection.execute(
            """
            INSERT INTO schedules (name, present, enabled, rule, rule_summary, revision, queue,
              first_seen_us)
            VALUES (?, 0, 1, '', '', '', '', ?)
            """,
            name,
            now
        )
        return try connection.number("SELECT last_insert_rowid()") ?? 0
    }
}
