import DownbeatCore

/// What `next` found, ready to be shown.
struct NextPlan {
    /// One line: a run to come, or a schedule that has none.
    struct Line {
        var view: ScheduleView
        /// Nil: paused or disabled.
        var at: Timestamp?
        /// When it is due: `at` and the jitter.
        var due: Timestamp?
        /// Further runs in the range, for the first of each.
        var further = 0
        var notes: [String] = []
        /// `paused`, `disabled` or `after NAME`, in the place of a distance.
        var standing: String?
    }

    /// Which runs are listed.
    private enum Choice {
        case firstOfEach
        case every(limit: Int)
    }

    /// The most runs that one call lists.
    private static let linesMax = 10_000
    /// Runs listed for an expression when no number is given.
    private static let expressionLines = 5
    /// The range over which further runs are counted when none is given.
    private static let standardRange: Duration = .seconds(86_400)

    let session: Session
    let times: TimeText
    private let from: Timestamp
    private let isFromNow: Bool
    private let end: Timestamp?
    private let choice: Choice
    private let isNamed: Bool
    private let views: [ScheduleView]
    private var lines: [Line] = []
    private var total = 0

    init(session: Session, command: NextCommand) throws(CommandError) {
        self.session = session
        let zone: ZoneRules
        var views: [ScheduleView]
        var calendars = CalendarBook()
        if let expression = command.rule {
            let configuration = session.configurationIfAny()
            times = try session.times(configuration?.settings)
            calendars = configuration?.calendars ?? calendars
            zone = times.zone
            let dialect = try ExpressionReader.dialect(command.dialect)
            views = [try Self.view(of: expression, zone: zone, dialect: dialect)]
            for translation in views[0].schedule.translations { session.say(translation.words) }
        } else {
            let configuration = try session.configuration()
            times = try session.times(configuration.settings)
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
        isFromNow = command.from == nil
        if let text = command.from {
            // The instant itself may be a slot that the user asks for.
            from = try session.instant(text, option: "--from", zone: zone) - .microseconds(1)
        } else {
            from = session.now
        }
        if let text = command.within {
            end = from + (try session.duration(text, option: "--within"))
        } else {
            end = command.all && command.number == nil ? from + Self.standardRange : nil
        }
        choice = try Self.choice(command)
        find()
    }

    private static func calendar(
        _ name: String,
        _ calendars: CalendarBook
    ) throws(CommandError) -> DayCalendar {
        do throws(CalendarBook.Failure) {
            return try calendars.calendar(named: name)
        } catch {
            let near = Suggestion.nearest(to: name, among: calendars.names)
            throw CommandError(
                .usage,
                "no calendar `\(name)`",
                remedy: near.isEmpty
                    ? "use one of \(calendars.names.joined(separator: ", "))"
                    : "did you mean \(near.map { "`\($0)`" }.joined(separator: " or "))?"
            )
        }
    }

    private static func choice(_ command: NextCommand) throws(CommandError) -> Choice {
        if let number = command.number {
            guard (1...linesMax).contains(number) else {
                throw CommandError(
                    .usage,
                    "-n \(number) is out of range",
                    remedy: "use a number from 1 to \(linesMax)"
                )
            }
            return .every(limit: number)
        }
        if command.all { return .every(limit: linesMax) }
        guard command.rule == nil else {
            return .every(limit: command.within == nil ? expressionLines : linesMax)
        }
        return .firstOfEach
    }

    /// A schedule without a name, for `--expr`.
    static func view(
        of expression: String,
        zone: ZoneRules,
        dialect: CronDialect? = nil
    ) throws(CommandError) -> ScheduleView {
        var translations: [DialectTranslation] = []
        let trigger: Trigger
        if let dialect {
            translations = [
                try ExpressionReader.translation(expression, of: dialect, zone: zone)
            ]
            trigger = translations[0].trigger
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
        schedule.translations = translations
        return ScheduleView(schedule: schedule, summary: nil)
    }

    // MARK: Finding

    private mutating func find() {
        switch choice {
        case .firstOfEach: findFirst()
        case .every(let limit): findEvery(limit)
        }
        findStanding()
    }

    private mutating func findFirst() {
        let rangeEnd = end ?? from + Self.standardRange
        for view in views {
            guard view.pause(at: session.now) == nil,
                let source = view.source(from: from, now: session.now),
                let first = source.next(after: source.after), end.map({ first <= $0 }) ?? true
            else { continue }
            let further =
                view.schedule.rule.countsFromEvent || first > rangeEnd
                ? 0
                : view.schedule.rule.count(after: first, upTo: rangeEnd, anchor: source.anchor)
            total += further + 1
            lines.append(line(view, at: first, after: source.after, further: further))
        }
        lines.sort { left, right in
            left.at == right.at
                ? left.view.schedule.name < right.view.schedule.name
                : (left.at ?? .distantFuture) < (right.at ?? .distantFuture)
        }
    }

    private mutating func findEvery(_ limit: Int) {
        let running = views.compactMap { view in
            view.source(from: from, now: session.now).map { (view, $0) }
        }
        var timeline = Timeline(running.map(\.1))
        var last = running.map(\.1.after)
        while lines.count < limit, let entry = timeline.next(), end.map({ entry.at <= $0 }) ?? true
        {
            let view = running[entry.index].0
            lines.append(line(view, at: entry.at, after: last[entry.index], further: 0))
            last[entry.index] = entry.at
        }
        total = lines.count
        if total == Self.linesMax, timeline.next() != nil {
            session.say("only the first \(Words.grouped(Self.linesMax)) runs are listed")
        }
    }

    private func line(
        _ view: ScheduleView,
        at: Timestamp,
        after: Timestamp,
        further: Int
    ) -> Line {
        var line = Line(view: view, at: at, due: view.due(of: at), further: further)
        if let note = view.jitterNote(for: at) { line.notes.append(note) }
        let zone = view.schedule.rule.zone
        if let note = view.schedule.rule.note(for: at) {
            line.notes.append(note + displayShift(at, zone))
        }
        line.notes += CalendarNote(rule: view.schedule.rule).notes(for: at, after: after)
        if view.summary?.state.skipNext.contains(at) == true {
            line.notes.append("will be skipped")
        }
        if let note = view.anchorNote { line.notes.append(note) }
        return line
    }

    /// `: one hour earlier here`, when the clocks of the schedule's zone change that day and those of
    /// the display do not; empty otherwise.
    private func displayShift(_ at: Timestamp, _ zone: ZoneRules) -> String {
        // What the change itself moves, as a time that it jumps over, moves by another amount.
        guard zone != times.zone, zone.offset(at: at) == zone.offset(at: at - .seconds(1)) else {
            return ""
        }
        let day: Duration = .seconds(86_400)
        let shift = zone.offset(at: at) - zone.offset(at: at - day)
        let displayShift = times.zone.offset(at: at) - times.zone.offset(at: at - day)
        guard shift != 0, displayShift == 0 else { return "" }
        let size = abs(shift) == 3600 ? "one hour" : TimeText.duration(.seconds(abs(shift)))
        return ": \(size) \(shift > 0 ? "earlier" : "later") here"
    }

    /// Schedules that are held, where the list is of schedules rather than of runs.
    private mutating func findStanding() {
        guard case .firstOfEach = choice else {
            let held = views.filter { !$0.isEnabled || $0.pause(at: session.now) != nil }.count
            if held > 0, !isNamed {
                session.say(
                    "\(Words.count(held, "schedule")) paused or disabled (downbeat schedules)"
                )
            }
            if isNamed { appendStanding() }
            return
        }
        appendStanding()
    }

    private mutating func appendStanding() {
        for view in views {
            if !view.isEnabled {
                lines.append(
                    Line(
                        view: view,
                        notes: ["enabled: false, \(view.schedule.source.shown)"],
                        standing: "disabled"
                    )
                )
            } else if let pause = view.pause(at: session.now) {
                lines.append(Line(view: view, notes: [note(pause)], standing: "paused"))
            } else if let leader = view.schedule.rule.leader {
                var notes = [view.leader?.words(times)].compactMap(\.self)
                if view.skippedTriggers > 0 {
                    notes.append("skips the next \(Words.count(view.skippedTriggers, "trigger"))")
                }
                lines.append(Line(view: view, notes: notes, standing: "after \(leader)"))
            } else if view.schedule.rule.calendar != nil,
                let end = view.schedule.rule.endCause(after: from)
            {
                lines.append(Line(view: view, notes: [end], standing: "ended"))
            }
        }
    }

    private func note(_ pause: ScheduleState.Pause) -> String {
        let until = pause.until.map { "until \(times.end($0))" } ?? "until resumed"
        return pause.reason.isEmpty ? until : "\(until), \(pause.reason)"
    }

    // MARK: Showing

    func write() {
        session.emit(listing) { writeTable() }
    }

    private var listing: Listing {
        Listing(
            ["at", "schedule", "zone", "rule", "queue", "source", "note", "due"],
            plain: ["at", "schedule", "zone", "rule", "source"],
            items: lines.map { line in
                let schedule = line.view.schedule
                let isSchedule = !schedule.name.isEmpty
                let notes = [line.standing].compactMap(\.self) + line.notes
                let zoned = times.inZone(isFromZoneOption ? times.zone : schedule.rule.zone)
                return [
                    zoned.json(line.at),
                    isSchedule ? .string(schedule.name) : .null,
                    .string(schedule.rule.zone.name),
                    .string(schedule.rule.ruleText),
                    isSchedule ? .string(schedule.queue) : .null,
                    isSchedule ? .string(schedule.source.shown) : .null,
                    notes.isEmpty ? .null : .string(notes.joined(separator: "; ")),
                    zoned.json(line.due),
                ]
            }
        )
    }

    /// Machine times stand in the schedule's own zone unless the user names one.
    private var isFromZoneOption: Bool { session.options.zone != nil }

    private func writeTable() {
        guard !lines.isEmpty else {
            session.line("\(times.zone.name), now \(times.absolute(session.now))")
            session.line()
            writeNothing()
            return
        }
        if let zone = foreignZone {
            writeForeign(times.inZone(zone))
        } else {
            writeHeader()
            writeLines()
        }
    }

    /// Ends named when nothing runs; more would not be read.
    private static let endsMax = 20

    /// That nothing runs, and why: each schedule named with what ended it.
    private func writeNothing() {
        guard !views.isEmpty else { return session.line("no schedules") }
        let ends = views.compactMap { view in
            view.schedule.rule.endWords(after: from, times).map { (view.schedule.name, $0) }
        }
        guard views.count > 1 else {
            let words = ends.first.map { " any more: \($0.1)" } ?? rangeWords
            return session.line("nothing runs\(words)")
        }
        session.line("nothing runs\(rangeWords)")
        for (name, words) in ends.prefix(Self.endsMax) {
            session.line("  \(SafeText.line(name)): \(words)")
        }
    }

    private var rangeWords: String {
        end.map { " before \(times.brief($0))" } ?? " any more"
    }

    /// The one zone of the schedules named, when it is not the display's.
    private var foreignZone: ZoneRules? {
        guard isNamed, case .every = choice, let zone = views.first?.schedule.rule.zone,
            zone.name != times.zone.name, views.allSatisfy({ $0.schedule.rule.zone == zone })
        else { return nil }
        return zone
    }

    private func writeHeader() {
        var header = "\(times.zone.name), now \(times.absolute(session.now))"
        if case .firstOfEach = choice, !isNamed {
            let count = Words.count(views.count, "schedule")
            header += "        \(count), \(Words.count(total, "run"))"
            header += end == nil ? " in 24h" : ""
            header += "; first of each shown (--all)"
        }
        session.line(header)
        session.line()
    }

    private func writeLines() {
        var table = Table([
            Table.Column("WHEN"), Table.Column("IN"), Table.Column("SCHEDULE", cutOrder: 2),
            Table.Column("RULE", cutOrder: 1), Table.Column("MORE", wraps: true),
        ])
        for line in lines {
            table.rows.append([
                Table.Cell(line.at.map(times.absolute) ?? ""),
                line.standing.map { Table.Cell($0, .yellow) }
                    ?? Table.Cell(line.due.map(distance) ?? ""),
                Table.Cell(line.view.schedule.name, .bold),
                Table.Cell(line.view.schedule.rule.summary),
                Table.Cell(more(line)),
            ])
        }
        session.write(table)
    }

    private func distance(_ at: Timestamp) -> String {
        isFromNow || at > session.now ? times.until(at) : times.relative(at)
    }

    private func more(_ line: Line) -> String {
        var parts: [String] = []
        if line.further > 0 { parts.append("+\(Words.grouped(line.further))") }
        let zone = line.view.schedule.rule.zone
        if let at = line.at, zone.name != times.zone.name {
            parts.append("\(zone.name) \(times.inZone(zone).weekdayAndClock(at))")
        }
        return (parts + line.notes).joined(separator: ", ")
    }

    /// The times as the schedule's own zone has them, those of the display beside them.
    private func writeForeign(_ foreign: TimeText) {
        var columns = [
            Table.Column("WHEN (\(foreign.zone.name))"), Table.Column(times.zone.name.uppercased()),
        ]
        let isOne = views.count == 1
        if !isOne { columns.append(Table.Column("SCHEDULE", cutOrder: 1)) }
        columns.append(Table.Column("NOTE", wraps: true))
        var table = Table(columns)
        let seconds = times.seconds(of: lines.compactMap(\.at))
        for line in lines {
            var row = [
                Table.Cell(line.at.map(foreign.withOffset) ?? line.standing ?? ""),
                Table.Cell(line.at.map { times.weekdayAndClock($0, seconds: seconds) } ?? ""),
            ]
            if !isOne { row.append(Table.Cell(line.view.schedule.name, .bold)) }
            row.append(Table.Cell(line.notes.joined(separator: ", ")))
            table.rows.append(row)
        }
        session.write(table)
    }
}
