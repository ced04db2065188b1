package import DownbeatCore

extension SQLiteStore {
    package func exchange(_ request: WorkRequest) throws(StoreError) -> WorkReply {
        let reply = try write { try $0.exchange(request) }
        if !request.completions.isEmpty { Failpoint.pass("P9") }
        return reply
    }
}

extension WriteScope {
    /// One request of a worker: what it hands in first, then what it may have.
    func exchange(_ request: WorkRequest) throws -> WorkReply {
        followed = []
        for start in request.starts { try note(start, owner: request.owner) }
        for part in request.output { try store(part, owner: request.owner) }
        for progress in request.progress { try store(progress, owner: request.owner) }
        var reply = WorkReply()
        for completion in request.completions {
            let transition = try complete(completion, owner: request.owner, now: request.now)
            if let transition {
                reply.transitions.append(transition)
            }
        }
        for end in request.failureEnds { try endFailure(end, owner: request.owner) }
        try expire(now: request.now)
        try promote(now: request.now)
        // Before claims, which tell when their schedules last succeeded.
        try writeTally()
        reply.claimed = try claim(request)
        let claimed = Set(reply.claimed.map(\.id))
        reply.followed = followed.filter { !claimed.contains($0) }
        reply.failures = try claimFailures(request)
        reply.cancelRequested = try cancelRequested(of: request.owner)
        reply.wakeAt = try nextInstant()
        return reply
    }

    private func note(_ start: WorkRequest.Start, owner: String) throws {
        try connection.execute(
            """
            UPDATE attempts SET started_us = ?, pid = ?
            WHERE run = (SELECT n FROM runs WHERE id = ?) AND attempt = ? AND owner = ?
            """,
            start.startedAt,
            start.pid,
            start.run,
            start.attempt,
            owner
        )
        guard connection.changes == 1 else { return }
        try connection.execute(
            "UPDATE runs SET started_us = ? WHERE id = ? AND started_us IS NULL",
            start.startedAt,
            start.run
        )
    }

    private func store(_ output: WorkRequest.Output, owner: String) throws {
        let number = try connection.number(
            """
            SELECT r.n FROM runs r CROSS JOIN attempts a ON a.run = r.n AND a.attempt = ?
            WHERE r.id = ? AND a.owner = ?
            """,
            output.attempt,
            output.run,
            owner
        )
        // A run that was pruned meanwhile has no use for its output.
        guard let number else { return }
        for chunk in output.chunks {
            try connection.execute(
                "INSERT INTO output (run, attempt, stream, time_us, bytes) VALUES (?, ?, ?, ?, ?)",
                number,
                output.attempt,
                chunk.stream.rawValue,
                chunk.time,
                chunk.bytes
            )
        }
        guard let dropped = output.droppedBytes else { return }
        try connection.execute(
            "UPDATE attempts SET dropped_bytes = ? WHERE run = ? AND attempt = ?",
            dropped,
            number,
            output.attempt
        )
    }

    /// Runs of an owner that somebody wants ended, by `runs_to_cancel`, which is mostly empty.
    private func cancelRequested(of owner: String) throws -> [RunID] {
        try connection.rows(
            """
            SELECT r.id FROM runs r INDEXED BY runs_to_cancel CROSS JOIN leases l ON l.run = r.n
            WHERE r.cancel_requested = 1 AND r.ended_us IS NULL AND l.owner = ?
            """,
            owner
        ) { try $0.runID(0) }
    }

    /// The next instant at which a run becomes ready or expires; nil: none does.
    func nextInstant() throws -> Timestamp? {
        let ready = try connection.number("SELECT min(ready_us) FROM timed")
        let expiry = try connection.number(
            """
            SELECT expires_us FROM runs INDEXED BY runs_expiring
            WHERE expires_us IS NOT NULL AND ended_us IS NULL AND started_us IS NULL
              AND state IN ('scheduled', 'queued')
            ORDER BY expires_us LIMIT 1
            """
        )
        // A run expires after its last instant, not at it.
        return [ready, expiry.map { $0 + 1 }].compactMap(\.self).min()
            .map { Timestamp(microseconds: $0) }
    }
}
