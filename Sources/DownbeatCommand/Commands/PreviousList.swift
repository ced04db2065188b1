import DownbeatCore

/// `next --previous`: the latest fire times before an instant, newest first.
///
/// They are what the rules say, whether or not anything ran: the ledger is asked by `why` and `runs`.
struct PreviousList {
    private struct Line {
        var view: ScheduleView
        var at: Timestamp
        var notes: [String]
    }

    /// The fire time of a rule that comes next on the way back.
    private struct Entry {
        var at: Timestamp
        var index: Int
    }

    let subject: NextSubject
    let session: Session
    private let floor: Timestamp
    private var lines: [Line] = []

    init(session: Session, command: NextCommand) throws(CommandError) {
        self.session = session
        subject = try NextSubject(session: session, command: command)
        let number = try NextSubject.number(command)
        if let text = command.within {
            floor =
                subject.from - (try session.duration(text, option: "--within"))
                - .microseconds(1)
        } else {
            floor =
                command.all && number == nil
                ? subject.from - NextPlan.standardRange - .microseconds(1) : TimeLimits.earliest
        }
        if let number {
            findNewest(number)
        } else if command.all {
            findNewest(NextPlan.linesMax)
        } else if command.expression != nil {
            findNewest(command.within == nil ? NextPlan.expressionLines : NextPlan.linesMax)
        } else {
            findLastOfEach()
        }
    }

    // MARK: Finding

    private func previous(_ view: ScheduleView, before instant: Timestamp) -> Timestamp? {
        let rule = view.schedule.rule
        guard !rule.firesNever, !rule.countsFromEvent else { return nil }
        return rule.previous(atOrBefore: instant - .microseconds(1), after: floor)
    }

    private mutating func findLastOfEach() {
        for view in subject.views {
            guard let at = previous(view, before: subject.from) else { continue }
            lines.append(line(view, at))
        }
        lines.sort { left, right in
            left.at == right.at
                ? left.view.schedule.name < right.view.schedule.name : left.at > right.at
        }
    }

    private mutating func findNewest(_ limit: Int) {
        let views = subject.views
        // The newest last, so that taking one is cheap.
        var pending = views.indices.compactMap { index in
            previous(views[index], before: subject.from).map { Entry(at: $0, index: index) }
        }
        pending.sort { Self.isOlder($0, $1) }
        while lines.count < limit, let entry = pending.popLast() {
            lines.append(line(views[entry.index], entry.at))
            guard let at = previous(views[entry.index], before: entry.at) else { continue }
            let following = Entry(at: at, index: entry.index)
            var low = 0
            var high = pending.count
            while low < high {
                let middle = (low + high) / 2
                if Self.isOlder(pending[middle], following) {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            pending.insert(following, at: low)
        }
        if lines.count == NextPlan.linesMax, !pending.isEmpty {
            session.say(
                "only the latest \(Words.grouped(NextPlan.linesMax)) fire times are listed"
            )
        }
    }

    private static func isOlder(_ left: Entry, _ right: Entry) -> Bool {
        left.at == right.at ? left.index > right.index : left.at < right.at
    }

    private func line(_ view: ScheduleView, _ at: Timestamp) -> Line {
        let rule = view.schedule.rule
        var notes = [rule.note(for: at)].compactMap(\.self)
        if rule.calendar != nil, let before = previous(view, before: at) {
            notes += CalendarNote(rule: rule).notes(for: at, after: before)
        }
        return Line(view: view, at: at, notes: notes)
    }

    // MARK: Showing

    func write() {
        session.emit(listing) { writeTable() }
    }

    private var listing: Listing {
        Listing(
            ["at", "schedule", "zone", "rule", "queue", "source", "note"],
            plain: ["at", "schedule", "zone", "rule", "source"],
            items: lines.map { line in
                let schedule = line.view.schedule
                let isSchedule = !schedule.name.isEmpty
                let zone = session.options.zone == nil ? schedule.rule.zone : subject.times.zone
                return [
                    subject.times.inZone(zone).json(line.at),
                    isSchedule ? .string(schedule.name) : .null,
                    .string(schedule.rule.zone.name),
                    .string(schedule.rule.ruleText),
                    isSchedule ? .string(schedule.queue) : .null,
                    isSchedule ? .string(schedule.source.shown) : .null,
                    line.notes.isEmpty ? .null : .string(line.notes.joined(separator: "; ")),
                ]
            }
        )
    }

    private func writeTable() {
        let times = subject.times
        session.line("\(times.zone.name), now \(times.absolute(session.now))")
        session.line()
        guard !lines.isEmpty else {
            let start = floor > TimeLimits.earliest ? " since \(times.brief(floor))" : ""
            return session.line("no fire time before \(times.brief(subject.from))\(start)")
        }
        var table = Table([
            Table.Column("WHEN"), Table.Column("AGO"), Table.Column("SCHEDULE", cutOrder: 2),
            Table.Column("RULE", cutOrder: 1), Table.Column("NOTE", wraps: true),
        ])
        for line in lines {
            let zone = line.view.schedule.rule.zone
            let local =
                zone.name == times.zone.name
                ? [] : ["\(zone.name) \(times.inZone(zone).weekdayAndClock(line.at))"]
            let age = session.now - line.at
            table.rows.append([
                Table.Cell(times.absolute(line.at)),
                Table.Cell(age < .zero ? times.relative(line.at) : TimeText.duration(age)),
                Table.Cell(line.view.schedule.name, .bold),
                Table.Cell(line.view.schedule.rule.tableWords(in: session.language)),
                Table.Cell((local + line.notes).joined(separator: ", ")),
            ])
        }
        session.write(table)
    }
}
