import DownbeatCore

/// `on_failure` commands: noted in the commit that ends their run as `failed`, claimed once, ended.
///
/// The claim is durable before the command starts and is never given back: an owner that dies with it
/// leaves a command that may not have run, never one that runs again.
extension WriteScope {
    /// Notes that a failed run has a command to execute.
    func noteFailure(of run: RunRow, _ definition: RunDefinition) throws {
        guard definition.onFailure != nil else { return }
        try connection.execute(
            "INSERT INTO failure_commands (run, queue) VALUES (?, ?)",
            run.number,
            run.body.queue
        )
    }

    /// Takes commands of the queues, or of the one run, that the request names.
    func claimFailures(_ request: WorkRequest) throws -> [ClaimedFailure] {
        var claimed: [ClaimedFailure] = []
        guard request.failureLimit > 0 else { return [] }
        if let only = request.failureOnlyOf {
            let number = try connection.number(
                """
                SELECT f.run FROM runs r CROSS JOIN failure_commands f ON f.run = r.n
                WHERE r.id = ? AND f.started_us IS NULL
                """,
                only
            )
            if let number { claimed.append(try claimFailure(number, request)) }
            return claimed
        }
        for queue in request.queues.keys.sorted() where claimed.count < request.failureLimit {
            // Served by `failure_commands_waiting`, which is mostly empty.
            let numbers = try connection.rows(
                """
                SELECT run FROM failure_commands INDEXED BY failure_commands_waiting
                WHERE queue = ? AND started_us IS NULL ORDER BY run LIMIT ?
                """,
                queue,
                request.failureLimit - claimed.count
            ) { $0.integer(0) }
            for number in numbers { claimed.append(try claimFailure(number, request)) }
        }
        return claimed
    }

    private func claimFailure(_ run: Int64, _ request: WorkRequest) throws -> ClaimedFailure {
        try connection.execute(
            "UPDATE failure_commands SET owner = ?, started_us = ? WHERE run = ?",
            request.owner,
            request.now,
            run
        )
        let facts = try connection.row(
            """
            SELECT r.id, s.name, r.slot_us, r.due_us, r.queue, r.attempts, r.definition,
              s.last_succeeded_us, r.error
            FROM runs r CROSS JOIN schedules s ON s.id = r.schedule WHERE r.n = ?
            """,
            run
        ) { row in
            (
                run: ClaimedRun(
                    id: try row.runID(0),
                    schedule: row.text(1),
                    slot: row.optionalInstant(2),
                    due: row.instant(3),
                    queue: row.text(4),
                    attempt: Int(row.integer(5)),
                    definition: RunDefinition(action: .command([])),
                    lastSucceeded: row.optionalInstant(7)
                ),
                definition: row.integer(6),
                error: row.optionalText(8)
            )
        }
        guard var facts else { throw StoreError.damaged("run \(run) is missing") }
        facts.run.definition = try definition(facts.definition)
        return ClaimedFailure(run: facts.run, error: facts.error ?? "")
    }

    /// Hands in the end of a command; its failure is an event too, so that `status` shows it.
    func endFailure(_ end: FailureEnd, owner: String) throws {
        try connection.execute(
            """
            UPDATE failure_commands SET ended_us = ?, problem = ?
            WHERE run = (SELECT n FROM runs WHERE id = ?) AND owner = ? AND ended_us IS NULL
            """,
            end.endedAt,
            end.problem,
            end.run,
            owner
        )
        guard connection.changes == 1, let problem = end.problem else { return }
        try recordFailure(end.run, problem, at: end.endedAt)
    }

    /// Ends the commands of an owner that is gone with everything below it.
    func loseFailures(owner: String, now: Timestamp) throws {
        let runs = try connection.rows(
            """
            SELECT r.id FROM failure_commands f INDEXED BY failure_commands_open
              CROSS JOIN runs r ON r.n = f.run
            WHERE f.owner = ? AND f.started_us IS NOT NULL AND f.ended_us IS NULL
            """,
            owner
        ) { try $0.runID(0) }
        for run in runs {
            let problem = "lost: the service died before its end was seen; it is not started again"
            try endFailure(FailureEnd(run: run, endedAt: now, problem: problem), owner: owner)
        }
    }

    private func recordFailure(_ run: RunID, _ problem: String, at now: Timestamp) throws {
        let schedule = try connection.row(
            "SELECT s.name FROM runs r JOIN schedules s ON s.id = r.schedule WHERE r.id = ?",
            run
        ) { $0.text(0) }
        try record(
            EventRecord(
                time: now,
                name: "on_failure.failed",
                schedule: schedule,
                detail: "on_failure: \(problem) (run \(run.text))",
                isError: true
            )
        )
    }
}

extension Connection {
    /// What is known of a run's command; nil: it has none.
    func failureRecord(of run: Int64) throws -> FailureRecord? {
        try row(
            "SELECT started_us, ended_us, problem FROM failure_commands WHERE run = ?",
            run
        ) { row in
            FailureRecord(
                startedAt: row.optionalInstant(0),
                endedAt: row.optionalInstant(1),
                problem: row.optionalText(2)
            )
        }
    }
}
