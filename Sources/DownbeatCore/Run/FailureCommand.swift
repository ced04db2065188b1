/// An `on_failure` command under the one claim it ever has.
package struct ClaimedFailure: Hashable, Sendable {
    /// The failed run, with the number of its last attempt.
    package var run: ClaimedRun
    /// What went wrong, as the run has it.
    package var error: String

    package init(run: ClaimedRun, error: String) {
        self.run = run
        self.error = error
    }
}

/// How an `on_failure` command ended.
package struct FailureEnd: Hashable, Sendable {
    package var run: RunID
    package var endedAt: Timestamp
    /// What went wrong with it, without a full stop; nil: it exited 0.
    package var problem: String?

    package init(run: RunID, endedAt: Timestamp, problem: String?) {
        self.run = run
        self.endedAt = endedAt
        self.problem = problem
    }
}

/// What is known of a run's `on_failure` command.
package struct FailureRecord: Hashable, Sendable {
    /// When it was claimed; nil: it waits for a worker.
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?
    /// What went wrong with it; nil: nothing, or it has not ended.
    package var problem: String?

    package init(startedAt: Timestamp?, endedAt: Timestamp?, problem: String?) {
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.problem = problem
    }
}
