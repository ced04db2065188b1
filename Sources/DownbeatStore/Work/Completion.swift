import DownbeatCore

extension WriteScope {
    /// Hands in the end of an attempt: `AttemptVerdict` decides what becomes of the run.
    ///
    /// - Parameters:
    ///   - completion: the end.
    ///   - owner: who held the lease. If it does not hold it any more, nothing happens: the attempt
    ///     was judged when its owner was given up.
    ///   - now: the instant of the commit.
    /// - Returns: what became of the run; nil if nothing happened.
    /// - Throws: what the database throws.
    func complete(
        _ completion: WorkRequest.Completion,
        owner: String,
        now: Timestamp
    ) throws -> WorkReply.Transition? {
        guard let run = try run(completion.run), run.state == .running else { return nil }
        try connection.execute(
            "DELETE FROM leases WHERE run = ? AND owner = ? AND attempt = ?",
            run.number,
            owner,
            completion.attempt
        )
        guard connection.changes == 1 else { return nil }
        let definition = try definition(run.body.definition)
        let verdict = AttemptVerdict.decide(
            completion.end,
            run: run.id,
            definition: definition,
            history: AttemptVerdict.History(
                failures: run.failures,
                losses: run.losses,
                cancelRequested: run.cancelRequested
            ),
            now: completion.endedAt
        )
        try endAttempt(completion, of: run)
        if definition.action.isBuiltIn { try forgetProgress(ofRun: run.number) }
        if verdict == .succeeded, let product = completion.product {
            try keep(product, of: run, at: completion.endedAt)
        }
        var seen = Sight(completion, definition)
        seen.committedAt = max(now, completion.endedAt)
        let (state, ready) = try apply(verdict, seen, to: run)
        if state == .failed { try noteFailure(of: run, definition) }
        return WorkReply.Transition(
            run: run.id,
            schedule: run.scheduleName,
            attempt: completion.attempt,
            state: state,
            error: state == .succeeded ? nil : seen.error,
            readyAt: ready
        )
    }

    /// What was seen of an attempt's end.
    private struct Sight {
        var at: Timestamp
        var committedAt: Timestamp?
        var exitCode: Int32?
        var signal: Int32?
        var error: String
        var isFailure = false
        var isLoss = false
        /// Whether the command must have started.
        var hasStarted = true

        init(_ completion: WorkRequest.Completion, _ definition: RunDefinition) {
            at = completion.endedAt
            error = completion.end.sentence(definition)
            switch completion.end {
            case .exited(let status):
                exitCode = status
                isFailure = !definition.successCodes.contains(status)
            case .signalled(let number):
                signal = number
                isFailure = true
            case .timedOut(let number, _):
                signal = number
                isFailure = true
            case .failed:
                isFailure = true
            case .notStarted:
                isFailure = true
                hasStarted = false
            case .lost:
                isLoss = true
                hasStarted = false
            case .cancelled, .drained:
                hasStarted = false
            }
        }
    }

    private func endAttempt(_ completion: WorkRequest.Completion, of run: RunRow) throws {
        let (kind, value, text) = completion.end.columns
        try connection.execute(
            """
            UPDATE attempts SET ended_us = ?, end_kind = ?, end_value = ?, end_text = ?,
              user_us = ?, system_us = ?, peak_bytes = ?, output_cut = ?
            WHERE run = ? AND attempt = ?
            """,
            completion.endedAt,
            kind,
            value,
            text,
            completion.usage?.userMicroseconds,
            completion.usage?.systemMicroseconds,
            completion.usage?.peakMemory,
            completion.end == .lost,
            run.number,
            completion.attempt
        )
    }

    /// Writes a verdict to the run.
    private func apply(
        _ verdict: AttemptVerdict,
        _ seen: Sight,
        to run: RunRow
    ) throws -> (RunState, Timestamp?) {
        switch verdict {
        case .succeeded: try finish(run, .succeeded, seen)
        case .failed: try finish(run, .failed, seen)
        case .cancelled: try finish(run, .cancelled, seen)
        case .unknown: try finish(run, .unknown, seen)
        case .requeue: try again(run, .queued, ready: seen.at, seen)
        case .retry(let ready):
            try again(run, ready <= seen.at ? .queued : .scheduled, ready: ready, seen)
        }
    }

    private func finish(
        _ run: RunRow,
        _ state: RunState,
        _ seen: Sight
    ) throws -> (RunState, Timestamp?) {
        if seen.isFailure || seen.isLoss || (seen.hasStarted && run.started == nil) {
            try count(seen, of: run)
        }
        var run = run
        if seen.hasStarted { run.started = run.started ?? seen.at }
        try end(
            run,
            RunEnd(
                state: state,
                at: seen.at,
                committedAt: seen.committedAt,
                exitCode: seen.exitCode,
                signal: seen.signal,
                error: state == .succeeded ? nil : seen.error
            )
        )
        return (state, nil)
    }

    /// Puts a run back for another attempt.
    private func again(
        _ run: RunRow,
        _ state: RunState,
        ready: Timestamp,
        _ seen: Sight
    ) throws -> (RunState, Timestamp?) {
        try count(seen, of: run)
        try connection.execute(
            """
            UPDATE runs SET state = ?, ready_us = ?, exit_code = ?, signal = ?, error = ?
            WHERE n = ?
            """,
            state,
            ready,
            seen.exitCode,
            seen.signal,
            seen.error,
            run.number
        )
        Failpoint.pass("P10")
        if state == .scheduled {
            try connection.execute(
                "INSERT INTO timed (ready_us, run) VALUES (?, ?)",
                ready,
                run.number
            )
            return (state, ready)
        }
        try insertReady(run.number, run.body, at: ready)
        return (state, nil)
    }

    private func count(_ seen: Sight, of run: RunRow) throws {
        try connection.execute(
            """
            UPDATE runs SET failures = failures + ?, losses = losses + ?,
              started_us = coalesce(started_us, ?)
            WHERE n = ?
            """,
            seen.isFailure,
            seen.isLoss,
            seen.hasStarted ? seen.at : nil,
            run.number
        )
    }
}
