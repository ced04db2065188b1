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
    static let linesMax = 10_000
    /// Runs listed for an expression when no number is given.
    static let expressionLines = 5
    /// The range over which further runs are counted when none is given.
    static let standardRange: Duration = .seconds(86_400)

    let session: Session
    let times: TimeText
    private let from: Timestamp
    private let isFromNow: Bool
    private let end: Timestamp?
    private let choice: Choice
    private let isNamed: Bool
    private let views: [ScheduleView]
    private let settings: ServiceSettings?
    private var lines: [Line] = []
    private var total = 0

    init(session: Session, command: NextCommand) throws(CommandError) {
        self.session = session
        let subject = try NextSubject(session: session, command: command)
        times = subject.times
        views = subject.views
        settings = subject.settings
        isNamed = subject.isNamed
        isFromNow = command.from == nil
        // The instant itself may be a slot that the user asks for.
        from = isFromNow ? session.now : subject.from - .microseconds(1)
        if let text = command.within {
            end = from + (try session.duration(text, option: "--within"))
        } else {
            end = command.all && command.number == nil ? from + Self.standardRange : nil
        }
        choice = try Self.choice(command)
        find()
    }

    private static func choice(_ command: NextCommand) throws(CommandError) -> Choice {
        if let number = try NextSubject.number(command) { return .every(limit: number) }
        if command.all { return .every(limit: linesMax) }
        guard command.rule == nil else {
            return .every(limit: command.within == nil ? expressionLines : linesMax)
        }
        return .firstOfEach
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
            writeCrowding()
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
                Table.Cell(line.view.schedule.rule.tableWords(in: session.language)),
                Table.Cell(more(line)),
            ])
        }
        session.write(table)
    }

    /// Whether minutes of the range have more runs than workers, below the list of all schedules.
    private func writeCrowding() {
        guard case .firstOfEach = choice, !isNamed, let settings else { return }
        let crowding = CrowdedMinutes(
            views: views,
            settings: settings,
            after: from,
            upTo: end ?? from + Self.standardRange,
            now: session.now,
            runsMax: CrowdedMinutes.runsAtOnce
        )
        session.line()
        let label = "crowded: "
        session.line(label + crowding.words(times, width: session.width - label.count))
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
