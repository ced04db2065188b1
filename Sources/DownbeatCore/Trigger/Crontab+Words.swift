/// Expressions in English.
extension Crontab {
    /// How many times of day a sentence lists before it describes hours and minutes instead.
    private static let listedTimesMax = 6

    /// What a field says: `minute 30`, `02h`, `day of week: Monday`, `every month`.
    package func words(of fieldIndex: Int) -> String? {
        CrontabField(rawValue: fieldIndex).map(words(of:))
    }

    func words(of field: CrontabField) -> String {
        let values = Self.values(mask(field))
        switch field {
        case .minute:
            if isFull(.minute) { return "every minute" }
            if let step = evenStep(field) { return "every \(step) minutes" }
            return (values.count == 1 ? "minute " : "minutes ")
                + Self.spoken(mask(field)) { "\($0)" }
        case .hour:
            if isFull(.hour) { return "every hour" }
            if let step = evenStep(field) { return "every \(step) hours" }
            return Self.spoken(mask(field)) { Digits.two($0) + "h" }
        case .dayOfMonth:
            if isFull(.dayOfMonth) { return "every day of the month" }
            return "day of month: " + Self.spoken(mask(field)) { "\($0)" }
        case .month:
            if isFull(.month) { return "every month" }
            return "month: " + monthWords
        case .dayOfWeek:
            if isFull(.dayOfWeek) { return "every day of the week" }
            return "day of week: " + weekdayWords(plural: false)
        }
    }

    /// The whole in one sentence, naming every restriction.
    package var sentence: String {
        var text = timeSentence
        let days = daysSentence(days.combination)
        if !days.isEmpty {
            text += " " + days
        } else if text.hasPrefix("at "), !isFull(.hour) {
            text += " every day"
        }
        if !isFull(.month) { text += " in " + monthWords }
        return text
    }

    /// `on days 1-7 of the month OR on any Monday`; empty when every day matches.
    func daysSentence(_ combination: DayMatcher.Combination) -> String {
        let dayText = Self.progression(mask(.dayOfMonth)) ?? Self.spacedList(mask(.dayOfMonth))
        let isOneDay = mask(.dayOfMonth).nonzeroBitCount == 1
        let monthDays = "on \(isOneDay ? "day" : "days") \(dayText) of the month"
        let weekdays = "on " + weekdayWords(plural: true)
        switch combination {
        case .both:
            switch (isFull(.dayOfMonth), isFull(.dayOfWeek)) {
            case (true, true): return ""
            case (true, false): return weekdays
            case (false, true): return monthDays
            case (false, false):
                return monthDays + (isOneDay ? " if it is a " : " that are ")
                    + weekdayWords(plural: !isOneDay, conjunction: "or")
            }
        case .either:
            if isFull(.dayOfMonth) || isFull(.dayOfWeek) { return "every day" }
            return monthDays + " OR on any "
                + weekdayWords(plural: false, conjunction: "or", expandsRanges: true)
        }
    }

    private var timeSentence: String {
        let hourCount = hours.nonzeroBitCount
        let minuteCount = minutes.nonzeroBitCount
        if isFull(.hour) {
            if isFull(.minute) { return "every minute" }
            if let step = evenStep(.minute) { return "every \(step) minutes" }
            return "at \(words(of: .minute)) of every hour"
        }
        if hourCount * minuteCount <= Self.listedTimesMax {
            return "at " + Self.joined(timesOfDay.map(\.text), "and")
        }
        let hourText =
            evenStep(.hour).map { "every \($0) hours" }
            ?? (hourCount == 1 ? "in the hour " : "in the hours ")
            + Self.spoken(UInt64(hours)) { Digits.two($0) + "h" }
        if isFull(.minute) { return "every minute \(hourText)" }
        if let step = evenStep(.minute) { return "every \(step) minutes \(hourText)" }
        return "at \(words(of: .minute)) \(hourText)"
    }

    private var monthWords: String {
        Self.spoken(UInt64(days.months)) { CrontabField.monthNames[$0 - 1] }
    }

    private func weekdayWords(
        plural: Bool,
        conjunction: String = "and",
        expandsRanges: Bool = false
    ) -> String {
        // From Monday on, so that a weekend is one range.
        let fromMonday = UInt64(days.weekdays & 0x7E) | UInt64(days.weekdays & 1) << 7
        let name = { (day: Int) in CrontabField.weekdayNames[day % 7] + (plural ? "s" : "") }
        if expandsRanges { return Self.joined(Self.values(fromMonday).map(name), conjunction) }
        return Self.spoken(fromMonday, conjunction, name)
    }

    /// The distance of values that cover the whole field evenly from its start; nil if they do not.
    private func evenStep(_ field: CrontabField) -> Int? {
        let values = Self.values(mask(field))
        let size = field.highestBit - field.lowest + 1
        guard values.count > 1, values.count < size, size % values.count == 0 else { return nil }
        let step = size / values.count
        let isEven = values.enumerated().allSatisfy {
            $0.element == field.lowest + $0.offset * step
        }
        return isEven ? step : nil
    }

    /// `1 to 7`, `1 and 15`, `1, 10 to 12 and 20`.
    private static func spoken(
        _ mask: UInt64,
        _ conjunction: String = "and",
        _ name: (Int) -> String
    ) -> String {
        if let short = progression(mask, name) { return short }
        let parts = ranges(mask).flatMap { range in
            range.count < 3
                ? range.map(name) : ["\(name(range.lowerBound)) to \(name(range.upperBound))"]
        }
        return joined(parts, conjunction)
    }

    /// Six and more values at one distance: `1, 3, 5 .. 31`; nil for others.
    private static func progression(
        _ mask: UInt64,
        _ name: (Int) -> String = { "\($0)" }
    ) -> String? {
        let values = values(mask)
        guard values.count >= 6 else { return nil }
        let step = values[1] - values[0]
        let isEven = zip(values, values.dropFirst()).allSatisfy { $1 - $0 == step }
        guard step > 1, isEven else { return nil }
        let first = values.prefix(3).map(name).joined(separator: ", ")
        return first + " .. " + name(values[values.count - 1])
    }

    /// `1, 10-12`.
    private static func spacedList(_ mask: UInt64) -> String {
        list(mask).split(separator: ",").joined(separator: ", ")
    }

    private static func joined(_ parts: [String], _ conjunction: String) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " \(conjunction) " + last
    }
}
