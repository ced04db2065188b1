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

    package init(_ crontab: Crontab, in language: Language = .english) {
        let phrases = language.phrases
        key = crontab.isCelery ? "crontab" : "cron"
        text = crontab.text
        parts = crontab.fieldTexts.map { field, text in
            Part(text: text, words: phrases.words(of: crontab.description(of: field)))
        }
        sentence = phrases.sentence(PatternDescription(crontab))
        note = Self.note(crontab).map(phrases.note)
        suggestion = Self.suggestion(crontab).map(phrases.suggestion)
    }

    private init(key: String, text: String, sentence: String, note: String? = nil) {
        self.key = key
        self.text = text
        parts = []
        self.sentence = sentence
        self.note = note
    }

    /// The explanations of a rule: one for each of its expressions, or one.
    package static func all(
        of rule: Rule,
        in language: Language = .english
    ) -> [TriggerExplanation] {
        switch rule.trigger {
        case .cron(let expressions): expressions.map { TriggerExplanation($0, in: language) }
        case .celery(let crontab): [TriggerExplanation(crontab, in: language)]
        case .daily(let times, let days): [daily(times, days, language)]
        case .every(let interval): [every(interval, rule.zone, language)]
        case .once(let instant): [once(instant, rule.zone, language)]
        case .after(let name): [after(name, language)]
        }
    }

    private static func daily(
        _ times: [TimeOfDay],
        _ days: DaySelection,
        _ language: Language
    ) -> TriggerExplanation {
        let list = Set(times).sorted().map(\.text).joined(separator: ", ")
        return TriggerExplanation(
            key: "at",
            text: days.isEveryDay ? list : list + " on " + days.text,
            sentence: language.phrases.sentence(PatternDescription(times: times, days: days))
        )
    }

    private static func every(
        _ interval: Interval,
        _ zone: ZoneRules,
        _ language: Language
    ) -> TriggerExplanation {
        let origin: IntervalOrigin =
            switch interval.anchor {
            case .standard: .time("2001-01-01 00:00")
            case .timeOfDay(let time): .time("2001-01-01 " + time.text)
            case .instant(let instant): .time(InstantText.localText(instant, zone: zone))
            case .start: .start
            case .lastStart: .lastStart
            case .lastEnd: .lastEnd
            }
        let (words, note) = language.phrases.interval(interval.period, from: origin)
        return TriggerExplanation(
            key: "every",
            text: DurationText.format(interval.period),
            sentence: words,
            note: note
        )
    }

    private static func once(
        _ instant: Timestamp,
        _ zone: ZoneRules,
        _ language: Language
    ) -> TriggerExplanation {
        let text = InstantText.localText(instant, zone: zone)
        return TriggerExplanation(
            key: "once",
            text: text,
            sentence: language.phrases.once(at: text)
        )
    }

    private static func after(_ name: String, _ language: Language) -> TriggerExplanation {
        let (words, note) = language.phrases.after(name)
        return TriggerExplanation(key: "after", text: name, sentence: words, note: note)
    }

    private static func note(_ crontab: Crontab) -> TriggerNote? {
        if crontab.isNever { return .neverFires }
        if crontab.isCelery { return .celery }
        let restricted = crontab.fieldTexts.filter { field, text in
            field.isDay && text != "*" && text != "?"
        }
        guard restricted.count == 2 else { return nil }
        if restricted[1].text.hasPrefix("+") { return .plus }
        return crontab.days.combination == .either ? .either : .star
    }

    private static func suggestion(_ crontab: Crontab) -> TriggerSuggestion? {
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
            return .firstWeekday(weekdays[0], cron: texts.joined(separator: " "))
        }
        let texts = crontab.fieldTexts.map { ($0.field == .dayOfWeek ? "+" : "") + $0.text }
        return .bothDays(cron: texts.joined(separator: " "))
    }
}

extension Crontab {
    /// A field as it is put into words.
    func description(of field: CrontabField) -> FieldDescription {
        switch field {
        case .second: .second(FieldValues(mask(field), of: field))
        case .minute: .minute(FieldValues(mask(field), of: field))
        case .hour: .hour(FieldValues(mask(field), of: field))
        case .month: .month(FieldValues(mask(field), of: field))
        case .year: .year(FieldValues(days.years))
        case .dayOfMonth: .monthDays(PatternDescription.MonthDays(days))
        case .dayOfWeek: .weekdays(isFull(field) ? nil : PatternDescription.Weekdays(days))
        }
    }

    /// The whole in one sentence, naming every restriction.
    package var sentence: String { EnglishPhrases().sentence(PatternDescription(self)) }

    /// `on days 1-7 of the month, or on any Monday`; `every day` when every day matches.
    func daysSentence(_ combination: DayMatcher.Combination) -> String {
        EnglishPhrases().days(PatternDescription.Days(days, combination))
    }
}
