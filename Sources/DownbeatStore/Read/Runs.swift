package import DownbeatCore

extension SQLiteStore {
    /// Runs, newest first, page by page.
    package func runs(_ query: RunQuery) throws(StoreError) -> [RunRecord] {
        try read { try $0.runs(query) }
    }

    /// One run with its attempts and its definition; nil: no such run.
    package func run(_ id: RunID) throws(StoreError) -> RunDetail? {
        try read { try $0.detail(id) }
    }

    /// Runs whose id ends with these characters, newest first; at most 3.
    ///
    /// Reads the index of ids as a whole: 0.1 s for a million runs.
    package func runs(endingWith suffix: String) throws(StoreError) -> [RunID] {
        let wanted = suffix.uppercased()
        return try read { connection in
            try connection.rows(
                "SELECT id FROM runs WHERE substr(id, -length(?1)) = ?1 ORDER BY n DESC LIMIT 3",
                wanted
            ) { try $0.runID(0) }
        }
    }

    /// The newest run of a schedule by creation; nil: none kept.
    package func latestRun(of schedule: String) throws(StoreError) -> RunRecord? {
        try runs(RunQuery(schedule: schedule, limit: 1)).first
    }

    /// Runs that are not done, oldest first.
    package func activeRuns(limit: Int) throws(StoreError) -> [RunRecord] {
        try read { connection in
            try connection.rows(
                "\(RunRecord.query) WHERE r.ended_us IS NULL ORDER BY r.n LIMIT ?",
                limit,
                read: RunRecord.init
            )
        }
    }

    /// Output of an attempt that is stored so far, in order, without the first `skipping` chunks.
    package func output(
        _ run: RunID,
        attempt: Int,
        skipping: Int
    ) throws(StoreError) -> [OutputChunk] {
        try read { connection in
            try connection.rows(
                """
                SELECT o.stream, o.time_us, o.bytes
                FROM runs r CROSS JOIN output o ON o.run = r.n AND o.attempt = ?
                WHERE r.id = ? ORDER BY o.n LIMIT -1 OFFSET ?
                """,
                attempt,
                run,
                skipping
            ) { row in
                OutputChunk(
                    stream: try row.word(0, OutputChunk.Stream.self),
                    time: row.instant(1),
                    bytes: row.bytes(2)
                )
            }
        }
    }
}

extension RunRecord {
    /// A query for rows of this kind; conditions are added behind it.
    static let query = """
        SELECT \(RunBody.columns), s.name, d.task, r.state, r.attempts, d.attempts_max, r.ready_us,
          r.started_us, r.ended_us, r.exit_code, r.signal, r.error, r.cancel_requested, r.held,
          d.revision
        FROM runs r CROSS JOIN schedules s ON s.id = r.schedule
          LEFT JOIN definitions d ON d.n = r.definition
        """

    /// Reads and checks a run.
    ///
    /// - Throws: `StoreError.damaged`, naming the run.
    init(_ row: Row) throws {
        let first = RunBody.columnCount
        let body = try RunBody(row)
        let state = try row.word(first + 2, RunState.self)
        self.init(
            id: body.id,
            schedule: row.text(first),
            task: row.text(first + 1),
            slot: body.slot,
            due: body.due,
            state: state,
            queue: body.queue,
            attempts: Int(row.integer(first + 3)),
            attemptsMax: Int(row.integer(first + 4)),
            enqueuedAt: body.enqueued,
            readyAt: state == .scheduled ? row.instant(first + 5) : nil,
            startedAt: row.optionalInstant(first + 6),
            endedAt: row.optionalInstant(first + 7),
            exitCode: row.optionalInteger(first + 8).map { Int32(clamping: $0) },
            signal: row.optionalInteger(first + 9).map { Int32(clamping: $0) },
            error: row.optionalText(first + 10),
            retryOf: body.retryOf,
            cancelRequested: row.flag(first + 11),
            isHeld: row.flag(first + 12),
            revision: row.text(first + 13)
        )
    }
}

extension Connection {
    /// Runs of a query, by descending key: served by `runs_by_schedule` or the primary key.
    fileprivate func runs(_ query: RunQuery) throws -> [RunRecord] {
        var conditions: [String] = []
        var values: [any Bindable] = []
        if let schedule = query.schedule {
            conditions.append("r.schedule = (SELECT id FROM schedules WHERE name = ?)")
            values.append(schedule)
        }
        if let slot = query.slot {
            conditions.append("r.slot_us = ?")
            values.append(slot)
        }
        if let since = query.since {
            conditions.append("r.due_us >= ?")
            values.append(since)
        }
        if let before = query.before {
            conditions.append("r.n < coalesce((SELECT n FROM runs WHERE id = ?), 0)")
            values.append(before)
        }
        if !query.states.isEmpty {
            // Words of an enum, so they can stand in the statement.
            let words = query.states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            conditions.append("r.state IN (\(words))")
            // Repeats the condition of `runs_unwell`, which SQLite then uses.
            if Set(query.states).isSubset(of: [.failed, .expired, .unknown]) {
                conditions.append(
                    "(r.state = 'failed' OR r.state = 'expired' OR r.state = 'unknown')"
                )
            }
            if !query.states.contains(where: \.isFinal) { conditions.append("r.ended_us IS NULL") }
        }
        values.append(query.limit)
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try rows(
            "\(RunRecord.query) \(filter) ORDER BY r.n DESC LIMIT ?",
            list: values,
            read: RunRecord.init
        )
    }

    fileprivate func detail(_ id: RunID) throws -> RunDetail? {
        let found = try row(
            """
            SELECT r.n, r.definition, CASE WHEN r.held THEN
              (SELECT b.id FROM runs b WHERE b.schedule = r.schedule AND b.ended_us IS NULL
                AND b.n < r.n ORDER BY b.n DESC LIMIT 1) END
            FROM runs r WHERE r.id = ?
            """,
            id
        ) { row in
            (number: row.integer(0), definition: row.integer(1), ahead: try row.optionalRunID(2))
        }
        guard let found,
            let record = try row(
                "\(RunRecord.query) WHERE r.n = ?",
                found.number,
                read: RunRecord.init
            )
        else { return nil }
        return RunDetail(
            record: record,
            attempts: try attempts(ofRun: found.number),
            definition: try definition(found.definition),
            heldBehind: found.ahead,
            result: try result(ofRun: found.number),
            progress: try progress(ofRun: found.number),
            failure: try failureRecord(of: found.number)
        )
    }

    private func attempts(ofRun number: Int64) throws -> [AttemptRecord] {
        try rows(
            """
            SELECT attempt, owner, claimed_us, started_us, ended_us, end_kind, end_value, end_text,
              user_us, system_us, peak_bytes, coalesce(dropped_bytes, 0),
              output_cut OR (ended_us IS NOT NULL AND dropped_bytes IS NULL AND EXISTS (
                SELECT 1 FROM output o WHERE o.run = a.run AND o.attempt = a.attempt))
            FROM attempts a WHERE run = ? ORDER BY attempt
            """,
            number
        ) { row in
            var usage: ResourceUsage?
            if let user = row.optionalInteger(8) {
                usage = ResourceUsage(
                    userMicroseconds: user,
                    systemMicroseconds: row.integer(9),
                    peakMemory: row.integer(10)
                )
            }
            return AttemptRecord(
                number: Int(row.integer(0)),
                owner: row.text(1),
                claimedAt: row.instant(2),
                startedAt: row.optionalInstant(3),
                endedAt: row.optionalInstant(4),
                end: try AttemptEnd.read(row, at: 5),
                usage: usage,
                droppedBytes: row.integer(11),
                outputCut: row.flag(12)
            )
        }
    }
}
