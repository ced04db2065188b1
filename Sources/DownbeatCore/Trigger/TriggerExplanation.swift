/// A trigger taken apart for people: what `explain` shows.
package struct TriggerExplanation: Hashable, Sendable {
    /// One field of an expression.
    package struct Part: Hashable, Sendable {
        /// As written: `1-7`.
        package var text: String
        /// In words: `day of month: 1 to 7`.
        package var words: String
    }

    /// The key of the schedule file: `cron`, `crontab`, `at`, `every`, `once` or `after`.
    package var key: String
    /// The trigger as written, without the key.
    package var text: String
    /// The fields of a cron expression or of Celery's map, in cron's order; else empty.
    package var parts: [Part]
    /// What it means, in a sentence that names every restriction.
    package var sentence: String
    /// A rule that explains the sentence; nil when there is nothing surprising.
    package var note: String?
    /// What to write if something else was meant, introduced by words; nil if nothing is likely.
    package var suggestion: String?

    package init(_ crontab: Crontab) {
        key = crontab.isCelery ? "crontab" : "cron"
        text = crontab.text
        parts = crontab.fieldTexts.map { field, text in
            Part(text: text, words: crontab.words(of: field))
        }
        sentence = crontab.sentence
        note = Self.note(crontab)
        suggestion = Self.suggestion(crontab)
    }

    private init(key: String, text: String, sentence: String, note: String? = nil) {
        self.key = key
        self.text = text
        parts = []
        self.sentence = sentence
        self.note = note
    }

    /// The explanations of a rule: one for each of its expressions, or one.
    package static func all(of rule: Rule) -> [TriggerExplanation] {
        switch rule.trigger {
        case .cron(let expressions): expressions.map(TriggerExplanation.init)
        case .celery(let crontab): [TriggerExplanation(crontab)]
        case .daily(let times, let days): [daily(times, days)]
        case .every(let interval): [every(interval, rule.zone)]
        case .once(let instant): [once(instant, rule.zone)]
        case .after(let name): [after(name)]
        }
    }

    private static func daily(_ times: [TimeOfDay], _ days: DaySelection) -> TriggerExplanation {
        let list = Set(times).sorted().map(\.text).joined(separator: ", ")
        let dayText =
            days.isEveryDay
            ? "every day"
            : days.isWeekdays
                ? "from Monday to Friday"
                : "on " + days.text.split(separator: ",").map(Self.dayWords).joined(separator: ", ")
        return TriggerExplanation(
            key: "at",
            text: days.isEveryDay ? list : list + " on " + days.text,
            sentence: "at \(list) \(dayText)"
        )
    }

    private static func dayWords(_ item: Substring) -> String {
        if item == "last" { return "the last day of the month" }
        if item == "weekdays" { return "Monday to Friday" }
        if let words = countedWords(item) { return words }
        if item.first?.isNumber == true { return "day \(item) of the month" }
        let names = item.split(separator: "-").map { short in
            CrontabField.weekdayNames.first { $0.lowercased().hasPrefix(short) } ?? String(short)
        }
        return names.joined(separator: " to ")
    }

    /// `the first Monday of the month`; nil for items that count no weekday.
    private static func countedWords(_ item: Substring) -> String? {
        let parts = item.split(separator: " ")
        let ordinals = ["first", "second", "third", "fourth", "fifth", "last"]
        guard parts.count == 2,
            let lane = DaySelection.ordinals.firstIndex(of: String(parts[0])),
            let name = CrontabField.weekdayNames.first(where: {
                $0.lowercased().hasPrefix(parts[1])
            })
        else { return nil }
        return "the \(ordinals[lane]) \(name) of the month"
    }

    private static func every(_ interval: Interval, _ zone: ZoneRules) -> TriggerExplanation {
        let period = DurationText.format(interval.period)
        let (sentence, note): (String, String) =
            switch interval.anchor {
            case .standard:
                (
                    "every \(period), counted from Monday 2001-01-01 00:00",
                    "a fixed grid: restarts do not move it"
                )
            case .timeOfDay(let time):
                (
                    "every \(period), counted from 2001-01-01 \(time.text)",
                    "a fixed grid: restarts do not move it"
                )
            case .instant(let instant):
                (
                    "every \(period), counted from \(InstantText.localText(instant, zone: zone))",
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
        return TriggerExplanation(key: "every", text: period, sentence: sentence, note: note)
    }

    private static func once(_ instant: Timestamp, _ zone: ZoneRules) -> TriggerExplanation {
        let text = InstantText.localText(instant, zone: zone)
        return TriggerExplanation(key: "once", text: text, sentence: "once, at \(text)")
    }

    private static func after(_ name: String) -> TriggerExplanation {
        TriggerExplanation(
            key: "after",
            text: name,
            sentence: "when a run of \(name) that has a slot succeeds, for the same slot",
            note: "manual runs of \(name) have no slot; a retry has the slot of its run"
        )
    }

    private static func note(_ crontab: Crontab) -> String? {
        if crontab.isNever { return "no month has such a day: it never fires" }
        if crontab.isCelery {
            return "Celery's rule: all five fields must match; those left out are `*`."
        }
        let restricted = crontab.fieldTexts.filter { field, text in
            field.isDay && text != "*" && text != "?"
        }
        guard restricted.count == 2 else { return nil }
        if restricted[1].text.hasPrefix("+") {
            return "`+` before the day of week: both day fields must match."
        }
        return crontab.days.combination == .either
            ? "classic cron rule: when both day fields are set, either one matches."
            : "classic cron rule: when a day field begins with `*`, both must match."
    }

    private static func suggestion(_ crontab: Crontab) -> String? {
        guard !crontab.isCelery, crontab.days.combination == .either else { return nil }
        let weekdays = Crontab.values(crontab.mask(.dayOfWeek))
        let isFirstWeek = crontab.canonicalText(of: .dayOfMonth) == "1-7"
        if isFirstWeek, weekdays.count == 1, crontab.days.special.isEmpty {
            let texts = crontab.fieldTexts.map { field, text in
                switch field {
                case .dayOfMonth: "*"
                case .dayOfWeek: text + "#1"
                case .second, .minute, .hour, .month, .year: text
                }
            }
            return "If you meant the first \(CrontabField.weekdayNames[weekdays[0]]) only:"
                + "  cron: \"\(texts.joined(separator: " "))\""
        }
        let texts = crontab.fieldTexts.map { ($0.field == .dayOfWeek ? "+" : "") + $0.text }
        return "If you meant days that match both:  cron: \"\(texts.joined(separator: " "))\""
    }
}
