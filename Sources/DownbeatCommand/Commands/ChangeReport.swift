import DownbeatCore

/// The difference between the files and what the daemon adopted last.
struct ChangeReport {
    /// One schedule that is new, different or gone.
    struct Change {
        enum Kind: String {
            case add
            case change
            case remove
        }

        var kind: Kind
        var name: String
        var text: String
        /// What follows from it.
        var effect: String
    }

    let configuration: Configuration
    let summaries: [ScheduleSummary]
    let times: TimeText
    let session: Session
    let changes: [Change]

    /// Compares the files with the database; without one everything is new.
    init(_ configuration: Configuration, _ session: Session) throws(CommandError) {
        let state = try session.stateIfAny(configuration.settings)
        let summaries = try session.with(configuration.settings) { () throws(StoreError) in
            try state?.schedules() ?? []
        }
        let times = try session.times(configuration.settings)
        self.configuration = configuration
        self.summaries = summaries
        self.times = times
        self.session = session
        let byName = Dictionary(
            summaries.map { ($0.state.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        // As the daemon does it, so that both count the same.
        let planned = AdoptionPlanner.plan(
            stored: summaries.map { StoredSchedule(state: $0.state, isPresent: true) },
            new: configuration.schedules,
            now: times.now,
            previousRule: { _ in nil }
        )
        var changes = zip(configuration.schedules, planned).compactMap { schedule, planned in
            Self.change(schedule, planned, byName, times)
        }
        changes += planned.filter(\.isRemoved).compactMap { byName[$0.name].map(Self.removal) }
        self.changes = changes
    }

    private static func change(
        _ schedule: Schedule,
        _ planned: ScheduleChange,
        _ byName: [String: ScheduleSummary],
        _ times: TimeText
    ) -> Change? {
        guard planned.kind != .unchanged else { return nil }
        guard let known = byName[planned.renamedFrom ?? schedule.name] else {
            return addition(schedule, times)
        }
        return planned.renamedFrom == nil
            ? change(schedule, known, times) : rename(schedule, known, times)
    }

    private static func addition(_ schedule: Schedule, _ times: TimeText) -> Change {
        let view = ScheduleView(schedule: schedule, summary: nil)
        let first = view.next(now: times.now).map { "first run \(times.near($0))" }
        return Change(
            kind: .add,
            name: schedule.name,
            text: "\(schedule.rule.summary), queue \(schedule.queue)",
            effect: schedule.isEnabled ? first ?? Self.withoutTime(schedule) : "disabled"
        )
    }

    /// When a schedule runs that has no time to come.
    private static func withoutTime(_ schedule: Schedule) -> String {
        schedule.rule.leader.map { "runs when \($0) succeeds" } ?? "never runs"
    }

    private static func rename(
        _ schedule: Schedule,
        _ known: ScheduleSummary,
        _ times: TimeText
    ) -> Change {
        let details = differences(schedule, known)
        return Change(
            kind: .change,
            name: schedule.name,
            text: (["renamed from \(known.state.name)"] + details).joined(separator: ", "),
            effect: "history and state kept"
        )
    }

    private static func change(
        _ schedule: Schedule,
        _ known: ScheduleSummary,
        _ times: TimeText
    ) -> Change {
        let details = differences(schedule, known)
        var effects: [String] = []
        if schedule.rule.canonicalText != known.state.ruleText {
            let view = ScheduleView(schedule: schedule, summary: known)
            effects.append(
                view.next(now: times.now).map { "next \(times.near($0))" }
                    ?? withoutTime(schedule)
            )
        } else if known.activeRuns.contains(where: { $0.state == .running }) {
            effects.append("(the running run keeps what it started with)")
        }
        return Change(
            kind: .change,
            name: schedule.name,
            text: details.joined(separator: ", "),
            effect: effects.joined(separator: ", ")
        )
    }

    private static func removal(_ summary: ScheduleSummary) -> Change {
        let waiting = summary.activeRuns.filter { $0.state != .running }.count
        let runs =
            waiting == 0
            ? "" : "; \(Words.count(waiting, "waiting run")) will be cancelled"
        return Change(
            kind: .remove,
            name: summary.state.name,
            text: "removed\(runs), history kept",
            effect: ""
        )
    }

    /// What differs, one phrase each: `timeout 10m -> 5m`.
    private static func differences(_ schedule: Schedule, _ known: ScheduleSummary) -> [String] {
        var details: [String] = []
        if schedule.rule.canonicalText != known.state.ruleText {
            let old = known.ruleSummary.isEmpty ? known.state.ruleText : known.ruleSummary
            let new = schedule.rule.summary
            details.append(
                old == new ? "rule \(new), other bounds, jitter or zone" : "\(old) -> \(new)"
            )
        }
        if schedule.isEnabled != known.state.isEnabled {
            details.append(schedule.isEnabled ? "enabled" : "disabled")
        }
        if schedule.queue != known.queue {
            details.append("queue \(known.queue) -> \(schedule.queue)")
        }
        guard let old = known.definition else {
            if isOtherwise(schedule, known) { details.append("definition") }
            return details
        }
        details += DefinitionDifference.phrases(from: old, to: schedule.definition)
        if details.isEmpty, isOtherwise(schedule, known) { details.append("policies") }
        return details
    }

    /// Whether the schedule differs from what was adopted in more than its name.
    private static func isOtherwise(_ schedule: Schedule, _ known: ScheduleSummary) -> Bool {
        guard schedule.definition.revision != known.state.revision else { return false }
        var asBefore = schedule
        asBefore.name = known.state.name
        return asBefore.revision != known.state.revision
    }

    // MARK: Writing

    func write() {
        session.emit(listing) { writeText() }
    }

    private func writeText() {
        let names = changes.map { DisplayWidth.of(SafeText.line($0.name)) }.max() ?? 0
        let texts =
            changes.filter { !$0.effect.isEmpty }
            .map { DisplayWidth.of(SafeText.line($0.text)) }.max() ?? 0
        for change in changes {
            let (sign, colour): (String, Colour) =
                switch change.kind {
                case .add: ("+", .green)
                case .change: ("~", .yellow)
                case .remove: ("-", .red)
                }
            let name = DisplayWidth.padded(SafeText.line(change.name), to: names)
            let text =
                change.effect.isEmpty
                ? SafeText.line(change.text)
                : DisplayWidth.padded(SafeText.line(change.text), to: texts)
            let line = "\(name)  \(text)  \(change.effect)".trimmingEnd()
            session.write(colour.paint(sign, when: session.colour) + " \(line)\n")
        }
        for summary in summaries where summary.state.pause != nil { writePause(summary) }
        let count = { (kind: Change.Kind) in changes.filter { $0.kind == kind }.count }
        guard !changes.isEmpty else { return session.line("plan: no changes") }
        session.line(
            "plan: \(count(.add)) add, \(count(.change)) change, \(count(.remove)) remove."
                + "   downbeat apply"
        )
    }

    private func writePause(_ summary: ScheduleSummary) {
        guard let pause = summary.state.pause else { return }
        let until = pause.until.map { "until \(times.end($0))" } ?? "until resumed"
        let reason = pause.reason.isEmpty ? "" : ", \(pause.reason)"
        session.line("! \(summary.state.name) stays paused \(until)\(reason)")
    }

    private var listing: Listing {
        Listing(
            ["change", "schedule", "text", "effect"],
            items: changes.map {
                [
                    .string($0.kind.rawValue), .string($0.name), .string($0.text),
                    $0.effect.isEmpty ? .null : .string($0.effect),
                ]
            }
        )
    }
}

/// What differs between two definitions, one phrase each; values of variables are never shown.
enum DefinitionDifference {
    static func phrases(from old: RunDefinition, to new: RunDefinition) -> [String] {
        var phrases: [String] = []
        if old.action != new.action { phrases.append("action") }
        if old.environment != new.environment { phrases.append("env") }
        add("cwd", old.workingDirectory, new.workingDirectory, to: &phrases)
        add("user", old.user, new.user, to: &phrases)
        add("timeout", old.timeout.map(text), new.timeout.map(text), to: &phrases)
        add("grace", text(old.grace), text(new.grace), to: &phrases)
        add("retry times", "\(old.retry.times)", "\(new.retry.times)", to: &phrases)
        var retry = old.retry
        retry.times = new.retry.times
        if retry != new.retry { phrases.append("retry") }
        add("delivery", old.delivery.rawValue, new.delivery.rawValue, to: &phrases)
        if old.successCodes != new.successCodes { phrases.append("success_codes") }
        return phrases
    }

    private static func text(_ duration: Duration) -> String { DurationText.format(duration) }

    private static func add(
        _ key: String,
        _ old: String?,
        _ new: String?,
        to phrases: inout [String]
    ) {
        guard old != new else { return }
        phrases.append("\(key) \(old ?? "none") -> \(new ?? "none")")
    }
}

extension String {
    /// The text without blanks at its end.
    func trimmingEnd() -> String {
        var rest = Substring(self)
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
