import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc
import Logging

/// Executes one run in the foreground without a daemon: `run --here`.
struct Foreground {
    private let app: App
    private let options: DaemonOptions
    private let clocks = SystemClocks()
    /// Between two tries to cancel while the database is busy.
    private static let cancelAgain: Duration = .milliseconds(100)

    init(_ app: App, _ options: DaemonOptions) {
        self.app = app
        self.options = options
    }

    /// Claims the run, executes its attempts, and passes their output on as it comes.
    ///
    /// Ctrl-C and SIGTERM cancel the run (TERM, grace, KILL), a second one ends it at once.
    ///
    /// - Parameters:
    ///   - run: which.
    ///   - onProgress: told how far it has come, and nil before its output is written.
    /// - Returns: whether a stop signal came.
    /// - Throws: `DaemonFailure`, `SystemError`, `StoreError`.
    func execute(
        _ run: RunID,
        onProgress: @escaping @Sendable (ProgressReading?) -> Void
    ) throws -> HereOutcome {
        let signals = try SignalListener(SignalListener.stopSignals)
        StateFolder.restrictNewFiles()
        let configuration = try app.validConfiguration(options.configuration)
        let folder = try StateFolder(
            app.stateFolder(options, configuration.settings),
            mode: .create
        )
        let store = try app.openStore(folder, opening: .createOrMigrate)
        let now = clocks.now
        let holder = LockHolder(process: .current, kind: OwnerRecord.Kind.here.rawValue, since: now)
        let id = RunID(at: now, drawing: SystemRandom())
        let owner = try OwnerLock(owner: id.text, in: folder, as: holder)
        try Strangers.adopt()
        try store.register(
            OwnerRecord(
                ofThisProcess: owner.owner,
                kind: .here,
                startedAt: now,
                concurrency: 1,
                queues: []
            )
        )
        let attention = try Attention()
        let zone = try app.zones.zone(named: options.zone ?? configuration.settings.zone)
        let worker = try WorkerService(
            settings: WorkerService.Settings(
                owner: owner,
                queues: [:],
                places: 1,
                drain: .zero,
                surroundings: app.surroundings,
                secrets: configuration.settings.secrets,
                stateFolder: folder.path,
                only: run
            ),
            store: store,
            clocks: clocks,
            zones: app.zones,
            observer: TerminalObserver(
                zone: zone,
                verbosity: .quiet,
                log: Logger(label: "downbeat") { LineLog(label: $0) }
            ),
            onOutput: { [redirects = options.redirectsOutput] in
                Self.show($0, redirects: redirects)
            },
            onProgress: onProgress,
            onChange: {},
            onFailure: { attention.failed($0) }
        )
        let thread = try ServiceThread("worker") {
            worker.run()
            attention.workerHasEnded()
        }
        let outcome = try wait(signals, attention, worker) { () throws(StoreError) in
            try store.cancel(run, now: clocks.now)
        }
        thread.join()
        var isOver = attention.failure == nil
        if outcome == .interrupted {
            // A run that was cancelled before it was claimed cannot be claimed: that is no failure.
            if case .requested = try store.cancel(run, now: clocks.now) {} else { isOver = true }
        }
        if !isOver, let failure = attention.failure { throw failure }
        try store.unregister(owner: owner.owner)
        Doorbell.ring(in: folder)
        return outcome
    }

    private func wait(
        _ signals: SignalListener,
        _ attention: Attention,
        _ worker: WorkerService,
        cancel: () throws(StoreError) -> CancelOutcome
    ) throws -> HereOutcome {
        let poller = try Poller()
        try poller.watch(signals.descriptor, for: .read)
        try poller.watch(attention.wakeUp.descriptor, for: .read)
        var interrupts = 0
        var isCancelled = false
        while !attention.workerEnded {
            let cancels = interrupts > 0 && !isCancelled
            _ = try poller.wait(timeout: cancels ? Self.cancelAgain : nil)
            attention.wakeUp.clear()
            while signals.takeSignal() != nil {
                interrupts += 1
                if interrupts > 1 { worker.stopAtOnce() }
            }
            guard interrupts > 0, !isCancelled else { continue }
            do throws(StoreError) {
                switch try cancel() {
                case .requested: worker.wake()
                // No attempt of it is left, and none may begin.
                case .cancelled, .alreadyFinal: worker.stopAtOnce()
                }
                isCancelled = true
            } catch {
                guard error.passes else { throw error }
            }
        }
        return interrupts > 0 ? .interrupted : .ended
    }

    private static func show(_ chunk: OutputChunk, redirects: Bool) {
        let target = chunk.stream == .out && !redirects ? STDOUT_FILENO : STDERR_FILENO
        var rest = chunk.bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(target, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
