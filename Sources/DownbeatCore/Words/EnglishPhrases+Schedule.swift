/// Rules and policies in English.
extension EnglishPhrases {
    // MARK: Triggers

    func interval(_ period: Duration, from origin: IntervalOrigin) -> (words: String, note: String)
    {
        let period = DurationText.format(period)
        return switch origin {
        case .time(let time):
            (
                "every \(period), counted from \(time)",
                "a fixed grid: restarts do not move it"
            )
        case .start:
            (
                "every \(period), counted from the start of the service",
                "a new grid at each start: nothing is caught up over a stop"
            )
        case .lastStart:
            (
                "\(period) after the start of the latest run",
                "there is one fire time at a time, once a run has started"
            )
        case .lastEnd:
            (
                "\(period) after the end of the latest run",
                "there is one fire time at a time, once a run has ended"
            )
        }
    }

    func after(_ name: String) -> (words: String, note: String) {
        (
            "when a run of \(name) that has a slot succeeds, for the same slot",
            "manual runs of \(name) have no slot; a retry has the slot of its run"
        )
    }

    func once(at time: String) -> String { "once, at \(time)" }

    func alternatives(_ sentences: [String]) -> String {
        sentences.joined(separator: "; and ")
    }

    func standing(_ sentence: String) -> String {
        sentence.prefix(1).uppercased() + sentence.dropFirst()
    }

    func note(_ note: TriggerNote) -> String {
        switch note {
        case .neverFires: "no month has such a day: it never fires"
        case .celery: "Celery's rule: all five fields must match; those left out are `*`."
        case .plus: "`+` before the day of week: both day fields must match."
        case .either: "classic cron rule: when both day fields are set, either one matches."
        case .star: "classic cron rule: when a day field begins with `*`, both must match."
        }
    }

    func suggestion(_ suggestion: TriggerSuggestion) -> String {
        switch suggestion {
        case .firstWeekday(let day, let cron):
            "If you meant the first \(Self.weekday(day)) only:  cron: \"\(cron)\""
        case .bothDays(let cron):
            "If you meant days that match both:  cron: \"\(cron)\""
        }
    }

    // MARK: Rules

    func restricted(_ sentence: String, by restrictions: [RuleRestriction]) -> String {
        let parts = restrictions.map { restriction in
            switch restriction {
            case .zone(let name): name
            case .calendar(let name, let miss): calendar(name, miss)
            case .from(let time): "from \(time)"
            case .through(let date): "through \(date)"
            case .until(let time): "until \(time)"
            }
        }
        return ([sentence] + parts).joined(separator: ", ")
    }

    func calendar(_ calendar: DayCalendar, _ miss: CalendarMiss) -> String {
        "\(self.calendar(calendar.name, miss)); it knows \(calendar.rangeWords)"
    }

    /// What it does: `on working days of cn-workdays`.
    func calendar(_ name: String, _ miss: CalendarMiss) -> String {
        let lead = "on working days of \(name)"
        return switch miss {
        case .skip: lead
        case .before: lead + "; a time on another day moves to the working day before"
        case .after: lead + "; a time on another day moves to the working day after"
        }
    }

    func daylight(_ policy: DaylightPolicy) -> String? {
        let gapWords: String? =
            switch policy.gap {
            case .auto: nil
            case .next: "a time that a clock going forward jumps over runs once, right after it"
            case .skip: "a time that a clock going forward jumps over does not run"
            case .shift: "a time that a clock going forward jumps over runs later by as much"
            }
        let overlapWords: String? =
            switch policy.overlap {
            case .auto: nil
            case .first: "a time that comes twice runs the first time"
            case .second: "a time that comes twice runs the second time"
            case .both: "a time that comes twice runs both times"
            }
        let parts = [gapWords, overlapWords].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    func clockEffect(_ effect: ClockEffect) -> String {
        let date = InstantText.dateText(effect.date)
        let times =
            effect.first == effect.last
            ? "\(effect.first.text)" : "\(effect.first.text) to \(effect.last.text)"
        let isOne = effect.first == effect.last
        switch effect.kind {
        case .gap:
            let lead = "\(times) \(isOne ? "does" : "do") not exist on \(date): "
            guard let first = effect.runs.first, let last = effect.runs.last else {
                return lead + (isOne ? "does not run that day" : "do not run that day")
            }
            guard first != last else {
                return lead + "\(isOne ? "runs" : "one run") at \(first.text) that day"
            }
            return lead + "they run at \(first.text) to \(last.text) that day"
        case .overlap:
            let lead = "\(times) \(isOne ? "comes" : "come") twice on \(date): "
            let verb = isOne ? "runs" : "run"
            return switch effect.passes {
            case .first: lead + "\(verb) the first time"
            case .second: lead + "\(verb) the second time"
            case .both: lead + "\(verb) both times"
            }
        }
    }

    func end(_ end: RuleEnd) -> String {
        switch end {
        case .oncePassed: "`once` has passed"
        case .untilPassed: "`until` has passed"
        case .never: "the rule never fires"
        case .noneBeforeUntil: "no time of the rule is left before `until`"
        case .calendar(let calendar):
            "calendar \(calendar.name) has no working day for it any more"
                + " (it knows \(calendar.rangeWords))"
        }
    }

    func change(_ change: ZoneChange, on day: String) -> String {
        "\(day): \(change.words)"
    }

    // MARK: Times

    func shortWeekday(_ weekday: Int) -> String {
        String(CrontabField.weekdayNames[weekday % 7].prefix(3))
    }

    func dated(_ date: String, _ weekday: String) -> String { "\(weekday) \(date)" }

    var clauseBreak: String { "; " }

    func duration(_ duration: Duration) -> String { TimeText.duration(duration) }

    // MARK: Expressions

    func means(_ sentence: String) -> String { "means \"\(standing(sentence))\"" }

    func nextTimes(_ times: [String], hasMore: Bool, zone: String) -> String {
        guard !times.isEmpty else { return "next  never" }
        return "next  \(times.joined(separator: ", "))\(hasMore ? " .." : "")   (\(zone))"
    }

    // MARK: Schedules

    func label(_ label: ScheduleLabel) -> String {
        switch label {
        case .about: "about"
        case .when: "when"
        case .dialect: "dialect"
        case .calendar: "calendar"
        case .jitter: "jitter"
        case .clocks: "clocks"
        case .does: "does"
        case .stdin: "stdin"
        case .paused: "paused"
        case .overlap: "overlap"
        case .catchUp: "catch up"
        case .attempts: "attempts"
        case .failed: "failed"
        case .queue: "queue"
        case .start: "start"
        case .keeps: "keeps"
        case .tags: "tags"
        case .inherits: "inherits"
        case .note: "note"
        case .last: "last"
        }
    }

    func overlap(_ policy: OverlapPolicy) -> String {
        let lead = "previous run still going -> "
        return switch policy {
        case .skip: lead + "recorded as skipped"
        case .queue: lead + "one more waits, further ones are skipped"
        case .queueAll: lead + "all wait, one runs at a time"
        case .replace: lead + "it is ended, the new one runs"
        case .allow: "runs go side by side"
        }
    }

    func catchUp(_ catchUp: CatchUp) -> String {
        let within = duration(catchUp.within)
        return switch catchUp.policy {
        case .skip: "daemon was down -> only a run at most \(duration(catchUp.lateAfter)) late"
        case .once: "daemon was down -> one run at start, if at most \(within) late"
        case .all: "daemon was down -> every run of the last \(within), at most \(catchUp.limit)"
        }
    }

    func attempts(_ definition: RunDefinition) -> String {
        let retry = definition.retry
        var text = "\(retry.times + 1)"
        if retry.times > 0 {
            text += ", wait \(duration(retry.wait))"
            if retry.factor != 1 { text += " x\(retry.factorText)" }
            text += " up to \(duration(retry.maxWait))"
            if retry.jitter > 0 { text += ", jitter \(retry.jitterPercent)%" }
        }
        guard let timeout = definition.timeout else { return text + "      no timeout" }
        let grace = duration(definition.grace)
        return text + "      timeout \(duration(timeout)) (TERM, then KILL after \(grace))"
    }

    func queue(_ name: String, limit: Int?) -> String {
        limit.map { "\(name) (\($0) at once)" } ?? name
    }

    func expires(after time: Duration) -> String {
        "not started within \(duration(time)) of due -> expired"
    }

    var atMostOnce: String {
        "at most once: an attempt whose end nobody saw leaves the run unknown"
    }

    func keeps(_ keep: KeepPolicy, atLeast: String, atMost: String) -> String {
        "runs \(duration(keep.runs)), output \(duration(keep.output)), \(atLeast) to \(atMost) runs"
    }

    func lines(_ count: Int) -> String { "\(count) line\(count == 1 ? "" : "s")" }

    func inherits(_ keys: String, from place: String) -> String {
        "\(keys) from defaults (\(place))"
    }

    func onFailure(_ command: String) -> String { "then once \(command)" }

    func place(folder: String?, user: String?, variables: [String]) -> String {
        var text = ""
        if let folder { text += ", in \(folder)" }
        if let user { text += ", as \(user)" }
        if !variables.isEmpty { text += ", with \(variables.joined(separator: " "))" }
        return text
    }

    func paused(until end: String?, reason: String, resume: String) -> String {
        (end.map { "until \($0)" } ?? "until resumed") + (reason.isEmpty ? "" : ", \(reason)")
            + "   (\(resume))"
    }

    func next(_ next: NextWords) -> String {
        switch next {
        case .disabled: "disabled"
        case .paused: "paused"
        case .ended(let cause): "no fire time left" + (cause.map { ": \(end($0))" } ?? "")
        case .leader(let name, let next):
            switch next {
            case .disabled: "\(name) is disabled"
            case .paused: "\(name) is paused"
            case .after(let leader): "\(name) comes after \(leader)"
            case .time(let time): "\(name) next \(time)"
            case .ended: "\(name) has no fire time left"
            }
        case .time(let time, let zone, let jitter, let distance):
            "next \(time)" + (zone.map { " \($0)" } ?? "")
                + (jitter.map { " + \(duration($0)) jitter" } ?? "")
                + " (\(duration(distance)))"
        }
    }

    // MARK: Other dialects, jitter

    func translated(_ translation: DialectTranslation) -> String { translation.words }

    func dialect(_ note: DialectNote) -> String {
        switch note {
        case .countsFromItsStart(let dialect):
            return
                "\(dialect.program) counts from a start of its own; here a fixed grid does not move"
                + " with restarts (`every:` with `anchor: start` does)"
        case .clockChanges(let dialect):
            let own = dialect.ownDaylight
            let gap =
                own.gap == .shift
                ? "runs a time that the clock jumps over later by as much"
                : "leaves out a time that the clock jumps over"
            let overlap =
                switch own.overlap {
                case .both: "fires in both passes of an hour that comes twice"
                case .second: "fires in the second pass only of an hour that comes twice"
                case .auto, .first: "fires in the first pass only of an hour that comes twice"
                }
            return "\(dialect.program) itself \(gap), and \(overlap):"
                + " `dst_gap: \(own.gap.rawValue)` with"
                + " `dst_overlap: \(own.overlap.rawValue)` does the same"
        }
    }

    func jitter(_ jitter: Jitter) -> String {
        let max = duration(jitter.max)
        return switch jitter.mode {
        case .stable: "each run up to \(max) after its time, always as long, by the schedule's name"
        case .random: "each run up to \(max) after its time, by the schedule's name and that time"
        }
    }

    func last(_ last: LastWords) -> String {
        var text = "\(last.state.rawValue) \(last.time)"
        if last.attempts > 1 { text += ", \(last.attempts) tries" }
        if let error = last.error { text += ", \(error)" }
        return text + "   -> downbeat logs \(last.schedule)"
    }
}

extension RetryPolicy {
    /// `2`, `1.5`.
    var factorText: String {
        factor == factor.rounded() ? String(Int(factor)) : String(factor)
    }

    var jitterPercent: Int { Int((jitter * 100).rounded()) }
}
