/// A run as the store shows it.
package struct RunRecord: Hashable, Sendable {
    package var id: RunID
    package var schedule: String
    /// `command`, `shell`, or the name of a built-in.
    package var task: String
    /// Nominal time; nil for a manual run.
    package var slot: Timestamp?
    /// When it was or is due; a manual run: when it was asked for.
    package var due: Timestamp
    package var state: RunState
    package var queue: String
    /// Attempts that were claimed so far.
    package var attempts: Int
    /// `retry.times + 1`.
    package var attemptsMax: Int
    package var enqueuedAt: Timestamp
    /// When a run in backoff is ready again.
    package var readyAt: Timestamp?
    /// When the first attempt started.
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?
    /// Of the latest attempt.
    package var exitCode: Int32?
    package var signal: Int32?
    /// A sentence for people: `exit 1`, `timed out after 10m`, `lost`.
    package var error: String?
    package var retryOf: RunID?
    package var cancelRequested: Bool
    /// Waits for an earlier run of its schedule.
    package var isHeld: Bool
    package var revision: String

    package init(
        id: RunID,
        schedule: String,
        task: String,
        slot: Timestamp?,
        due: Timestamp,
        state: RunState,
        queue: String,
        attempts: Int,
        attemptsMax: Int,
        enqueuedAt: Timestamp,
        readyAt: Timestamp?,
        startedAt: Timestamp?,
        endedAt: Timestamp?,
        exitCode: Int32?,
        signal: Int32?,
        error: String?,
        retryOf: RunID?,
        cancelRequested: Bool,
        isHeld: Bool,
        revision: String
    ) {
        self.id = id
        self.schedule = schedule
        self.task = task
        self.slot = slot
        self.due = due
        self.state = state
        self.queue = queue
        self.attempts = attempts
        self.attemptsMax = attemptsMax
        self.enqueuedAt = enqueuedAt
        self.readyAt = readyAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.exitCode = exitCode
        self.signal = signal
        self.error = error
        self.retryOf = retryOf
        self.cancelRequested = cancelRequested
        self.isHeld = isHeld
        self.revision = revision
    }
}

/// One attempt as the store shows it.
package struct AttemptRecord: Hashable, Sendable {
    package var number: Int
    package var owner: String
    package var claimedAt: Timestamp
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?
    /// Nil while it runs.
    package var end: AttemptEnd?
    package var usage: ResourceUsage?
    /// Bytes of output that were not kept.
    package var droppedBytes: Int64
    /// The output may lack its end: the daemon died before it was written.
    package var outputCut: Bool

    package init(
        number: Int,
        owner: String,
        claimedAt: Timestamp,
        startedAt: Timestamp?,
        endedAt: Timestamp?,
        end: AttemptEnd?,
        usage: ResourceUsage?,
        droppedBytes: Int64,
        outputCut: Bool
    ) {
        self.number = number
        self.owner = owner
        self.claimedAt = claimedAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.end = end
        self.usage = usage
        self.droppedBytes = droppedBytes
        self.outputCut = outputCut
    }
}

/// A row of the ledger.
package struct LedgerRow: Hashable, Sendable {
    package enum Outcome: String, Sendable, Codable { case fired, skipped }

    package var schedule: String
    package var slot: Timestamp
    /// The last slot of a counted row; nil for a row of its own.
    package var to: Timestamp?
    package var count: Int
    package var outcome: Outcome
    package var reason: SkipReason?
    package var blockedBy: RunID?
    package var runID: RunID?

    package init(
        schedule: String,
        slot: Timestamp,
        to: Timestamp?,
        count: Int,
        outcome: Outcome,
        reason: SkipReason?,
        blockedBy: RunID?,
        runID: RunID?
    ) {
        self.schedule = schedule
        self.slot = slot
        self.to = to
        self.count = count
        self.outcome = outcome
        self.reason = reason
        self.blockedBy = blockedBy
        self.runID = runID
    }
}
