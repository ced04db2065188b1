import DownbeatCore

extension WriteScope {
    /// Claims as many runs as the request and the queues' limits allow, in the order of priority,
    /// ready time and creation.
    func claim(_ request: WorkRequest) throws -> [ClaimedRun] {
        if let only = request.only { return try [claimOnly(only, request)] }
        guard request.claimLimit > 0 else { return [] }
        let running = try runningByQueue()
        var candidates: [Candidate] = []
        for (queue, limit) in request.queues {
            let free = min(request.claimLimit, limit - running[queue, default: 0])
            if free > 0 { candidates += try readyRuns(in: queue, limit: free) }
        }
        candidates.sort()
        var claimed: [ClaimedRun] = []
        for candidate in candidates.prefix(request.claimLimit) {
            if let run = try claim(candidate, request, isCounted: true) { claimed.append(run) }
        }
        return claimed
    }

    /// A run that can be claimed, as the order of claiming needs it.
    private struct Candidate: Comparable {
        var number: Int64
        var id: RunID
        var schedule: String
        var queue: String
        var priority: Int64
        var ready: Timestamp
        var slot: Timestamp?
        var due: Timestamp
        var attempts: Int
        var definition: Int64
        var lastSucceeded: Timestamp?

        static func < (left: Candidate, right: Candidate) -> Bool {
            (left.priority, left.ready, left.number) < (right.priority, right.ready, right.number)
        }

        static func == (left: Candidate, right: Candidate) -> Bool { left.number == right.number }
    }

    private func runningByQueue() throws -> [String: Int] {
        let counts = try connection.rows(
            "SELECT queue, count(*) FROM leases WHERE counted = 1 GROUP BY queue"
        ) { row in (row.text(0), Int(row.integer(1))) }
        return Dictionary(uniqueKeysWithValues: counts)
    }

    /// The first keys of a queue, by the primary key of `ready`, whatever the backlog.
    private func readyRuns(in queue: String, limit: Int) throws -> [Candidate] {
        try connection.rows(
            """
            SELECT r.n, r.id, s.name, y.queue, y.priority, y.ready_us, r.slot_us, r.due_us,
              r.attempts, r.definition, s.last_succeeded_us
            FROM ready y CROSS JOIN runs r ON r.n = y.run CROSS JOIN schedules s ON s.id = r.schedule
            WHERE y.queue = ?
            ORDER BY y.priority, y.ready_us, y.run LIMIT ?
            """,
            queue,
            limit,
            read: Self.candidate
        )
    }

    private static func candidate(_ row: Row) throws -> Candidate {
        Candidate(
            number: row.integer(0),
            id: try row.runID(1),
            schedule: row.text(2),
            queue: row.text(3),
            priority: row.integer(4),
            ready: row.instant(5),
            slot: row.optionalInstant(6),
            due: row.instant(7),
            attempts: Int(row.integer(8)),
            definition: row.integer(9),
            lastSucceeded: row.optionalInstant(10)
        )
    }

    /// Gives a lease.
    ///
    /// - Returns: nil when the run may start at most once and has an attempt already.
    private func claim(
        _ run: Candidate,
        _ request: WorkRequest,
        isCounted: Bool
    ) throws -> ClaimedRun? {
        let definition = try definition(run.definition)
        guard definition.delivery == .atLeastOnce || run.attempts == 0 else {
            try giveUp(run, request.now)
            return nil
        }
        let attempt = run.attempts + 1
        try connection.execute(
            "DELETE FROM ready WHERE queue = ? AND priority = ? AND ready_us = ? AND run = ?",
            run.queue,
            run.priority,
            run.ready,
            run.number
        )
        try connection.execute(
            "UPDATE runs SET state = 'running', attempts = ? WHERE n = ?",
            attempt,
            run.number
        )
        try connection.execute(
            "INSERT INTO leases (run, owner, queue, counted, attempt) VALUES (?, ?, ?, ?, ?)",
            run.number,
            request.owner,
            run.queue,
            isCounted,
            attempt
        )
        try connection.execute(
            "INSERT INTO attempts (run, attempt, owner, claimed_us) VALUES (?, ?, ?, ?)",
            run.number,
            attempt,
            request.owner,
            request.now
        )
        return ClaimedRun(
            id: run.id,
            schedule: run.schedule,
            slot: run.slot,
            due: run.due,
            queue: run.queue,
            attempt: attempt,
            definition: definition,
            lastSucceeded: run.lastSucceeded,
            positions: try definition.action.isBuiltIn ? positions(forRun: run.number) : nil
        )
    }

    /// A second line of defence: no verdict sends a run that may start at most once back.
    private func giveUp(_ run: Candidate, _ now: Timestamp) throws {
        let row = try existingRun(run.id)
        try end(row, RunEnd(state: .cancelled, at: now, error: "it may start at most once"))
    }

    /// Claims one run for `run --here`, outside the limits of its queue.
    private func claimOnly(_ id: RunID, _ request: WorkRequest) throws -> ClaimedRun {
        let run = try existingRun(id)
        guard run.state == .queued || run.state == .scheduled else {
            throw StoreError.conflict(
                "run \(id.text) is \(run.state.rawValue), so it cannot be started;"
                    + " make a new one with `downbeat retry`"
            )
        }
        if run.isHeld, let blocker = try blocker(of: run) {
            throw StoreError.conflict(Self.waitSentence(id, blocker))
        }
        try leaveQueue(run)
        let candidate = try connection.row(
            """
            SELECT r.n, r.id, s.name, r.queue, r.priority, r.ready_us, r.slot_us, r.due_us,
              r.attempts, r.definition, s.last_succeeded_us
            FROM runs r CROSS JOIN schedules s ON s.id = r.schedule WHERE r.n = ?
            """,
            run.number,
            read: Self.candidate
        )
        guard let candidate, let claimed = try claim(candidate, request, isCounted: false) else {
            throw StoreError.conflict(
                "run \(id.text) may start at most once and has started before;"
                    + " make a new one with `downbeat retry`"
            )
        }
        return claimed
    }

    /// The oldest run of the same schedule that is not done and is older; nil: none.
    private func blocker(of run: RunRow) throws -> RunID? {
        try connection.row(
            """
            SELECT id FROM runs WHERE schedule = ? AND ended_us IS NULL AND n < ?
            ORDER BY n LIMIT 1
            """,
            run.body.schedule,
            run.number
        ) { try $0.runID(0) }
    }

    static func waitSentence(_ id: RunID, _ blocker: RunID) -> String {
        "run \(id.text) waits for run \(blocker.text), which is not done; wait for it, or end it with"
            + " `downbeat cancel \(blocker.text)`"
    }
}
