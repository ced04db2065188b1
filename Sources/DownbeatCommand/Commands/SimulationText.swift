import DownbeatCore

/// What a simulation came to, as text and as JSON.
struct SimulationText {
    let session: Session
    let times: TimeText
    let range: SimulatedRange
    let input: SimulationInput
    let options: Simulation.Options
    let schedules: [Schedule]
    let report: SimulationReport
    let advice: [SimulationAdvice]
    let elapsed: Duration
    let listsSchedules: Bool

    /// Schedules that a line names at most.
    private static let namesMax = 3

    func write() {
        session.emit(listing) { writeText() }
    }

    // MARK: For people

    private func writeText() {
        session.line("simulated \(range.words) in \(elapsedText) with \(input.words)")
        session.line(counts.joined(separator: "   "))
        for line in others { session.line(line) }
        if !advice.isEmpty {
            let texts = advice.map(words)
            session.line("suggest: " + texts.joined(separator: ", or "))
        } else if report.late > 0 {
            session.line(
                report.slots > SimulationAdvice.slotsMax
                    ? "no suggestion is looked for in so many slots: try fewer days"
                    : "no single change of a queue or of one schedule leaves fewer runs late"
            )
        }
        if listsSchedules { writeTable() }
    }

    private var elapsedText: String {
        let hundredths = elapsed.wholeMicroseconds / 10_000
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)s"
    }

    private var counts: [String] {
        var parts = ["runs \(Words.grouped(report.runs))"]
        let overlap = report.skipped(.overlap)
        if overlap > 0 {
            parts.append(
                "skipped for overlap \(Words.grouped(overlap)) (\(names { $0.skipped[.overlap] }))"
            )
        }
        parts.append("late over \(lateWords) \(Words.grouped(report.late))" + lateNames)
        if let peak = report.peakQueue {
            parts.append("peak queue \(Words.grouped(peak.count)) at \(near(peak.at))")
        } else {
            parts.append("nothing had to wait for a worker")
        }
        return parts
    }

    private var lateNames: String {
        report.late > 0 ? " (\(names { $0.late }))" : ""
    }

    /// What is rarer, each on a line of its own.
    private var others: [String] {
        var lines: [String] = []
        for reason in SkipReason.allCases where reason != .overlap {
            let count = report.skipped(reason)
            guard count > 0 else { continue }
            lines.append("skipped: \(reason.rawValue) \(Words.grouped(count))")
        }
        for (state, words) in [
            (RunState.failed, "timed out"), (.cancelled, "replaced by a later slot"),
            (.expired, "expired"),
        ] {
            let count = report.ended(state)
            guard count > 0 else { continue }
            lines.append("\(words) \(Words.grouped(count)) (\(names { $0.ends[state] }))")
        }
        if report.unfinished > 0 {
            lines.append("\(Words.count(report.unfinished, "run")) not done at the end")
        }
        return lines
    }

    /// `60s` where all schedules agree.
    private var lateWords: String {
        let limits = Set(schedules.map(\.catchUp.lateAfter))
        guard limits.count == 1, let limit = limits.first else { return "late_after" }
        let seconds = limit.components.seconds
        return seconds <= 120 ? "\(seconds)s" : TimeText.duration(limit)
    }

    /// The schedules with the most of something, the most first.
    private func names(_ count: (SimulationReport.Line) -> Int?) -> String {
        let counted = report.lines.compactMap { line in
            count(line).flatMap { $0 > 0 ? (name: line.name, count: $0) : nil }
        }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
        let shown = counted.prefix(Self.namesMax).map(\.name).joined(separator: ", ")
        let rest = counted.count - Self.namesMax
        return rest > 0 ? "\(shown) and \(rest) more" : shown
    }

    /// A time inside the range: a short one in a short range.
    private func near(_ instant: Timestamp) -> String {
        range.to - range.from <= .seconds(7 * 86_400 + 3600)
            ? times.weekdayAndClock(instant) : times.dated(instant, seconds: .ifAny)
    }

    private func words(_ advice: SimulationAdvice) -> String {
        let rest = advice.late > 0 ? " (late \(Words.grouped(advice.late)))" : ""
        switch advice.change {
        case .queue(let name, let limit):
            return "queues: { \(name): \(limit) }\(rest)"
        case .move(let schedule, let minutes, let text):
            return "move \(schedule) by \(minutes)m: \(text)\(rest)"
        }
    }

    private func writeTable() {
        var table = Table([
            Table.Column("SCHEDULE", cutOrder: 1),
            Table.Column("SLOTS", alignment: .trailing),
            Table.Column("RUNS", alignment: .trailing),
            Table.Column("SKIPPED", alignment: .trailing),
            Table.Column("LATE", alignment: .trailing),
            Table.Column("LONGEST WAIT", alignment: .trailing),
            Table.Column("TAKES", alignment: .trailing),
        ])
        table.rows = report.lines.map { line in
            let skipped = line.skipped.values.reduce(0, +)
            return [
                Table.Cell(line.name),
                Table.Cell(Words.grouped(line.slots)),
                Table.Cell(Words.grouped(line.runs)),
                Table.Cell(skipped == 0 ? "" : Words.grouped(skipped)),
                Table.Cell(line.late == 0 ? "" : Words.grouped(line.late)),
                Table.Cell(line.delayMax > .zero ? TimeText.duration(line.delayMax) : ""),
                Table.Cell(TimeText.duration(options.durations.typical(of: line.name))),
            ]
        }
        session.line()
        session.write(table)
    }

    // MARK: For machines

    private var listing: Listing {
        let seconds = Double(elapsed.wholeMicroseconds) / 1_000_000
        return Listing(
            [
                "from", "to", "seed", "queues", "slots", "runs", "skipped", "late", "ends",
                "unfinished", "peak_queue", "peak_queue_at", "peak_running", "peak_running_at",
                "trace", "elapsed_ms", "slots_per_second", "suggestions", "schedules",
            ],
            plain: [
                "from", "to", "slots", "runs", "late", "peak_queue", "peak_queue_at", "trace",
            ],
            items: [
                [
                    times.json(range.from),
                    times.json(range.to),
                    .number(options.seed),
                    .object(
                        options.queues.sorted { $0.key < $1.key }.map {
                            JSONValue.Member($0.key, .int(Int64($0.value)))
                        }
                    ),
                    .number(report.slots),
                    .number(report.runs),
                    json(reasons: report.skipped),
                    .number(report.late),
                    json(states: report.ended),
                    .number(report.unfinished),
                    .number(report.peakQueue?.count ?? 0),
                    times.json(report.peakQueue?.at),
                    .number(report.peakRunning?.count ?? 0),
                    times.json(report.peakRunning?.at),
                    .string(report.trace),
                    .double(seconds * 1000),
                    seconds > 0 ? .double((Double(report.slots) / seconds).rounded()) : .null,
                    .array(advice.map(json)),
                    .array(report.lines.map(json)),
                ]
            ]
        )
    }

    private func json(reasons count: (SkipReason) -> Int) -> JSONValue {
        .object(
            SkipReason.allCases.compactMap { reason in
                let number = count(reason)
                return number == 0 ? nil : JSONValue.Member(reason.rawValue, .number(number))
            }
        )
    }

    private func json(states count: (RunState) -> Int) -> JSONValue {
        .object(
            RunState.allCases.compactMap { state in
                let number = count(state)
                return number == 0 ? nil : JSONValue.Member(state.rawValue, .number(number))
            }
        )
    }

    private func json(_ line: SimulationReport.Line) -> JSONValue {
        .members([
            "name": .string(line.name),
            "queue": .string(line.queue),
            "slots": .number(line.slots),
            "runs": .number(line.runs),
            "skipped": json(reasons: { line.skipped[$0] ?? 0 }),
            "late": .number(line.late),
            "delay_max_ms": .number(line.delayMax.wholeMicroseconds / 1000),
            "ends": json(states: { line.ends[$0] ?? 0 }),
            "duration_ms": .number(
                options.durations.typical(of: line.name).wholeMicroseconds / 1000
            ),
        ])
    }

    private func json(_ advice: SimulationAdvice) -> JSONValue {
        let members: [JSONValue.Member]
        switch advice.change {
        case .queue(let name, let limit):
            members = [
                JSONValue.Member("change", .string("queue")),
                JSONValue.Member("queue", .string(name)),
                JSONValue.Member("limit", .number(limit)),
            ]
        case .move(let schedule, let minutes, let text):
            members = [
                JSONValue.Member("change", .string("move")),
                JSONValue.Member("schedule", .string(schedule)),
                JSONValue.Member("minutes", .number(minutes)),
                JSONValue.Member("write", .string(text)),
            ]
        }
        return .object(
            members + [
                JSONValue.Member("late", .number(advice.late)),
                JSONValue.Member("peak_queue", .number(advice.peakQueue)),
            ]
        )
    }
}
