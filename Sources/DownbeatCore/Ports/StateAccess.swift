/// An open database as the command line sees it: reads, and requests that change state.
///
/// Reads see one committed state each. A control is one durable commit and rings the doorbells of
/// the daemon and the workers by itself.
package protocol StateAccess: Sendable {
    // Reads.

    /// Schedules of the configuration adopted last, by name.
    func schedules() throws(StoreError) -> [ScheduleSummary]
    /// Runs, newest first.
    func runs(_ query: RunQuery) throws(StoreError) -> [RunRecord]
    /// One run with its attempts and its definition; nil: no such run.
    func run(_ id: RunID) throws(StoreError) -> RunDetail?
    /// Runs whose id ends with these characters (upper case, at least 6), newest first; at most 3.
    func runs(endingWith suffix: String) throws(StoreError) -> [RunID]
    /// Output of an attempt that is stored so far, in order, without the first chunks, which the
    /// caller has already.
    func output(_ run: RunID, attempt: Int, skipping: Int) throws(StoreError) -> [OutputChunk]
    /// Rows of the ledger, newest slot first.
    func ledger(_ query: LedgerQuery) throws(StoreError) -> [LedgerRow]
    /// Stored statistics of a schedule, by the start of their windows; of the newest, if there are
    /// more than asked for.
    func statistics(_ query: StatisticsQuery) throws(StoreError) -> [WindowStatistics]
    /// What the schedule's latest succeeded run of a built-in left for the next one; nil: nothing.
    func positions(of schedule: String) throws(StoreError) -> [UInt8]?
    /// Every queue with runs that are not done.
    func queues() throws(StoreError) -> [QueueSummary]
    /// The error that refused the latest reload; nil when the latest one was taken.
    func reloadError() throws(StoreError) -> Diagnostic?
    /// The newest events, newest first.
    func events(limit: Int) throws(StoreError) -> [EventRecord]
    /// What the zone data said that the beat planned with, by zone.
    func zoneForecasts() throws(StoreError) -> [ZoneForecast]
    /// Looks the whole database over; may take seconds.
    func inspect() throws(StoreError) -> DatabaseFacts

    // Controls.

    /// Stops the slots of schedules; replaces an earlier pause.
    func pause(_ names: [String], pause: ScheduleState.Pause) throws(StoreError)
    /// Ends a pause (the mark moves to now) and forgets slots named by `skip`.
    func resume(_ names: [String], now: Timestamp) throws(StoreError)
    /// Names further slots to skip.
    func skip(_ name: String, slots: [Timestamp]) throws(StoreError)
    /// Leaves out the next triggers of a schedule with `after`; said twice, it counts once.
    func skip(_ name: String, triggers: Int) throws(StoreError)
    /// Makes a manual run, without a ledger row.
    func enqueue(_ request: ManualRun) throws(StoreError) -> RunID
    /// Makes a new run of a run in a final state, with today's definition or, without one, the
    /// stored one.
    func retry(_ id: RunID, request: ManualRun?, now: Timestamp) throws(StoreError) -> RunID
    /// Ends a waiting run, or asks for the end of a running one.
    func cancel(_ id: RunID, now: Timestamp) throws(StoreError) -> CancelOutcome
}

/// A schedule as the database knows it.
package struct ScheduleSummary: Hashable, Sendable {
    package var state: ScheduleState
    /// The newest run by creation; nil: none kept.
    package var latestRun: RunRecord?
    /// The newest ledger row; nil: none kept.
    package var latestSlot: Timestamp?
    /// Runs that are not done.
    package var activeRuns: [ActiveRun]
    /// The rule in short words as adopted: `every 10m`.
    package var ruleSummary: String
    package var queue: String
    /// As adopted last; nil when the store does not keep it.
    package var definition: RunDefinition?

    package init(
        state: ScheduleState,
        latestRun: RunRecord? = nil,
        latestSlot: Timestamp? = nil,
        activeRuns: [ActiveRun] = [],
        ruleSummary: String = "",
        queue: String = "default",
        definition: RunDefinition? = nil
    ) {
        self.state = state
        self.latestRun = latestRun
        self.latestSlot = latestSlot
        self.activeRuns = activeRuns
        self.ruleSummary = ruleSummary
        self.queue = queue
        self.definition = definition
    }
}

/// Which runs to read.
package struct RunQuery: Hashable, Sendable {
    package var schedule: String?
    /// Empty: any.
    package var states: [RunState]
    /// Only runs due at or after this.
    package var since: Timestamp?
    /// Only runs with a smaller id.
    package var before: RunID?
    /// Only the run of this slot.
    package var slot: Timestamp?
    package var limit: Int

    package init(
        schedule: String? = nil,
        states: [RunState] = [],
        since: Timestamp? = nil,
        before: RunID? = nil,
        slot: Timestamp? = nil,
        limit: Int
    ) {
        self.schedule = schedule
        self.states = states
        self.since = since
        self.before = before
        self.slot = slot
        self.limit = limit
    }
}

/// Which statistics to read.
package struct StatisticsQuery: Hashable, Sendable {
    package var schedule: String
    /// Only windows that start at or after this.
    package var from: Timestamp?
    /// Only windows that start before this.
    package var to: Timestamp?
    /// Windows at most; the newest ones.
    package var limit: Int
    package var groups: Groups

    /// Which groups come with a window: a year of hours has millions.
    package enum Groups: Hashable, Sendable {
        case all
        case none
        /// Those of one field.
        case by(String)
    }

    package init(
        schedule: String,
        from: Timestamp? = nil,
        to: Timestamp? = nil,
        limit: Int,
        groups: Groups = .all
    ) {
        self.schedule = schedule
        self.from = from
        self.to = to
        self.limit = limit
        self.groups = groups
    }
}

/// Which rows of the ledger to read.
package struct LedgerQuery: Hashable, Sendable {
    package var schedule: String?
    /// Only rows whose slot, or the last slot of a counted row, is at or after this.
    package var since: Timestamp?
    /// Only rows whose first slot is before this.
    package var before: Timestamp?
    package var limit: Int

    package init(
        schedule: String? = nil,
        since: Timestamp? = nil,
        before: Timestamp? = nil,
        limit: Int
    ) {
        self.schedule = schedule
        self.since = since
        self.before = before
        self.limit = limit
    }
}

/// A run with everything about it.
package struct RunDetail: Hashable, Sendable {
    package var record: RunRecord
    /// In order.
    package var attempts: [AttemptRecord]
    package var definition: RunDefinition
    /// The run that this one waits for; nil: none.
    package var heldBehind: RunID?
    /// What it returned, as JSON; nil: nothing, or it has not succeeded.
    package var result: String?
    /// How far the attempt that runs has come; nil: it does not say.
    package var progress: ProgressReading?
    /// Its `on_failure` command; nil: none was to be executed.
    package var failure: FailureRecord?

    package init(
        record: RunRecord,
        attempts: [AttemptRecord],
        definition: RunDefinition,
        heldBehind: RunID? = nil,
        result: String? = nil,
        progress: ProgressReading? = nil,
        failure: FailureRecord? = nil
    ) {
        self.record = record
        self.attempts = attempts
        self.definition = definition
        self.heldBehind = heldBehind
        self.result = result
        self.progress = progress
        self.failure = failure
    }
}

/// A queue's depth.
package struct QueueSummary: Hashable, Sendable {
    package var name: String
    /// Ready and not claimed.
    package var waiting: Int
    /// When the oldest of them became ready.
    package var oldest: Timestamp?
    package var running: Int

    package init(name: String, waiting: Int, oldest: Timestamp?, running: Int) {
        self.name = name
        self.waiting = waiting
        self.oldest = oldest
        self.running = running
    }
}

/// What a look over the database found.
package struct DatabaseFacts: Hashable, Sendable {
    package var schema: Int
    /// Bytes.
    package var size: Int64
    package var walSize: Int64
    /// Empty: sound.
    package var problems: [String]

    package init(schema: Int, size: Int64, walSize: Int64, problems: [String]) {
        self.schema = schema
        self.size = size
        self.walSize = walSize
        self.problems = problems
    }
}

/// A run that a person asks for.
package struct ManualRun: Hashable, Sendable {
    package enum Place: Sendable, Hashable {
        /// A worker claims it from its queue.
        case queue
        /// The asking process executes it; refused with `StoreError.conflict` when it would wait.
        case here
    }

    package var schedule: String
    package var definition: RunDefinition
    package var queue: String
    package var overlap: OverlapPolicy
    package var expires: Duration?
    package var place: Place
    package var now: Timestamp

    package init(
        schedule: String,
        definition: RunDefinition,
        queue: String,
        overlap: OverlapPolicy,
        expires: Duration?,
        place: Place,
        now: Timestamp
    ) {
        self.schedule = schedule
        self.definition = definition
        self.queue = queue
        self.overlap = overlap
        self.expires = expires
        self.place = place
        self.now = now
    }
}

/// What a request to cancel came to.
package enum CancelOutcome: Hashable, Sendable {
    /// It was waiting and is now `cancelled`.
    case cancelled
    /// It is running; its worker ends it.
    case requested
    /// It had ended before.
    case alreadyFinal(RunState)
}
