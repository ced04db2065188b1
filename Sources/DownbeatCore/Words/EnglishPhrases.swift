/// Schedules in English.
struct EnglishPhrases: Phrases {
    private static let ordinals = ["first", "second", "third", "fourth", "fifth"]

    // MARK: Patterns

    func sentence(_ pattern: PatternDescription) -> String {
        let clock = clock(pattern.clock, onEveryDay: pattern.days == .every)
        let months = pattern.months.map { Self.within($0, Self.month) }
        let years = pattern.years.map { values in Self.within(values) { "\($0)" } }
        var parts: [String]
        var glue = " "
        switch pattern.days {
        case .every:
            let isList = if case .times = pattern.clock { true } else { false }
            glue = Self.namesTimes(pattern.clock) && !isList ? ", " : " "
            parts = [clock] + (Self.namesTimes(pattern.clock) ? ["every day"] : [])
            parts += [months].compactMap(\.self)
        case .monthDays(let days):
            let date = monthDays(days, of: pattern.months)
            parts = [clock, "on \(date)"]
            // January 1, 2027: one date.
            if let year = pattern.years?.only, date.last?.isNumber == true {
                return "\(clock) on \(date), \(year)"
            }
        case .weekdays(let days):
            let isNthAlone = days.runs.isEmpty
            if days.exception == nil, days.nth.isEmpty, days.runs.contains(where: { $0.count > 2 })
            {
                glue = ", "
                parts = [clock, Self.joined(days.runs.flatMap(Self.short).map(range), "and")]
            } else {
                parts = [clock, weekdaysAlone(days, of: isNthAlone ? pattern.months : nil)]
            }
            if let months, !isNthAlone { parts.append(months) }
        case .both(let monthDays, let weekdays):
            glue = ", "
            parts = ["\(clock) \(both(monthDays, weekdays, of: pattern.months))"]
        case .either:
            let parts = [clock + " " + days(pattern.days)]
            return (parts + [months, years].compactMap { $0.map { "only \($0)" } })
                .joined(separator: ", ")
        }
        return (parts + [years].compactMap(\.self)).joined(separator: glue)
    }

    func days(_ days: PatternDescription.Days) -> String {
        switch days {
        case .every: return "every day"
        case .monthDays(let days): return "on " + monthDays(days, of: nil)
        case .weekdays(let days): return weekdaysAlone(days, of: nil)
        case .both(let monthDays, let weekdays): return both(monthDays, weekdays, of: nil)
        case .either(let monthDays, let weekdays):
            return "on \(self.monthDays(monthDays, of: nil)), or on \(any(weekdays))"
        }
    }

    func words(of field: FieldDescription) -> String {
        switch field {
        case .second(let values): return Self.field(values, "second")
        case .minute(let values): return Self.field(values, "minute")
        case .hour(let values):
            if values.isFull { return "every hour" }
            if let cycle = values.cycle, cycle.first == 0 { return "every \(cycle.step) hours" }
            return Self.list(values, "and") { Digits.two($0) + "h" }
        case .monthDays(let days):
            guard !days.numbers.isFull else { return "every day of the month" }
            let numbers = days.numbers.values.isEmpty ? [] : [Self.list(days.numbers, "and")]
            let special = specialMonthDays(days).map { $0 + " of the month" }
            return "day of month: " + Self.joined(numbers + special, "and")
        case .month(let values):
            return values.isFull ? "every month" : "month: " + Self.list(values, "and", Self.month)
        case .weekdays(nil): return "every day of the week"
        case .weekdays(let days?):
            let names = days.runs.flatMap(Self.short).map(range)
            return "day of week: " + Self.joined(names + nth(days, of: "the month"), "and")
        case .year(let values):
            return values.isFull ? "every year" : "year: " + Self.list(values, "and")
        }
    }

    // MARK: Times of day

    /// Whether a clock's words are times of day, which a day makes whole.
    private static func namesTimes(_ clock: ClockDescription) -> Bool {
        switch clock {
        case .times: true
        case .hours(_, _, let isCycle): !isCycle
        case .minutes(_, let hours), .seconds(_, let hours): hours != .every
        case .secondsOfMinutes(_, let clock): namesTimes(clock)
        }
    }

    private func clock(_ clock: ClockDescription, onEveryDay: Bool) -> String {
        switch clock {
        case .times(let times):
            return "at " + Self.joined(TimeOfDay.texts(times), "and")
        case .hours(let step, let spans, let isCycle):
            let lead = step == 1 ? "every hour" : "every \(step) hours"
            // Over a day off the hours do not go on at one distance: their span is named then.
            if isCycle, onEveryDay { return "\(lead), starting at \(spans[0].lowerBound.text)" }
            return "\(lead) \(Self.spans(spans))"
        case .minutes(let minutes, let hours):
            return self.minutes(minutes, hours)
        case .seconds(let seconds, let hours):
            return self.seconds(seconds, hours)
        case .secondsOfMinutes(let seconds, let minutes):
            return Self.secondsOfMinute(seconds) + ", "
                + self.clock(minutes, onEveryDay: onEveryDay)
        }
    }

    private func minutes(
        _ minutes: FieldValues,
        _ hours: ClockDescription.HourDescription
    ) -> String {
        if let cycle = minutes.cycle {
            let lead = cycle.step == 1 ? "every minute" : "every \(cycle.step) minutes"
            let last = minutes.domain.upperBound - cycle.step + cycle.first + 1
            switch hours {
            case .every where cycle.first == 0: return lead
            case .every:
                let noun = cycle.first == 1 ? "minute" : "minutes"
                return "\(lead), starting at \(cycle.first) \(noun) past the hour"
            case .runs(let runs):
                return "\(lead) "
                    + Self.spans(
                        runs.map { ClosedRange(hours: $0, from: cycle.first * 60, to: last * 60) }
                    )
            case .list(let list) where cycle.first == 0:
                return "\(lead) in the hours starting at \(Self.hours(list))"
            case .list: break
            }
        }
        let lead = "at \(Self.list(minutes, "and")) minute\(minutes.only == 1 ? "" : "s") past"
        switch hours {
        case .every: return minutes.only == 0 ? "every hour on the hour" : "\(lead) every hour"
        case .runs(let runs):
            let parts = runs.map { run in
                let (first, last) = (Self.clock(run.lowerBound), Self.clock(run.upperBound))
                return first == last ? first : "every hour from \(first) to \(last)"
            }
            return "\(lead) \(Self.joined(parts, "and"))"
        case .list(let list): return "\(lead) \(Self.hours(list))"
        }
    }

    private func seconds(
        _ seconds: FieldValues,
        _ hours: ClockDescription.HourDescription
    ) -> String {
        if let cycle = seconds.cycle {
            let lead = cycle.step == 1 ? "every second" : "every \(cycle.step) seconds"
            let last = 59 * 60 + seconds.domain.upperBound - cycle.step + cycle.first + 1
            switch hours {
            case .every where cycle.first == 0: return lead
            case .every: return "\(lead), starting at second \(cycle.first) of the minute"
            case .runs(let runs):
                return "\(lead) "
                    + Self.spans(runs.map { ClosedRange(hours: $0, from: cycle.first, to: last) })
            case .list(let list) where cycle.first == 0:
                return "\(lead) in the hours starting at \(Self.hours(list))"
            case .list: break
            }
        }
        let lead = "at \(Self.field(seconds, "second")) of every minute"
        switch hours {
        case .every: return lead
        case .runs(let runs):
            return "\(lead) "
                + Self.spans(runs.map { ClosedRange(hours: $0, from: 0, to: 59 * 60) })
        case .list(let list): return "\(lead) in the hours starting at \(Self.hours(list))"
        }
    }

    private static func secondsOfMinute(_ seconds: FieldValues) -> String {
        let words = field(seconds, "second")
        return (words.hasPrefix("every") ? words : "at \(words)") + " of the minute"
    }

    /// `from 09:00 to 12:45 and at 18:00`.
    private static func spans(_ spans: [ClosedRange<TimeOfDay>]) -> String {
        joined(
            spans.map { span in
                let texts = TimeOfDay.texts([span.lowerBound, span.upperBound])
                return texts[0] == texts[1] ? "at \(texts[0])" : "from \(texts[0]) to \(texts[1])"
            },
            "and"
        )
    }

    /// `00:00, 02:00, 04:00 … 22:00`.
    private static func hours(_ hours: FieldValues) -> String { list(hours, "and", clock) }

    private static func clock(_ hour: Int) -> String {
        TimeOfDay(secondOfDay: hour * 3600).text
    }

    // MARK: Days

    /// `days 1-7 of the month`, `the last day of February`, `January 1`.
    private func monthDays(
        _ days: PatternDescription.MonthDays,
        of months: FieldValues?,
        _ conjunction: String = "and"
    ) -> String {
        let numbers = Self.list(days.numbers, conjunction, to: "-")
        if let month = months?.only, days.isPlain { return "\(Self.month(month)) \(numbers)" }
        let noun = days.numbers.only == nil ? "days" : "day"
        let parts =
            (days.numbers.values.isEmpty ? [] : ["\(noun) \(numbers)"]) + specialMonthDays(days)
        return "\(Self.joined(parts, conjunction)) of \(Self.ofMonths(months))"
    }

    private func specialMonthDays(_ days: PatternDescription.MonthDays) -> [String] {
        var parts: [String] = []
        if let count = days.lastDays {
            parts.append("the last \(count) days")
        } else {
            if days.includesLastDay { parts.append("the last day") }
            parts += days.daysBeforeLast.map(Self.beforeLast)
        }
        if days.includesLastWeekday { parts.append("the last weekday (Mon-Fri)") }
        if let distance = days.nearestBeforeLast {
            parts.append("the weekday (Mon-Fri) nearest to \(Self.beforeLast(distance))")
        }
        if let day = days.nearestWeekday {
            parts.append("the weekday (Mon-Fri) nearest to day \(day)")
        }
        return parts
    }

    /// `the 3rd to last day` for 2 days before the last one.
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
        return "the \(number)\(ending) to last day"
    }

    /// `the month`, `January and July`, `every month from June to August`.
    private static func ofMonths(_ months: FieldValues?) -> String {
        guard let months else { return "the month" }
        let isOneRun = months.runs.count == 1 && months.values.count > 2
        return (isOneRun ? "every month from " : "") + list(months, "and", month)
    }

    /// `in March and May`, `from June to August`.
    private static func within(_ values: FieldValues, _ name: (Int) -> String) -> String {
        let isOneRun = values.runs.count == 1 && values.values.count > 2
        return (isOneRun ? "from " : "in ") + list(values, "and", name)
    }

    private func both(
        _ monthDays: PatternDescription.MonthDays,
        _ weekdays: PatternDescription.Weekdays,
        of months: FieldValues?
    ) -> String {
        let lead = "on \(self.monthDays(monthDays, of: months))"
        let nth = nth(weekdays, of: "the month")
        if nth.isEmpty, let exception = weekdays.exception {
            return "\(lead), unless it is a \(Self.weekday(exception))"
        }
        let names = weekdays.runs.flatMap(Self.short).map { run in
            run.count == 1 ? "a \(range(run))" : "a day from \(range(run))"
        }
        return "\(lead), if it is \(Self.joined(names + nth, "or"))"
    }

    /// `any Monday or Thursday`, `any day from Monday to Friday`.
    private func any(_ days: PatternDescription.Weekdays) -> String {
        let nth = nth(days, of: "the month")
        if let exception = days.exception {
            return Self.joined(["any day but \(Self.weekday(exception))"] + nth, "or on")
        }
        let names = days.runs.flatMap(Self.short).map { run in
            run.count == 1 ? "any \(range(run))" : "any day from \(range(run))"
        }
        return Self.joined(names + nth, "or")
    }

    /// `on Mondays and Thursdays`, `Monday to Friday`, `every day except Fridays`.
    private func weekdaysAlone(
        _ days: PatternDescription.Weekdays,
        of months: FieldValues?
    ) -> String {
        let nth = nth(days, of: Self.ofMonths(months))
        if let exception = days.exception {
            let lead = "every day except \(Self.weekday(exception))s"
            return nth.isEmpty ? lead : "\(lead), and on \(Self.joined(nth, "and"))"
        }
        let names = days.runs.flatMap(Self.short).map { run in
            let first = Self.weekday(run.lowerBound) + "s"
            return run.count == 1 ? first : "\(first) to \(Self.weekday(run.upperBound))s"
        }
        return "on " + Self.joined(names + nth, "and")
    }

    /// `the second Friday of the month`, in the order of the month.
    private func nth(_ days: PatternDescription.Weekdays, of month: String) -> [String] {
        days.nth.map { day in
            let ordinal = day.number.map { Self.ordinals[$0 - 1] } ?? "last"
            return "the \(ordinal) \(Self.weekday(day.weekday)) of \(month)"
        }
    }

    /// `Monday`, `Monday to Friday`.
    private func range(_ run: ClosedRange<Int>) -> String {
        let first = Self.weekday(run.lowerBound)
        return run.count == 1 ? first : "\(first) to \(Self.weekday(run.upperBound))"
    }

    /// Two neighbours are two days.
    private static func short(_ run: ClosedRange<Int>) -> [ClosedRange<Int>] {
        run.count == 2 ? run.map { $0...$0 } : [run]
    }

    static func weekday(_ day: Int) -> String { CrontabField.weekdayNames[day % 7] }
    private static func month(_ month: Int) -> String { CrontabField.monthNames[month - 1] }

    // MARK: Lists

    /// `every minute`, `every 5 minutes`, `minute 30`, `minutes 0, 7, 14 … 56`.
    private static func field(_ values: FieldValues, _ noun: String) -> String {
        if values.isFull { return "every \(noun)" }
        if let cycle = values.cycle, cycle.first == 0 { return "every \(cycle.step) \(noun)s" }
        return "\(noun)\(values.only == nil ? "s" : "") \(list(values, "and"))"
    }

    private static func list(
        _ values: FieldValues,
        _ conjunction: String,
        _ name: (Int) -> String = { "\($0)" },
        to word: String = " to "
    ) -> String {
        switch values.series {
        case .progression(let first, let last):
            return first.map(name).joined(separator: ", ") + " … " + name(last)
        case .ranges(let ranges):
            let parts = ranges.map { range in
                range.count == 1
                    ? name(range.lowerBound)
                    : name(range.lowerBound) + word + name(range.upperBound)
            }
            return joined(parts, conjunction)
        }
    }

    static func joined(_ parts: [String], _ conjunction: String) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " \(conjunction) " + last
    }
}
