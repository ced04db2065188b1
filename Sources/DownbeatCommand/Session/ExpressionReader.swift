import DownbeatCore

/// Reads a rule typed on the command line: a cron expression, `every 10m`, or a time of day.
enum ExpressionReader {
    /// The trigger that a text means.
    ///
    /// - Throws: `CommandError` 64 with a caret under the part that is wrong.
    static func trigger(_ text: String) throws(CommandError) -> Trigger {
        let trimmed = text.trimming { $0 == " " || $0 == "\t" }
        do {
            if let interval = try interval(trimmed) { return .every(Interval(period: interval)) }
            return try Trigger.parseCron(trimmed)
        } catch {
            throw failure(error, text: trimmed)
        }
    }

    /// What a text of another dialect means.
    ///
    /// - Throws: `CommandError` 64 with a caret under the part that is wrong.
    static func translation(
        _ text: String,
        of dialect: CronDialect,
        zone: ZoneRules
    ) throws(CommandError) -> DialectTranslation {
        let trimmed = text.trimming { $0 == " " || $0 == "\t" }
        do {
            return try dialect.translate(trimmed, in: zone)
        } catch {
            throw failure(error, text: trimmed)
        }
    }

    /// What `--dialect` says; nil: the expressions of this program.
    static func dialect(_ word: String?) throws(CommandError) -> CronDialect? {
        guard let word else { return nil }
        guard let known = CronDialect.Word(rawValue: word) else {
            let words = CronDialect.Word.allCases.map(\.rawValue)
            throw .noSuch("dialect", word, among: words)
        }
        return known.dialect
    }

    /// Whether a text looks like a rule rather than a name.
    static func isExpression(_ text: String) -> Bool {
        let trimmed = text.trimming { $0 == " " || $0 == "\t" }
        return trimmed.contains(" ") || trimmed.hasPrefix("@") || trimmed.contains("*")
    }

    /// `every 10m` or `10m`; nil when the text is something else.
    private static func interval(_ text: String) throws(TextError) -> Duration? {
        let prefix = "every "
        if text.hasPrefix(prefix) {
            do {
                return try Interval.parsePeriod(String(text.dropFirst(prefix.count)))
            } catch {
                throw error.shifted(by: prefix.count)
            }
        }
        guard !text.contains(" "), text.first?.isNumber == true else { return nil }
        return try Interval.parsePeriod(text)
    }

    private static func failure(_ error: TextError, text: String) -> CommandError {
        let scalars = Array(text.unicodeScalars)
        let start = max(0, min(error.offset, scalars.count))
        let before = String(String.UnicodeScalarView(scalars[..<start]))
        let end = min(scalars.count, start + max(1, error.length))
        let marked = String(String.UnicodeScalarView(scalars[start..<max(start, end)]))
        let caret =
            String(repeating: " ", count: DisplayWidth.of(before))
            + String(repeating: "^", count: max(1, DisplayWidth.of(marked)))
        var remedy = "\(text)\n\(caret)"
        if let advice = error.remedy {
            // Here the dialect is an option.
            remedy += " " + advice.replacing("`dialect: ", with: "`--dialect ")
        }
        return CommandError(.usage, "[\(error.code)] \(error.message)", remedy: remedy)
    }
}
