import ArgumentParser
import DownbeatCore

/// `downbeat export`: schedules for other programs.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write upcoming runs for calendar programs.",
        discussion: """
            EXAMPLES:
              downbeat export ics > downbeat.ics
              downbeat export ics nightly-backup --days 90 > backup.ics
              downbeat export ics --within 7d --lang zh-CN > week.ics
            """,
        subcommands: [ExportICSCommand.self]
    )
}

/// `downbeat export ics`.
struct ExportICSCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "ics",
        abstract: "Write upcoming runs as an iCalendar file (RFC 5545) to stdout.",
        discussion: """
            EXAMPLES:
              downbeat export ics > downbeat.ics
              downbeat export ics nightly-backup --days 90 > backup.ics
              downbeat export ics --within 7d --lang zh-CN > week.ics

            Each run is an event at its instant in UTC, named after the schedule, with the rule in words. \
            Its UID is made of the schedule's name and the time, so that importing a newer file updates \
            events. Paused, disabled and skipped runs are left out; so are intervals that count from an \
            event, whose times are not known.
            """
    )

    /// The range when none is given.
    private static let standardDays = 30
    /// As many as calendar programs take, and as our own reader takes.
    private static let eventsMax = ICSReader.eventCountMax

    @Argument(
        help: "Names of schedules (default: all).",
        completion: ValueCompletion.schedules.kind
    )
    var names: [String] = []

    @Option(help: "Only runs within this time, such as 24h or 30d (default: 30d).")
    var within: String?

    @Option(help: "The same in days.")
    var days: Int?

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let range = try range(session)
        let configuration = try session.configuration()
        let known = ScheduleView.allOrNoted(configuration, session: session)
        let views = try ScheduleView.pick(names, from: known)
        let events = events(of: views, upTo: session.now + range, session)
        session.write(
            ICSWriter.write(
                events,
                calendarName: views.count == 1 && !names.isEmpty ? names[0] : "Downbeat",
                now: session.now
            )
        )
        return ExitStatus.success.rawValue
    }

    private func range(_ session: Session) throws(CommandError) -> Duration {
        guard within == nil || days == nil else {
            throw CommandError(
                .usage,
                "`--within` and `--days` exclude each other",
                remedy: "leave one of them out"
            )
        }
        if let within { return try session.duration(within, option: "--within") }
        let days = days ?? Self.standardDays
        let longest = DurationText.longest.components.seconds / 86_400
        guard days >= 1, Int64(days) <= longest else {
            throw CommandError(
                .usage,
                "--days \(days) is out of range",
                remedy: "use a number from 1 to \(longest)"
            )
        }
        return .seconds(Int64(days) * 86_400)
    }

    private func events(
        of views: [ScheduleView],
        upTo end: Timestamp,
        _ session: Session
    ) -> [ICSWriter.Event] {
        let running = views.compactMap { view -> (ScheduleView, Timeline.Source)? in
            guard !view.schedule.rule.countsFromEvent else {
                session.say(
                    "note: \(view.schedule.name) counts from an event: its times are left out"
                )
                return nil
            }
            return view.source(from: session.now, now: session.now).map { (view, $0) }
        }
        let descriptions = running.map { description($0.0, session.language) }
        var timeline = Timeline(running.map(\.1))
        var events: [ICSWriter.Event] = []
        while let entry = timeline.next(), entry.at <= end {
            let view = running[entry.index].0
            guard view.summary?.state.skipNext.contains(entry.at) != true else { continue }
            guard events.count < Self.eventsMax else {
                let cut = TimeText(zone: view.schedule.rule.zone, now: session.now)
                session.say(
                    "note: only the first \(Words.grouped(Self.eventsMax)) runs are written, those"
                        + " before \(cut.dated(entry.at)) \(cut.zone.name): name schedules, or use a"
                        + " shorter --within"
                )
                break
            }
            events.append(
                ICSWriter.Event(
                    name: view.schedule.name,
                    at: entry.at,
                    description: descriptions[entry.index]
                )
            )
        }
        return events
    }

    private func description(_ view: ScheduleView, _ language: Language) -> String {
        let words = language.phrases.standing(
            view.schedule.rule.words(in: language, with: [.zone, .calendar])
        )
        return ([view.schedule.description].compactMap(\.self) + [words]).joined(separator: "\n")
    }
}
