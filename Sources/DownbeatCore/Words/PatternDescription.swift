/// What a pattern of wall times says, apart from any language: the parsed form, in the shapes that
/// sentences have.
///
/// Nothing is left out: two patterns that fire differently have different descriptions, save that what
/// a leading `*` does when clocks change is said beside it.
package struct PatternDescription: Hashable, Sendable {
    /// Days of the month.
    package struct MonthDays: Hashable, Sendable {
        /// May be empty.
        package var numbers: FieldValues
        package var includesLastDay: Bool
        /// The weekday nearest to this day; nil: not asked for.
        package var nearestWeekday: Int?
        package var includesLastWeekday: Bool
        /// So many days before the last day of the month.
        package var daysBeforeLast: [Int]
        /// The weekday nearest to the day so many days before the last; nil: not asked for.
        package var nearestBeforeLast: Int?

        /// How many days the end of the month has, when they are all of it that is selected from its
        /// end; nil when some of them are left out, or the last day alone is meant.
        package var lastDays: Int? {
            let isWhole = daysBeforeLast == Array(1..<(daysBeforeLast.count + 1))
            return includesLastDay && !daysBeforeLast.isEmpty && isWhole
                ? daysBeforeLast.count + 1 : nil
        }

        /// Numbers alone.
        package var isPlain: Bool {
            !includesLastDay && nearestWeekday == nil && !includesLastWeekday
                && daysBeforeLast.isEmpty && nearestBeforeLast == nil
        }
    }

    /// One weekday of a month: the first to the fifth, or the last.
    package struct NthWeekday: Hashable, Sendable {
        /// 1 to 5; nil: the last one.
        package var number: Int?
        /// 0 for Sunday.
        package var weekday: Int
    }

    /// Days of the week.
    package struct Weekdays: Hashable, Sendable {
        /// Runs of neighbouring weekdays from Monday on, 0 and 7 for Sunday.
        ///
        /// One that goes over the end of the week ends beyond 7. May be empty.
        package var runs: [ClosedRange<Int>]
        /// The one weekday that is left out, when six are selected; nil otherwise.
        package var exception: Int?
        /// In the order of the month.
        package var nth: [NthWeekday]
    }

    package enum Days: Hashable, Sendable {
        case every
        case monthDays(MonthDays)
        case weekdays(Weekdays)
        /// Both must match.
        case both(MonthDays, Weekdays)
        /// Either must match.
        case either(MonthDays, Weekdays)
    }

    package var clock: ClockDescription
    package var days: Days
    /// Nil: every month.
    package var months: FieldValues?
    /// Nil: every year.
    package var years: FieldValues?

    package init(_ crontab: Crontab) {
        self.init(
            clock: ClockDescription(
                seconds: FieldValues(crontab.seconds, of: .second),
                minutes: FieldValues(crontab.minutes, of: .minute),
                hours: FieldValues(UInt64(crontab.hours), of: .hour)
            ),
            days: crontab.days
        )
    }

    package init(times: [TimeOfDay], days: DaySelection) {
        self.init(clock: .times(Set(times).sorted()), days: days.matcher)
    }

    private init(clock: ClockDescription, days matcher: DayMatcher) {
        self.clock = clock
        days = Days(matcher, matcher.combination)
        let months = FieldValues(UInt64(matcher.months), of: .month)
        self.months = months.isFull ? nil : months
        years = matcher.years.isFull ? nil : FieldValues(matcher.years)
    }
}

extension PatternDescription.Days {
    /// The days of a matcher, with the combination that it has or another one.
    init(_ matcher: DayMatcher, _ combination: DayMatcher.Combination) {
        let monthDays = PatternDescription.MonthDays(matcher)
        let weekdays = PatternDescription.Weekdays(matcher)
        let isEveryDate = monthDays.numbers.isFull
        let isEveryWeekday = matcher.weekdays == DayMatcher.allWeekdays
        switch combination {
        case .both:
            switch (isEveryDate, isEveryWeekday) {
            case (true, true): self = .every
            case (false, true): self = .monthDays(monthDays)
            case (true, false): self = .weekdays(weekdays)
            case (false, false): self = .both(monthDays, weekdays)
            }
        case .either:
            let hasMonthDays = !monthDays.numbers.values.isEmpty || !monthDays.isPlain
            let hasWeekdays = !weekdays.runs.isEmpty || !weekdays.nth.isEmpty
            switch (hasMonthDays, hasWeekdays) {
            case _ where isEveryDate || isEveryWeekday: self = .every
            case (true, false): self = .monthDays(monthDays)
            case (false, _): self = .weekdays(weekdays)
            case (true, true): self = .either(monthDays, weekdays)
            }
        }
    }
}

extension PatternDescription.MonthDays {
    init(_ matcher: DayMatcher) {
        numbers = FieldValues(UInt64(matcher.daysOfMonth), of: .dayOfMonth)
        includesLastDay = matcher.includesLastDay
        let nearest = matcher.special.nearestWeekday
        includesLastWeekday = nearest == SpecialDays.lastWeekday
        let isFromEnd = nearest >= SpecialDays.lastWeekday
        nearestWeekday = nearest == 0 || isFromEnd ? nil : Int(nearest)
        nearestBeforeLast =
            nearest > SpecialDays.lastWeekday ? Int(nearest - SpecialDays.lastWeekday) : nil
        daysBeforeLast = Crontab.values(UInt64(matcher.special.daysBeforeLast))
    }
}

extension PatternDescription.Weekdays {
    init(_ matcher: DayMatcher) {
        self.init(mask: matcher.weekdays)
        nth = (0...SpecialDays.lastLane).flatMap { lane in
            let days = FieldValues(UInt64(matcher.special.weekdays(ofLane: lane)), of: .dayOfWeek)
            return days.values.map { weekday in
                PatternDescription.NthWeekday(
                    number: lane == SpecialDays.lastLane ? nil : lane + 1,
                    weekday: weekday
                )
            }
        }
    }

    /// Bits 0 (Sunday) to 6.
    private init(mask: UInt8) {
        let missing = DayMatcher.allWeekdays & ~mask
        exception = missing.nonzeroBitCount == 1 ? missing.trailingZeroBitCount : nil
        nth = []
        // From Monday on, so that a weekend is one run.
        let fromMonday = UInt64(mask & 0x7E) | UInt64(mask & 1) << 7
        runs = Crontab.ranges(fromMonday)
        // Three and more in a row may go over the end of the week: Friday to Monday.
        if runs.count > 1, let first = runs.first, let last = runs.last,
            first.lowerBound == 1, last.upperBound == 7, first.count + last.count > 2
        {
            runs.removeFirst()
            runs[runs.count - 1] = last.lowerBound...(first.upperBound + 7)
        }
    }
}

extension FieldValues {
    init(_ years: YearSet) {
        self.init(years.ranges.flatMap { Array($0) }, of: YearSet.years)
    }
}
