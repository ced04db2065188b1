import DownbeatCore

/// A schedule of the files beside what the database knows of it.
struct ScheduleView {
    var schedule: Schedule
    /// Nil: no database, or not adopted yet.
    var summary: ScheduleSummary?
    /// When the beat that runs now took the database; nil: none runs.
    var beatStart: Timestamp?
    /// Of a schedule with `after`: the one that it follows; nil: it has times, or none is known.
    var leader: Leader?

    /// Every schedule of the files, with its state where a database is there.
    static func all(
        _ configuration: Configuration,
        state: (any StateAccess)?,
        session: Session
    ) throws(CommandError) -> [ScheduleView] {
        let summaries = try session.with(configuration.settings) { () throws(StoreError) in
            try state?.schedules() ?? []
        }
        let byName = Dictionary(
            summaries.map { ($0.state.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let beatStart = try beatStart(configuration, state: state, session: session)
        let views = configuration.schedules.map { schedule in
            let known = byName[schedule.name] ?? schedule.renamedFrom.flatMap { byName[$0] }
            return ScheduleView(schedule: schedule, summary: known, beatStart: beatStart)
        }
        return withLeaders(views, now: session.now)
    }

    /// The same for commands that show times and can do without state: a database that cannot be
    /// read is a note on stderr.
    static func allOrNoted(
        _ configuration: Configuration,
        session: Session
    ) -> [ScheduleView] {
        do {
            let state = try session.stateIfAny(configuration.settings)
            return try all(configuration, state: state, session: session)
        } catch {
            session.say("note: pauses, skips and last runs are not shown: \(error.sentence)")
            return withLeaders(
                configuration.schedules.map { ScheduleView(schedule: $0, summary: nil) },
                now: session.now
            )
        }
    }

    /// When the beat started, asked only if a schedule counts from it.
    private static func beatStart(
        _ configuration: Configuration,
        state: (any StateAccess)?,
        session: Session
    ) throws(CommandError) -> Timestamp? {
        let counts = configuration.schedules.contains { schedule in
            guard case .every(let interval) = schedule.rule.trigger else { return false }
            return interval.anchor == .start
        }
        guard counts, state != nil else { return nil }
        let folder = session.stateFolder(configuration.settings)
        let daemons = try session.operations.daemonsOrNone(folder: folder)
        return daemons.first(where: \.hasBeat)?.startedAt
    }

    /// Those named, in the order named; all when none is.
    static func pick(
        _ names: [String],
        from views: [ScheduleView]
    ) throws(CommandError) -> [ScheduleView] {
        guard !names.isEmpty else { return views }
        var picked: [ScheduleView] = []
        for name in names {
            guard let view = views.first(where: { $0.schedule.name == name }) else {
                throw .noSchedule(name, among: views.map(\.schedule.name))
            }
            picked.append(view)
        }
        return picked
    }

    /// A pause that holds at `now`.
    func pause(at now: Timestamp) -> ScheduleState.Pause? {
        guard let pause = summary?.state.pause else { return nil }
        guard let until = pause.until else { return pause }
        return until > now ? pause : nil
    }

    var isEnabled: Bool { schedule.isEnabled }

    /// From which event an interval with such an anchor counts; nil for all other rules.
    ///
    /// Without a known event, and when the slot that it led to has passed, it counts from now.
    func anchor(now: Timestamp) -> Timestamp? {
        guard case .every(let interval) = schedule.rule.trigger else { return nil }
        let event: Timestamp?
        switch interval.anchor {
        case .standard, .timeOfDay, .instant: return nil
        case .start: return beatStart ?? now
        case .lastStart: event = latestEvent(\.startedAt)
        case .lastEnd: event = latestEvent(\.endedAt)
        }
        guard let event, event + interval.period > now else { return now }
        return event
    }

    /// The event of the latest slot; a skipped one counts as started and ended at its time.
    private func latestEvent(
        _ time: KeyPath<ScheduleState.LatestSlot, Timestamp?>
    ) -> Timestamp? {
        guard let slot = summary?.state.latestSlot else { return summary?.state.firstSeen }
        return slot.fired ? slot[keyPath: time] : slot.nominal
    }

    /// What an interval counts from, for a note; nil for all other rules.
    var anchorNote: String? {
        guard case .every(let interval) = schedule.rule.trigger else { return nil }
        switch interval.anchor {
        case .standard, .timeOfDay, .instant: return nil
        case .start: return "counts from the daemon's start"
        case .lastStart: return "counts from the start of the latest run"
        case .lastEnd: return "counts from the end of the latest run"
        }
    }

    /// The source of its fire times after `from`; nil while it is disabled or paused without end.
    func source(from: Timestamp, now: Timestamp) -> Timeline.Source? {
        guard isEnabled else { return nil }
        // A slot that waits for its jitter is still to come.
        var after = from == now ? horizon(at: now) : from
        if let pause = pause(at: now) {
            guard let until = pause.until else { return nil }
            // A slot at the very end of the pause counts as paused: the mark becomes the end.
            after = max(after, horizon(at: until))
        }
        return Timeline.Source(rule: schedule.rule, anchor: anchor(now: now), after: after)
    }

    /// The next slot that will fire after now, those named by `skip` left out; nil: none.
    func next(now: Timestamp) -> Timestamp? {
        guard let source = source(from: now, now: now) else { return nil }
        let skips = summary?.state.skipNext ?? []
        var slot = source.next(after: source.after)
        while let candidate = slot, skips.contains(candidate) {
            slot = source.next(after: candidate)
        }
        return slot
    }
}

extension CommandError {
    static func noSchedule(_ name: String, among names: [String]) -> CommandError {
        .unknown(.missing, "no schedule", name, candidates: names, list: "downbeat schedules")
    }
}

extension SourcePlace {
    /// `schedules/logs.yaml:3`; what has no place in a file is kept by the database.
    var shown: String { file.isEmpty ? "as adopted last" : "\(file):\(line)" }
}
