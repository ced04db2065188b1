/// Everything that the command line needs from the service: files, state, daemon.
///
/// The library module implements it over the config reader, the store and the runtime; tests
/// implement it in memory. Calls block; they are made from the main thread or from threads of our
/// own. Paths are absolute.
package protocol Operations: BackupOperations, Sendable {
    /// The system's zone data.
    var zones: any ZoneSource { get }

    /// Reads and checks schedule files, or folders of `*.yaml`; never opens a database.
    func readConfiguration(_ paths: [ConfigurationPath]) -> ConfigurationReading

    /// Opens an existing database for reads and control requests; never creates or migrates one.
    ///
    /// - Throws: `StoreError.missing` when there is none.
    func openState(folder: String) throws(StoreError) -> any StateAccess

    /// Creates the database if there is none and brings its schema up to date.
    func migrateState(folder: String) throws(StoreError) -> MigrationReport

    /// Processes that hold this state folder and are alive, proved by lock, pid, start time and boot.
    ///
    /// Empty without a database.
    func daemons(folder: String) throws(StoreError) -> [OwnerRecord]

    /// Asks the process that holds the beat to load its files again, and waits for the outcome.
    func reload(folder: String, timeout: Duration) throws(StoreError) -> ReloadOutcome

    /// Runs a daemon in the foreground until it is told to stop.
    ///
    /// - Returns: the exit status: 0 after an orderly stop; 65, 73, 74, 75, 77 or 78 with a message
    ///   already written to stderr.
    func runDaemon(_ options: DaemonOptions) -> Int32

    /// Holds TERM, INT and HUP back until `runHere` takes them; called from the main thread before
    /// any state is opened, since every thread that is started before would die of them.
    func holdStopSignals()

    /// Claims and executes one run in the foreground (`run --here`), writing its output to stdout
    /// and stderr as it comes.
    ///
    /// A stop signal cancels the run: TERM, grace, KILL; a second one ends it at once.
    ///
    /// - Parameters:
    ///   - run: made by `StateAccess.enqueue` with `.here`.
    ///   - options: the state folder and settings of the worker.
    ///   - onProgress: told how far the run has come, and nil before its output is written; called
    ///     from a thread of the service.
    /// - Returns: whether a stop signal came; the run is in a final state either way.
    /// - Throws: `StoreError.conflict` with the run in the way (exit 75).
    func runHere(
        _ run: RunID,
        options: DaemonOptions,
        onProgress: @escaping @Sendable (ProgressReading?) -> Void
    ) throws(StoreError) -> HereOutcome

    /// What the daemon would use on this machine: keeper, pidfd, close_range, cgroup, timerfd.
    func means() -> [SystemFact]

    /// Starts a daemon on a state of its own and measures firing lag and raw figures.
    func measureLag(_ options: LagOptions) throws(StoreError) -> LagFigures

    /// Measures the copy of a database under a writer, beside `cp` and `sync`, in a temporary folder.
    ///
    /// - Throws: `StoreError`.
    func measureBackup(_ options: BackupBenchOptions) throws(StoreError) -> BackupBenchFigures

    /// The writer of that measurement, in a process of its own, until its standard input ends.
    ///
    /// - Throws: `StoreError`.
    func writeForBench(_ database: String) throws(StoreError)

    /// Counts a log of at least so many bytes that it writes and removes, beside mawk.
    func measureLogs(bytes: Int) throws(StoreError) -> LogBenchFigures

    /// The version of the SQLite library in use, such as `3.40.1`; nil: unknown.
    var sqliteVersion: String? { get }
}

/// A file or folder to read schedules from.
package struct ConfigurationPath: Hashable, Sendable {
    /// Absolute.
    package var path: String
    /// As the user wrote it; messages show this.
    package var shown: String

    package init(path: String, shown: String) {
        self.path = path
        self.shown = shown
    }
}

/// What reading the schedule files came to.
package struct ConfigurationReading: Sendable {
    /// How it went, for the exit status.
    package enum Outcome: Sendable, Hashable {
        /// There is a configuration; there may be warnings.
        case valid
        /// Something in the files is wrong: 78.
        case invalid
        /// There is no such file or folder, or no file in it: 66.
        case missing
    }

    /// Nil when a diagnostic is an error.
    package var configuration: Configuration?
    /// Errors and warnings of all files, in the order of files and places.
    package var diagnostics: [Diagnostic]
    /// Files read, as they are to be shown.
    package var files: [String]
    /// Schedules seen, also when there are errors.
    package var scheduleCount: Int
    /// A path that is not there (exit 66) as it was given; nil: all were found.
    package var missing: String?

    package var outcome: Outcome {
        if missing != nil { return .missing }
        return configuration == nil ? .invalid : .valid
    }

    package init(
        configuration: Configuration?,
        diagnostics: [Diagnostic] = [],
        files: [String] = [],
        scheduleCount: Int = 0,
        missing: String? = nil
    ) {
        self.configuration = configuration
        self.diagnostics = diagnostics
        self.files = files
        self.scheduleCount = scheduleCount
        self.missing = missing
    }
}

/// What `migrate` did.
package struct MigrationReport: Hashable, Sendable {
    /// 0: there was no database.
    package var from: Int
    package var to: Int

    package init(from: Int, to: Int) {
        self.from = from
        self.to = to
    }
}

/// How a request to load the files again ended.
package enum ReloadOutcome: Sendable {
    /// The number of schedules now in force.
    case applied(schedules: Int)
    /// The old configuration stays; the first error.
    case rejected(Diagnostic)
    /// Nobody holds the beat.
    case noDaemon
    /// No answer within the time.
    case timedOut
}

/// How `run --here` came to its end.
package enum HereOutcome: Sendable, Hashable {
    case ended
    /// TERM, INT or HUP came while the run went on.
    case interrupted
}

/// How to start a daemon, or a worker of one run.
package struct DaemonOptions: Sendable {
    package var kind: OwnerRecord.Kind
    package var configuration: [ConfigurationPath]
    /// Absolute; nil: as the files say, or `.downbeat` in the working directory.
    package var stateFolder: String?
    /// Only these queues; nil: all of the configuration.
    package var queues: [String]?
    /// Runs at once in this worker; nil: the sum of its queues.
    package var concurrency: Int?
    /// Wait for another beat to leave instead of exiting 75.
    package var standby: Bool
    package var drain: Duration?
    /// The zone of times on the terminal; nil: the configuration's.
    package var zone: String?
    package var verbosity: Verbosity
    /// Whether lines on the terminal may use colour.
    package var colour: Bool
    /// With `run --here`: what the command writes to stdout goes to stderr, since stdout has the
    /// report.
    package var redirectsOutput = false

    package enum Verbosity: Int, Sendable, Comparable {
        case quiet
        case usual
        case verbose

        package static func < (left: Verbosity, right: Verbosity) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    package init(
        kind: OwnerRecord.Kind,
        configuration: [ConfigurationPath],
        stateFolder: String? = nil,
        queues: [String]? = nil,
        concurrency: Int? = nil,
        standby: Bool = false,
        drain: Duration? = nil,
        zone: String? = nil,
        verbosity: Verbosity = .usual,
        colour: Bool = false
    ) {
        self.kind = kind
        self.configuration = configuration
        self.stateFolder = stateFolder
        self.queues = queues
        self.concurrency = concurrency
        self.standby = standby
        self.drain = drain
        self.zone = zone
        self.verbosity = verbosity
        self.colour = colour
    }
}

/// One thing that `doctor` found out.
package struct SystemFact: Hashable, Sendable {
    package enum Level: String, Sendable { case ok, warning, failure }

    package var level: Level
    /// A line such as `keeper uses pidfd, close_range; cgroup.kill not writable, walks /proc`.
    package var text: String
    /// What to type or to change; nil when all is well.
    package var remedy: String?

    package init(level: Level, text: String, remedy: String? = nil) {
        self.level = level
        self.text = text
        self.remedy = remedy
    }
}

/// What `bench lag` starts.
package struct LagOptions: Hashable, Sendable {
    /// One-second schedules with a no-op command.
    package var schedules: Int
    /// How long to measure.
    package var duration: Duration

    package init(schedules: Int, duration: Duration) {
        self.schedules = schedules
        self.duration = duration
    }
}

/// What `bench lag` measured; milliseconds, save `load` (1-minute load average) and counts.
package struct LagFigures: Hashable, Sendable {
    package struct Spread: Hashable, Sendable {
        package var p50: Double
        package var p99: Double
        package var max: Double

        package init(p50: Double, p99: Double, max: Double) {
            self.p50 = p50
            self.p99 = p99
            self.max = max
        }
    }

    package var schedules: Int
    package var runs: Int
    /// Fire time to durable claim.
    package var claim: Spread
    /// Durable claim to exec of the command.
    package var start: Spread
    /// Raw 4 KiB write + fsync on the same disk.
    package var fsync: Spread
    /// Raw spawn of the same command.
    package var spawn: Spread
    package var load: Double

    package init(
        schedules: Int,
        runs: Int,
        claim: Spread,
        start: Spread,
        fsync: Spread,
        spawn: Spread,
        load: Double
    ) {
        self.schedules = schedules
        self.runs = runs
        self.claim = claim
        self.start = start
        self.fsync = fsync
        self.spawn = spawn
        self.load = load
    }
}
