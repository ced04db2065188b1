// One daemon process: `up`, `beat` or `worker`.
//
// The main thread owns the process: signals, the doorbell, loading files again, recovering the runs of
// dead owners, pruning, stopping. Beat and worker have a thread and a loop each; whoever commits rings
// the others.

import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc
import Logging

/// A daemon from its start to its exit status.
final class Daemon {
    /// Between two looks at owners that may have died, while there are others.
    static let ownersEvery: Duration = .seconds(5)
    /// Between two steps of pruning when there is little to do.
    static let pruneEvery: Duration = .seconds(60)
    /// Between two steps while there is more to prune.
    static let pruneAgain: Duration = .seconds(1)
    /// Between two looks whether the write-ahead log has grown long; a reader that kept it long is
    /// noticed to have left within this time.
    static let tendEvery: Duration = .seconds(20)
    /// Between two notes of how many commits there were.
    static let keepSequenceEvery: Duration = .seconds(60)
    /// How long a start waits for a database that another process has locked.
    private static let startPatience: Duration = .seconds(10)
    private static let startPause: Duration = .milliseconds(100)
    /// Requests are answered at once, so one is among the newest events.
    static let eventsLookedAt = 20
    /// How long a second beat tries before it names the holder.
    private static let beatLockTries = 5
    private static let beatLockPause: Duration = .milliseconds(50)
    private static let standbyPause: Duration = .seconds(1)

    let app: App
    let options: DaemonOptions
    let clocks: any Clocks = SystemClocks()
    let signals: SignalListener
    let poller: Poller
    let attention: Attention

    var configuration: Configuration
    let folder: StateFolder
    let store: SQLiteStore
    let beatLock: FileLock?
    let owner: OwnerLock
    let doorbell: Doorbell
    let observer: TerminalObserver
    let log: Logger
    let startedAt: Timestamp
    /// Whether SIGHUP means that the terminal was closed; known only before it is.
    let hangUpStops: Bool

    var beat: BeatService?
    private var beatThread: ServiceThread?
    var worker: WorkerService?
    private var workerThread: ServiceThread?
    var stopsAsked = 0
    var others = 0
    var lookAt: Duration
    var pruneAt: Duration
    var tendAt: Duration
    var keepSequenceAt: Duration
    /// The count that stands in the sequence file; nil: none that can be read.
    var keptSequence: Int64?
    var handledReload: Timestamp
    /// Dead owners whose leftovers were spoken of.
    var reported: Set<String> = []

    /// Takes everything that a daemon holds, or says why it cannot.
    ///
    /// - Throws: `DaemonFailure`, `SystemError`, `StoreError`.
    init(_ app: App, _ options: DaemonOptions) throws {
        self.app = app
        self.options = options
        hangUpStops = SignalListener.hangUpMeansClosedTerminal
        // Before any thread starts: they inherit the blocked signals.
        signals = try SignalListener()
        StateFolder.restrictNewFiles()
        poller = try Poller()
        attention = try Attention()
        startedAt = clocks.now
        handledReload = startedAt
        lookAt = clocks.monotonic
        pruneAt = clocks.monotonic + Self.pruneEvery
        tendAt = clocks.monotonic + Self.tendEvery
        keepSequenceAt = clocks.monotonic + Self.keepSequenceEvery
        configuration = try app.validConfiguration(options.configuration)
        if let drain = options.drain { configuration.settings.drain = drain }
        let zone = try app.zones.zone(named: options.zone ?? configuration.settings.zone)
        log = Logger(label: "downbeat") { LineLog(label: $0) }
        observer = TerminalObserver(zone: zone, verbosity: options.verbosity, log: log)
        folder = try StateFolder(
            app.stateFolder(options, configuration.settings),
            mode: .create
        )
        for warning in folder.warnings {
            log.warning("state.folder", metadata: ["why": "\(warning)"])
        }
        let holder = LockHolder(process: .current, kind: options.kind.rawValue, since: startedAt)
        beatLock =
            switch options.kind {
            case .up, .beat:
                try Self.takeBeatLock(folder, holder, options, poller, signals, hangUpStops)
            case .worker, .here: nil
            }
        store = try Self.patiently(clocks) { [folder] in
            try app.openStore(folder, opening: .createOrMigrate)
        }
        let id = RunID(at: startedAt, drawing: SystemRandom())
        owner = try OwnerLock(owner: id.text, in: folder, as: holder)
        doorbell = try Doorbell(for: owner, in: folder)
        try poller.watch(signals.descriptor, for: .read)
        try poller.watch(attention.wakeUp.descriptor, for: .read)
        try poller.watch(doorbell.descriptor, for: .read)
    }

    /// Runs until it is told to stop.
    ///
    /// - Returns: the exit status of an orderly end.
    /// - Throws: what ended it early.
    func run() throws -> Int32 {
        try Strangers.adopt()
        announceStart()
        try Self.patiently(clocks) {
            if beatLock != nil { try compareSequence() }
            try store.register(ownerRecord)
        }
        attention.listenToRuns(countsFromRuns)
        try recoverAtStart()
        if stopsAsked == 0 {
            if options.kind != .beat { try startWorker() }
            if options.kind != .worker { try startBeat() }
        }
        ring()
        while !isFinished {
            try handle(poller.wait(timeout: timeout))
            try upkeep()
        }
        beat?.stop()
        beatThread?.join()
        worker?.stopAtOnce()
        workerThread?.join()
        if let error = attention.failure { throw error }
        Failpoint.pass("P14")
        // A locked database or a full disk does not keep it: the next start forgets this owner.
        try tolerating { try store.unregister(owner: owner.owner) }
        try tolerating { try keepSequence() }
        ring()
        store.close()
        return 0
    }

    /// What others learn of this process.
    var ownerRecord: OwnerRecord {
        OwnerRecord(
            ofThisProcess: owner.owner,
            kind: options.kind,
            startedAt: startedAt,
            concurrency: options.kind == .beat ? 0 : places,
            queues: options.kind == .beat ? [] : Set(queues.keys)
        )
    }

    var queues: [String: Int] {
        guard let named = options.queues else { return configuration.settings.queues }
        return configuration.settings.queues.filter { named.contains($0.key) }
    }

    var places: Int {
        options.concurrency ?? max(1, queues.values.reduce(0, +))
    }

    private var isFinished: Bool {
        if attention.failure != nil { return true }
        guard stopsAsked > 0 else { return false }
        return worker == nil || attention.workerEnded
    }

    private var timeout: Duration {
        let next = min(pruneAt, tendAt, keepSequenceAt, others > 0 ? lookAt : pruneAt)
        return max(.zero, next - clocks.monotonic)
    }

    // MARK: Starting

    private static func takeBeatLock(
        _ folder: StateFolder,
        _ holder: LockHolder,
        _ options: DaemonOptions,
        _ poller: Poller,
        _ signals: SignalListener,
        _ hangUpStops: Bool
    ) throws -> FileLock {
        var tries = 0
        var hasSaid = false
        try poller.watch(signals.descriptor, for: .read)
        while true {
            tries += 1
            switch try BeatLock.acquire(in: folder, as: holder) {
            case .acquired(let lock): return lock
            case .held(let other):
                let who = other.map { "\($0.kind) with pid \($0.process.pid)" } ?? "another process"
                if options.standby {
                    if !hasSaid {
                        Self.warn("standing by: \(who) holds the beat of \(folder.path)")
                    }
                    hasSaid = true
                } else if tries >= beatLockTries {
                    throw DaemonFailure(
                        "another beat runs on \(folder.database): \(who)",
                        status: 75,
                        remedy: "stop it, name another folder with --state, or wait with --standby"
                    )
                }
            }
            _ = try poller.wait(timeout: options.standby ? standbyPause : beatLockPause)
            switch signals.takeSignal() {
            case .terminate, .interrupt:
                throw DaemonFailure(status: 0, message: "stopped while standing by")
            case .hangUp where hangUpStops:
                throw DaemonFailure(status: 0, message: "stopped while standing by")
            case .hangUp, .childEnded, nil: continue
            }
        }
    }

    private static func warn(_ text: String) {
        LineOutput.standardError.write(text)
    }

    /// Tries again while another process has the database locked.
    private static func patiently<Value>(
        _ clocks: any Clocks,
        _ body: () throws -> Value
    ) throws -> Value {
        let deadline = clocks.monotonic + startPatience
        let pause = try Poller()
        while true {
            do {
                return try body()
            } catch StoreError.busy(let text) {
                guard clocks.monotonic < deadline else { throw StoreError.busy(text) }
                _ = try pause.wait(timeout: startPause)
            }
        }
    }

    /// Waits for what dead owners left to end, at most `OwnerRecovery.waitMax`.
    private func recoverAtStart() throws {
        let deadline = clocks.monotonic + OwnerRecovery.waitMax
        while true {
            let outcome = try Self.patiently(clocks) { try look() }
            let isOver = outcome.leftovers.isEmpty || clocks.monotonic >= deadline
            guard !isOver, stopsAsked == 0 else {
                report(outcome.leftovers)
                return
            }
            try handle(poller.wait(timeout: Self.beatLockPause))
        }
    }

    private func startWorker() throws {
        let settings = WorkerService.Settings(
            owner: owner,
            queues: queues,
            places: places,
            drain: configuration.settings.drain,
            surroundings: app.surroundings,
            secrets: configuration.settings.secrets,
            stateFolder: folder.path
        )
        let worker = try WorkerService(
            settings: settings,
            store: store,
            clocks: clocks,
            zones: app.zones,
            observer: observer,
            onChange: { [attention] in attention.runsHaveChanged() },
            onFollowed: { [attention] in attention.runsHaveFollowed() },
            onFailure: { [attention] in attention.failed($0) }
        )
        self.worker = worker
        workerThread = try ServiceThread("worker") { [attention] in
            worker.run()
            attention.workerHasEnded()
        }
    }

    private func startBeat() throws {
        let ring: @Sendable () -> Void = { [folder, own = owner.owner, worker] in
            worker?.wake()
            Doorbell.ring(in: folder, except: own)
        }
        let beat = try BeatService(
            store: store,
            clocks: clocks,
            observer: observer,
            desk: worker?.desk,
            previousRule: app.rule(ofCanonicalText:),
            onEnqueued: ring,
            onFailure: { [attention] in attention.failed($0) }
        )
        self.beat = beat
        beatThread = try ServiceThread("beat") { [attention] in
            beat.run()
            attention.threadHasEnded()
        }
        observer.fit(configuration.schedules.map(\.name))
        let states = try Self.patiently(clocks) { try adopt(configuration, beat) }
        announce(states)
    }
}
