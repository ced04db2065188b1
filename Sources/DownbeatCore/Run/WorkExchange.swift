/// What a worker hands in and asks for in one request: one round trip, one commit.
package struct WorkRequest: Sendable {
    /// An attempt that has ended.
    package struct Completion: Sendable {
        package var run: RunID
        package var attempt: Int
        package var end: AttemptEnd
        package var endedAt: Timestamp
        package var usage: ResourceUsage?
        /// Stored in the commit that makes the run `succeeded`, and dropped with any other verdict.
        package var product: AttemptProduct?

        package init(
            run: RunID,
            attempt: Int,
            end: AttemptEnd,
            endedAt: Timestamp,
            usage: ResourceUsage?,
            product: AttemptProduct? = nil
        ) {
            self.run = run
            self.attempt = attempt
            self.end = end
            self.endedAt = endedAt
            self.usage = usage
            self.product = product
        }
    }

    /// How far an attempt has come, replacing what was said before.
    package struct Progress: Sendable {
        package var run: RunID
        package var attempt: Int
        package var reading: ProgressReading

        package init(run: RunID, attempt: Int, reading: ProgressReading) {
            self.run = run
            self.attempt = attempt
            self.reading = reading
        }
    }

    /// Output that is final and goes to the store.
    package struct Output: Sendable {
        package var run: RunID
        package var attempt: Int
        package var chunks: [OutputChunk]
        /// Set with the last part: bytes left out between head and tail.
        package var droppedBytes: Int64?

        package init(run: RunID, attempt: Int, chunks: [OutputChunk], droppedBytes: Int64?) {
            self.run = run
            self.attempt = attempt
            self.chunks = chunks
            self.droppedBytes = droppedBytes
        }
    }

    /// The command of an attempt has started.
    package struct Start: Sendable {
        package var run: RunID
        package var attempt: Int
        package var startedAt: Timestamp
        /// For people only; never signalled.
        package var pid: Int32

        package init(run: RunID, attempt: Int, startedAt: Timestamp, pid: Int32) {
            self.run = run
            self.attempt = attempt
            self.startedAt = startedAt
            self.pid = pid
        }
    }

    package var owner: String
    package var now: Timestamp
    package var starts: [Start]
    package var output: [Output]
    package var progress: [Progress]
    package var completions: [Completion]
    /// The most runs to claim now; 0: none.
    package var claimLimit: Int
    /// Queues to claim from, with the number of runs at once in the whole database.
    package var queues: [String: Int]
    /// Claim this run and no other (`run --here`).
    package var only: RunID?
    /// `on_failure` commands that have ended.
    package var failureEnds: [FailureEnd] = []
    /// The most `on_failure` commands to claim now; 0: none.
    package var failureLimit = 0
    /// Claim the `on_failure` command of this run and no other (`run --here`).
    package var failureOnlyOf: RunID?

    package init(
        owner: String,
        now: Timestamp,
        starts: [Start] = [],
        output: [Output] = [],
        progress: [Progress] = [],
        completions: [Completion] = [],
        claimLimit: Int = 0,
        queues: [String: Int] = [:],
        only: RunID? = nil
    ) {
        self.owner = owner
        self.now = now
        self.starts = starts
        self.output = output
        self.progress = progress
        self.completions = completions
        self.claimLimit = claimLimit
        self.queues = queues
        self.only = only
    }
}

/// The store's answer to a worker.
package struct WorkReply: Sendable {
    package var claimed: [ClaimedRun]
    /// Runs that this owner executes and that somebody wants ended.
    package var cancelRequested: [RunID]
    /// What became of completed runs: shown on the terminal.
    package var transitions: [Transition]
    /// The next instant at which something becomes ready or expires; nil: nothing waits for time.
    package var wakeAt: Timestamp?
    /// `on_failure` commands for this owner to start: their one claim is durable.
    package var failures: [ClaimedFailure] = []
    /// Runs of schedules that follow those which have ended, new in their queues and not claimed here:
    /// somebody else may have a place for them.
    package var followed: [RunID] = []

    package struct Transition: Sendable {
        package var run: RunID
        package var schedule: String
        package var attempt: Int
        package var state: RunState
        package var error: String?
        package var readyAt: Timestamp?

        package init(
            run: RunID,
            schedule: String,
            attempt: Int,
            state: RunState,
            error: String?,
            readyAt: Timestamp?
        ) {
            self.run = run
            self.schedule = schedule
            self.attempt = attempt
            self.state = state
            self.error = error
            self.readyAt = readyAt
        }
    }

    package init(
        claimed: [ClaimedRun] = [],
        cancelRequested: [RunID] = [],
        transitions: [Transition] = [],
        wakeAt: Timestamp? = nil
    ) {
        self.claimed = claimed
        self.cancelRequested = cancelRequested
        self.transitions = transitions
        self.wakeAt = wakeAt
    }
}

/// A run under a fresh lease: everything its attempt needs.
package struct ClaimedRun: Hashable, Sendable {
    package var id: RunID
    package var schedule: String
    package var slot: Timestamp?
    package var due: Timestamp
    package var queue: String
    /// From 1.
    package var attempt: Int
    package var definition: RunDefinition
    /// Due time of the schedule's latest succeeded run, for templates: its slot, or when a manual run
    /// was asked for; nil: none.
    package var lastSucceeded: Timestamp?
    /// What the schedule's latest succeeded run of a built-in left for the next one; nil: nothing.
    package var positions: [UInt8]?

    package init(
        id: RunID,
        schedule: String,
        slot: Timestamp?,
        due: Timestamp,
        queue: String,
        attempt: Int,
        definition: RunDefinition,
        lastSucceeded: Timestamp?,
        positions: [UInt8]? = nil
    ) {
        self.id = id
        self.schedule = schedule
        self.slot = slot
        self.due = due
        self.queue = queue
        self.attempt = attempt
        self.definition = definition
        self.lastSucceeded = lastSucceeded
        self.positions = positions
    }
}
