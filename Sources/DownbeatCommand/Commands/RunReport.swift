import DownbeatCore

/// One run with everything about it.
struct RunReport {
    let id: RunID
    let state: any StateAccess
    let settings: ServiceSettings?
    let times: TimeText
    let session: Session

    /// Names of the JSON fields, frozen.
    static let fields =
        RunListing.fields + [
            "attempts_list", "args", "result", "stdout", "stderr", "truncated", "on_failure",
        ]
    /// Lines of output shown to people; `logs` shows all.
    private static let shownLines = 20
    private static let keyWidth = 8
    /// Cells of a result shown to people; `--json` has all of it.
    private static let resultWidth = 400

    func write() throws(CommandError) {
        let found = try session.with(settings) { () throws(StoreError) in try state.run(id) }
        guard let detail = found else {
            throw CommandError(.missing, "run \(id.text) is gone", remedy: "see: downbeat runs")
        }
        let last = detail.attempts.last?.number
        let chunks = try session.with(settings) { () throws(StoreError) -> [OutputChunk] in
            guard let last else { return [] }
            return try state.output(id, attempt: last, skipping: 0)
        }
        let listing = Listing(
            Self.fields,
            plain: RunListing.fields,
            items: [Self.values(detail, chunks, times: times)]
        )
        session.emit(listing) { writeText(detail, chunks) }
        // The fields of tab-separated output do not have it.
        if session.format == .plain, detail.failure?.problem != nil {
            Self.failureNote(of: detail, times: times).map(session.say)
        }
    }

    private static func values(
        _ detail: RunDetail,
        _ chunks: [OutputChunk],
        times: TimeText
    ) -> [JSONValue] {
        let last = detail.attempts.last
        return RunListing.values(detail.record, times: times) + [
            .array(detail.attempts.map { attempt($0, times: times) }),
            .null,
            detail.result.map(JSONValue.stored) ?? .null,
            .string(text(chunks, .out)),
            .string(text(chunks, .err)),
            .bool((last?.droppedBytes ?? 0) > 0 || last?.outputCut == true),
            detail.failure.map { failure($0, times: times) } ?? .null,
        ]
    }

    private static func attempt(_ attempt: AttemptRecord, times: TimeText) -> JSONValue {
        .members([
            "number": .int(Int64(attempt.number)),
            "claimed_at": times.precise(attempt.claimedAt),
            "started_at": times.precise(attempt.startedAt),
            "ended_at": times.precise(attempt.endedAt),
            "end": .text(attempt.end.map(words)),
            "user_ms": .number(attempt.usage.map { $0.userMicroseconds / 1000 }),
            "system_ms": .number(attempt.usage.map { $0.systemMicroseconds / 1000 }),
            "peak_memory": .number(attempt.usage?.peakMemory),
            "dropped_bytes": .int(attempt.droppedBytes),
        ])
    }

    private static func failure(_ failure: FailureRecord, times: TimeText) -> JSONValue {
        .members([
            "started_at": times.precise(failure.startedAt),
            "ended_at": times.precise(failure.endedAt),
            "problem": .text(failure.problem),
        ])
    }

    /// What became of an `on_failure` command, in words.
    static func words(_ failure: FailureRecord, times: TimeText) -> String {
        guard let started = failure.startedAt else { return "waits for a worker" }
        let start = times.timeOfDay(started)
        guard let ended = failure.endedAt else { return "\(start), running" }
        let took = TimeText.duration(max(.zero, ended - started))
        return "\(start), took \(took), \(failure.problem ?? "done")"
    }

    /// What became of a run's `on_failure` command, as a line of its own; nil: it has none.
    static func failureNote(of detail: RunDetail, times: TimeText) -> String? {
        detail.failure.map { "on_failure  \(words($0, times: times))" }
    }

    private static func text(_ chunks: [OutputChunk], _ stream: OutputChunk.Stream) -> String {
        String(decoding: chunks.filter { $0.stream == stream }.flatMap(\.bytes), as: UTF8.self)
    }

    /// How an attempt ended, in words.
    static func words(_ end: AttemptEnd) -> String {
        switch end {
        case .exited(let status): "exit \(status)"
        case .signalled(let signal): SignalName.words(signal)
        case .timedOut(_, let killed): killed ? "timed out, killed" : "timed out"
        case .failed(let why, let mayRepeat): mayRepeat ? why : "\(why) (not repeated)"
        case .notStarted(let why): "not started: \(why)"
        case .cancelled: "cancelled"
        case .drained: "ended because the service stopped"
        case .lost: "lost"
        }
    }

    // MARK: For people

    private func writeText(_ detail: RunDetail, _ chunks: [OutputChunk]) {
        let run = detail.record
        session.line("\(run.id.text)   \(run.schedule)   \(run.state.rawValue)")
        if let slot = run.slot {
            line("slot", "\(times.absolute(slot)) \(times.zone.name)")
        } else {
            line("asked", "\(times.absolute(run.due)) \(times.zone.name)")
        }
        if let retryOf = run.retryOf { line("retry of", retryOf.text) }
        line("queue", run.queue)
        line("task", run.task + ", definition \(run.revision)")
        if let error = run.error { line("error", error) }
        if let behind = detail.heldBehind { line("waits", "until \(behind.text) is done") }
        if run.state == .scheduled, let readyAt = run.readyAt {
            line("again", "\(times.absolute(readyAt)) (\(times.relative(readyAt)))")
        }
        if let progress = detail.progress { line("progress", ProgressText.brief(progress)) }
        writeAttempts(detail)
        writeResult(detail)
        if let failure = detail.failure {
            line("after", "on_failure \(Self.words(failure, times: times))")
        }
        writeOutput(detail, chunks)
    }

    private func writeResult(_ detail: RunDetail) {
        guard let result = detail.result else { return }
        let lines =
            ResultText.lines(of: detail, times: times, session)
            ?? [CellText.cut(result, to: Self.resultWidth)]
        let width = session.width - Self.keyWidth - 4
        for (index, text) in lines.enumerated() {
            line(index == 0 ? "result" : "", lines.count > 1 ? CellText.cut(text, to: width) : text)
        }
    }

    private func line(_ key: String, _ text: String) {
        session.line("  \(DisplayWidth.padded(key, to: Self.keyWidth))  \(text)")
    }

    private func writeAttempts(_ detail: RunDetail) {
        for attempt in detail.attempts {
            var parts = ["attempt \(attempt.number) of \(detail.record.attemptsMax)"]
            parts.append(times.timeOfDay(attempt.startedAt ?? attempt.claimedAt))
            if let started = attempt.startedAt, let ended = attempt.endedAt {
                parts.append("took \(TimeText.duration(ended - started))")
            }
            parts.append(attempt.end.map(Self.words) ?? "running")
            if let usage = attempt.usage {
                let cpu = Duration.microseconds(usage.userMicroseconds + usage.systemMicroseconds)
                parts.append("\(TimeText.duration(cpu)) CPU")
                parts.append("\(Words.bytes(usage.peakMemory)) memory")
            }
            line("", parts.joined(separator: ", "))
        }
    }

    private func writeOutput(_ detail: RunDetail, _ chunks: [OutputChunk]) {
        var joiner = OutputLines()
        let lines = chunks.flatMap { joiner.take($0) } + joiner.finish()
        guard !lines.isEmpty else { return }
        session.line()
        if lines.count > Self.shownLines {
            session.line(
                "last \(Self.shownLines) of \(Words.count(lines.count, "line"))"
                    + "   (downbeat logs \(detail.record.id.text))"
            )
        }
        for line in lines.suffix(Self.shownLines) {
            session.line(
                "\(times.timeOfDayWithMilliseconds(line.time)) \(line.stream.rawValue)  \(line.text)"
            )
        }
        if let last = detail.attempts.last { LogNotes.cut(last).forEach { session.line($0) } }
    }
}

/// What is said about output that is not whole.
enum LogNotes {
    static let cutEnd = "== the end may be missing: the daemon died before it was stored"

    static func dropped(_ attempt: AttemptRecord) -> String {
        "\(Words.bytes(attempt.droppedBytes)) between head and tail were not kept"
    }

    static func cut(_ attempt: AttemptRecord) -> [String] {
        (attempt.droppedBytes > 0 ? ["== \(dropped(attempt))"] : [])
            + (attempt.outputCut ? [cutEnd] : [])
    }
}
