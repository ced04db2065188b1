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

    func write() {
        session.emit(listing) {
            if let translation {
                session.line("\(translation.dialect.rawValue)  \(translation.written)")
            }
            for explanation in TriggerExplanation.all(of: rule) { write(explanation) }
            for text in [translation?.note, translation?.daylightNote(rule.daylight)] {
                if let text { session.line("      \(text)") }
            }
            for skipped in rule.skippedTimesOfAYear(from: session.now) {
                session.line("      \(skipped.words)")
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
        session.line("means \"\(explanation.sentence)\"")
        for text in [explanation.note, explanation.suggestion].compactMap(\.self) {
            session.line("      \(text)")
        }
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
        let nextTimes = nextTimes
        guard let first = nextTimes.first else { return "next  never" }
        let seconds = times.seconds(of: nextTimes)
        // The first says the year, since a rule may fire far ahead; the others lie behind it.
        let list =
            ([times.dated(first, seconds: seconds)]
            + nextTimes.dropFirst().map { times.brief($0, seconds: seconds) })
            .joined(separator: ", ")
        let more = nextTimes.count < Self.shownTimes ? "" : " .."
        return "next  \(list)\(more)   (\(times.zone.name))"
    }

    private var listing: Listing {
        Listing(
            [
                "rule", "means", "parts", "note", "suggestion", "zone", "next", "never", "dialect",
                "written",
            ],
            plain: ["rule", "means", "note", "suggestion", "zone", "never"],
            items: TriggerExplanation.all(of: rule).map { explanation in
                [
                    .string(explanation.text),
                    .string(explanation.sentence),
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
                    .text(translation?.dialect.rawValue),
                    .text(translation?.written),
                ]
            }
        )
    }
}
