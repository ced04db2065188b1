import DownbeatCore

/// What `next` is asked about: schedules or one expression, under one calendar, from an instant on.
struct NextSubject {
    let times: TimeText
    /// In the order named; one without a name for `--expr`.
    let views: [ScheduleView]
    /// Nil: there are no files, which an expression does not need.
    let settings: ServiceSettings?
    /// Whether the user named what is listed.
    let isNamed: Bool
    /// `--from`, or now.
    let from: Timestamp

    init(session: Session, command: NextCommand) throws(CommandError) {
        let zone: ZoneRules
        var views: [ScheduleView]
        var calendars = CalendarBook()
        if let expression = command.rule {
            let configuration = session.configurationIfAny()
            settings = configuration?.settings
            times = try session.times(settings).inLanguage(session.language)
            calendars = configuration?.calendars ?? calendars
            zone = times.zone
            let dialect = try ExpressionReader.dialect(command.dialect)
            views = [try Self.view(of: expression, zone: zone, dialect: dialect)]
            for translation in views[0].schedule.translations { session.say(translation.words) }
        } else {
            let configuration = try session.configuration()
            settings = configuration.settings
            times = try session.times(settings).inLanguage(session.language)
            calendars = configuration.calendars
            let known = ScheduleView.allOrNoted(configuration, session: session)
            views = try ScheduleView.pick(command.names, from: known)
            zone = command.names.count == 1 ? views[0].schedule.rule.zone : times.zone
        }
        if let name = command.calendar {
            let calendar = try Self.calendar(name, calendars)
            for index in views.indices { views[index].schedule.rule.put(calendar) }
        }
        self.views = views
        isNamed = !command.names.isEmpty || command.rule != nil
        from =
            try command.from.map { text throws(CommandError) in
                try session.instant(text, option: "--from", zone: zone)
            } ?? session.now
    }

    private static func calendar(
        _ name: String,
        _ calendars: CalendarBook
    ) throws(CommandError) -> DayCalendar {
        do throws(CalendarBook.Failure) {
            return try calendars.calendar(named: name)
        } catch {
            throw .noSuch("calendar", name, among: calendars.names)
        }
    }

    /// A schedule without a name, for an expression.
    static func view(
        of expression: String,
        zone: ZoneRules,
        dialect: CronDialect? = nil
    ) throws(CommandError) -> ScheduleView {
        let translation = try dialect.map { dialect throws(CommandError) in
            try ExpressionReader.translation(expression, of: dialect, zone: zone)
        }
        let trigger: Trigger
        if let translation {
            trigger = translation.trigger
        } else {
            trigger = try ExpressionReader.trigger(expression)
        }
        let definition = RunDefinition(action: .command([]), zone: zone.name)
        var schedule = Schedule(
            name: "",
            rule: Rule(trigger: trigger, zone: zone),
            definition: definition,
            catchUp: CatchUp(policy: .skip)
        )
        schedule.translations = translation.map { [$0] } ?? []
        return ScheduleView(schedule: schedule, summary: nil)
    }

    /// `-n`, checked.
    static func number(_ command: NextCommand) throws(CommandError) -> Int? {
        guard let number = command.number, !(1...NextPlan.linesMax).contains(number) else {
            return command.number
        }
        throw CommandError(
            .usage,
            "-n \(number) is out of range",
            remedy: "use a number from 1 to \(NextPlan.linesMax)"
        )
    }
}

extension Rule {
    /// Short words for a table; those of other languages than English are sentences.
    func tableWords(in language: Language) -> String {
        language == .english ? summary : words(in: language)
    }
}
