import ArgumentParser
import DownbeatCore

/// `downbeat next`: what runs when, over all schedules.
struct NextCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "List upcoming runs of all schedules, or of those named.",
        discussion: """
            EXAMPLES:
              downbeat next                              the first of each schedule
              downbeat next --within 24h --all           every run of the next day
              downbeat next report --from 2027-03-12 -n 3
              downbeat next --expr "30 2 * * mon-fri" --zone America/New_York
              downbeat next --expr "0 9 * * *" --calendar cn-workdays
              downbeat next --dialect quartz --expr "0 0 9 ? * 2-6"
              downbeat next report --previous -n 5       the fire times before now
              downbeat next --collisions --within 7d     minutes with more runs than workers
              echo '{"expr":"0 9 * * 1","count":2}' | downbeat next --batch -

            --batch reads one JSON object a line (`expr`, `tz`, `from`, `count`, `dst_gap`, \
            `dst_overlap`, `id`) and answers each with one line, in order: `{"id","next":[..]}`, \
            with `"never":true` for a date that no year has, or `{"id","error":{"code","field",\
            "message"}}`. It ends with 0 when every line was answered, with 2 when the input \
            cannot be read, and with --strict with 1 when a request was refused.

            Pauses and skipped slots are shown when a database exists; none is made.
            """
    )

    @Argument(
        help: "Names of schedules (default: all).",
        completion: ValueCompletion.schedules.kind
    )
    var names: [String] = []

    @Option(
        name: .short,
        parsing: .unconditional,
        help: "The next so many runs, over all schedules together."
    )
    var number: Int?

    @Option(help: "Only runs within this time, such as 24h or 7d.")
    var within: String?

    @Option(help: "Begin after this instant: a date, a local time, or RFC 3339.")
    var from: String?

    @Option(
        name: .customLong("expr"),
        help: "A cron expression or an interval instead of schedules."
    )
    var expression: String?

    @Option(
        help: ArgumentHelp(
            "Whose expression it is: celery, quartz, k8s, robfig, eventbridge, systemd.",
            valueName: "dialect"
        ),
        completion: .list(CronDialect.Word.allCases.map(\.rawValue))
    )
    var dialect: String?

    @Option(help: "Only on working days of this calendar, in place of the schedules' own.")
    var calendar: String?

    @Flag(help: "The fire times before now or --from, the latest first, whether or not they ran.")
    var previous = false

    @Flag(help: "Minutes in which more runs begin than their queue has workers.")
    var collisions = false

    @Flag(help: "Every run in the range (24h if none is given), not the first of each schedule.")
    var all = false

    @Option(
        help: ArgumentHelp("Answer JSON lines of a file, or of - for stdin.", valueName: "file"),
        completion: .file()
    )
    var batch: String?

    @Flag(help: "With --batch: end with 1 when a request was refused.")
    var strict = false

    @OptionGroup var global: GlobalOptions

    /// The expression that is asked about; one name beside `--dialect` is meant as one.
    var rule: String? { expression ?? (dialect != nil && names.count == 1 ? names[0] : nil) }

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        if let batch { return try execute(batch: batch, session) }
        guard dialect == nil || rule != nil else {
            throw CommandError(
                .usage,
                "`--dialect` says how an expression is read, and there is none",
                remedy: "add --expr with the expression in quotation marks"
            )
        }
        guard !strict else {
            throw CommandError(
                .usage,
                "`--strict` goes with `--batch`",
                remedy: "add --batch FILE, or leave it out"
            )
        }
        guard !previous || !collisions else {
            throw CommandError(
                .usage,
                "`--previous` and `--collisions` exclude each other",
                remedy: "leave one of them out"
            )
        }
        if collisions {
            try CollisionList(session: session, command: self).write()
        } else if previous {
            try PreviousList(session: session, command: self).write()
        } else {
            try NextPlan(session: session, command: self).write()
        }
        return ExitStatus.success.rawValue
    }

    private func execute(batch file: String, _ session: Session) throws(CommandError) -> Int32 {
        guard names.isEmpty, expression == nil, dialect == nil, from == nil, within == nil,
            number == nil, !all, !previous, !collisions
        else {
            throw CommandError(
                .usage,
                "`--batch` stands alone: its lines say what is asked for",
                remedy: "leave the other options out"
            )
        }
        do {
            var run = try NextBatchRun(file, session: session)
            let refused = try run.run()
            return (strict && refused > 0 ? ExitStatus.failure : .success).rawValue
        } catch {
            session.context.errors.write(error.render(colour: session.errorColour))
            return ExitStatus.changes.rawValue
        }
    }
}
