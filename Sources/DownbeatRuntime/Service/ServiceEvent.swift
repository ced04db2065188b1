package import DownbeatCore

/// Something that a person who watches the service wants to see.
package enum ServiceEvent: Sendable {
    /// The claim is durable.
    case runClaimed(ClaimedRun, at: Timestamp)
    case runStarted(ClaimedRun, at: Timestamp)
    /// An attempt ended; `took` is the time between the start and the end that the store has of it.
    case runEnded(WorkReply.Transition, at: Timestamp, took: Duration?)
    /// An `on_failure` command ended; `problem` is what went wrong with it, nil: nothing.
    case failureCommandEnded(schedule: String, problem: String?, at: Timestamp)
    /// Slots that did not fire.
    case skipped(schedule: String, SlotPlan.Item, at: Timestamp)
    /// The store cannot be used at the moment; said at most once a minute.
    case storeTrouble(StoreError, at: Timestamp)
    case storeRecovered(at: Timestamp)
    /// The wall clock moved back past the mark of a schedule.
    case clockMovedBack(schedule: String, from: Timestamp, at: Timestamp)
    case keeperDied(why: String, at: Timestamp)
    /// Processes below a dead owner that do not end; its runs stay where they are.
    case leftovers(owner: String, pids: [Int32], at: Timestamp)
}

/// Where events of the service go: the terminal, the log, a test.
package protocol ServiceObserver: Sendable {
    /// Called from the threads of the service; returns soon.
    func observe(_ event: ServiceEvent)
}
