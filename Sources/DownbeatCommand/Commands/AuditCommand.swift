import ArgumentParser
import DownbeatCore

/// `downbeat audit`: looks for what will surprise.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "List what changes of the clock do to schedules in the years to come.",
        discussion: """
            EXAMPLES:
              downbeat audit dst
              downbeat audit dst --years 5 --json
            """,
        subcommands: [AuditDaylightCommand.self]
    )
}

/// `downbeat audit dst`: every slot that a change of the clock skips, doubles or moves.
struct AuditDaylightCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "dst",
        abstract: "List every slot that a change of the clock skips, doubles or moves.",
        discussion: """
            EXAMPLES:
              downbeat audit dst
              downbeat audit dst ny-report --years 5
              downbeat audit dst "30 2 * * *" --timezone America/New_York
              downbeat audit dst --json

            Says what each schedule's `dst_gap` and `dst_overlap` make of it. Where a database is there, \
            the zone data that its slots are planned with is compared with what this machine has now, and \
            slots that moved are listed.
            """
    )

    @Argument(
        help: "A cron expression, or names of schedules (default: all).",
        completion: ValueCompletion.schedules.kind
    )
    var subjects: [String] = []

    @Option(help: "Years to look ahead.")
    var years = 2

    @Option(
        help: "The zone of an expression (default: the files' `timezone`).",
        completion: ValueCompletion.zones.kind
    )
    var timezone: String?

    @OptionGroup var global: GlobalOptions

    private static let yearsMax = 100

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        guard (1...Self.yearsMax).contains(years) else {
            throw CommandError(
                .usage,
                "--years \(years) is out of range",
                remedy: "use a number from 1 to \(Self.yearsMax)"
            )
        }
        let report: DaylightReport
        if subjects.count == 1, ExpressionReader.isExpression(subjects[0]) {
            report = try expression(subjects[0], session)
        } else {
            guard timezone == nil else {
                throw CommandError(
                    .usage,
                    "`--timezone` goes with an expression",
                    remedy: "a schedule's zone is that of its file"
                )
            }
            report = try schedules(session)
        }
        report.write()
        return ExitStatus.success.rawValue
    }

    private func end(after now: Timestamp) -> Timestamp {
        now + .seconds(Int64(years) * 365 * 86_400 + Int64(years + 3) / 4 * 86_400)
    }

    private func expression(
        _ text: String,
        _ session: Session
    ) throws(CommandError) -> DaylightReport {
        let settings = session.configurationIfAny()?.settings
        let zone = try session.zone(timezone ?? settings?.zone ?? ServiceSettings().zone)
        return DaylightReport(
            session: session,
            times: try session.times(settings),
            schedules: [try NextSubject.view(of: text, zone: zone).schedule],
            end: end(after: session.now),
            years: years,
            forecasts: []
        )
    }

    private func schedules(_ session: Session) throws(CommandError) -> DaylightReport {
        let configuration = try session.configuration()
        var schedules = configuration.schedules
        if !subjects.isEmpty {
            var picked: [Schedule] = []
            for name in subjects {
                guard let schedule = schedules.first(where: { $0.name == name }) else {
                    throw .noSchedule(name, among: schedules.map(\.name))
                }
                picked.append(schedule)
            }
            schedules = picked
        }
        var forecasts: [ZoneForecast] = []
        if let state = try session.stateIfAny(configuration.settings) {
            forecasts = try session.with(configuration.settings) { () throws(StoreError) in
                try state.zoneForecasts()
            }
        }
        return DaylightReport(
            session: session,
            times: try session.times(configuration.settings),
            schedules: schedules,
            end: end(after: session.now),
            years: years,
            forecasts: forecasts
        )
    }
}
