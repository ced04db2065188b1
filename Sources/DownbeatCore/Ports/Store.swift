/// What the beat and the workers need from the store; each call is one durable commit.
///
/// Calls block until the commit is durable or has failed, and may come from any thread: concurrent
/// calls share one commit. They are made from threads of our own, never from the cooperative pool.
package protocol Store: Sendable {
    /// Takes over a configuration: adds, changes, renames and removes schedules, by the mark rules.
    ///
    /// - Parameters:
    ///   - schedules: the whole configuration.
    ///   - now: the instant of the change.
    ///   - previousRule: the rule that a stored canonical text stands for, to count the slots that an
    ///     edit passes over; called on the store's own thread.
    /// - Returns: the state of each schedule of the configuration, in its order.
    /// - Throws: `StoreError`; then nothing has changed, save after `inputOutput`.
    func adopt(
        _ schedules: [Schedule],
        now: Timestamp,
        previousRule: @escaping @Sendable (String) -> Rule?
    ) throws(StoreError) -> [ScheduleState]

    /// The state of all schedules that are in the configuration adopted last.
    func scheduleStates() throws(StoreError) -> [ScheduleState]

    /// One tick: for each schedule, reads its state and its active runs, has `SlotPlanner` decide,
    /// and writes slots, runs and marks, all in one commit. Also turns waiting runs whose time is up
    /// into `expired`.
    ///
    /// - Parameters:
    ///   - schedules: those that have slots due.
    ///   - now: the tick's one reading of the clock.
    ///   - beatStart: when the beat took the database.
    ///   - claim: places to claim fired runs for, as far as limits and order of their queues allow;
    ///     nil: all wait in their queues.
    ///   - hold: of a tick that is prepared before `now`; nil: committed as soon as it is written.
    /// - Returns: what was decided and the states after it.
    /// - Throws: `StoreError`; then nothing has changed, save after `inputOutput`.
    func tick(
        _ schedules: [Schedule],
        now: Timestamp,
        beatStart: Timestamp,
        claim: ClaimOffer?,
        hold: TickHold?
    ) throws(StoreError) -> TickReply

    /// Hands in what a worker has and claims what it may have.
    func exchange(_ request: WorkRequest) throws(StoreError) -> WorkReply

    /// Announces a process that will execute runs or beat.
    func register(_ owner: OwnerRecord) throws(StoreError)

    /// Owners that still hold leases or are registered, without `owner` itself.
    func otherOwners(than owner: String) throws(StoreError) -> [OwnerRecord]

    /// The runs that an owner executes, as far as the store knows.
    func runsExecuted(by owner: String) throws(StoreError) -> [RunID]

    /// Ends the attempts of an owner that is known to be gone with everything below it, and forgets
    /// the owner. Must only be called when its lock was found free.
    func recover(owner: String, now: Timestamp) throws(StoreError) -> [WorkReply.Transition]

    /// Forgets an owner that stops in order and holds no lease.
    func unregister(owner: String) throws(StoreError)

    /// One bounded step of pruning by each schedule's `keep`.
    ///
    /// - Returns: whether there may be more to do.
    func prune(_ keep: [String: KeepPolicy], now: Timestamp) throws(StoreError) -> Bool

    /// Records an event that people should find in `status` and `doctor`.
    func record(_ event: EventRecord) throws(StoreError)

    /// The newest events, newest first.
    func events(limit: Int) throws(StoreError) -> [EventRecord]
}

extension Store {
    /// A tick on time; without an offer there is no worker in the same process.
    package func tick(
        _ schedules: [Schedule],
        now: Timestamp,
        beatStart: Timestamp,
        claim: ClaimOffer? = nil
    ) throws(StoreError) -> TickReply {
        try tick(schedules, now: now, beatStart: beatStart, claim: claim, hold: nil)
    }
}

/// What a tick did.
package struct TickReply: Sendable {
    /// What was decided, by schedule name.
    package var plans: [(schedule: String, plan: SlotPlan)]
    /// State after the tick, in the order asked for.
    ///
    /// When the latest run started and ended is certain only for schedules that count from it.
    package var states: [ScheduleState]
    /// Runs that are new in their queues, or held before them.
    package var enqueued: [RunID]
    /// Runs that were claimed as offered.
    package var claimed: [ClaimedRun]

    package init(
        plans: [(schedule: String, plan: SlotPlan)],
        states: [ScheduleState],
        enqueued: [RunID],
        claimed: [ClaimedRun] = []
    ) {
        self.plans = plans
        self.states = states
        self.enqueued = enqueued
        self.claimed = claimed
    }
}

/// A process that takes part: beat, worker or both.
package struct OwnerRecord: Hashable, Sendable {
    package enum Kind: String, Sendable, Codable, CaseIterable { case up, beat, worker, here }

    /// A ULID; names its lock and its doorbell.
    package var id: String
    package var kind: Kind
    package var pid: Int32
    /// Clock ticks since boot, field 22 of /proc/PID/stat.
    package var processStart: Int64
    package var bootID: String
    package var startedAt: Timestamp
    package var version: String
    /// Runs at once; 0 for a beat.
    package var concurrency: Int
    /// The queues that it takes from; none for a beat, and for `run --here`.
    package var queues: Set<String>
    /// Since when it claims and fires no more; nil: it is at work.
    package var stoppingSince: Timestamp?

    package init(
        id: String,
        kind: Kind,
        pid: Int32,
        processStart: Int64,
        bootID: String,
        startedAt: Timestamp,
        version: String,
        concurrency: Int,
        queues: Set<String> = [],
        stoppingSince: Timestamp? = nil
    ) {
        self.id = id
        self.kind = kind
        self.queues = queues
        self.pid = pid
        self.processStart = processStart
        self.bootID = bootID
        self.startedAt = startedAt
        self.version = version
        self.concurrency = concurrency
        self.stoppingSince = stoppingSince
    }
}

/// Something that happened to the service as a whole.
package struct EventRecord: Hashable, Sendable {
    package var time: Timestamp
    /// `beat.clock_moved`, `config.rejected`, `config.applied`, `rows.missing`.
    package var name: String
    package var schedule: String?
    /// A JSON object or a sentence, for people.
    package var detail: String
    /// Whether a person must act.
    package var isError: Bool

    package init(time: Timestamp, name: String, schedule: String?, detail: String, isError: Bool) {
        self.time = time
        self.name = name
        self.schedule = schedule
        self.detail = detail
        self.isError = isError
    }
}

/// Why the store could not do what was asked.
package enum StoreError: Error, Hashable, Sendable {
    /// Another process holds the database's lock: exit 75.
    case busy(String)
    /// Disk full: exit 74; nothing was written.
    case full(String)
    /// Read-only file, folder or mount: exit 74.
    case readOnly(String)
    /// I/O error; the commit may have happened: close, open again, read again.
    case inputOutput(String)
    /// Damaged, or not a database: exit 65.
    case damaged(String)
    /// Written by a newer version: exit 65.
    case newerSchema(found: Int, supported: Int)
    /// No database there: exit 66.
    case missing(path: String)
    /// No such schedule or run: exit 66.
    case notFound(String)
    /// The request contradicts the state of the run or schedule; the sentence says how.
    case conflict(String)

    /// A lock or a full disk: the same request may succeed later, and nothing was written.
    package var passes: Bool {
        switch self {
        case .busy, .full: true
        case .readOnly, .inputOutput, .damaged, .newerSchema, .missing, .notFound, .conflict: false
        }
    }
}
