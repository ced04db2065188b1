import ArgumentParser
import DownbeatCore

/// `downbeat runs`: what ran, and the ledger of slots.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List runs or the ledger of slots, or show one run.",
        discussion: """
            EXAMPLES:
              downbeat runs --state failed --since 24h
              downbeat runs --ledger --schedule nightly-backup
              downbeat runs show nightly-backup       its latest run
            """,
        subcommands: [RunsListCommand.self, RunsShowCommand.self],
        defaultSubcommand: RunsListCommand.self
    )
}

/// `downbeat runs list`.
struct RunsListCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List runs, newest first; with --ledger the slots, fired or skipped.",
        discussion: """
            EXAMPLES:
              downbeat runs --state failed --since 24h
              downbeat runs --schedule sync --limit 10
              downbeat runs --ledger --since 2026-11-23

            Here --state takes a run state, or a folder when its value holds a `/` or a `.`.
            """
    )

    /// What is listed when nothing is said.
    private static let standardLimit = 50
    /// One call reads at most this many rows.
    private static let limitMax = 100_000

    @Option(help: "Only this schedule.", completion: ValueCompletion.schedules.kind)
    var schedule: String?

    @Option(help: "Only from this time on: 24h, a date, a local time, or RFC 3339.")
    var since: String?

    @Option(help: ArgumentHelp("At most so many (default: 50).", valueName: "n"))
    var limit: Int?

    @Option(help: "Only older than this: a run's id, with --ledger a time.")
    var before: String?

    @Flag(help: "The ledger: every due slot, fired or skipped and why.")
    var ledger = false

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let settings = session.settingsForReading()
        let (states, folders) = try split(global.state)
        var options = global
        options.state = folders
        let session = Session(context: session.context, options: options)
        let state = try session.state(settings)
        let times = try session.times(settings)
        try checkName(session, state, settings)
        let since = try since.map { text throws(CommandError) in
            try sinceInstant(text, session, times)
        }
        if ledger {
            guard states.isEmpty else {
                throw CommandError(
                    .usage,
                    "--ledger lists slots, and slots have no run state",
                    remedy: "leave --state or --ledger out"
                )
            }
            let query = LedgerQuery(
                schedule: schedule,
                since: since,
                before: try before.map { text throws(CommandError) in
                    try session.instant(text, option: "--before", zone: times.zone)
                },
                limit: try checkedLimit()
            )
            let rows = try session.with(settings) { () throws(StoreError) in
                try state.ledger(query)
            }
            LedgerListing(rows: rows, times: times, session: session).write()
        } else {
            let query = RunQuery(
                schedule: schedule,
                states: states,
                since: since,
                before: try beforeID(),
                limit: try checkedLimit()
            )
            let runs = try session.with(settings) { () throws(StoreError) in
                try state.runs(query)
            }
            RunListing(runs: runs, times: times, session: session).write()
        }
        return ExitStatus.success.rawValue
    }

    /// Run states and folders, which the same option names.
    private func split(_ values: [String]) throws(CommandError) -> ([RunState], [String]) {
        var states: [RunState] = []
        var folders: [String] = []
        for value in values {
            if value.contains("/") || value.contains(".") {
                folders.append(value)
                continue
            }
            for word in value.split(separator: ",").map(String.init) {
                guard let state = RunState(rawValue: word) else {
                    let words = RunState.allCases.map(\.rawValue)
                    throw .unknown(.usage, "unknown state", word, candidates: words)
                }
                states.append(state)
            }
        }
        return (states, folders)
    }

    private func checkName(
        _ session: Session,
        _ state: any StateAccess,
        _ settings: ServiceSettings?
    ) throws(CommandError) {
        guard let schedule else { return }
        let names = try RunReference.names(state: state, settings: settings, session: session)
        guard !names.contains(schedule) else { return }
        let kept = try session.with(settings) { () throws(StoreError) in
            try state.runs(RunQuery(schedule: schedule, limit: 1))
        }
        // A schedule that was removed keeps its history.
        guard kept.isEmpty else { return }
        throw .noSchedule(schedule, among: names)
    }

    private func sinceInstant(
        _ text: String,
        _ session: Session,
        _ times: TimeText
    ) throws(CommandError) -> Timestamp {
        do {
            return session.now - (try DurationText.parse(text))
        } catch {
            return try session.instant(text, option: "--since", zone: times.zone)
        }
    }

    private func beforeID() throws(CommandError) -> RunID? {
        guard let before else { return nil }
        guard let id = RunID(before) else {
            throw CommandError(
                .usage,
                "--before `\(before)` is not a run's id",
                remedy: "use the whole id of the last run shown, 26 characters"
            )
        }
        return id
    }

    private func checkedLimit() throws(CommandError) -> Int {
        let limit = limit ?? Self.standardLimit
        guard (1...Self.limitMax).contains(limit) else {
            throw CommandError(
                .usage,
                "--limit \(limit) is out of range",
                remedy: "use a number from 1 to \(Self.limitMax)"
            )
        }
        return limit
    }
}

/// `downbeat runs show ID`.
struct RunsShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one run with its attempts and output.",
        discussion: """
            EXAMPLES:
              downbeat runs show 01JD4AZ7M3Q8X2V5K9T1B6C7D8
              downbeat runs show 6C7D8A             its last characters suffice
              downbeat runs show nightly-backup     the latest run of a schedule
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
        let record = try RunReference.resolve(
            run,
            state: state,
            settings: settings,
            session: session
        )
        try RunReport(
            id: record.id,
            state: state,
            settings: settings,
            times: session.times(settings),
            session: session
        ).write()
        return ExitStatus.success.rawValue
    }
}
