import DownbeatCore

/// A schedule as the database holds it.
struct ScheduleRow {
    var state: ScheduleState
    var isPresent: Bool
    /// When the configuration lost it; nil: it is present, or was never part of one.
    var removedAt: Timestamp?
    var queue: String
    var ruleSummary: String
    /// The key of the definition adopted last.
    var definition: Int64?
    /// End of the latest succeeded run.
    var lastSucceeded: Timestamp?

    var id: Int64 { state.id }

    /// A query for rows of this kind; conditions are added behind it.
    static let query = """
        SELECT s.id, s.name, coalesce(s.mark_us, s.first_seen_us), s.enabled, s.pause_since_us,
          s.pause_until_us, s.pause_reason, s.first_seen_us, s.latest_slot_us, s.latest_fired,
          r.started_us, r.ended_us, s.rule, s.revision, s.present, s.queue, s.rule_summary,
          s.definition, s.last_succeeded_us, s.removed_us, s.jitter_name, s.skip_triggers
        FROM schedules s LEFT JOIN runs r ON r.n = s.latest_run
        """

    /// Reads a row; the slots named by `skip` are added by whoever needs them.
    init(_ row: Row) {
        state = ScheduleState(
            id: row.integer(0),
            name: row.text(1),
            mark: row.instant(2),
            isEnabled: row.flag(3),
            skipTriggers: Int(row.integer(21)),
            jitterName: row.optionalText(20),
            firstSeen: row.instant(7),
            ruleText: row.text(12),
            revision: row.text(13)
        )
        if let since = row.optionalInstant(4) {
            state.pause = ScheduleState.Pause(
                since: since,
                until: row.optionalInstant(5),
                reason: row.text(6)
            )
        }
        if let nominal = row.optionalInstant(8) {
            state.latestSlot = ScheduleState.LatestSlot(
                nominal: nominal,
                fired: row.flag(9),
                startedAt: row.optionalInstant(10),
                endedAt: row.optionalInstant(11)
            )
        }
        isPresent = row.flag(14)
        queue = row.text(15)
        ruleSummary = row.text(16)
        definition = row.optionalInteger(17)
        lastSucceeded = row.optionalInstant(18)
        removedAt = row.optionalInstant(19)
    }
}

extension WriteScope {
    /// A schedule as a tick needs it; nil: never seen; its skips are not read.
    ///
    /// Comes from memory where it can, except for a schedule that counts from its own runs.
    func schedule(_ schedule: Schedule) throws -> ScheduleRow? {
        if !schedule.rule.countsFromRuns, let row = memory.schedules.row(named: schedule.name) {
            return row
        }
        let row = try connection.schedule(named: schedule.name)
        if let row { memory.schedules.remember(row) }
        return row
    }
}

extension Connection {
    /// All schedules that were ever seen, by name.
    func allSchedules() throws -> [ScheduleRow] {
        let skips = try allSkips()
        return try rows("\(ScheduleRow.query) ORDER BY s.name") { row in
            var schedule = ScheduleRow(row)
            schedule.state.skipNext = skips[schedule.id] ?? []
            return schedule
        }
    }

    /// A schedule by its name; nil: never seen; its skips are not read.
    func schedule(named name: String) throws -> ScheduleRow? {
        try row("\(ScheduleRow.query) WHERE s.name = ?", name, read: ScheduleRow.init)
    }

    /// A schedule by its key; nil: never seen; its skips are not read.
    func schedule(_ id: Int64) throws -> ScheduleRow? {
        try row("\(ScheduleRow.query) WHERE s.id = ?", id, read: ScheduleRow.init)
    }

    /// A schedule of the configuration adopted last, or the error that says there is none.
    func presentSchedule(named name: String) throws -> ScheduleRow {
        guard let schedule = try schedule(named: name), schedule.isPresent else {
            throw StoreError.notFound(
                "there is no schedule \"\(name)\" in this database; list those there are with"
                    + " `downbeat schedules`"
            )
        }
        return schedule
    }

    /// The slots named by `skip`, ascending, by schedule: a short table.
    func allSkips() throws -> [Int64: [Timestamp]] {
        let named = try rows("SELECT schedule, slot_us FROM skips ORDER BY schedule, slot_us") {
            (schedule: $0.integer(0), slot: $0.instant(1))
        }
        return Dictionary(grouping: named, by: \.schedule).mapValues { $0.map(\.slot) }
    }
}
