import ArgumentParser
import DownbeatCore

/// What the commands that change state have in common: the names, checked.
struct ControlTarget {
    let configuration: Configuration?
    let state: any StateAccess
    let times: TimeText
    let names: [String]
    /// What the database knows of each schedule, before the change.
    let summaries: [ScheduleSummary]
    let session: Session

    var settings: ServiceSettings? { configuration?.settings }

    init(
        session: Session,
        names: [String],
        all: Bool,
        needsName: String
    ) throws(CommandError) {
        self.session = session
        guard names.isEmpty == all else {
            throw CommandError(
                .usage,
                all ? "names and --all exclude each other" : "no schedule named",
                remedy: "\(needsName) NAME, or \(needsName) --all"
            )
        }
        configuration = session.knownSchedulesIfAny()?.configuration
        state = try session.state(configuration?.settings)
        times = try session.times(configuration?.settings)
        let access = state
        summaries = try session.with(configuration?.settings) { () throws(StoreError) in
            try access.schedules()
        }
        let known = summaries.map(\.state.name)
        for name in names where !known.contains(name) {
            try Self.refuse(name, known: known, configuration: configuration)
        }
        self.names = all ? known : names
    }

    private static func refuse(
        _ name: String,
        known: [String],
        configuration: Configuration?
    ) throws(CommandError) {
        let written = configuration?.schedules.map(\.name) ?? []
        if written.contains(name) {
            throw CommandError(
                .missing,
                "the daemon does not know `\(name)` yet",
                remedy: "have it load the files: downbeat apply"
            )
        }
        throw .noSchedule(name, among: known)
    }

    /// The schedule as the files say it, or as adopted last.
    func schedule(_ name: String) -> Schedule? {
        configuration?.schedules.first { $0.name == name }
    }

    /// What the database knows of a schedule; nil: nothing.
    func summary(_ name: String) -> ScheduleSummary? {
        summaries.first { $0.state.name == name }
    }

    /// The pause that holds a schedule now; nil: none.
    func pause(of name: String) -> ScheduleState.Pause? {
        guard let pause = summary(name)?.state.pause else { return nil }
        return pause.until.map { $0 > session.now } ?? true ? pause : nil
    }

    /// Slots to come that `skip` named.
    func skips(of name: String) -> [Timestamp] {
        // What the beat has come to is forgotten, so the rest is to come, be it late for its jitter.
        guard let state = summary(name)?.state else { return [] }
        return state.skipNext.filter { $0 > min(state.mark, session.now) }
    }

    /// How many slots or triggers `skip` named that are to come.
    func skipCount(of name: String) -> Int {
        skips(of: name).count + (summary(name)?.state.skipTriggers ?? 0)
    }

    /// `until Mon 11-23 09:00, ops: maintenance`.
    func words(_ pause: ScheduleState.Pause) -> String {
        let until = pause.until.map { "until \(times.brief($0))" } ?? "until resumed"
        return until + (pause.reason.isEmpty ? "" : ", \(pause.reason)")
    }
}

/// `downbeat pause`.
struct PauseCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop schedules from firing; running and waiting runs go on.",
        discussion: """
            EXAMPLES:
              downbeat pause nightly-backup --reason "disk is being replaced"
              downbeat pause --all --reason maintenance --for 2h
              downbeat pause report --until "2026-12-01 09:00"
            """
    )

    @Argument(help: "Names of schedules.", completion: ValueCompletion.schedules.kind)
    var names: [String] = []

    @Flag(help: "All schedules.")
    var all = false

    @Option(help: "Why; shown wherever the pause is.")
    var reason: String?

    @Option(name: .customLong("for"), help: "How long, such as 2h.")
    var length: String?

    @Option(help: "Until when: a date, a local time, or RFC 3339.")
    var until: String?

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let target = try ControlTarget(
            session: session,
            names: names,
            all: all,
            needsName: "downbeat pause"
        )
        let end = try end(session, target.times)
        let reason = [session.context.user, reason].compactMap(\.self).joined(separator: ": ")
        let pause = ScheduleState.Pause(since: session.now, until: end, reason: reason)
        try session.with(target.settings) { () throws(StoreError) in
            try target.state.pause(target.names, pause: pause)
        }
        let listing = Listing(
            ["schedule", "paused_until", "reason", "replaced"],
            items: target.names.map { name in
                let old = target.pause(of: name).map { "paused \(target.words($0))" }
                return [.string(name), target.times.json(end), .string(reason), .text(old)]
            }
        )
        session.emit(listing) {
            session.line(sentence(target, end))
            writeReplaced(target)
        }
        return ExitStatus.success.rawValue
    }

    private func end(_ session: Session, _ times: TimeText) throws(CommandError) -> Timestamp? {
        if length != nil, until != nil {
            throw CommandError(
                .usage,
                "--for and --until exclude each other",
                remedy: "leave one of them out"
            )
        }
        if let length { return session.now + (try session.duration(length, option: "--for")) }
        guard let until else { return nil }
        let end = try session.instant(until, option: "--until", zone: times.zone)
        guard end > session.now else {
            throw CommandError(
                .usage,
                "--until \(times.absolute(end)) is past",
                remedy: "name a later time; to end a pause: downbeat resume"
            )
        }
        return end
    }

    /// A pause is one at a time: what the new one takes the place of would be lost unseen.
    private func writeReplaced(_ target: ControlTarget) {
        for name in target.names {
            guard let old = target.pause(of: name) else { continue }
            let subject = target.names.count == 1 ? "" : "\(name): "
            target.session.line("\(subject)this replaces the pause \(target.words(old))")
        }
    }

    private func sentence(_ target: ControlTarget, _ end: Timestamp?) -> String {
        let what =
            target.names.count == 1
            ? target.names[0] : Words.count(target.names.count, "schedule")
        guard let end else {
            return "paused \(what) until resumed; running runs continue"
        }
        let session = target.session
        let slots = target.names.compactMap(target.schedule)
            .filter { $0.isEnabled && !$0.rule.countsFromEvent }
            .map { $0.rule.count(after: session.now, upTo: end) }
            .reduce(0, +)
        return "paused \(what) until \(target.times.brief(end)) "
            + "(\(Words.count(slots, "run")) will be skipped); running runs continue"
    }
}

/// `downbeat resume`.
struct ResumeCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "End pauses, and forget slots named by `skip`.",
        discussion: """
            EXAMPLES:
              downbeat resume nightly-backup
              downbeat resume --all
              downbeat resume report --json

            What fell due during the pause is not caught up.
            """
    )

    @Argument(help: "Names of schedules.", completion: ValueCompletion.schedules.kind)
    var names: [String] = []

    @Flag(help: "All schedules.")
    var all = false

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let target = try ControlTarget(
            session: session,
            names: names,
            all: all,
            needsName: "downbeat resume"
        )
        let held = target.names.filter {
            target.pause(of: $0) != nil || target.skipCount(of: $0) > 0
        }
        // All of those named are asked for: one may have been paused since we looked.
        let asked = all ? held : target.names
        if !asked.isEmpty {
            try session.with(target.settings) { () throws(StoreError) in
                try target.state.resume(asked, now: session.now)
            }
        }
        write(target, asked)
        return ExitStatus.success.rawValue
    }

    /// What ended for a schedule: `resumed`, `unskipped` or `was_not_paused`.
    private func outcome(_ target: ControlTarget, _ name: String) -> String {
        if target.pause(of: name) != nil { return "resumed" }
        return target.skipCount(of: name) == 0 ? "was_not_paused" : "unskipped"
    }

    private func write(_ target: ControlTarget, _ names: [String]) {
        let session = target.session
        let nexts = names.map { name in
            target.schedule(name).flatMap { schedule in
                ScheduleView(schedule: schedule, summary: nil).next(now: session.now)
            }
        }
        let listing = Listing(
            ["schedule", "next", "outcome"],
            items: zip(names, nexts).map { name, next in
                [.string(name), target.times.json(next), .string(outcome(target, name))]
            }
        )
        session.emit(listing) {
            guard !all else {
                let count = Words.count(names.count, "schedule")
                return session.line(names.isEmpty ? "nothing was paused" : "resumed \(count)")
            }
            for (name, at) in zip(names, nexts) {
                let next = at.map { "; next \(target.times.brief($0)) \(target.times.zone.name)" }
                session.line(sentence(target, name) + (next ?? ""))
            }
        }
    }

    private func sentence(_ target: ControlTarget, _ name: String) -> String {
        if target.pause(of: name) != nil { return "resumed \(name)" }
        let skips = target.skipCount(of: name)
        return skips == 0
            ? "\(name) was not paused"
            : "\(name) was not paused; \(Words.count(skips, "slot")) named by `skip` will run"
    }
}

/// `downbeat skip`.
struct SkipCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip",
        abstract: "Skip the next slots of a schedule.",
        discussion: """
            EXAMPLES:
              downbeat skip nightly-backup
              downbeat skip sync --count 3
              downbeat resume nightly-backup        undo
            """
    )

    /// More is what `pause` is for.
    private static let countMax = 1000

    @Argument(help: "Name of a schedule.", completion: ValueCompletion.schedules.kind)
    var name: String

    @Option(help: "How many slots.")
    var count = 1

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        guard (1...Self.countMax).contains(count) else {
            throw CommandError(
                .usage,
                "--count \(count) is out of range",
                remedy: "use a number from 1 to \(Self.countMax), or: downbeat pause \(name)"
            )
        }
        let target = try ControlTarget(
            session: session,
            names: [name],
            all: false,
            needsName: "downbeat skip"
        )
        guard let schedule = target.schedule(name) else {
            throw CommandError(
                .configuration,
                "the rule of `\(name)` cannot be read from the files or from the database",
                remedy: "see: downbeat check"
            )
        }
        if schedule.rule.leader != nil { return try skipTriggers(session, target) }
        guard !schedule.rule.countsFromEvent else {
            throw CommandError(
                .usage,
                "the slots of `\(name)` come to be one at a time, from the run before",
                remedy: "pause it instead: downbeat pause \(name) --for 1h"
            )
        }
        let before = Set(target.skips(of: name))
        let view = ScheduleView(schedule: schedule, summary: target.summary(name))
        // One that waits for its jitter comes first.
        let slots = schedule.rule.fireTimes(
            after: view.horizon(at: session.now),
            upTo: .distantFuture,
            limit: count + before.count + 1
        )
        guard !slots.isEmpty else {
            throw CommandError(.missing, "`\(name)` has no slot to come")
        }
        let skipped = Array(slots.prefix(count))
        try session.with(target.settings) { () throws(StoreError) in
            try target.state.skip(name, slots: skipped)
        }
        write(
            session,
            target,
            skipped,
            after: slots.dropFirst(count).first { !before.contains($0) }
        )
        return ExitStatus.success.rawValue
    }

    /// Leaves out the next triggers of a schedule that follows another: nobody knows their times.
    private func skipTriggers(
        _ session: Session,
        _ target: ControlTarget
    ) throws(CommandError) -> Int32 {
        try session.with(target.settings) { () throws(StoreError) in
            try target.state.skip(name, triggers: count)
        }
        let all = max(count, target.summary(name)?.state.skipTriggers ?? 0)
        let leader = target.schedule(name)?.rule.leader ?? ""
        let listing = Listing(
            ["schedule", "slot", "triggers"],
            items: [[.string(name), .null, .int(Int64(all))]]
        )
        session.emit(listing) {
            session.line(
                "will skip \(name) for the next \(Words.count(all, "run")) of \(leader) that succeed"
            )
            session.line("undo: downbeat resume \(name)")
        }
        return ExitStatus.success.rawValue
    }

    private func write(
        _ session: Session,
        _ target: ControlTarget,
        _ skipped: [Timestamp],
        after: Timestamp?
    ) {
        let listing = Listing(
            ["schedule", "slot"],
            items: skipped.map { [.string(name), target.times.json($0)] }
        )
        session.emit(listing) {
            let times = target.times
            let list = skipped.map(times.dated).joined(separator: ", ")
            let then = after.map { "; after that \(times.dated($0))" } ?? "; none comes after that"
            let others = target.skips(of: name).filter { !skipped.contains($0) }
            let more = others.isEmpty ? "" : ", and \(others.count) more named before"
            session.line("will skip \(list) \(times.zone.name)\(more)\(then)")
            session.line("undo: downbeat resume \(name)")
        }
    }
}
