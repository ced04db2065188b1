package import DownbeatCore
import Synchronization

/// A store of one schedule without runs: enough of it for a beat, and it can be made to fail.
package final class ScriptedStore: Store {
    private struct Memory {
        var state: ScheduleState
        var failures: Int
    }

    private let memory: Mutex<Memory>

    /// Starts with a state; the first `failures` ticks fail with `StoreError.full`.
    package init(_ state: ScheduleState, failures: Int = 0) {
        memory = Mutex(Memory(state: state, failures: failures))
    }

    package func adopt(
        _ schedules: [Schedule],
        now: Timestamp,
        previousRule: @escaping @Sendable (String) -> Rule?
    ) throws(StoreError) -> [ScheduleState] {
        try scheduleStates()
    }

    package func scheduleStates() throws(StoreError) -> [ScheduleState] {
        [memory.withLock { $0.state }]
    }

    package func tick(
        _ schedules: [Schedule],
        now: Timestamp,
        beatStart: Timestamp,
        claim: ClaimOffer?,
        hold: TickHold?
    ) throws(StoreError) -> TickReply {
        guard hold?.wait() ?? true else { throw .busy("the clock was set") }
        let result = memory.withLock { memory -> Result<TickReply, StoreError> in
            guard memory.failures == 0 else {
                memory.failures -= 1
                return .failure(.full("no space left"))
            }
            var plans: [(schedule: String, plan: SlotPlan)] = []
            for schedule in schedules {
                let plan = SlotPlanner.plan(
                    schedule,
                    state: memory.state,
                    active: [],
                    now: now,
                    beatStart: beatStart
                )
                memory.state = memory.state.after(plan)
                plans.append((schedule.name, plan))
            }
            return .success(TickReply(plans: plans, states: [memory.state], enqueued: []))
        }
        return try result.get()
    }

    package func exchange(_ request: WorkRequest) throws(StoreError) -> WorkReply { WorkReply() }
    package func register(_ owner: OwnerRecord) throws(StoreError) {}
    package func otherOwners(than owner: String) throws(StoreError) -> [OwnerRecord] { [] }

    package func runsExecuted(by owner: String) throws(StoreError) -> [RunID] { [] }
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
