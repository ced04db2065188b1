/// Which dialect a text that the core form refuses is most likely of.
extension CronDialect {
    /// The error with a word about the dialect in which the text is right; as it is when the text does
    /// not look like another dialect, or is wrong there too.
    static func hinting(_ error: TextError, _ text: String) -> TextError {
        guard let dialect = likely(of: text, refusedWith: error.code) else { return error }
        var hinting = error
        let hint = "or as \(dialect.program) means it, add `dialect: \(dialect.rawValue)`"
        hinting.remedy =
            error.remedy.map { "\($0); \(hint)" }
            ?? "To have it as \(dialect.program) means it, add `dialect: \(dialect.rawValue)`"
        return hinting
    }

    private static func likely(of text: String, refusedWith code: String) -> CronDialect? {
        let words = text.split { $0 == " " || $0 == "\t" }
        let isOpen = words.contains("?")
        let isCall = ["cron(", "rate(", "at("].contains { text.hasPrefix($0) }
        let isCalendar = text.utf8.contains(UInt8(ascii: ":")) || text.contains("*-")
        let candidates: [(CronDialect, Bool)] = [
            (.eventbridge, isCall || words.count == 6 && (isOpen || code == extraField)),
            (.quartz, (6...7).contains(words.count) && isOpen),
            (.robfig, words.count == 5 && code == TextErrorCode.stepWithoutRange),
            (.systemd, isCalendar),
        ]
        return candidates.first { dialect, looksSo in
            guard looksSo else { return false }
            // Whatever is wrong with it there, it is no hint then.
            return (try? dialect.translate(text, in: .utc)) != nil
        }?.0
    }

    private static let extraField = TextErrorCode.extraField
}
