import ArgumentParser
import DownbeatCore

/// Options of waiting for a run.
struct WaitArguments: ParsableArguments {
    @Flag(help: "Wait for the run to end; exit 0 if it succeeded, else 1.")
    var wait = false

    @Option(help: "With --wait: give up waiting after this time (exit 124); the run goes on.")
    var timeout: String?

    @Flag(help: "With --wait: exit with the command's own status.")
    var propagate = false

    /// A wait as asked for.
    struct Wait {
        /// Nil: for ever.
        var limit: Duration?
        var propagate: Bool
    }

    /// What was asked for, checked before anything is made; nil: not to wait.
    func checked(_ session: Session) throws(CommandError) -> Wait? {
        guard wait else {
            guard timeout == nil, !propagate else {
                throw CommandError(
                    .usage,
                    "--timeout and --propagate need --wait",
                    remedy: "add --wait"
                )
            }
            return nil
        }
        guard let timeout else { return Wait(limit: nil, propagate: propagate) }
        let limit = try session.duration(timeout, option: "--timeout")
        return Wait(limit: limit, propagate: propagate)
    }
}

/// `downbeat run NAME`.
struct RunCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a schedule's action now, outside its rule.",
        discussion: """
            EXAMPLES:
              downbeat run nightly-backup
              downbeat run nightly-backup --wait --timeout 1h
              downbeat run report --here            in the foreground, without a daemon

            It waits until the runs before it are done, unless `overlap: allow`. It leaves the \
            ledger alone, and works while the schedule is paused or disabled.

            With --here the command's output is on stdout and stderr as it comes, and the report \
            on stderr; with --json the report is on stdout and the output on stderr. Ctrl-C or \
            SIGTERM cancels the run (TERM, its grace, KILL; a second one kills at once) and ends \
            with 130.
            """
    )

    @Argument(help: "Name of a schedule.", completion: ValueCompletion.schedules.kind)
    var name: String

    @Flag(help: "Execute it here in the foreground; needs no daemon.")
    var here = false

    @OptionGroup var waiting: WaitArguments
    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        if here { session.operations.holdStopSignals() }
        let configuration = try configuration(session)
        guard let schedule = configuration.schedules.first(where: { $0.name == name }) else {
            throw .noSchedule(name, among: configuration.schedules.map(\.name))
        }
        let wait = here ? nil : try waiting.checked(session)
        if here { try prepare(session, configuration) }
        let state = try session.state(configuration.settings)
        let request = ManualRun(schedule, place: here ? .here : .queue, now: session.now)
        let id = try session.with(configuration.settings) { () throws(StoreError) in
            try state.enqueue(request)
        }
        let waiter = RunWaiter(
            id: id,
            state: state,
            settings: configuration.settings,
            times: try session.times(configuration.settings),
            session: session
        )
        if here {
            let meter = ProgressMeter(schedule.definition.action.task, session)
            return try executeHere(id, waiter, meter, session, configuration)
        }
        let note = "manual, \(session.context.user)"
        return try waiter.finish(note: note, wait)
    }

    /// The files, or, while they do not load, what the daemon took over last.
    private func configuration(_ session: Session) throws(CommandError) -> Configuration {
        // Executed here, it needs the files' settings and secrets.
        guard !here else { return try session.configuration() }
        let known = try session.knownSchedules()
        if known.isAdopted { session.say("note: this run uses the definition adopted last") }
        return known.configuration
    }

    /// The database is made as a daemon would make it.
    private func prepare(_ session: Session, _ configuration: Configuration) throws(CommandError) {
        let folder = session.stateFolder(configuration.settings)
        _ = try session.with(configuration.settings) { () throws(StoreError) in
            try session.operations.migrateState(folder: folder)
        }
    }

    private func executeHere(
        _ id: RunID,
        _ waiter: RunWaiter,
        _ meter: ProgressMeter,
        _ session: Session,
        _ configuration: Configuration
    ) throws(CommandError) -> Int32 {
        var options = try session.daemonOptions(.here)
        options.stateFolder = session.stateFolder(configuration.settings)
        options.redirectsOutput = session.format.isForMachines
        let daemon = options
        let outcome = try session.with(configuration.settings) { () throws(StoreError) in
            try session.operations.runHere(id, options: daemon, onProgress: meter.show)
        }
        meter.clear()
        return try waiter.reportHere(outcome, propagate: waiting.propagate)
    }
}

extension ManualRun {
    /// A run of a schedule as its file says it today.
    init(_ schedule: Schedule, place: Place, now: Timestamp) {
        self.init(
            schedule: schedule.name,
            definition: schedule.definition,
            queue: schedule.queue,
            overlap: schedule.overlap,
            expires: schedule.expires,
            place: place,
            now: now
        )
    }
}

/// `downbeat retry ID`.
struct RetryCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Make a new run of a run that has ended.",
        discussion: """
            EXAMPLES:
              downbeat retry 6C7D8A
              downbeat retry nightly-backup         its latest run
              downbeat retry 6C7D8A --wait

            It uses the definition of today, or the stored one if the schedule is gone.
            """
    )

    @Argument(
        help: "A run's id, its last six characters, or a schedule's name.",
        completion: ValueCompletion.runs.kind
    )
    var run: String

    @OptionGroup var waiting: WaitArguments
    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let wait = try waiting.checked(session)
        let configuration = session.configurationIfAny()
        let settings = configuration?.settings
        let state = try session.state(settings)
        let record = try RunReference.resolve(
            run,
            state: state,
            settings: settings,
            session: session
        )
        guard record.state.isFinal else {
            throw CommandError(
                .temporary,
                "run \(record.id.text) has not ended: \(record.state.rawValue)",
                remedy: "wait for it, or end it first: downbeat cancel \(record.id.text)"
            )
        }
        let request = configuration?.schedules.first { $0.name == record.schedule }
            .map { ManualRun($0, place: .queue, now: session.now) }
        let id = try session.with(settings) { () throws(StoreError) in
            try state.retry(record.id, request: request, now: session.now)
        }
        let waiter = RunWaiter(
            id: id,
            state: state,
            settings: settings,
            times: try session.times(settings),
            session: session
        )
        return try waiter.finish(note: "retry of \(record.id.text)", wait)
    }
}

/// `downbeat cancel ID`.
struct CancelCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End a run: a waiting one at once, a running one by TERM, then KILL.",
        discussion: """
            EXAMPLES:
              downbeat cancel 6C7D8A
              downbeat cancel nightly-backup        its newest run that is not done
              downbeat cancel 6C7D8A --json

            Exit status: 0 cancelled or asked to end, 1 it had ended before.
            """
    )

    @Argument(
        help: "A run's id, its last six characters, or a schedule's name.",
        completion: ValueCompletion.runs.kind
    )
    var run: String

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let settings = session.settingsForReading()
        let state = try session.state(settings)
        let record = try active(session, state, settings)
        let outcome = try session.with(settings) { () throws(StoreError) in
            try state.cancel(record.id, now: session.now)
        }
        let id = record.id.text
        let (word, sentence) = try words(outcome, id, session, settings)
        let listing = Listing(
            ["id", "schedule", "outcome"],
            items: [[.string(id), .string(record.schedule), .string(word)]]
        )
        session.emit(listing) { session.line(sentence) }
        guard case .alreadyFinal = outcome else { return ExitStatus.success.rawValue }
        if !session.isTable { session.say(sentence) }
        return ExitStatus.failure.rawValue
    }

    /// Other runs named beside the one that is ended.
    private static let othersMax = 100

    /// The run meant; of a schedule the newest that runs, else the newest that waits, else the latest.
    private func active(
        _ session: Session,
        _ state: any StateAccess,
        _ settings: ServiceSettings?
    ) throws(CommandError) -> RunRecord {
        let query = RunQuery(
            schedule: run,
            states: [.running, .queued, .scheduled],
            limit: Self.othersMax
        )
        let found = try session.with(settings) { () throws(StoreError) in try state.runs(query) }
        guard let first = found.first(where: { $0.state == .running }) ?? found.first else {
            return try RunReference.resolve(
                run,
                state: state,
                settings: settings,
                session: session
            )
        }
        let others = found.filter { $0.id != first.id }
        if !others.isEmpty {
            let list = others.map { "\($0.id.text) (\($0.state.rawValue))" }
            session.say("`\(run)` has further runs, left alone: " + list.joined(separator: ", "))
        }
        return first
    }

    private func words(
        _ outcome: CancelOutcome,
        _ id: String,
        _ session: Session,
        _ settings: ServiceSettings?
    ) throws(CommandError) -> (String, String) {
        switch outcome {
        case .cancelled:
            return ("cancelled", "cancelled \(id)")
        case .requested:
            let folder = session.stateFolder(settings)
            let workers = try session.operations.daemonsOrNone(folder: folder)
            let isAtWork = workers.contains { $0.hasWorker || $0.kind == .here }
            let when = isAtWork ? "its worker ends it now" : "takes effect when a worker starts"
            return ("requested", "asked \(id) to end; \(when)")
        case .alreadyFinal(let state):
            return ("had_ended", "\(id) had ended before: \(state.rawValue)")
        }
    }
}
