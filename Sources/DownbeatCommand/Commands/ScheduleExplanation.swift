import DownbeatCore

/// A schedule with its policies in words.
struct ScheduleExplanation {
    let view: ScheduleView
    let settings: ServiceSettings
    let times: TimeText
    let session: Session

    private var schedule: Schedule { view.schedule }
    private var definition: RunDefinition { view.schedule.definition }

    /// Cells of the first words on a line.
    private static let keyWidth = 8
    /// Cells of a policy's word before its meaning.
    private static let wordWidth = 14
    /// Fire times given to machines.
    private static let listedTimes = 5

    func write() {
        session.emit(listing) { writeText() }
    }

    private func writeText() {
        session.line("\(schedule.name)   \(schedule.source.shown)")
        if let description = schedule.description { line("about", description) }
        line("when", when)
        for translation in schedule.translations {
            line("dialect", translation.words)
            if let note = translation.note { line("", note) }
        }
        if let note = clockNote { line("", note) }
        if let calendar = schedule.rule.calendar {
            line("calendar", "\(calendar.sentence); it knows \(calendar.calendar.rangeWords)")
        }
        if let words = schedule.rule.daylight.words { line("clocks", words) }
        for skipped in schedule.rule.skippedTimesOfAYear(from: session.now) {
            line("clocks", skipped.words)
        }
        line("does", does)
        if let input = definition.input { line("stdin", Self.inputWords(input)) }
        if let pause = view.pause(at: session.now) { line("paused", words(pause)) }
        if !schedule.isAdoptedForm {
            line("overlap", word(schedule.overlap.rawValue, overlapMeaning))
            line("catch up", word(schedule.catchUp.policy.rawValue, catchUpMeaning))
        }
        line("attempts", attempts)
        if let command = definition.onFailure {
            line("failed", "then once \(command.map(Self.shellWord).joined(separator: " "))")
        }
        line("queue", queue)
        if schedule.expires != nil || definition.delivery == .atMostOnce { line("start", start) }
        if !schedule.isAdoptedForm { line("keeps", keeps) }
        if !schedule.tags.isEmpty { line("tags", schedule.tags.joined(separator: ", ")) }
        for text in inherits { line("inherits", text) }
        for remark in schedule.remarks { line("note", remark) }
        if let last { line("last", last) }
    }

    private func line(_ key: String, _ text: String) {
        session.line("  \(DisplayWidth.padded(key, to: Self.keyWidth))  \(text)")
    }

    private func word(_ word: String, _ meaning: String) -> String {
        DisplayWidth.padded(word, to: Self.wordWidth) + "  " + meaning
    }

    private var when: String {
        let explanations = TriggerExplanation.all(of: schedule.rule).map(\.sentence)
        let zone = schedule.rule.zone
        var text = explanations.joined(separator: ", and ") + ", " + zone.name
        if let from = schedule.rule.from { text += ", from \(times.inZone(zone).brief(from))" }
        if let words = schedule.rule.untilWords(times) { text += ", \(words)" }
        return text + "; " + nextWords
    }

    /// Zones without a change of the clock within this time have none.
    private static let clockHorizon = Duration.seconds(5 * 366 * 86_400)

    /// What the program whose dialect it is would do at a change of the clock, where there are any.
    private var clockNote: String? {
        let end = session.now + Self.clockHorizon
        guard let translation = schedule.translations.first,
            !schedule.rule.zone.changes(after: session.now, upTo: end, limit: 1).isEmpty
        else { return nil }
        return translation.daylightNote(schedule.rule.daylight)
    }

    private var nextWords: String {
        if !view.isEnabled { return "disabled" }
        if let pause = view.pause(at: session.now), pause.until == nil { return "paused" }
        guard let next = view.next(now: session.now) else {
            let end = schedule.rule.endCause(after: session.now)
            return "no fire time left" + (end.map { ": \($0)" } ?? "")
        }
        var text = "next \(times.brief(next))"
        if schedule.rule.zone != times.zone { text += " \(times.zone.name)" }
        return text + " (\(times.until(next)))"
    }

    private func words(_ pause: ScheduleState.Pause) -> String {
        let end = pause.until.map { "until \(times.brief($0)) \(times.zone.name)" }
        let reason = pause.reason.isEmpty ? "" : ", \(pause.reason)"
        return (end ?? "until resumed") + reason + "   (downbeat resume \(schedule.name))"
    }

    private var does: String {
        let action =
            switch definition.action {
            case .command(let words): words.map(Self.shellWord).joined(separator: " ")
            case .shell(let script): Self.firstLine(of: script)
            case .builtIn(let builtIn): "\(builtIn.name): \(builtIn.words)"
            }
        var text = action
        if let folder = definition.workingDirectory { text += ", in \(folder)" }
        if let user = definition.user { text += ", as \(user)" }
        guard !definition.environment.isEmpty else { return text }
        return text + ", with " + definition.environment.map(\.name).joined(separator: " ")
    }

    /// `2 lines, 63 B: first line ..`.
    private static func inputWords(_ input: String) -> String {
        let lines = input.split(separator: "\n")
        let size = Words.bytes(Int64(input.utf8.count))
        guard let first = lines.first else { return size }
        let more = lines.count > 1 ? " .." : ""
        return "\(Words.count(lines.count, "line")), \(size): \(first)\(more)"
    }

    /// `sh: cd /srv .. (+9 lines)`.
    private static func firstLine(of script: String) -> String {
        let lines = script.split(whereSeparator: \.isNewline)
            .filter { !$0.allSatisfy(\.isWhitespace) }
        guard let first = lines.first else { return "sh:" }
        let more = lines.count - 1
        guard more > 0 else { return "sh: \(first)" }
        return "sh: \(first) .. (+\(Words.count(more, "line")))"
    }

    private static func shellWord(_ word: String) -> String {
        let isPlain = !word.isEmpty && !word.contains { " \t\n\"'\\$`|&;<>()*?".contains($0) }
        return isPlain ? word : "\"\(word)\""
    }

    private var overlapMeaning: String {
        let lead = "previous run still going -> "
        return switch schedule.overlap {
        case .skip: lead + "recorded as skipped"
        case .queue: lead + "one more waits, further ones are skipped"
        case .queueAll: lead + "all wait, one runs at a time"
        case .replace: lead + "it is ended, the new one runs"
        case .allow: "runs go side by side"
        }
    }

    private var catchUpMeaning: String {
        let catchUp = schedule.catchUp
        let within = TimeText.duration(catchUp.within)
        return switch catchUp.policy {
        case .skip:
            "daemon was down -> only a run at most \(TimeText.duration(catchUp.lateAfter)) late"
        case .once: "daemon was down -> one run at start, if at most \(within) late"
        case .all:
            "daemon was down -> every run of the last \(within), at most \(catchUp.limit)"
        }
    }

    private var attempts: String {
        let retry = definition.retry
        var text = String(retry.times + 1)
        if retry.times > 0 {
            text += ", wait \(TimeText.duration(retry.wait))"
            if retry.factor != 1 { text += " x\(Self.factor(retry.factor))" }
            text += " up to \(TimeText.duration(retry.maxWait))"
            if retry.jitter > 0 { text += ", jitter \(Int((retry.jitter * 100).rounded()))%" }
        }
        guard let timeout = definition.timeout else { return text + "      no timeout" }
        let grace = TimeText.duration(definition.grace)
        return text + "      timeout \(TimeText.duration(timeout)) (TERM, then KILL after \(grace))"
    }

    private static func factor(_ factor: Double) -> String {
        factor == factor.rounded() ? String(Int(factor)) : String(factor)
    }

    private var queue: String {
        guard let limit = settings.queues[schedule.queue] else { return schedule.queue }
        return "\(schedule.queue) (\(limit) at once)"
    }

    private var start: String {
        var parts: [String] = []
        if let expires = schedule.expires {
            parts.append("not started within \(TimeText.duration(expires)) of due -> expired")
        }
        if definition.delivery == .atMostOnce {
            parts.append("at most once: an attempt whose end nobody saw leaves the run unknown")
        }
        return parts.joined(separator: "; ")
    }

    private var keeps: String {
        let keep = schedule.keep
        return "runs \(TimeText.duration(keep.runs)), output \(TimeText.duration(keep.output)), "
            + "\(Words.grouped(keep.atLeast)) to \(Words.grouped(keep.atMost)) runs"
    }

    /// What came from `defaults`, by the file that says it.
    private var inherits: [String] {
        let groups = Dictionary(grouping: schedule.inherited, by: { $0.value.file })
        return groups.sorted { $0.key < $1.key }.map { file, entries in
            let keys = entries.map(\.key).sorted().joined(separator: ", ")
            let line = entries.map(\.value.line).min() ?? 0
            return "\(keys) from defaults (\(file):\(line))"
        }
    }

    private var last: String? {
        guard let run = view.summary?.latestRun else { return nil }
        var text = "\(run.state.rawValue) \(times.brief(run.slot ?? run.due))"
        if run.attempts > 1 { text += ", \(run.attempts) tries" }
        if let error = run.error { text += ", \(error)" }
        return text + "   -> downbeat logs \(schedule.name)"
    }

    private var listing: Listing {
        let next = view.source(from: session.now, now: session.now).map { source in
            schedule.rule.fireTimes(
                after: source.after,
                upTo: .distantFuture,
                limit: Self.listedTimes,
                anchor: source.anchor
            )
        }
        let zoned = times.inZone(schedule.rule.zone)
        let pause = view.pause(at: session.now)
        return Listing(
            [
                "name", "source", "rule", "means", "zone", "next", "queue", "overlap", "catch_up",
                "attempts", "timeout_ms", "delivery", "inherits", "remarks", "last_state",
                "paused_until", "pause_reason",
            ],
            items: [
                [
                    .string(schedule.name),
                    .string(schedule.source.shown),
                    .string(schedule.rule.ruleText),
                    .string(
                        TriggerExplanation.all(of: schedule.rule).map(\.sentence)
                            .joined(separator: ", and ")
                    ),
                    .string(schedule.rule.zone.name),
                    .array((next ?? []).map { zoned.json($0) }),
                    .string(schedule.queue),
                    schedule.isAdoptedForm ? .null : .string(schedule.overlap.rawValue),
                    schedule.isAdoptedForm ? .null : .string(schedule.catchUp.policy.rawValue),
                    .int(Int64(definition.retry.times + 1)),
                    .number(definition.timeout.map { $0.wholeMicroseconds / 1000 }),
                    .string(definition.delivery.rawValue),
                    .array(schedule.inherited.keys.sorted().map(JSONValue.string)),
                    .array(
                        (schedule.translations.map(\.words) + schedule.remarks)
                            .map(JSONValue.string)
                    ),
                    .text(view.summary?.latestRun?.state.rawValue),
                    pause.map { $0.until.map { zoned.json($0) } ?? .string(ScheduleListing.never) }
                        ?? .null,
                    .text(pause.flatMap { $0.reason.isEmpty ? nil : $0.reason }),
                ]
            ]
        )
    }
}
