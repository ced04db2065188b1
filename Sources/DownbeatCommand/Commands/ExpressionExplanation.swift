import DownbeatCore

/// An expression drawn with what each of its fields says.
struct ExpressionExplanation {
    let rule: Rule
    /// Nil: the expression is of the core form.
    let translation: DialectTranslation?
    let times: TimeText
    let session: Session

    /// Fire times in the last line.
    private static let shownTimes = 3

    private var language: Language { session.explanationLanguage }
    private var phrases: any Phrases { language.phrases }

    func write() {
        session.emit(listing) {
            if let translation {
                session.line("\(translation.dialect.rawValue)  \(translation.written)")
            }
            for explanation in TriggerExplanation.all(of: rule, in: language) { write(explanation) }
            let notes = [translation?.note, translation?.daylightNote(rule.daylight)]
            for text in notes.compactMap(\.self).map(phrases.dialect) + clocks {
                session.line("      \(text)")
            }
            session.line(nextLine)
        }
    }

    private func write(_ explanation: TriggerExplanation) {
        let key = DisplayWidth.padded(explanation.key, to: 4)
        if explanation.parts.isEmpty {
            session.line("\(key)  \(explanation.text)")
        } else {
            drawParts(explanation, key: key)
        }
        session.line(phrases.means(explanation.sentence))
        for text in [explanation.note, explanation.suggestion].compactMap(\.self) {
            session.line("      \(text)")
        }
    }

    /// What clock changes of the next year do, and those of a day that is shown.
    private var clocks: [String] {
        let effects = rule.clockEffects(after: session.now)
        let days = nextTimes.map { rule.zone.civilTime(at: $0).date }
        let changes = zip(days, nextTimes).compactMap { date, time -> String? in
            guard !effects.contains(where: { $0.date == date }),
                let change = rule.zone.change(onDayOf: time)
            else { return nil }
            return phrases.change(change, on: TimeText.day(date, in: language))
        }
        var unique: [String] = []
        for text in effects.map(phrases.clockEffect) + changes where !unique.contains(text) {
            unique.append(text)
        }
        return unique
    }

    /// The fields with a line from each down to its words, the last field's first.
    private func drawParts(_ explanation: TriggerExplanation, key: String) {
        let texts = explanation.parts.map(\.text)
        let lead = DisplayWidth.of(key) + 2
        session.line("\(key)  \(texts.joined(separator: " "))")
        var columns: [Int] = []
        var column = lead
        for text in texts {
            columns.append(column)
            column += DisplayWidth.of(text) + 1
        }
        let end = (columns.last ?? lead) + 2
        for index in explanation.parts.indices.reversed() {
            var line = Self.bars(columns[..<index])
            line += String(repeating: " ", count: columns[index] - DisplayWidth.of(line)) + "`"
            line += String(repeating: "-", count: max(2, end - columns[index])) + " "
            session.line(line + explanation.parts[index].words)
        }
    }

    private static func bars(_ columns: ArraySlice<Int>) -> String {
        var line = ""
        for column in columns {
            line += String(repeating: " ", count: column - line.count) + "|"
        }
        return line
    }

    private var nextTimes: [Timestamp] {
        rule.fireTimes(after: session.now, upTo: .distantFuture, limit: Self.shownTimes)
    }

    private var nextLine: String {
        let times = times.inLanguage(language)
        let nextTimes = nextTimes
        let seconds = times.seconds(of: nextTimes)
        // The first says the year, since a rule may fire far ahead; the others lie behind it.
        let texts = nextTimes.enumerated().map { index, time in
            index == 0 ? times.dated(time, seconds: seconds) : times.brief(time, seconds: seconds)
        }
        return phrases.nextTimes(
            texts,
            hasMore: nextTimes.count == Self.shownTimes,
            zone: times.zone.name
        )
    }

    private var listing: Listing {
        Listing(
            [
                "rule", "means", "parts", "note", "suggestion", "zone", "next", "never", "clocks",
                "dialect", "written",
            ],
            plain: ["rule", "means", "note", "suggestion", "zone", "never"],
            items: TriggerExplanation.all(of: rule, in: language).map { explanation in
                [
                    .string(explanation.text),
                    .string(phrases.standing(explanation.sentence)),
                    .array(
                        explanation.parts.map {
                            .members(["text": .string($0.text), "means": .string($0.words)])
                        }
                    ),
                    .text(explanation.note),
                    .text(explanation.suggestion),
                    .string(times.zone.name),
                    .array(nextTimes.map { times.json($0) }),
                    .bool(rule.firesNever),
                    .array(clocks.map(JSONValue.string)),
                    .text(translation?.dialect.rawValue),
                    .text(translation?.written),
                ]
            }
        )
    }
}
