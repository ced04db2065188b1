/// What yields fire times, apart from zone and bounds.
package enum Trigger: Hashable, Sendable {
    /// Cron expressions; it fires when any of them does.
    case cron([Crontab])
    /// Celery's map of five fields.
    case celery(Crontab)
    /// `at` and `days`: fixed times of day, as far as daylight saving goes.
    case daily(times: [TimeOfDay], days: DaySelection)
    case every(Interval)
    case once(Timestamp)
    /// Another schedule: a slot of it comes to be when a run of that slot succeeds.
    case after(String)

    /// Reads what stands behind the key `cron`: an expression, a nickname, or `@every 90s`.
    ///
    /// - Parameters:
    ///   - text: what stands behind the key.
    ///   - name: of the schedule, which decides what `H` stands for; nil: there is no `H`.
    /// - Returns: `.cron` with one expression, or `.every` for `@every`.
    /// - Throws: `TextError` placed inside `text`.
    package static func parseCron(
        _ text: String,
        name: String? = nil
    ) throws(TextError) -> Trigger {
        let blanks = text.unicodeScalars.prefix { $0 == " " || $0 == "\t" }.count
        let word = String(text.unicodeScalars.dropFirst(blanks))
        let prefix = "@every"
        guard word.hasPrefix(prefix),
            let next = word.unicodeScalars.dropFirst(prefix.count).first,
            next == " " || next == "\t"
        else {
            do {
                guard let name else { return .cron([try Crontab(text)]) }
                return .cron([try Crontab(text, hashedBy: name)])
            } catch {
                throw CronDialect.hinting(error, text)
            }
        }
        let rest = word.unicodeScalars.dropFirst(prefix.count)
        let inner = rest.prefix { $0 == " " || $0 == "\t" }.count
        var duration = Array(rest.dropFirst(inner))
        while let last = duration.last, last == " " || last == "\t" { duration.removeLast() }
        do {
            return .every(Interval(period: try Interval.parsePeriod(String(duration))))
        } catch {
            throw error.shifted(by: blanks + prefix.count + inner)
        }
    }

    /// What is valid but seldom meant; placed inside the text of the expression it is about.
    ///
    /// What depends on a zone is not among them: see `Interval.warning(of:in:)`.
    package var warnings: [TextError] {
        switch self {
        case .cron(let expressions): expressions.flatMap(\.warnings)
        case .celery(let crontab): crontab.warnings
        case .daily, .every, .once, .after: []
        }
    }
}
