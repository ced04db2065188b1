import DownbeatCore

/// The state of the whole service at one instant.
struct StatusReport {
    /// Something that a person should look at.
    struct Problem {
        var subject: String
        var text: String
    }

    let session: Session
    private let folder: String
    private let times: TimeText
    private let daemons: [OwnerRecord]
    private var problems: [Problem] = []
    private var running: [RunRecord] = []
    private var queues: [QueueSummary] = []
    private var limits: [String: Int] = [:]
    private var next: (view: ScheduleView, at: Timestamp)?
    private var further = 0
    private var durations: [String: Duration] = [:]
    /// How far running built-ins have come.
    private var progress: [RunID: ProgressReading] = [:]
    private var reloadError: Diagnostic?
    /// The first error of the files as they are; nil: none.
    private let fileError: Diagnostic?
    /// Queues that schedules use, also those with nothing in them.
    private var queueNames: Set<String> = []

    /// Rows read of what runs now.
    private static let runningMax = 1000
    /// Lines shown under one word.
    private static let shownMax = 10
    /// A ready run that waits longer is late.
    private static let lateAfter: Duration = .seconds(60)
    /// Events of a day and more, unless somebody loads files all the time.
    private static let eventsLookedAt = 500
    /// How far back error events count.
    private static let eventWindow: Duration = .seconds(86_400)
    /// Earlier runs that tell how long one takes.
    private static let durationSamples = 5
    private static let horizon: Duration = .seconds(86_400)

    init(session: Session) throws(CommandError) {
        self.session = session
        let reading = session.operations.readConfiguration(session.configurationPaths)
        fileError = reading.diagnostics.first { $0.severity == .error }
        let configuration = reading.configuration ?? session.adoptedConfiguration()
        let settings = configuration?.settings
        times = try session.times(settings)
        folder = session.stateFolder(settings)
        daemons = try session.operations.daemonsOrNone(folder: folder)
        limits = settings?.queues ?? [:]
        queueNames = Set(limits.keys).union(configuration?.schedules.map(\.queue) ?? [])
        let state = try session.stateIfAny(settings)
        if let state {
            try read(state, settings)
            try findProblems(state, settings)
        }
        findStopping()
        if let configuration, !isStopping {
            try findNext(ScheduleView.all(configuration, state: state, session: session))
        }
        if let fileError {
            let text = "the files have errors: \(DiagnosticRenderer().line(fileError))"
            problems.append(Problem(subject: "files", text: text))
            reloadError = reloadError ?? fileError
        } else if let missing = reading.missing, configuration != nil {
            problems.append(Problem(subject: "files", text: session.noSchedules(missing).what))
        }
    }

    // MARK: Reading

    private mutating func read(
        _ state: any StateAccess,
        _ settings: ServiceSettings?
    ) throws(CommandError) {
        running = try session.with(settings) { () throws(StoreError) in
            try state.runs(RunQuery(states: [.running], limit: Self.runningMax))
        }
        queues = try session.with(settings) { () throws(StoreError) in try state.queues() }
        reloadError = try session.with(settings) { () throws(StoreError) in
            try state.reloadError()
        }
        for run in running.prefix(Self.shownMax) {
            let detail = try session.with(settings) { () throws(StoreError) in
                try state.run(run.id)
            }
            progress[run.id] = detail?.progress
        }
        for schedule in Set(running.map(\.schedule)).sorted().prefix(Self.shownMax) {
            let query = RunQuery(
                schedule: schedule,
                states: [.succeeded],
                limit: Self.durationSamples
            )
            let past = try session.with(settings) { () throws(StoreError) in
                try state.runs(query).compactMap(\.duration)
            }
            guard !past.isEmpty else { continue }
            durations[schedule] = past.reduce(.zero, +) / past.count
        }
    }

    private mutating func findProblems(
        _ state: any StateAccess,
        _ settings: ServiceSettings?
    ) throws(CommandError) {
        let summaries = try session.with(settings) { () throws(StoreError) in
            try state.schedules()
        }
        for summary in summaries {
            guard let run = try latestEnded(summary, state, settings), Self.isWrong(run.state)
            else { continue }
            problems.append(Problem(subject: run.schedule, text: words(run)))
        }
        for queue in queues {
            guard let oldest = queue.oldest else { continue }
            let isServed = daemons.contains { $0.serves(queue.name) }
            // Without any worker there is a line for all queues.
            let isLeftOut = daemons.contains(where: \.hasWorker) && !isServed
            guard isLeftOut || session.now - oldest > Self.lateAfter else { continue }
            let wait = TimeText.duration(session.now - oldest)
            let text =
                isLeftOut
                ? "\(queue.waiting) waiting for \(wait): no worker serves it"
                    + " (downbeat worker --queues \(queue.name))"
                : "late \(wait), \(queue.waiting) waiting for a free worker"
            problems.append(Problem(subject: "queue \(queue.name)", text: text))
        }
        if let reloadError, fileError == nil {
            let text = "the last reload was refused: \(DiagnosticRenderer().line(reloadError))"
            problems.append(Problem(subject: "files", text: text))
        }
        if !daemons.isEmpty, !daemons.contains(where: \.hasBeat) {
            problems.append(Problem(subject: "beat", text: "no beat is running: nothing fires"))
        }
        if !daemons.isEmpty, !daemons.contains(where: \.hasWorker) {
            problems.append(Problem(subject: "worker", text: "no worker is running: runs wait"))
        }
        try findEvents(state, settings)
    }

    private mutating func findEvents(
        _ state: any StateAccess,
        _ settings: ServiceSettings?
    ) throws(CommandError) {
        let events = try session.with(settings) { () throws(StoreError) in
            try state.events(limit: Self.eventsLookedAt)
        }
        for event in events
        where event.isError && event.name != "config.rejected"
            && session.now - event.time < Self.eventWindow
        {
            let text = "\(times.relative(event.time)): \(event.detail)"
            problems.append(Problem(subject: event.schedule ?? event.name, text: text))
        }
    }

    /// Whether nothing fires any more: what held the beat is about to leave.
    private var isStopping: Bool {
        let beats = daemons.filter(\.hasBeat)
        return !beats.isEmpty && beats.allSatisfy { $0.stoppingSince != nil }
    }

    private mutating func findStopping() {
        guard isStopping else { return }
        problems.insert(
            Problem(
                subject: "daemon",
                text: "is stopping: nothing fires until it is started again"
            ),
            at: 0
        )
    }

    /// The newest run of a schedule that has ended: a run that goes on says nothing yet.
    private func latestEnded(
        _ summary: ScheduleSummary,
        _ state: any StateAccess,
        _ settings: ServiceSettings?
    ) throws(CommandError) -> RunRecord? {
        guard let latest = summary.latestRun, !latest.state.isFinal else {
            return summary.latestRun
        }
        let query = RunQuery(
            schedule: summary.state.name,
            states: RunState.allCases.filter(\.isFinal),
            limit: 1
        )
        return try session.with(settings) { () throws(StoreError) in try state.runs(query).first }
    }

    private static func isWrong(_ state: RunState) -> Bool {
        switch state {
        case .failed, .unknown, .expired: true
        case .scheduled, .queued, .running, .succeeded, .cancelled: false
        }
    }

    private func words(_ run: RunRecord) -> String {
        var text = run.state.rawValue
        if let endedAt = run.endedAt { text += " \(times.relative(endedAt))" }
        if run.attempts > 1 { text += ", \(run.attempts) tries" }
        if let error = run.error { text += ", \(error)" }
        return text
    }

    private mutating func findNext(_ views: [ScheduleView]) {
        let end = session.now + Self.horizon
        for view in views {
            findCalendarEnd(of: view)
            guard let at = view.next(now: session.now) else { continue }
            if at <= end {
                further +=
                    view.schedule.rule.countsFromEvent
                    ? 1
                    : 1 + view.schedule.rule.count(after: at, upTo: end)
            }
            if next.map({ at < $0.at }) ?? true { next = (view, at) }
        }
        if let at = next?.at, at <= end { further -= 1 }
    }

    /// A schedule whose calendar does not know today: it waits for dates, not for time.
    private mutating func findCalendarEnd(of view: ScheduleView) {
        let rule = view.schedule.rule
        guard view.isEnabled, let calendar = rule.calendar,
            rule.calendarState(at: session.now) == .outside,
            rule.withoutCalendar.next(after: session.now) != nil
        else { return }
        let text =
            "skips its slots: calendar \(calendar.calendar.name) knows"
            + " \(calendar.calendar.rangeWords) (downbeat explain W0420)"
        problems.append(Problem(subject: view.schedule.name, text: text))
    }

    // MARK: Writing

    /// Writes the report and says how it stands: 0, 1, or 69.
    func write() -> Int32 {
        session.emit(listing) { writeText() }
        guard !daemons.isEmpty else {
            let error = CommandError(
                .unavailable,
                "no daemon is running",
                why: "no process holds a lock in \(session.shown(folder))",
                remedy: "start it with `downbeat up`, or name its folder with --state"
            )
            session.context.errors.write(error.render(colour: session.errorColour))
            return ExitStatus.unavailable.rawValue
        }
        return (problems.isEmpty ? ExitStatus.success : .failure).rawValue
    }

    private func writeText() {
        for line in daemonLines { session.line(line) }
        writeGroup("WRONG", .red, problems.map { ($0.subject, $0.text) })
        writeGroup("NOW", .blue, running.map { ($0.schedule, progress($0)) })
        if let next {
            let more = further > 0 ? "       and \(Words.grouped(further)) more in 24h" : ""
            let due = next.view.due(of: next.at)
            let jitter = next.view.jitterNote(for: next.at).map { " \($0)" } ?? ""
            let when = "\(times.near(next.at))\(jitter) in \(times.until(due))"
            writeGroup("NEXT", .cyan, [(next.view.schedule.name, when + more)])
        }
        if let line = queueLine { session.line(line) }
    }

    private var daemonLines: [String] {
        guard !daemons.isEmpty else { return ["daemon not running   zone \(times.zone.name)"] }
        return daemons.sorted { $0.startedAt < $1.startedAt }.map { owner in
            let word = owner.kind == .up ? "daemon" : owner.kind.rawValue
            let up =
                owner.stoppingSince.map {
                    "stopping for \(TimeText.duration(max(.zero, session.now - $0)))"
                } ?? "up \(TimeText.duration(session.now - owner.startedAt))"
            return "\(word) \(up), pid \(owner.pid), \(owner.version), zone \(times.zone.name)"
        }
    }

    private func writeGroup(_ word: String, _ colour: Colour, _ rows: [(String, String)]) {
        let shown = rows.prefix(Self.shownMax)
        let width = shown.map { DisplayWidth.of(SafeText.line($0.0)) }.max() ?? 0
        for (index, row) in shown.enumerated() {
            let lead = index == 0 ? DisplayWidth.padded(word, to: 5) : "     "
            let subject = DisplayWidth.padded(SafeText.line(row.0), to: max(width, 14))
            let rest = "  \(subject)  \(SafeText.line(row.1))"
            let cut = CellText.cut(rest, to: max(20, session.width - 5))
            session.write(colour.paint(lead, when: session.colour && index == 0) + cut + "\n")
        }
        if rows.count > shown.count {
            session.line("       and \(rows.count - shown.count) more")
        }
    }

    private func progress(_ run: RunRecord) -> String {
        guard let startedAt = run.startedAt else { return "starting" }
        var text = TimeText.duration(.seconds((session.now - startedAt).components.seconds))
        if let usual = durations[run.schedule] { text += " of about \(TimeText.duration(usual))" }
        if let reading = progress[run.id] { text += ", " + ProgressText.brief(reading) }
        if run.attempts > 1 { text += ", attempt \(run.tries)" }
        if run.cancelRequested { text += ", being cancelled" }
        return text
    }

    private var queueLine: String? {
        let names = allQueues
        guard !names.isEmpty else { return nil }
        let parts = names.map { name in
            let queue = queues.first { $0.name == name }
            let waiting = queue?.waiting ?? 0
            guard let oldest = queue?.oldest, waiting > 0 else { return "\(name) \(waiting)" }
            return "\(name) \(waiting) waiting (oldest \(TimeText.duration(session.now - oldest)))"
        }
        let places = daemons.filter(\.hasWorker).map(\.concurrency).reduce(0, +)
        let busy = places > 0 ? "     workers \(running.count) of \(places) busy" : ""
        return "queue  " + parts.joined(separator: "  ") + busy
    }

    /// Names of queues in use and of idle ones.
    private var allQueues: [String] {
        queueNames.union(queues.map(\.name)).sorted { left, right in
            // The queue that everybody has comes first.
            (left == "default" ? 0 : 1, left) < (right == "default" ? 0 : 1, right)
        }
    }

    private var listing: Listing {
        Listing(
            ["daemon", "wrong", "now", "next", "queues", "reload_error"],
            items: [
                [
                    daemonValue,
                    .array(
                        problems.map {
                            .members(["subject": .string($0.subject), "text": .string($0.text)])
                        }
                    ),
                    .array(
                        running.map {
                            .members([
                                "schedule": .string($0.schedule), "id": .string($0.id.text),
                                "started_at": times.json($0.startedAt),
                                "attempt": .int(Int64($0.attempts)),
                            ])
                        }
                    ),
                    next.map {
                        .members([
                            "schedule": .string($0.view.schedule.name), "at": times.json($0.at),
                            "further_24h": .int(Int64(further)),
                        ])
                    } ?? .null,
                    .array(
                        allQueues.map { name in
                            let queue = queues.first { $0.name == name }
                            return .members([
                                "name": .string(name),
                                "waiting": .int(Int64(queue?.waiting ?? 0)),
                                "running": .int(Int64(queue?.running ?? 0)),
                                "oldest": times.json(queue?.oldest),
                            ])
                        }
                    ),
                    reloadError.map {
                        .members([
                            "file": .string($0.place.file), "line": .int(Int64($0.place.line)),
                            "column": .int(Int64($0.place.column)), "message": .string($0.message),
                        ])
                    } ?? .null,
                ]
            ]
        )
    }

    private var daemonValue: JSONValue {
        guard let owner = daemons.first(where: \.hasBeat) ?? daemons.first else { return .null }
        return .members([
            "pid": .int(Int64(owner.pid)), "version": .string(owner.version),
            "up_since": times.json(owner.startedAt),
        ])
    }
}
