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

    private var language: Language { session.explanationLanguage }
    private var phrases: any Phrases { language.phrases }
    /// The times in the language of the words.
    private var spoken: TimeText { times.inLanguage(language) }

    func write() {
        session.emit(listing) { writeText() }
    }

    private func writeText() {
        session.line("\(schedule.name)   \(schedule.source.shown)")
        if let description = schedule.description { line(.about, description) }
        line(.when, when)
        for translation in schedule.translations {
            line(.dialect, phrases.translated(translation))
            if let note = translation.note { line(.dialect, phrases.dialect(note)) }
        }
        if let note = clockNote { line(.dialect, phrases.dialect(note)) }
        if let calendar = schedule.rule.calendar {
            line(.calendar, phrases.calendar(calendar.calendar, calendar.miss))
        }
        if let jitter = schedule.rule.jitter { line(.jitter, phrases.jitter(jitter)) }
        if let words = phrases.daylight(schedule.rule.daylight) { line(.clocks, words) }
        for effect in schedule.rule.clockEffects(after: session.now) {
            line(.clocks, phrases.clockEffect(effect))
        }
        line(.does, does)
        if let input = definition.input { line(.stdin, inputWords(input)) }
        if let pause = view.pause(at: session.now) { line(.paused, words(pause)) }
        if !schedule.isAdoptedForm {
            line(.overlap, word(schedule.overlap.rawValue, phrases.overlap(schedule.overlap)))
            // Of a follower no time is missed: it has none of its own.
            if schedule.rule.leader == nil {
                let catchUp = schedule.catchUp
                line(.catchUp, word(catchUp.policy.rawValue, phrases.catchUp(catchUp)))
            }
        }
        line(.attempts, phrases.attempts(definition))
        if let command = definition.onFailure {
            line(.failed, phrases.onFailure(command.map(Self.shellWord).joined(separator: " ")))
        }
        line(.queue, phrases.queue(schedule.queue, limit: settings.queues[schedule.queue]))
        if schedule.expires != nil || definition.delivery == .atMostOnce { line(.start, start) }
        if !schedule.isAdoptedForm { line(.keeps, keeps) }
        if !schedule.tags.isEmpty { line(.tags, schedule.tags.joined(separator: ", ")) }
        for text in inherits { line(.inherits, text) }
        for remark in schedule.remarks { line(.note, remark) }
        if let last { line(.last, last) }
    }

    private func line(_ label: ScheduleLabel, _ text: String) {
        let key = DisplayWidth.padded(phrases.label(label), to: Self.keyWidth)
        session.line("  \(key)  \(text)")
    }

    private func word(_ word: String, _ meaning: String) -> String {
        DisplayWidth.padded(word, to: Self.wordWidth) + "  " + meaning
    }

    private var when: String {
        schedule.rule.words(in: language, with: [.zone]) + phrases.clauseBreak
            + phrases.next(nextWords)
    }

    /// Zones without a change of the clock within this time have none.
    private static let clockHorizon = Duration.seconds(5 * 366 * 86_400)

    /// What the program whose dialect it is would do at a change of the clock, where there are any.
    private var clockNote: DialectNote? {
        let end = session.now + Self.clockHorizon
        guard let translation = schedule.translations.first,
            !schedule.rule.zone.changes(after: session.now, upTo: end, limit: 1).isEmpty
        else { return nil }
        return translation.daylightNote(schedule.rule.daylight)
    }

    private var nextWords: NextWords {
        if !view.isEnabled { return .disabled }
        if let pause = view.pause(at: session.now), pause.until == nil { return .paused }
        if let leader = view.leader { return .leader(leader.name, leader.next(spoken)) }
        guard let next = view.next(now: session.now) else {
            return .ended(schedule.rule.end(after: session.now))
        }
        let due = view.due(of: next)
        return .time(
            spoken.brief(next),
            zone: schedule.rule.zone == times.zone ? nil : times.zone.name,
            jitter: schedule.rule.jitter == nil ? nil : due - next,
            distance: max(.zero, .seconds((due - session.now).components.seconds))
        )
    }

    private func words(_ pause: ScheduleState.Pause) -> String {
        phrases.paused(
            until: pause.until.map { "\(spoken.brief($0)) \(times.zone.name)" },
            reason: pause.reason,
            resume: "downbeat resume \(schedule.name)"
        )
    }

    private var does: String {
        let action =
            switch definition.action {
            case .command(let words): words.map(Self.shellWord).joined(separator: " ")
            case .shell(let script): firstLine(of: script)
            case .builtIn(let builtIn): "\(builtIn.name): \(builtIn.words)"
            }
        return action
            + phrases.place(
                folder: definition.workingDirectory,
                user: definition.user,
                variables: definition.environment.map(\.name)
            )
    }

    /// `2 lines, 63 B: first line ..`.
    private func inputWords(_ input: String) -> String {
        let lines = input.split(separator: "\n")
        let size = Words.bytes(Int64(input.utf8.count))
        guard let first = lines.first else { return size }
        let more = lines.count > 1 ? " .." : ""
        return "\(phrases.lines(lines.count)), \(size): \(first)\(more)"
    }

    /// `sh: cd /srv .. (+9 lines)`.
    private func firstLine(of script: String) -> String {
        let lines = script.split(whereSeparator: \.isNewline)
            .filter { !$0.allSatisfy(\.isWhitespace) }
        guard let first = lines.first else { return "sh:" }
        let more = lines.count - 1
        guard more > 0 else { return "sh: \(first)" }
        return "sh: \(first) .. (+\(phrases.lines(more)))"
    }

    private static func shellWord(_ word: String) -> String {
        let isPlain = !word.isEmpty && !word.contains { " \t\n\"'\\$`|&;<>()*?".contains($0) }
        return isPlain ? word : "\"\(word)\""
    }

    private var start: String {
        var parts: [String] = []
        if let expires = schedule.expires { parts.append(phrases.expires(after: expires)) }
        if definition.delivery == .atMostOnce { parts.append(phrases.atMostOnce) }
        return parts.joined(separator: phrases.clauseBreak)
    }

    private var keeps: String {
        phrases.keeps(
            schedule.keep,
            atLeast: Words.grouped(schedule.keep.atLeast),
            atMost: Words.grouped(schedule.keep.atMost)
        )
    }

    /// What came from `defaults`, by the file that says it.
    private var inherits: [String] {
        let groups = Dictionary(grouping: schedule.inherited, by: { $0.value.file })
        return groups.sorted { $0.key < $1.key }.map { file, entries in
            let keys = entries.map(\.key).sorted().joined(separator: ", ")
            let line = entries.map(\.value.line).min() ?? 0
            return phrases.inherits(keys, from: "\(file):\(line)")
        }
    }

    private var last: String? {
        guard let run = view.summary?.latestRun else { return nil }
        return phrases.last(
            LastWords(
                state: run.state,
                time: spoken.brief(run.slot ?? run.due),
                attempts: run.attempts,
                error: run.error,
                schedule: schedule.name
            )
        )
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
                    .string(phrases.standing(schedule.rule.words(in: language))),
                    .string(schedule.rule.zone.name),
                    .array((next ?? []).map { zoned.json($0) }),
                    .string(schedule.queue),
                    schedule.isAdoptedForm ? .null : .string(schedule.overlap.rawValue),
                    schedule.isAdoptedForm || schedule.rule.leader != nil
                        ? .null : .string(schedule.catchUp.policy.rawValue),
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
