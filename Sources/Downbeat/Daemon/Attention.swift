import DownbeatCore
import DownbeatRuntime
import Synchronization

/// What the threads of a daemon have to say to its main thread.
final class Attention: Sendable {
    private struct State {
        var failure: StoreError?
        var workerEnded = false
        var runsChanged = false
        var runsFollowed = false
        var listensToRuns = false
    }

    /// Readable when there is something to say.
    let wakeUp: WakeUp
    private let state = Mutex(State())

    init() throws(SystemError) {
        wakeUp = try WakeUp()
    }

    /// The store is beyond use; the first word counts.
    var failure: StoreError? { state.withLock { $0.failure } }

    var workerEnded: Bool { state.withLock { $0.workerEnded } }

    /// Whether the main thread wants to hear of runs that started or ended.
    func listenToRuns(_ listens: Bool) {
        state.withLock { $0.listensToRuns = listens }
    }

    func failed(_ error: StoreError) {
        state.withLock { $0.failure = $0.failure ?? error }
        wakeUp.ring()
    }

    func workerHasEnded() {
        state.withLock { $0.workerEnded = true }
        wakeUp.ring()
    }

    func threadHasEnded() {
        wakeUp.ring()
    }

    func runsHaveChanged() {
        let listens = state.withLock { state in
            if state.listensToRuns { state.runsChanged = true }
            return state.listensToRuns
        }
        if listens { wakeUp.ring() }
    }

    /// Runs of schedules that follow others wait in their queues, maybe for another process.
    func runsHaveFollowed() {
        state.withLock { $0.runsFollowed = true }
        wakeUp.ring()
    }

    func takeRunsFollowed() -> Bool {
        state.withLock { state in
            defer { state.runsFollowed = false }
            return state.runsFollowed
        }
    }

    func takeRunsChanged() -> Bool {
        state.withLock { state in
            defer { state.runsChanged = false }
            return state.runsChanged
        }
    }
}
