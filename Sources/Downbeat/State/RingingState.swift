import DownbeatCore
import DownbeatRuntime
import DownbeatStore

/// The store as the command line sees it: every change rings the daemon and the workers.
struct RingingState: StateAccess {
    let store: SQLiteStore
    let folder: StateFolder

    func schedules() throws(StoreError) -> [ScheduleSummary] { try store.schedules() }

    func runs(_ query: RunQuery) throws(StoreError) -> [RunRecord] { try store.runs(query) }

    func run(_ id: RunID) throws(StoreError) -> RunDetail? { try store.run(id) }

    func runs(endingWith suffix: String) throws(StoreError) -> [RunID] {
        try store.runs(endingWith: suffix)
    }

    func output(
        _ run: RunID,
        attempt: Int,
        skipping: Int
    ) throws(StoreError) -> [OutputChunk] {
        try store.output(run, attempt: attempt, skipping: skipping)
    }

    func ledger(_ query: LedgerQuery) throws(StoreError) -> [LedgerRow] {
        try store.ledger(query)
    }

    func statistics(_ query: StatisticsQuery) throws(StoreError) -> [WindowStatistics] {
        try store.statistics(query)
    }

    func positions(of schedule: String) throws(StoreError) -> [UInt8]? {
        try store.positions(of: schedule)
    }

    func queues() throws(StoreError) -> [QueueSummary] { try store.queues() }

    func events(limit: Int) throws(StoreError) -> [EventRecord] { try store.events(limit: limit) }

    func reloadError() throws(StoreError) -> Diagnostic? { try store.reloadError() }

    func zoneForecasts() throws(StoreError) -> [ZoneForecast] { try store.zoneForecasts() }

    func inspect() throws(StoreError) -> DatabaseFacts { try store.inspect() }

    func pause(_ names: [String], pause: ScheduleState.Pause) throws(StoreError) {
        try LockedStore.wait { () throws(StoreError) in try store.pause(names, pause: pause) }
        ring()
    }

    func resume(_ names: [String], now: Timestamp) throws(StoreError) {
        try LockedStore.wait { () throws(StoreError) in try store.resume(names, now: now) }
        ring()
    }

    func skip(_ name: String, slots: [Timestamp]) throws(StoreError) {
        try LockedStore.wait { () throws(StoreError) in try store.skip(name, slots: slots) }
        ring()
    }

    func skip(_ name: String, triggers: Int) throws(StoreError) {
        try LockedStore.wait { () throws(StoreError) in try store.skip(name, triggers: triggers) }
        ring()
    }

    func enqueue(_ request: ManualRun) throws(StoreError) -> RunID {
        // Without a daemon nobody else has taken over what a dead process left running.
        if request.place == .here { try recoverDeadOwners(now: request.now) }
        let id = try LockedStore.wait { () throws(StoreError) in try store.enqueue(request) }
        ring()
        return id
    }

    func retry(
        _ id: RunID,
        request: ManualRun?,
        now: Timestamp
    ) throws(StoreError) -> RunID {
        let new = try LockedStore.wait { () throws(StoreError) in
            try store.retry(id, request: request, now: now)
        }
        ring()
        return new
    }

    func cancel(_ id: RunID, now: Timestamp) throws(StoreError) -> CancelOutcome {
        let outcome = try LockedStore.wait { () throws(StoreError) in
            try store.cancel(id, now: now)
        }
        ring()
        return outcome
    }

    /// Takes over what dead processes left, and waits until the keeper of one that has just died is done.
    private func recoverDeadOwners(now: Timestamp) throws(StoreError) {
        let recovery = OwnerRecovery(store: store, folder: folder, own: "")
        let clocks = SystemClocks()
        let deadline = clocks.monotonic + OwnerRecovery.waitMax
        do {
            while try !recovery.look(now: now).leftovers.isEmpty, clocks.monotonic < deadline {
                Pause.wait(Self.recoveryPause)
            }
        } catch let error as StoreError {
            throw error
        } catch {
            throw .inputOutput("\(error)")
        }
    }

    /// Between two looks at what a dead process left.
    private static let recoveryPause: Duration = .milliseconds(20)

    private func ring() {
        Doorbell.ring(in: folder)
    }
}
