package import DownbeatCore

extension SQLiteStore {
    /// Ends a waiting run, or records on a running one that somebody wants it ended.
    package func cancel(_ id: RunID, now: Timestamp) throws(StoreError) -> CancelOutcome {
        try write { scope in
            try scope.cancel(try scope.existingRun(id), now: now, error: "cancelled")
        }
    }
}

extension WriteScope {
    /// Ends a waiting run, or asks for the end of a running one.
    @discardableResult
    func cancel(_ run: RunRow, now: Timestamp, error: String) throws -> CancelOutcome {
        switch run.state {
        case .scheduled, .queued:
            try end(run, RunEnd(state: .cancelled, at: now, error: error))
            return .cancelled
        case .running:
            try connection.execute(
                "UPDATE runs SET cancel_requested = 1 WHERE n = ?",
                run.number
            )
            return .requested
        case .succeeded, .failed, .cancelled, .expired, .unknown:
            return .alreadyFinal(run.state)
        }
    }
}
