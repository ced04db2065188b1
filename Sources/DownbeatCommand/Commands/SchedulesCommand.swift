import ArgumentParser
import DownbeatCore

/// `downbeat schedules`: what is declared, and how each is doing.
struct SchedulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedules",
        abstract: "List schedules with their last and next run, or show one.",
        discussion: """
            EXAMPLES:
              downbeat schedules
              downbeat schedules --json
              downbeat schedules show nightly-backup
            """,
        subcommands: [SchedulesListCommand.self, SchedulesShowCommand.self],
        defaultSubcommand: SchedulesListCommand.self
    )
}

/// `downbeat schedules list`.
struct SchedulesListCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List schedules with their last and next run.",
        discussion: """
            EXAMPLES:
              downbeat schedules list
              downbeat schedules list -o plain | cut -f1
              downbeat schedules list --json
            """
    )

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let configuration = try session.knownSchedules().configuration
        let state = try session.stateIfAny(configuration.settings)
        let views = try ScheduleView.all(configuration, state: state, session: session)
        try ScheduleListing(
            views: views,
            times: session.times(configuration.settings).inLanguage(session.language),
            session: session
        ).write()
        return ExitStatus.success.rawValue
    }
}

/// `downbeat schedules show NAME`: the same as `explain NAME`.
struct SchedulesShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one schedule with its policies.",
        discussion: """
            EXAMPLES:
              downbeat schedules show nightly-backup
              downbeat schedules show nightly-backup --json
              downbeat explain nightly-backup       the same
            """
    )

    @Argument(help: "Name of a schedule.", completion: ValueCompletion.schedules.kind)
    var name: String

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let configuration = try session.knownSchedules().configuration
        let state = try session.stateIfAny(configuration.settings)
        let views = try ScheduleView.all(configuration, state: state, session: session)
        for view in try ScheduleView.pick([name], from: views) {
            try ScheduleExplanation(
                view: view,
                settings: configuration.settings,
                times: session.times(configuration.settings),
                session: session
            ).write()
        }
        return ExitStatus.success.rawValue
    }
}

/// Schedules as rows.
struct ScheduleListing {
    /// The end of a pause without end, for machines: null would say "not paused".
    static let never = "9999-12-31T23:59:59Z"
    /// Names of the columns of tab-separated output, frozen.
    private static let plainFields = [
        "name", "rule", "zone", "enabled", "paused_until", "last_slot", "last_state", "next",
        "queue", "source",
    ]

    let views: [ScheduleView]
    let times: TimeText
    let session: Session

    func write() {
        session.emit(listing) {
            guard !views.isEmpty else {
                return session.line("no schedules yet; downbeat init writes a starter")
            }
            session.line("\(times.zone.name), now \(times.absolute(session.now))")
            session.line()
            session.write(table)
        }
    }

    private var table: Table {
        var table = Table([
            Table.Column("SCHEDULE", cutOrder: 2), Table.Column("RULE", cutOrder: 1),
            Table.Column("LAST"), Table.Column("STATE"), Table.Column("NEXT"),
            Table.Column("NOTE", wraps: true),
        ])
        let nexts = views.map { $0.next(now: session.now) }
        let nextSeconds = times.seconds(of: nexts.compactMap(\.self))
        let lasts = views.compactMap { $0.summary?.latestRun }.map { $0.slot ?? $0.due }
        let lastSeconds = times.seconds(of: lasts)
        for (view, next) in zip(views, nexts) {
            let run = view.summary?.latestRun
            table.rows.append([
                Table.Cell(view.schedule.name, .bold),
                Table.Cell(view.schedule.rule.tableWords(in: session.language)),
                Table.Cell(
                    run.map { times.brief($0.slot ?? $0.due, seconds: lastSeconds) } ?? ""
                ),
                run?.state.cell ?? "",
                Table.Cell(next.map { times.near($0, seconds: nextSeconds) } ?? ""),
                Table.Cell(note(view, next), .yellow),
            ])
        }
        return table
    }

    private func note(_ view: ScheduleView, _ next: Timestamp?) -> String {
        if !view.isEnabled { return "disabled" }
        guard let pause = view.pause(at: session.now) else {
            let skips = view.summary?.state.skipNext.filter { $0 > session.now } ?? []
            var notes = [next.flatMap(view.jitterNote)].compactMap(\.self)
            if !skips.isEmpty {
                notes.append("skips \(skips.map(times.near).joined(separator: ", "))")
            }
            if view.skippedTriggers > 0 {
                notes.append("skips the next \(Words.count(view.skippedTriggers, "trigger"))")
            }
            return notes.joined(separator: "; ")
        }
        let until = pause.until.map { "until \(times.end($0))" } ?? "until resumed"
        return "paused " + until + (pause.reason.isEmpty ? "" : ", \(pause.reason)")
    }

    private var listing: Listing {
        Listing(
            [
                "name", "rule", "zone", "enabled", "paused_until", "last_slot", "last_state",
                "next", "queue", "source", "pause_reason", "due",
            ],
            plain: Self.plainFields,
            items: views.map { view in
                let zoned =
                    session.options.zone == nil
                    ? times.inZone(view.schedule.rule.zone) : times
                let pause = view.pause(at: session.now)
                let next = view.next(now: session.now)
                return [
                    .string(view.schedule.name),
                    .string(view.schedule.rule.ruleText),
                    .string(view.schedule.rule.zone.name),
                    .bool(view.isEnabled),
                    pause.map { $0.until.map { zoned.json($0) } ?? .string(Self.never) } ?? .null,
                    zoned.json(view.summary?.latestRun?.slot ?? view.summary?.latestSlot),
                    .text(view.summary?.latestRun?.state.rawValue),
                    zoned.json(next),
                    .string(view.schedule.queue),
                    view.schedule.isAdoptedForm ? .null : .string(view.schedule.source.shown),
                    .text(pause.flatMap { $0.reason.isEmpty ? nil : $0.reason }),
                    zoned.json(next.map(view.due)),
                ]
            }
        )
    }
}
