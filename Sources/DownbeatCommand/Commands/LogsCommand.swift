import ArgumentParser
import DownbeatCore

/// `downbeat logs`: what a run wrote.
struct LogsCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what a run wrote to stdout and stderr, in order.",
        discussion: """
            EXAMPLES:
              downbeat logs nightly-backup          the latest run of a schedule
              downbeat logs nightly-backup -f       and what comes
              downbeat logs 6C7D8A --attempt 1 --json
            """
    )

    @Argument(
        help: "A run's id, its last six characters, or a schedule's name.",
        completion: ValueCompletion.runs.kind
    )
    var run: String

    @Flag(name: .short, help: "Follow: show what comes until the run ends (a name: for ever).")
    var follow = false

    @Option(help: "Which attempt (default: the latest).")
    var attempt: Int?

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let settings = session.settingsForReading()
        let state = try session.state(settings)
        var follower = LogFollower(
            state: state,
            settings: settings,
            times: try session.times(settings),
            session: session
        )
        if follow, attempt == nil, try isWithoutRuns(session, state, settings) {
            session.say("`\(run)` has no runs yet; waiting for its first - Ctrl-C to stop")
            try follower.showFurther(of: run, after: nil)
            return ExitStatus.success.rawValue
        }
        let record = try RunReference.resolve(
            run,
            state: state,
            settings: settings,
            session: session
        )
        // An id means one run; a name means the schedule, whose runs go on.
        let isName = record.schedule == run
        try follower.show(record.id, attempt: attempt, following: follow)
        guard follow, isName, attempt == nil else { return ExitStatus.success.rawValue }
        try follower.showFurther(of: run, after: record.id)
        return ExitStatus.success.rawValue
    }
}

extension LogsCommand {
    /// Whether this is a schedule's name, and none of its runs is kept.
    private func isWithoutRuns(
        _ session: Session,
        _ state: any StateAccess,
        _ settings: ServiceSettings?
    ) throws(CommandError) -> Bool {
        let runs = try session.with(settings) { () throws(StoreError) in
            try state.runs(RunQuery(schedule: run, limit: 1))
        }
        guard runs.isEmpty else { return false }
        return try RunReference.names(state: state, settings: settings, session: session)
            .contains(run)
    }
}

/// Writes output as it comes.
struct LogFollower {
    let state: any StateAccess
    let settings: ServiceSettings?
    let times: TimeText
    let session: Session
    private var hasHeader = false
    private var hasOutput = false

    /// How often the database is asked for more.
    private static let interval: Duration = .milliseconds(200)

    init(
        state: any StateAccess,
        settings: ServiceSettings?,
        times: TimeText,
        session: Session
    ) {
        self.state = state
        self.settings = settings
        self.times = times
        self.session = session
    }

    /// Shows one run: an attempt of it, or from the latest on.
    mutating func show(_ id: RunID, attempt wanted: Int?, following: Bool) throws(CommandError) {
        var detail = try read(id)
        var number = wanted ?? detail.attempts.last?.number ?? 1
        if let wanted, wanted < 1 || wanted > max(1, detail.attempts.count) {
            throw CommandError(
                .missing,
                "run \(id.text) has no attempt \(wanted)",
                remedy: "it has \(Words.count(detail.attempts.count, "attempt"))"
            )
        }
        while true {
            try showAttempt(number, of: &detail, following: following)
            guard following, wanted == nil else { break }
            while !detail.record.state.isFinal, detail.attempts.count <= number {
                session.context.pause(Self.interval)
                detail = try read(id)
            }
            guard detail.attempts.count > number else { break }
            number += 1
        }
        // Where nothing was written, the reason is all there is to say.
        guard session.isTable || following || !hasOutput else { return }
        talk(ending(detail.record))
        RunReport.failureNote(of: detail, times: times).map { talk("== \($0)") }
    }

    /// Shows the runs that follow one, until the process is ended.
    ///
    /// Without a run to come after, it begins with the first there is.
    mutating func showFurther(of schedule: String, after id: RunID?) throws(CommandError) {
        var last = id
        while true {
            let newest = try session.with(settings) { () throws(StoreError) in
                try state.runs(RunQuery(schedule: schedule, limit: 1)).first?.id
            }
            guard let newest, last.map({ newest > $0 }) ?? true else {
                session.context.pause(Self.interval)
                continue
            }
            last = newest
            try show(newest, attempt: nil, following: true)
        }
    }

    private func read(_ id: RunID) throws(CommandError) -> RunDetail {
        let found = try session.with(settings) { () throws(StoreError) in try state.run(id) }
        guard let found else {
            throw CommandError(.missing, "run \(id.text) is gone", remedy: "see: downbeat runs")
        }
        return found
    }

    private mutating func showAttempt(
        _ number: Int,
        of detail: inout RunDetail,
        following: Bool
    ) throws(CommandError) {
        header(detail, number, following: following)
        let id = detail.record.id
        var lines = OutputLines()
        var gap = OutputGap()
        var seen = 0
        while true {
            // Read before the output, so that output stored before the end is never missed.
            let hasEnded = Self.hasEnded(number, detail)
            let chunks = try session.with(settings) { () throws(StoreError) in
                try state.output(id, attempt: number, skipping: seen)
            }
            seen += chunks.count
            if !chunks.isEmpty { hasOutput = true }
            for chunk in chunks {
                if gap.isBefore(chunk, Self.attempt(number, detail)) {
                    // The head ends within a line as a rule.
                    lines.finish().forEach(write)
                    mark(Self.attempt(number, detail), at: chunk.time)
                }
                lines.take(chunk).forEach(write)
            }
            guard following, !hasEnded else { break }
            session.context.pause(Self.interval)
            detail = try read(id)
        }
        lines.finish().forEach(write)
        if let attempt = Self.attempt(number, detail) {
            if gap.isOpen(attempt) { mark(attempt, at: attempt.endedAt ?? attempt.claimedAt) }
            if attempt.outputCut { talk(LogNotes.cutEnd) }
        }
    }

    private static func attempt(_ number: Int, _ detail: RunDetail) -> AttemptRecord? {
        detail.attempts.first { $0.number == number }
    }

    /// Says where bytes are missing, between the lines around them.
    private func mark(_ attempt: AttemptRecord?, at time: Timestamp) {
        guard let attempt else { return }
        let text = LogNotes.dropped(attempt)
        switch session.format {
        case .table:
            session.line("== \(text)")
        case .plain:
            let time = InstantText.format(time, zone: times.zone, fraction: .milliseconds)
            session.write("\(time)\tgap\t\(text)\n")
        case .json, .jsonl:
            let time = InstantText.format(time, zone: times.zone, fraction: .milliseconds)
            let value = JSONValue.members([
                "stream": .string("gap"), "time": .string(time), "text": .string(text),
            ])
            session.write(value.encoded + "\n")
        }
    }

    /// A line about the output: among it for people, on stderr beside data.
    private func talk(_ line: String) {
        if session.isTable { session.line(line) } else { session.say(line) }
    }

    private static func hasEnded(_ number: Int, _ detail: RunDetail) -> Bool {
        guard let attempt = attempt(number, detail) else {
            return detail.record.state.isFinal
        }
        return attempt.end != nil
    }

    private mutating func header(_ detail: RunDetail, _ number: Int, following: Bool) {
        if session.format == .plain {
            if !hasHeader { session.line("time\tstream\ttext") }
            hasHeader = true
        }
        guard session.isTable || following else { return }
        let run = detail.record
        let time = Self.attempt(number, detail).map {
            times.timeOfDay($0.startedAt ?? $0.claimedAt)
        }
        talk(
            "== \(run.id.text) attempt \(number) of \(run.attemptsMax)"
                + (time.map { ", \($0)" } ?? ", not started: \(run.state.rawValue)")
        )
    }

    private func write(_ line: OutputLines.Line) {
        let stream = line.stream.rawValue
        switch session.format {
        case .table:
            let word =
                line.stream == .err ? Colour.yellow.paint(stream, when: session.colour) : stream
            let time = times.timeOfDayWithMilliseconds(line.time)
            session.write("\(time) \(word)  \(SafeText.output(line.text))\n")
        case .plain:
            let time = InstantText.format(line.time, zone: times.zone, fraction: .milliseconds)
            session.write("\(time)\t\(stream)\t\(SafeText.field(line.text))\n")
        case .json, .jsonl:
            let time = InstantText.format(line.time, zone: times.zone, fraction: .milliseconds)
            let value = JSONValue.members([
                "stream": .string(stream), "time": .string(time), "text": .string(line.text),
            ])
            session.write(value.encoded + "\n")
        }
    }

    private func ending(_ run: RunRecord) -> String {
        guard run.state.isFinal else { return "== \(run.state.rawValue)" }
        return "== ended \(run.state.rawValue)" + (run.error.map { " \($0)" } ?? "")
    }
}
