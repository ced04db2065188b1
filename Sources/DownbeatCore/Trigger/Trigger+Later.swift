/// Moving a trigger by minutes, for plans that spread load.
extension Trigger {
    /// The same trigger some minutes later on the wall.
    ///
    /// It can be written in a file as it is: other minutes and hours of an expression, other times of
    /// `at`, another `anchor`. Nil where that cannot be said without changing what else the rule does:
    /// times that would reach the next day, every minute, a step that begins with `*`, an interval
    /// that counts from an event, a single instant, what follows another schedule.
    ///
    /// - Parameter minutes: 0 to less than a day.
    /// - Returns: the trigger, or nil as above.
    package func later(byMinutes minutes: Int) -> Trigger? {
        guard minutes > 0 else { return minutes == 0 ? self : nil }
        switch self {
        case .cron(let expressions):
            var moved: [Crontab] = []
            for expression in expressions {
                guard let later = expression.later(byMinutes: minutes) else { return nil }
                moved.append(later)
            }
            return .cron(moved)
        case .celery(let crontab):
            return crontab.later(byMinutes: minutes).map { .celery($0) }
        case .daily(let times, let days):
            let moved = times.map { TimeOfDay(secondOfDay: $0.secondOfDay + minutes * 60) }
            guard moved.allSatisfy({ $0.secondOfDay < CivilTime.secondsPerDay }) else { return nil }
            return .daily(times: moved, days: days)
        case .every(let interval):
            return interval.later(byMinutes: minutes).map { .every($0) }
        case .once, .after:
            return nil
        }
    }

    /// What a file says in the place of the trigger: `at: "02:37"`, `cron: "7 3 * * *"`,
    /// `anchor: "00:03"`; nil for what `later` cannot move.
    package var fileText: String? {
        switch self {
        case .cron(let expressions):
            let texts = expressions.map { "\"\($0.text)\"" }
            guard texts.count > 1 else { return texts.first.map { "cron: \($0)" } }
            return "cron: [" + texts.joined(separator: ", ") + "]"
        case .celery(let crontab):
            return "crontab: " + crontab.text
        case .daily(let times, _):
            let texts = Set(times).sorted().map { "\"\($0.text)\"" }
            guard texts.count > 1 else { return texts.first.map { "at: \($0)" } }
            return "at: [" + texts.joined(separator: ", ") + "]"
        case .every(let interval):
            switch interval.anchor {
            case .standard: return "anchor: \"00:00\""
            case .timeOfDay(let time): return "anchor: \"\(time.text)\""
            case .instant(let instant):
                return "anchor: \"\(InstantText.format(instant, zone: .utc))\""
            case .start, .lastStart, .lastEnd: return nil
            }
        case .once, .after:
            return nil
        }
    }
}

extension Interval {
    fileprivate func later(byMinutes minutes: Int) -> Interval? {
        guard .seconds(minutes * 60) < period else { return nil }
        let moved: Anchor
        switch anchor {
        case .standard: moved = .timeOfDay(TimeOfDay(secondOfDay: minutes * 60))
        case .timeOfDay(let time):
            let second = time.secondOfDay + minutes * 60
            guard second < CivilTime.secondsPerDay else { return nil }
            moved = .timeOfDay(TimeOfDay(secondOfDay: second))
        case .instant(let instant): moved = .instant(instant + .seconds(minutes * 60))
        case .start, .lastStart, .lastEnd: return nil
        }
        return Interval(period: period, anchor: moved)
    }
}

extension Crontab {
    private static let allMinutes: UInt64 = (1 << 60) - 1

    /// The expression with other minutes and, where an hour is reached, other hours.
    fileprivate func later(byMinutes minutes: Int) -> Crontab? {
        let mask = self.minutes
        guard !isNever, mask != Self.allMinutes, !isStar(.minute) else { return nil }
        let values = Self.values(mask).map { $0 + minutes }
        let carries = Set(values.map { $0 / 60 })
        let newMinutes = values.reduce(UInt64(0)) { $0 | 1 << UInt64($1 % 60) }
        var newHours = UInt64(hours)
        if carries != [0] {
            if isFull(.hour) {
                // Every hour has the same minutes, so only the first and the last of all days differ.
                guard minutes < 60, isEveryDay else { return nil }
            } else {
                guard carries.count == 1, let carry = carries.first, !isStar(.hour),
                    newHours >> UInt64(24 - carry) == 0
                else { return nil }
                newHours <<= UInt64(carry)
            }
        }
        let hourText = newHours == UInt64(hours) ? nil : Self.list(newHours)
        return replacing(minute: Self.list(newMinutes), hour: hourText)
    }

    private var isEveryDay: Bool {
        isFull(.dayOfMonth) && isFull(.dayOfWeek) && isFull(.month) && isFull(.year)
            && days.special.isEmpty
    }

    private func replacing(minute: String, hour: String?) -> Crontab? {
        var texts: [CrontabField: String] = [:]
        for (field, text) in fieldTexts { texts[field] = text }
        texts[.minute] = minute
        if let hour { texts[.hour] = hour }
        guard isCelery else {
            let fields = fieldTexts.map(\.field)
            // A text that cannot be read again, with an `H` in it, is one that cannot be moved.
            return try? Crontab(fields.compactMap { texts[$0] }.joined(separator: " "))
        }
        func written(_ field: CrontabField) -> String? {
            texts[field].flatMap { $0 == "*" ? nil : $0 }
        }
        // As above.
        return try? Crontab(
            celeryMinute: minute,
            hour: written(.hour),
            dayOfWeek: written(.dayOfWeek),
            dayOfMonth: written(.dayOfMonth),
            monthOfYear: written(.month)
        )
    }
}
