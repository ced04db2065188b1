import DownbeatCore

/// Minutes in which more runs begin than the workers of their queue can take.
///
/// A schedule counts once a minute however often it fires, since its runs follow one another, unless
/// its overlap policy lets them go side by side. How long runs take is not known here: a queue that
/// is busy with longer ones is not seen.
struct CrowdedMinutes {
    /// One minute of one queue.
    struct Minute {
        var at: Timestamp
        var queue: String
        var runs: Int
        var workers: Int
        /// Places in the list of views.
        var schedules: [Int]
    }

    private struct Key: Hashable {
        var minute: Int64
        var queue: String
    }

    /// In order of time, then of queues.
    private(set) var minutes: [Minute] = []
    /// The instant up to which all runs were counted, when there were too many of them; else nil.
    private(set) var cutAt: Timestamp?

    /// Runs looked at by a list that shows more than this.
    static let runsAtOnce = 100_000
    /// Runs looked at when nothing else is asked for.
    static let runsMax = 2_000_000

    init(
        views: [ScheduleView],
        settings: ServiceSettings,
        after: Timestamp,
        upTo: Timestamp,
        now: Timestamp,
        runsMax: Int = Self.runsMax
    ) {
        var found: [Key: Minute] = [:]
        let sources = views.indices.compactMap { index in
            views[index].source(from: after, now: now).map { (index, $0) }
        }
        var timeline = Timeline(
            sources.map(\.1),
            step: { index, at in
                Self.isSideBySide(views[sources[index].0])
                    ? at : Timestamp(seconds: Self.minute(at) * 60 + 60) - .microseconds(1)
            }
        )
        var count = 0
        while let entry = timeline.next(), entry.at <= upTo {
            count += 1
            guard count <= runsMax else {
                cutAt = entry.at
                break
            }
            let index = sources[entry.index].0
            let queue = views[index].schedule.queue
            let key = Key(minute: Self.minute(entry.at), queue: queue)
            let fresh = Minute(
                at: Timestamp(seconds: key.minute * 60),
                queue: queue,
                runs: 0,
                workers: settings.queues[queue] ?? 0,
                schedules: []
            )
            var minute = found[key] ?? fresh
            minute.runs += 1
            if minute.schedules.last != index { minute.schedules.append(index) }
            found[key] = minute
        }
        minutes = found.values.filter { $0.runs > $0.workers }.sorted { left, right in
            left.at == right.at ? left.queue < right.queue : left.at < right.at
        }
    }

    private static func isSideBySide(_ view: ScheduleView) -> Bool {
        view.schedule.overlap == .allow
    }

    private static func minute(_ at: Timestamp) -> Int64 {
        at.seconds >= 0 ? at.seconds / 60 : (at.seconds - 59) / 60
    }

    /// `none (..)`, `3 minutes, first Tue 11-24 03:00: 3 runs, 2 workers (default)`.
    ///
    /// What the command does that lists them is said where it fits into `width`.
    func words(_ times: TimeText, width: Int) -> String {
        let command = "downbeat next --collisions"
        guard let first = minutes.first else {
            guard cutAt == nil else { return "too many runs to count here (\(command))" }
            let text = "none (\(command) lists minutes with more runs than workers)"
            return DisplayWidth.of(text) <= width ? text : "none (\(command))"
        }
        return "\(Words.count(minutes.count, "minute")), first \(times.brief(first.at)):"
            + " \(Words.count(first.runs, "run")), \(Words.count(first.workers, "worker"))"
            + " (\(SafeText.line(first.queue))) (\(command))"
    }
}

/// `next --collisions`.
struct CollisionList {
    let subject: NextSubject
    let session: Session
    private let end: Timestamp
    private let crowding: CrowdedMinutes
    private let shown: [CrowdedMinutes.Minute]
    /// All schedules: others than those named fill the minutes too.
    private let views: [ScheduleView]

    init(session: Session, command: NextCommand) throws(CommandError) {
        guard command.expression == nil else {
            throw CommandError(
                .usage,
                "`--collisions` needs schedules with queues",
                remedy: "leave `--expr` out"
            )
        }
        self.session = session
        subject = try NextSubject(session: session, command: command)
        var everything = command
        everything.names = []
        views = try NextSubject(session: session, command: everything).views
        let range =
            try command.within.map { text throws(CommandError) in
                try session.duration(text, option: "--within")
            } ?? NextPlan.standardRange
        let after = command.from == nil ? session.now : subject.from - .microseconds(1)
        end = after + range
        crowding = CrowdedMinutes(
            views: views,
            settings: subject.settings ?? ServiceSettings(),
            after: after,
            upTo: end,
            now: session.now
        )
        let limit = try NextSubject.number(command) ?? NextPlan.linesMax
        let names = Set(command.names)
        let views = views
        let all = crowding.minutes.filter { minute in
            names.isEmpty
                || minute.schedules.contains { names.contains(views[$0].schedule.name) }
        }
        shown = Array(all.prefix(limit))
        if let cut = crowding.cutAt {
            session.say(
                "only runs before \(subject.times.absolute(cut)) are counted, more than"
                    + " \(Words.grouped(CrowdedMinutes.runsMax)): use a shorter --within"
            )
        }
        if shown.count < all.count {
            session.say("only the first \(shown.count) of \(Words.count(all.count, "minute"))")
        }
    }

    func write() {
        session.emit(listing) { writeTable() }
    }

    private func names(_ minute: CrowdedMinutes.Minute) -> [String] {
        minute.schedules.map { views[$0].schedule.name }
    }

    private var listing: Listing {
        Listing(
            ["at", "queue", "runs", "workers", "schedules"],
            items: shown.map { minute in
                [
                    subject.times.json(minute.at),
                    .string(minute.queue),
                    .int(Int64(minute.runs)),
                    .int(Int64(minute.workers)),
                    .array(names(minute).map(JSONValue.string)),
                ]
            }
        )
    }

    private func writeTable() {
        let times = subject.times
        session.line("\(times.zone.name), now \(times.absolute(session.now))")
        session.line()
        guard !shown.isEmpty else {
            return session.line("no minute before \(times.brief(end)) has more runs than workers")
        }
        var table = Table([
            Table.Column("WHEN"), Table.Column("IN"), Table.Column("QUEUE"),
            Table.Column("RUNS", alignment: .trailing),
            Table.Column("WORKERS", alignment: .trailing), Table.Column("SCHEDULES", wraps: true),
        ])
        for minute in shown {
            table.rows.append([
                Table.Cell(times.brief(minute.at)),
                Table.Cell(times.until(minute.at)),
                Table.Cell(minute.queue),
                Table.Cell(Words.grouped(minute.runs), .yellow),
                Table.Cell(Words.grouped(minute.workers)),
                Table.Cell(names(minute).joined(separator: ", ")),
            ])
        }
        session.write(table)
    }
}
