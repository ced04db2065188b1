import Synchronization

/// A store of values instead of rows: what the beat and a worker need of one, on virtual time.
///
/// Who decides is who decides in production: `SlotPlanner` what becomes of a slot, `AttemptVerdict`
/// what becomes of a run, `AdoptionPlanner` where a mark begins. What is left is the order of queues,
/// and a test holds it against the database's. It keeps nothing that is over, so years cost no memory,
/// and it has no ledger: whoever wants one keeps the plans that `tick` returns.
///
/// Used by one thread; the lock is there because a store may be called from any.
package final class SimulatedStore: Store {
    private let queue: Mutex<SimulatedQueue>

    /// An empty store.
    ///
    /// - Parameter seed: of run ids, which the jitter of a backoff hangs on.
    package init(seed: UInt64) {
        queue = Mutex(SimulatedQueue(seed: seed))
    }

    package func adopt(
        _ schedules: [Schedule],
        now: Timestamp,
        previousRule: @escaping @Sendable (String) -> Rule?
    ) throws(StoreError) -> [ScheduleState] {
        queue.withLock { $0.adopt(schedules, now: now, previousRule: previousRule) }
    }

    package func scheduleStates() throws(StoreError) -> [ScheduleState] {
        queue.withLock { $0.states }
    }

    package func tick(
        _ schedules: [Schedule],
        now: Timestamp,
        beatStart: Timestamp,
        claim: ClaimOffer?,
        hold: TickHold?
    ) throws(StoreError) -> TickReply {
        guard hold?.wait() ?? true else { throw .busy("the clock was set") }
        return queue.withLock { $0.tick(schedules, now: now, beatStart: beatStart) }
    }

    package func exchange(_ request: WorkRequest) throws(StoreError) -> WorkReply {
        queue.withLock { $0.exchange(request) }
    }

    /// Runs that are ready and that no worker has claimed.
    package var waitingCount: Int { queue.withLock { $0.waitingCount } }

    /// Runs that are not done, oldest first.
    package var activeRuns: [SimulatedRun] { queue.withLock { $0.activeRuns } }

    /// What became of slots of schedules that follow others, since this was asked last.
    func takeFollowed() -> [(schedule: String, plan: SlotPlan)] {
        queue.withLock { queue in
            defer { queue.followed.removeAll(keepingCapacity: true) }
            return queue.followed
        }
    }

    /// How many runs of a schedule ended in each state, by name.
    package var ends: [String: [RunState: Int]] { queue.withLock { $0.ends } }

    // One process that nobody else sees, and nothing that is kept.

    package func register(_ owner: OwnerRecord) throws(StoreError) {}
    package func otherOwners(than owner: String) throws(StoreError) -> [OwnerRecord] { [] }
    package func attempts(of owner: String) throws(StoreError) -> [ExecutedAttempt] { [] }
    package func recover(
        owner: String,
        now: Timestamp
    ) throws(StoreError) -> [WorkReply.Transition] { [] }
    package func unregister(owner: String) throws(StoreError) {}
    package func prune(_ keep: [String: KeepPolicy], now: Timestamp) throws(StoreError) -> Bool {
        false
    }
    package func record(_ event: EventRecord) throws(StoreError) {}
    package func events(limit: Int) throws(StoreError) -> [EventRecord] { [] }
}
