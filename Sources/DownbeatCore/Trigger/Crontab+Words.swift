/// Expressions in English.
extension Crontab {
    /// How many times of day a sentence lists before it describes hours and minutes instead.
    private static let listedTimesMax = 6

    /// What a field says: `minute 30`, `02h`, `day of week: Monday`, `every month`.
    func words(of field: CrontabField) -> String {
        let isEvery = isFull(field)
        switch field {
        case .second, .minute:
            if isEvery { return "every \(field.words)" }
            if let step = evenStep(field) { return "every \(step) \(field.words)s" }
            let isOne = mask(field).nonzeroBitCount == 1
            return field.words + (isOne ? " " : "s ") + Self.spoken(mask(field)) { "\($0)" }
        case .hour:
            if isEvery { return "every hour" }
            if let step = evenStep(field) { return "every \(step) hours" }
            return Self.spoken(mask(field)) { Digits.two($0) + "h" }
        case .dayOfMonth:
            return isEvery ? "every day of the month" : "day of month: " + monthDayList
        case .month:
            return isEvery ? "every month" : "month: " + monthWords
        case .dayOfWeek:
            return isEvery ? "every day of the week" : "day of week: " + weekdayList
        case .year:
            return isEvery ? "every year" : "year: " + yearWords
        }
    }

    /// `1 to 7, the last day of the month`.
    private var monthDayList: String {
        let numbers = mask(.dayOfMonth)
        let parts = numbers == 0 ? [] : [Self.spoken(numbers) { "\($0)" }]
        return Self.joined(parts + specialMonthDays, "and")
    }

    /// `Monday`, `the second Friday and the last Monday of the month`.
    private var weekdayList: String {
        guard mask(.dayOfWeek) != 0 else { return Self.joined(specialWeekdays, "and") }
        return ([weekdayWords(plural: false)] + specialWeekdays).joined(separator: ", ")
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
        if !isFull(.year) { text += (isFull(.month) ? " in " : " of ") + yearWords }
        return text
    }

    /// `on days 1-7 of the month OR on any Monday`; empty when every day matches.
    func daysSentence(_ combination: DayMatcher.Combination) -> String {
        let isOneDay = mask(.dayOfMonth).nonzeroBitCount == 1 || mask(.dayOfMonth) == 0
        switch combination {
        case .both:
            switch (isFull(.dayOfMonth), isFull(.dayOfWeek)) {
            case (true, true): return ""
            case (true, false): return "on " + weekdayPhrase(plural: true, "and")
            case (false, true): return "on " + monthDayPhrase("and")
            case (false, false):
                return "on \(monthDayPhrase("or"))" + (isOneDay ? " if it is " : " that are ")
                    + weekdayPhrase(plural: !isOneDay, "or", article: isOneDay ? "a " : "")
            }
        case .either:
            if isFull(.dayOfMonth) || isFull(.dayOfWeek) { return "every day" }
            return "on \(monthDayPhrase("and")) OR on "
                + weekdayPhrase(plural: false, "or", article: "any ", expandsRanges: true)
        }
    }

    /// `days 1-7 of the month`, `day 1 and the last day of the month`.
    private func monthDayPhrase(_ conjunction: String) -> String {
        let numbers = mask(.dayOfMonth)
        var parts: [String] = []
        if numbers != 0 {
            let list = Self.progression(numbers) ?? Self.spacedList(numbers)
            let noun = numbers.nonzeroBitCount == 1 ? "day" : "days"
            parts.append("\(noun) \(list) of the month")
        }
        return Self.joined(parts + specialMonthDays, conjunction)
    }

    /// `Mondays`, `a Monday`, `any Monday or the last Friday of the month`.
    private func weekdayPhrase(
        plural: Bool,
        _ conjunction: String,
        article: String = "",
        expandsRanges: Bool = false
    ) -> String {
        var parts: [String] = []
        if mask(.dayOfWeek) != 0 {
            let words = weekdayWords(
                plural: plural,
                conjunction: conjunction,
                expandsRanges: expandsRanges
            )
            parts.append(article + words)
        }
        return Self.joined(parts + specialWeekdays, conjunction)
    }

    /// `the last day of the month`, `the weekday nearest to day 15 of the month`.
    private var specialMonthDays: [String] {
        var parts: [String] = []
        let before = Self.values(UInt64(days.special.daysBeforeLast))
        if days.includesLastDay, let farthest = before.last, farthest == before.count {
            parts.append("the last \(farthest + 1) days of the month")
        } else {
            if days.includesLastDay { parts.append("the last day of the month") }
            parts += before.map(Self.beforeLast)
        }
        switch days.special.nearestWeekday {
        case 0: break
        case SpecialDays.lastWeekday: parts.append("the last weekday (Mon-Fri) of the month")
        case let day where day > SpecialDays.lastWeekday:
            let words = Self.beforeLast(Int(day - SpecialDays.lastWeekday))
            parts.append("the weekday (Mon-Fri) nearest to \(words)")
        case let day: parts.append("the weekday (Mon-Fri) nearest to day \(day) of the month")
        }
        return parts
    }

    /// `the 3rd to last day of the month` for 2 days before the last one.
    private static func beforeLast(_ distance: Int) -> String {
        let number = distance + 1
        let ending =
            switch (number / 10, number % 10) {
            case (1, _): "th"
            case (_, 1): "st"
            case (_, 2): "nd"
            case (_, 3): "rd"
            default: "th"
            }
        return "the \(number)\(ending) to last day of the month"
    }

    /// `the second Friday of the month`, in the order of the month.
    private var specialWeekdays: [String] {
        let ordinals = ["first", "second", "third", "fourth", "fifth", "last"]
        return ordinals.enumerated().flatMap { lane, ordinal in
            Self.values(UInt64(days.special.weekdays(ofLane: lane))).map { weekday in
                "the \(ordinal) \(CrontabField.weekdayNames[weekday]) of the month"
            }
        }
    }

    private var timeSentence: String {
        guard isOnFullMinutes else { return secondSentence }
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
        if isFull(.minute) { return "every minute \(hourWords)" }
        if let step = evenStep(.minute) { return "every \(step) minutes \(hourWords)" }
        return "at \(words(of: .minute)) \(hourWords)"
    }

    /// `in the hours 09h to 17h`, `every 2 hours`.
    private var hourWords: String {
        if let step = evenStep(.hour) { return "every \(step) hours" }
        return (hours.nonzeroBitCount == 1 ? "in the hour " : "in the hours ")
            + Self.spoken(UInt64(hours)) { Digits.two($0) + "h" }
    }

    /// The times of a rule with seconds: `at 02:30:15`, `every 10 seconds of minute 45`.
    private var secondSentence: String {
        let times = hours.nonzeroBitCount * minutes.nonzeroBitCount * seconds.nonzeroBitCount
        if !isFull(.hour), times <= Self.listedTimesMax {
            return "at " + Self.joined(timesOfDay.map(\.text), "and")
        }
        let second = words(of: .second)
        let isStep = second.hasPrefix("every ")
        if isFull(.minute), isFull(.hour) {
            return isStep ? second : "at \(second) of every minute"
        }
        let lead = isStep ? second : "at " + second
        let minute =
            evenStep(.minute).map { "of every \(Self.ordinal($0)) minute" }
            ?? (isFull(.minute) ? "of every minute" : "of " + words(of: .minute))
        guard !isFull(.hour) else {
            return "\(lead) \(minute)" + (isFull(.minute) ? "" : " of every hour")
        }
        return "\(lead) \(minute) \(hourWords)"
    }

    private static func ordinal(_ number: Int) -> String {
        switch number {
        case 2: "2nd"
        case 3: "3rd"
        default: "\(number)th"
        }
    }

    /// `2027 to 2030 and 2035`.
    private var yearWords: String {
        Self.joined(
            days.years.ranges.flatMap { range in
                range.count < 3
                    ? range.map(String.init) : ["\(range.lowerBound) to \(range.upperBound)"]
            },
            "and"
        )
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
