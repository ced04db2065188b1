import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc
import Synchronization

/// Measures how late runs are: the real beat, worker, store and keeper in a folder of their own.
///
/// Raw figures of the same disk and machine stand beside ours: a durable commit cannot be faster than
/// an fsync, nor a start faster than a spawn.
struct LagBench {
    private static let rawTries = 200
    /// The first slots meet cold caches and a keeper that has just started.
    private static let warmUp: Duration = .seconds(2)

    let app: App
    let options: LagOptions
    private let clocks = SystemClocks()

    init(app: App, options: LagOptions) {
        self.app = app
        self.options = options
    }

    /// Measures for the time asked for, and removes what it wrote.
    ///
    /// - Returns: the figures.
    /// - Throws: `SystemError`, `StoreError`.
    func measure() throws -> LagFigures {
        let path = ProcessEnvironment.workingDirectory + "/.downbeat-bench-\(getpid())"
        let folder = try StateFolder(path, mode: .create)
        defer { Folder.remove(path) }
        let fsync = try rawFsync(in: path)
        let lags = try serve(folder)
        let spawn = try rawSpawn()
        return LagFigures(
            schedules: options.schedules,
            runs: lags.claims.count,
            claim: Self.spread(lags.claims),
            start: Self.spread(lags.starts),
            fsync: Self.spread(fsync),
            spawn: Self.spread(spawn),
            load: Self.loadAverage
        )
    }

    private func serve(_ folder: StateFolder) throws -> LagRecorder.Lags {
        let store = try app.openStore(folder, opening: .createOrMigrate)
        defer { store.close() }
        let now = clocks.now
        let id = RunID(at: now, drawing: SystemRandom()).text
        let holder = LockHolder(process: .current, kind: "bench", since: now)
        let owner = try OwnerLock(owner: id, in: folder, as: holder)
        let recorder = LagRecorder(countsFrom: now + Self.warmUp)
        let attention = try Attention()
        let worker = try WorkerService(
            settings: WorkerService.Settings(
                owner: owner,
                queues: ["default": options.schedules],
                places: options.schedules,
                drain: .seconds(5),
                surroundings: app.surroundings,
                secrets: [:],
                stateFolder: folder.path
            ),
            store: store,
            clocks: clocks,
            zones: app.zones,
            observer: recorder,
            onChange: {},
            onFailure: { attention.failed($0) }
        )
        let beat = try BeatService(
            store: store,
            clocks: clocks,
            observer: recorder,
            desk: worker.desk,
            previousRule: { _ in nil },
            onEnqueued: { worker.wake() },
            onFailure: { attention.failed($0) }
        )
        let workerThread = try ServiceThread("worker") { worker.run() }
        let beatThread = try ServiceThread("beat") { beat.run() }
        beat.adopt(try schedules()) { outcome in
            if case .failure(let error) = outcome { attention.failed(error) }
        }
        let deadline = clocks.monotonic + Self.warmUp + options.duration
        let poller = try Poller()
        try poller.watch(attention.wakeUp.descriptor, for: .read)
        while attention.failure == nil, clocks.monotonic < deadline {
            _ = try poller.wait(timeout: deadline - clocks.monotonic)
        }
        beat.stop()
        beatThread.join()
        worker.drain()
        workerThread.join()
        if let failure = attention.failure { throw failure }
        return recorder.lags
    }

    /// One-second schedules with a command that does nothing.
    private func schedules() throws -> [Schedule] {
        let zone = try app.zones.zone(named: "Asia/Shanghai")
        return (0..<options.schedules).map { number in
            Schedule(
                name: "lag-\(number)",
                rule: Rule(trigger: .every(Interval(period: .seconds(1))), zone: zone),
                definition: RunDefinition(
                    action: .command(["/bin/true"]),
                    revision: "bench"
                ),
                overlap: .allow,
                catchUp: CatchUp(policy: .skip)
            )
        }
    }

    /// 4 KiB written and synced, one after the other.
    private func rawFsync(in folder: String) throws(SystemError) -> [Duration] {
        let path = folder + "/fsync"
        let number = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError("create", place: path) }
        let file = Descriptor(owning: number)
        let page = [UInt8](repeating: 7, count: 4096)
        var times: [Duration] = []
        for _ in 0..<Self.rawTries {
            let start = clocks.monotonic
            guard write(file.number, page, page.count) == page.count, fdatasync(file.number) == 0
            else { throw SystemError("write and sync", place: path) }
            times.append(clocks.monotonic - start)
        }
        return times
    }

    /// `posix_spawn` of the same command until it has ended, one after the other.
    private func rawSpawn() throws(SystemError) -> [Duration] {
        var times: [Duration] = []
        for _ in 0..<Self.rawTries {
            let start = clocks.monotonic
            var pid: pid_t = 0
            let error = "/bin/true".withCString { path -> Int32 in
                var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(path), nil]
                defer { free(arguments[0]) }
                return posix_spawn(&pid, path, nil, nil, &arguments, environ)
            }
            guard error == 0 else { throw SystemError("spawn /bin/true", errorNumber: error) }
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            times.append(clocks.monotonic - start)
        }
        return times
    }

    private static var loadAverage: Double {
        var loads = [Double](repeating: 0, count: 1)
        return getloadavg(&loads, 1) == 1 ? loads[0] : 0
    }

    /// Nearest rank, in milliseconds.
    private static func spread(_ times: [Duration]) -> LagFigures.Spread {
        let sorted = times.map { Double($0.wholeMicroseconds) / 1000 }.sorted()
        func rank(_ share: Double) -> Double {
            guard !sorted.isEmpty else { return 0 }
            let index = Int((share * Double(sorted.count)).rounded(.up)) - 1
            return sorted[min(max(0, index), sorted.count - 1)]
        }
        return LagFigures.Spread(p50: rank(0.5), p99: rank(0.99), max: sorted.last ?? 0)
    }
}

/// Notes when runs were claimed and started.
final class LagRecorder: ServiceObserver {
    struct Lags: Sendable {
        var claims: [Duration] = []
        var starts: [Duration] = []
        var claimedAt: [RunID: Timestamp] = [:]
    }

    private let countsFrom: Timestamp
    private let state = Mutex(Lags())

    init(countsFrom: Timestamp) {
        self.countsFrom = countsFrom
    }

    var lags: Lags { state.withLock { $0 } }

    func observe(_ event: ServiceEvent) {
        switch event {
        case .runClaimed(let run, let now):
            guard let slot = run.slot, slot >= countsFrom else { return }
            state.withLock { lags in
                lags.claims.append(now - slot)
                lags.claimedAt[run.id] = now
            }
        case .runStarted(let run, let now):
            state.withLock { lags in
                guard let claimed = lags.claimedAt.removeValue(forKey: run.id) else { return }
                lags.starts.append(now - claimed)
            }
        case .runEnded, .failureCommandEnded, .skipped, .storeTrouble, .storeRecovered,
            .clockMovedBack, .keeperDied,
            .leftovers:
            return
        }
    }
}
