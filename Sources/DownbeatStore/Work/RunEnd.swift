import DownbeatCore

/// How a run ended, for its row.
struct RunEnd {
    var state: RunState
    var at: Timestamp
    /// When that is written, which may be later since the store was busy; nil: at once.
    var committedAt: Timestamp?
    var exitCode: Int32?
    var signal: Int32?
    var error: String?
}

extension WriteScope {
    /// Ends a run, whatever the reason: the one place where a state becomes final.
    ///
    /// Takes it out of the queue, counts it in the roll-ups, releases the run that waited for it, and
    /// triggers the schedules that follow its own when it has succeeded for a slot.
    /// The lease of a running one is the caller's to delete.
    func end(_ run: RunRow, _ end: RunEnd) throws {
        precondition(
            run.state.successors.contains(end.state) && end.state.isFinal,
            "a run that is \(run.state.rawValue) cannot become \(end.state.rawValue)"
        )
        try leaveQueue(run)
        try connection.execute(
            """
            UPDATE runs SET state = ?, held = 0, ended_us = ?, exit_code = ?, signal = ?, error = ?
            WHERE n = ?
            """,
            end.state,
            end.at,
            end.exitCode,
            end.signal,
            end.error,
            run.number
        )
        tally.add(run, end)
        try releaseNext(ofSchedule: run.body.schedule, now: end.at)
        if end.state == .succeeded, let slot = run.body.slot {
            try follow(run.body.schedule, slot: slot, now: end.committedAt ?? end.at)
        }
    }

    /// Takes the key of a waiting run out of its queue.
    func leaveQueue(_ run: RunRow) throws {
        switch run.state {
        case .queued:
            try connection.execute(
                "DELETE FROM ready WHERE queue = ? AND priority = ? AND ready_us = ? AND run = ?",
                run.body.queue,
                run.body.priority,
                run.ready,
                run.number
            )
        case .scheduled:
            try connection.execute(
                "DELETE FROM timed WHERE ready_us = ? AND run = ?",
                run.ready,
                run.number
            )
        case .running, .succeeded, .failed, .cancelled, .expired, .unknown:
            break
        }
    }

    /// Ends waiting runs that no attempt of started in time; served by `runs_expiring`.
    ///
    /// - Parameters:
    ///   - now: the instant of the request.
    ///   - limit: a bound on the work of one commit; the rest follows with the next request.
    /// - Throws: what the database throws.
    func expire(now: Timestamp, limit: Int = 1000) throws {
        let late = try connection.rows(
            """
            \(RunRow.query)
            WHERE r.expires_us IS NOT NULL AND r.ended_us IS NULL AND r.started_us IS NULL
              AND r.expires_us < ? AND r.state IN ('scheduled', 'queued')
            ORDER BY r.expires_us LIMIT ?
            """,
            now,
            limit,
            read: RunRow.init
        )
        for run in late {
            // Ending the one before may have released this one: its key has moved.
            let run = try existingRun(run.id)
            try end(run, RunEnd(state: .expired, at: now, error: "not started in time"))
        }
    }
}
