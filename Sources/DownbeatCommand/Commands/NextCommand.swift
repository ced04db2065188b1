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

    @Option(help: "Only on working days of this calendar, in place of the schedules' own.")
    var calendar: String?

    @Flag(help: "Every run in the range (24h if none is given), not the first of each schedule.")
    var all = false

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let plan = try NextPlan(session: session, command: self)
        plan.write()
        return ExitStatus.success.rawValue
    }
}
