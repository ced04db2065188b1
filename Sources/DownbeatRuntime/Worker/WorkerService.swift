// The worker's shell: claims runs, has the keeper execute them, hands in how they ended.
//
// One loop on one thread. Each pass reads everything that has come (keeper, pipes, rings), has
// `WorkerMachine` decide, and then makes at most one request to the store: starts, output and ends
// go in together with the next claim, so a busy worker pays one commit for many runs.

package import DownbeatCore
import Synchronization

// Its descriptor stays open from the day it is made to the last reference; nobody closes it by hand.
extension OwnerLock: @unchecked Sendable {}

/// A worker of one database.
package final class WorkerService: Sendable {
    /// What a worker needs besides its store.
    package struct Settings: Sendable {
        package var owner: OwnerLock
        /// Runs at once by queue, for the whole database.
        package var queues: [String: Int]
        /// Attempts at once in this worker.
        package var places: Int
        package var drain: Duration
        package var surroundings: AttemptCommand.Surroundings
        package var secrets: [String: SecretSource]
        /// The folder of the state, absolute; built-ins are told.
        package var stateFolder: String
        /// Whose keeper mode is used; normally this very program.
        package var executable: String
        /// Claim and execute this run, then stop (`run --here`).
        package var only: RunID?

        package init(
            owner: OwnerLock,
            queues: [String: Int],
            places: Int,
            drain: Duration,
            surroundings: AttemptCommand.Surroundings,
            secrets: [String: SecretSource],
            stateFolder: String,
            executable: String = "/proc/self/exe",
            only: RunID? = nil
        ) {
            self.owner = owner
            self.queues = queues
            self.places = places
            self.drain = drain
            self.surroundings = surroundings
            self.secrets = secrets
            self.stateFolder = stateFolder
            self.executable = executable
            self.only = only
        }
    }

    enum Message: Sendable {
        case claim
        case drain
        case stopAtOnce
        case childEnded
        case reconfigure(queues: [String: Int], places: Int, secrets: [String: SecretSource])
    }

    let store: any Store
    let clocks: any Clocks
    let zones: any ZoneSource
    let observer: any ServiceObserver
    /// Sees output as it comes, secrets masked; for `run --here`.
    let onOutput: (@Sendable (OutputChunk) -> Void)?
    /// Told how far a built-in has come, and nil before output is shown; for `run --here`.
    let onProgress: (@Sendable (ProgressReading?) -> Void)?
    /// Called after a commit in which runs started or ended.
    let onChange: @Sendable () -> Void
    /// Called after a commit that made runs which this worker did not claim.
    let onFollowed: @Sendable () -> Void
    let onFailure: @Sendable (StoreError) -> Void
    let settings: Settings
    let wakeUp: WakeUp
    /// For a beat in this process, which claims for this worker what it fires.
    package let desk: ClaimDesk
    private let inbox = Mutex<[Message]>([])

    /// Makes a worker that does not run yet.
    ///
    /// - Parameters:
    ///   - settings: whose runs, how many, with which secrets.
    ///   - store: where the runs are.
    ///   - clocks: the time.
    ///   - zones: for TZ and the times in templates.
    ///   - observer: told of starts, ends and trouble.
    ///   - onOutput: sees output as it comes.
    ///   - onProgress: told how far a built-in has come, and nil before output is shown.
    ///   - onChange: called after a commit in which runs started or ended; wakes others.
    ///   - onFollowed: called after a commit that made runs of schedules that follow others and that this
    ///     worker did not claim; wakes other workers.
    ///   - onFailure: called once when the store is beyond use; all attempts are dead then.
    /// - Throws: `SystemError` without a descriptor to wake it by.
    package init(
        settings: Settings,
        store: any Store,
        clocks: any Clocks,
        zones: any ZoneSource,
        observer: any ServiceObserver,
        onOutput: (@Sendable (OutputChunk) -> Void)? = nil,
        onProgress: (@Sendable (ProgressReading?) -> Void)? = nil,
        onChange: @escaping @Sendable () -> Void,
        onFollowed: @escaping @Sendable () -> Void = {},
        onFailure: @escaping @Sendable (StoreError) -> Void
    ) throws(SystemError) {
        self.settings = settings
        self.store = store
        self.clocks = clocks
        self.zones = zones
        self.observer = observer
        self.onOutput = onOutput
        self.onProgress = onProgress
        self.onChange = onChange
        self.onFollowed = onFollowed
        self.onFailure = onFailure
        wakeUp = try WakeUp()
        desk = ClaimDesk(owner: settings.owner.owner, wakeUp: wakeUp)
    }

    /// There may be something to claim, or to cancel.
    package func wake() {
        send(.claim)
    }

    /// Claims no more and ends the loop when the attempts have ended, at the latest after the drain
    /// time, TERM, the grace and KILL.
    package func drain() {
        send(.drain)
    }

    /// Kills the attempts and ends the loop.
    package func stopAtOnce() {
        send(.stopAtOnce)
    }

    /// A child of this process has ended: it may have been the keeper.
    package func childEnded() {
        send(.childEnded)
    }

    /// Takes over other queues, places and secrets for runs to come.
    package func reconfigure(
        queues: [String: Int],
        places: Int,
        secrets: [String: SecretSource]
    ) {
        send(.reconfigure(queues: queues, places: places, secrets: secrets))
    }

    private func send(_ message: Message) {
        inbox.withLock { $0.append(message) }
        wakeUp.ring()
    }

    func takeMessages() -> [Message] {
        inbox.withLock { inbox in
            defer { inbox = [] }
            return inbox
        }
    }

    /// The loop; returns when it was drained or stopped, or when the store is beyond use.
    package func run() {
        // Nobody would execute what a tick claims from now on.
        defer { _ = desk.withdraw(0) }
        do {
            let loop = try WorkerLoop(self)
            try loop.run()
        } catch let error as StoreError {
            onFailure(error)
        } catch {
            onFailure(.inputOutput("the worker cannot go on: \(error)"))
        }
    }
}
