/// Rules as text.
extension Rule {
    /// A canonical text of all that makes the rule; two rules with one text fire alike.
    ///
    /// Instants are microseconds since the epoch, so that nothing is rounded.
    package var canonicalText: String {
        var text = trigger.canonicalText + " zone " + zone.name
        if daylight.gap != .auto { text += " dst_gap \(daylight.gap.rawValue)" }
        if daylight.overlap != .auto { text += " dst_overlap \(daylight.overlap.rawValue)" }
        if let calendar { text += " calendar " + calendar.canonicalText }
        if let jitter {
            text += " jitter \(jitter.max.wholeMicroseconds) \(jitter.mode.rawValue)"
        }
        if let from { text += " from \(from.microseconds)" }
        if let until { text += " until \(until.microseconds)" }
        return text
    }

    /// As the file says it: `0 * * * *`, `every 10m`, `daily 02:30`, `at 09:00 on mon,thu`.
    ///
    /// Several expressions are joined by ` | `.
    package var ruleText: String {
        calendar.map { $0.words(after: triggerText) } ?? triggerText
    }

    private var triggerText: String {
        switch trigger {
        case .cron(let expressions):
            expressions.map(\.text).joined(separator: " | ")
        case .celery(let crontab):
            "crontab " + crontab.text
        case .daily(let times, let days):
            Self.dailyText(times, days)
        case .every(let interval):
            "every " + DurationText.format(interval.period) + anchorText(interval.anchor)
        case .once(let instant):
            "once " + InstantText.format(instant, zone: zone)
        case .after(let name):
            "after " + name
        }
    }

    /// Short words for tables: `hourly at :00`, `every 10m`, `daily 02:30`, `09:00 on the last day`.
    ///
    /// Times are those of the rule's zone. What has no short words is the text of the file; a map of
    /// Celery's, which would be long, is its sentence.
    package var summary: String {
        calendar.map { $0.words(after: triggerSummary) } ?? triggerSummary
    }

    private var triggerSummary: String {
        switch trigger {
        case .cron(let expressions):
            guard expressions.count == 1, let words = expressions[0].summary else {
                return triggerText
            }
            return words
        case .celery(let crontab):
            return crontab.summary ?? crontab.sentence
        case .daily(let times, let days):
            guard !days.isEveryDay, !days.isWeekdays else { return triggerText }
            let list = Set(times).sorted().map(\.text).joined(separator: ", ")
            return "\(list) on \(days.words)"
        case .once(let instant):
            return "once " + InstantText.localText(instant, zone: zone)
        case .every(let interval):
            return "every " + DurationText.format(interval.period)
        case .after:
            return triggerText
        }
    }

    private static func dailyText(_ times: [TimeOfDay], _ days: DaySelection) -> String {
        let list = Set(times).sorted().map(\.text).joined(separator: ", ")
        if days.isEveryDay { return "daily " + list }
        if days.isWeekdays { return "weekdays " + list }
        return "at " + list + " on " + days.text
    }

    private func anchorText(_ anchor: Interval.Anchor) -> String {
        switch anchor {
        case .standard: ""
        case .timeOfDay(let time): " from " + time.text
        case .instant(let instant): " from " + InstantText.format(instant, zone: zone)
        case .start: " from start"
        case .lastStart: " from last_start"
        case .lastEnd: " from last_end"
        }
    }
}

extension Trigger {
    /// The trigger's part of `Rule.canonicalText`.
    fileprivate var canonicalText: String {
        switch self {
        case .cron(let expressions):
            let texts = Set(expressions.map(\.canonicalText)).sorted()
            return "cron " + texts.joined(separator: " | ")
        case .celery(let crontab):
            return "cron " + crontab.canonicalText
        case .daily(let times, let days):
            let list = Set(times).sorted().map { "\($0.secondOfDay)" }.joined(separator: ",")
            return "at " + list + " on " + days.text
        case .every(let interval):
            let period = max(interval.period, Interval.shortestPeriod).wholeMicroseconds
            return "every \(period)" + Self.canonicalText(interval.anchor)
        case .once(let instant):
            return "once \(instant.microseconds)"
        case .after(let name):
            return "after " + name
        }
    }

    private static func canonicalText(_ anchor: Interval.Anchor) -> String {
        switch anchor {
        case .standard: ""
        case .timeOfDay(let time): time.secondOfDay == 0 ? "" : " anchor \(time.secondOfDay)"
        case .instant(let instant): " anchor at \(instant.microseconds)"
        case .start: " anchor start"
        case .lastStart: " anchor last_start"
        case .lastEnd: " anchor last_end"
        }
    }
}

extension Crontab {
    /// How many times of day a summary lists at most.
    private static let summaryTimesMax = 3

    /// Short words for the usual expressions; nil for others.
    var summary: String? {
        let everyHour = isFull(.hour)
        let minuteList = Self.values(minutes)
        guard isFull(.month), isFull(.year), isOnFullMinutes, days.special.isEmpty else {
            return nil
        }
        let everyDay =
            isFull(.dayOfMonth) && isFull(.dayOfWeek)
            || days.combination == .either && (isFull(.dayOfMonth) || isFull(.dayOfWeek))
        if everyHour {
            guard everyDay else { return nil }
            if minuteList.count == 1 { return "hourly at :" + Digits.two(minuteList[0]) }
            return evenStep(minuteList).map { "every \($0)m" }
        }
        guard minuteList.count * hours.nonzeroBitCount <= Self.summaryTimesMax else { return nil }
        let times = timesOfDay.map(\.text).joined(separator: ", ")
        if everyDay { return "daily " + times }
        switch (isFull(.dayOfMonth), isFull(.dayOfWeek)) {
        case (true, _):
            guard mask(.dayOfWeek) != 0x3E else { return "weekdays " + times }
            let weekdays = DaySelection.weekdayWords(days.weekdays)
            return "\(times) on \(weekdays.joined(separator: ", "))"
        case (_, true):
            let words = DaySelection.monthDayWords(
                mask(.dayOfMonth),
                last: days.includesLastDay
            )
            return "\(times) on \(words)"
        default:
            return nil
        }
    }

    /// All times of a day, in order.
    var timesOfDay: [TimeOfDay] {
        Self.values(UInt64(hours)).flatMap { hour in
            Self.values(minutes).flatMap { minute in
                Self.values(seconds).map { second in
                    TimeOfDay(secondOfDay: hour * 3600 + minute * 60 + second)
                }
            }
        }
    }

    /// The distance of minutes that cover the hour evenly from 0: 15 for 0, 15, 30, 45.
    private func evenStep(_ values: [Int]) -> Int? {
        guard values.count > 1, values[0] == 0, 60 % values.count == 0 else { return nil }
        let step = 60 / values.count
        return values.enumerated().allSatisfy { $0.element == $0.offset * step } ? step : nil
    }
}
