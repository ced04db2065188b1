import DownbeatCore
import Synchronization

/// A service without files, database or daemon: what commands ask for is answered from memory.
final class InventedService: Operations, StateAccess {
    /// Everything that a test sets and looks at.
    struct Content {
        var reading = ConfigurationReading(configuration: nil, missing: "schedules")
        var hasDatabase = true
        var failure: StoreError?
        var summaries: [ScheduleSummary] = []
        var details: [RunDetail] = []
        var outputs: [OutputChunk] = []
        var ledger: [LedgerRow] = []
        /// Of any schedule, oldest first.
        var statistics: [WindowStatistics] = []
        var queues: [QueueSummary] = []
        var events: [EventRecord] = []
        var reloadError: Diagnostic?
        var forecasts: [ZoneForecast] = []
        var facts = DatabaseFacts(schema: 7, size: 93_000_000, walSize: 1_200_000, problems: [])
        var owners: [OwnerRecord] = []
        var reloadOutcome = ReloadOutcome.applied(schedules: 5)
        var migration = MigrationReport(from: 0, to: 7)
        var started: DaemonOptions?
        var controls: [String] = []
        var made: [ManualRun] = []
        var cancelOutcome = CancelOutcome.cancelled
        /// What a run in the foreground says, one a second; nil: output comes.
        var progress: [ProgressReading?] = []
    }

    private let content = Mutex(Content())
    let clocks = SteppedClocks(CommandLine.now)

    /// All of it, as it stands.
    var current: Content { content.withLock { $0 } }

    func set(_ change: (inout Content) -> Void) {
        content.withLock { change(&$0) }
    }

    private func read<Value>(_ body: (Content) -> Value) throws(StoreError) -> Value {
        let (value, failure) = content.withLock { (body($0), $0.failure) }
        if let failure { throw failure }
        return value
    }

    private func note(_ text: String) throws(StoreError) {
        try read { _ in () }
        content.withLock { $0.controls.append(text) }
    }

    // MARK: Operations

    var zones: any ZoneSource { MachineZones() }
    var sqliteVersion: String? { "3.40.1" }

    func readConfiguration(_ paths: [ConfigurationPath]) -> ConfigurationReading {
        content.withLock(\.reading)
    }

    func openState(folder: String) throws(StoreError) -> any StateAccess {
        guard try read(\.hasDatabase) else { throw .missing(path: folder + "/state.db") }
        return self
    }

    func migrateState(folder: String) throws(StoreError) -> MigrationReport {
        set { $0.hasDatabase = true }
        return try read(\.migration)
    }

    func daemons(folder: String) throws(StoreError) -> [OwnerRecord] { try read(\.owners) }

    func reload(folder: String, timeout: Duration) throws(StoreError) -> ReloadOutcome {
        try read(\.reloadOutcome)
    }

    func runDaemon(_ options: DaemonOptions) -> Int32 {
        set { $0.started = options }
        return 0
    }

    func holdStopSignals() {
        set { $0.controls.append("hold") }
    }

    func runHere(
        _ run: RunID,
        options: DaemonOptions,
        onProgress: @escaping @Sendable (ProgressReading?) -> Void
    ) throws(StoreError) -> HereOutcome {
        for reading in current.progress {
            clocks.advance(.seconds(1))
            onProgress(reading)
        }
        set { content in
            content.started = options
            content.finish(run, .succeeded, at: CommandLine.now + .milliseconds(27))
        }
        return .ended
    }

    func means() -> [SystemFact] {
        [SystemFact(level: .ok, text: "keeper uses pidfd, close_range, timerfd")]
    }

    func backups(of place: BackupPlace) throws(BackupError) -> [BackupListing.Copy] {
        throw BackupError(.missing, "no copies in", place: place.destination)
    }

    func verifyBackups(
        of place: BackupPlace,
        scratch: String,
        watch: BackupWatch,
        each: (BackupVerdict) -> Void
    ) throws(BackupError) {
        throw BackupError(.missing, "no copies in", place: place.destination)
    }

    func restoreBackup(
        _ request: RestoreRequest,
        watch: BackupWatch,
        decide: @escaping (StateGap) throws(BackupError) -> SlotsAfterRestore
    ) throws(BackupError) {
        throw BackupError(.missing, "no copies in", place: request.place.destination)
    }

    func isDatabase(_ path: String, ofStateFolder folder: String) -> Bool {
        path == folder + "/state.db"
    }

    func measureBackup(
        _ options: BackupBenchOptions
    ) throws(StoreError) -> BackupBenchFigures {
        BackupBenchFigures(bytes: 200_000_000)
    }

    func writeForBench(_ database: String) throws(StoreError) {}

    func measureLogs(bytes: Int) throws(StoreError) -> LogBenchFigures {
        LogBenchFigures(bytes: 1_000_000, lines: 5000, allFields: 150, status: 400, mawk: nil)
    }

    func measureLag(_ options: LagOptions) throws(StoreError) -> LagFigures {
        let spread = LagFigures.Spread(p50: 0.61, p99: 2.5, max: 4)
        return LagFigures(
            schedules: options.schedules,
            runs: 2000,
            claim: spread,
            start: spread,
            fsync: spread,
            spawn: spread,
            load: 0.5
        )
    }

    // MARK: Reads

    func schedules() throws(StoreError) -> [ScheduleSummary] { try read(\.summaries) }

    func runs(_ query: RunQuery) throws(StoreError) -> [RunRecord] {
        try read { content in
            Array(
                content.details.map(\.record).sorted { $0.id > $1.id }.filter { run in
                    (query.schedule.map { $0 == run.schedule } ?? true)
                        && (query.states.isEmpty || query.states.contains(run.state))
                        && (query.since.map { run.due >= $0 } ?? true)
                        && (query.before.map { run.id < $0 } ?? true)
                }.prefix(query.limit)
            )
        }
    }

    func run(_ id: RunID) throws(StoreError) -> RunDetail? {
        try read { $0.details.first { $0.record.id == id } }
    }

    func runs(endingWith suffix: String) throws(StoreError) -> [RunID] {
        try read { $0.details.map(\.record.id).filter { $0.text.hasSuffix(suffix) } }
    }

    func output(_ run: RunID, attempt: Int, skipping: Int) throws(StoreError) -> [OutputChunk] {
        try read { Array($0.outputs.dropFirst(skipping)) }
    }

    func ledger(_ query: LedgerQuery) throws(StoreError) -> [LedgerRow] {
        try read { content in
            Array(
                content.ledger.filter { row in
                    (query.schedule.map { $0 == row.schedule } ?? true)
                        && (query.since.map { (row.to ?? row.slot) >= $0 } ?? true)
                        && (query.before.map { row.slot < $0 } ?? true)
                }.sorted { $0.slot > $1.slot }.prefix(query.limit)
            )
        }
    }

    func statistics(_ query: StatisticsQuery) throws(StoreError) -> [WindowStatistics] {
        try read { content in
            content.statistics.filter { window in
                (query.from.map { window.start >= $0 } ?? true)
                    && (query.to.map { window.start < $0 } ?? true)
            }.suffix(query.limit).map { window in
                var window = window
                window.groups = window.groups.filter { group in
                    switch query.groups {
                    case .all: true
                    case .none: false
                    case .by(let field): group.by == field
                    }
                }
                return window
            }
        }
    }

    func positions(of schedule: String) throws(StoreError) -> [UInt8]? { nil }
    func queues() throws(StoreError) -> [QueueSummary] { try read(\.queues) }
    func events(limit: Int) throws(StoreError) -> [EventRecord] { try read(\.events) }
    func reloadError() throws(StoreError) -> Diagnostic? { try read(\.reloadError) }
    func zoneForecasts() throws(StoreError) -> [ZoneForecast] { try read(\.forecasts) }
    func inspect() throws(StoreError) -> DatabaseFacts { try read(\.facts) }

    // MARK: Controls

    func pause(_ names: [String], pause: ScheduleState.Pause) throws(StoreError) {
        try note("pause \(names.joined(separator: ",")): \(pause.reason)")
    }

    func resume(_ names: [String], now: Timestamp) throws(StoreError) {
        try note("resume \(names.joined(separator: ","))")
    }

    func skip(_ name: String, triggers: Int) throws(StoreError) {
        try note("skip \(name): \(triggers) triggers")
    }

    func skip(_ name: String, slots: [Timestamp]) throws(StoreError) {
        try note("skip \(name): \(slots.map { "\($0.seconds)" }.joined(separator: ","))")
    }

    func enqueue(_ request: ManualRun) throws(StoreError) -> RunID {
        try read { _ in () }
        let id = RunID(at: request.now, random: (9, 9))
        set { content in
            content.made.append(request)
            content.details.append(RunDetail.sample(id: id, schedule: request.schedule))
        }
        return id
    }

    func retry(_ id: RunID, request: ManualRun?, now: Timestamp) throws(StoreError) -> RunID {
        let new = RunID(at: now, random: (8, 8))
        let schedule = try read { $0.details.first { $0.record.id == id }?.record.schedule ?? "" }
        set { content in
            if let request { content.made.append(request) }
            var detail = RunDetail.sample(id: new, schedule: schedule)
            detail.record.retryOf = id
            content.details.append(detail)
        }
        return new
    }

    func cancel(_ id: RunID, now: Timestamp) throws(StoreError) -> CancelOutcome {
        try note("cancel \(id.text)")
        return try read(\.cancelOutcome)
    }
}

extension InventedService.Content {
    /// Ends a run as a worker would.
    mutating func finish(
        _ id: RunID,
        _ state: RunState,
        at end: Timestamp,
        error: String? = nil,
        exitCode: Int32? = 0
    ) {
        for index in details.indices where details[index].record.id == id {
            details[index].record.state = state
            details[index].record.startedAt = details[index].record.enqueuedAt
            details[index].record.endedAt = end
            details[index].record.attempts = 1
            details[index].record.error = error
            details[index].record.exitCode = exitCode
        }
    }
}
