/// Which dates a trigger fires on, as bit masks.
///
/// A month is answered by one mask of its matching days, so a search steps over months, and over
/// those that cannot match without looking at their days. Cost: a few nanoseconds a month; an
/// answer is found within the 400 years after which dates and weekdays repeat, or never.
package struct DayMatcher: Hashable, Sendable {
    /// How days of the month and days of the week combine.
    package enum Combination: UInt8, Sendable {
        case both
        case either
    }

    /// Bits 1 to 12.
    package var months = Self.allMonths
    /// Bits 1 to 31.
    package var daysOfMonth = Self.allDaysOfMonth
    /// Bits 0 (Sunday) to 6.
    package var weekdays = Self.allWeekdays
    /// Whether the last day of a month counts as one of `daysOfMonth`.
    package var includesLastDay = false
    package var combination = Combination.both
    /// `15W`, `LW`, `5#2`, `5L`; set by `restrict`.
    package private(set) var special = SpecialDays()
    /// The years of a year field; set by `restrict`.
    package private(set) var years = YearSet()
    /// Whether there are special days or years, which the usual search leaves out.
    private var isExtended = false

    package static let allMonths: UInt16 = 0x1FFE
    package static let allDaysOfMonth: UInt32 = 0xFFFF_FFFE
    package static let allWeekdays: UInt8 = 0x7F

    /// Months in 400 years, and the one that the search may begin in the middle of.
    private static let monthsPerCycle = 4801
    /// The first and the last day number that a year field can select: 1970-01-01, 2199-12-31.
    private static let firstYearField = 0
    private static let lastYearField = 84_005

    package init() {}

    /// Adds special days to those of the masks, and restricts the years.
    mutating func restrict(special: SpecialDays, years: YearSet) {
        self.special = special
        self.years = years
        isExtended = !special.isEmpty || !years.isFull
    }

    /// The matching days of a month, bits 1 to 31, special ones left out.
    @inline(__always)
    private func days(year: Int, month: Int, firstDayNumber: Int) -> UInt32 {
        let length = CivilDate.length(ofMonth: month, year: year)
        // The week's seven bits six times in a row; bit k is then the weekday of day k + 1.
        let weeks = UInt64(weekdays) &* 0x8_1020_4081
        let first = UInt64(truncatingIfNeeded: CivilDate.weekday(ofDay: firstDayNumber))
        let byWeekday = UInt32(truncatingIfNeeded: (weeks &>> first) &<< 1)
        let lastDay: UInt32 = includesLastDay ? 1 &<< UInt32(truncatingIfNeeded: length) : 0
        let byDay = daysOfMonth | lastDay
        let matching = combination == .both ? byDay & byWeekday : byDay | byWeekday
        let existing = (UInt64(2) &<< UInt64(truncatingIfNeeded: length)) &- 2
        return matching & UInt32(truncatingIfNeeded: existing)
    }

    /// The first matching day number at or after one; nil when there is none in 400 years.
    @inline(__always)
    func first(onOrAfter dayNumber: Int) -> Int? {
        guard !isExtended else { return extendedFirst(onOrAfter: dayNumber) }
        let date = CivilDate(dayNumber: dayNumber)
        var (year, month) = (date.year, date.month)
        var monthStart = dayNumber - (date.day - 1)
        var available: UInt32 = ~0 &<< UInt32(truncatingIfNeeded: date.day)
        for _ in 0..<Self.monthsPerCycle {
            if matches(month: month) {
                let found =
                    days(year: year, month: month, firstDayNumber: monthStart) & available
                if found != 0 { return monthStart - 1 + found.trailingZeroBitCount }
            }
            available = ~0
            let later = months & (~1 &<< UInt16(truncatingIfNeeded: month))
            if later == 0 {
                guard months != 0 else { return nil }
                year += 1
                month = months.trailingZeroBitCount
            } else {
                month = later.trailingZeroBitCount
            }
            monthStart = CivilDate(year: year, month: month, day: 1).dayNumber
        }
        return nil
    }

    /// The same with special days and years.
    @inline(never)
    private func extendedFirst(onOrAfter dayNumber: Int) -> Int? {
        let date = CivilDate(dayNumber: dayNumber)
        var (year, month) = (date.year, date.month)
        var available: UInt32 = ~0 &<< UInt32(truncatingIfNeeded: date.day)
        for _ in 0..<Self.monthsPerCycle {
            if !years.isFull, !years.contains(year) {
                guard let later = years.first(onOrAfter: year + 1) else { return nil }
                (year, month, available) = (later, 1, ~0)
            }
            if matches(month: month) {
                let monthStart = CivilDate(year: year, month: month, day: 1).dayNumber
                let found =
                    extendedDays(year: year, month: month, firstDayNumber: monthStart) & available
                if found != 0 { return monthStart - 1 + found.trailingZeroBitCount }
            }
            available = ~0
            let later = months & (~1 &<< UInt16(truncatingIfNeeded: month))
            if later == 0 {
                guard months != 0 else { return nil }
                year += 1
                month = months.trailingZeroBitCount
            } else {
                month = later.trailingZeroBitCount
            }
        }
        return nil
    }

    /// The matching days of a month, bits 1 to 31.
    private func allDays(year: Int, month: Int, firstDayNumber: Int) -> UInt32 {
        isExtended
            ? extendedDays(year: year, month: month, firstDayNumber: firstDayNumber)
            : days(year: year, month: month, firstDayNumber: firstDayNumber)
    }

    private func extendedDays(year: Int, month: Int, firstDayNumber: Int) -> UInt32 {
        guard years.isFull || years.contains(year) else { return 0 }
        let length = CivilDate.length(ofMonth: month, year: year)
        let first = CivilDate.weekday(ofDay: firstDayNumber)
        let weeks = UInt64(weekdays) &* 0x8_1020_4081
        let byWeekday =
            UInt32(truncatingIfNeeded: (weeks &>> UInt64(first)) &<< 1)
            | special.daysOfWeekdays(firstWeekday: first, length: length)
        var byDay = daysOfMonth
        if includesLastDay { byDay |= 1 &<< UInt32(length) }
        if special.daysBeforeLast != 0 { byDay |= special.daysBeforeLast(length: length) }
        if let near = special.nearestDay(firstWeekday: first, length: length) {
            byDay |= 1 &<< UInt32(near)
        }
        let matching = combination == .both ? byDay & byWeekday : byDay | byWeekday
        return matching & UInt32(truncatingIfNeeded: (UInt64(2) &<< UInt64(length)) &- 2)
    }

    /// The last matching day number at or before one and not before `floor`.
    func last(onOrBefore dayNumber: Int, notBefore floor: Int) -> Int? {
        let dayNumber = years.isFull ? dayNumber : min(dayNumber, Self.lastYearField)
        let date = CivilDate(dayNumber: dayNumber)
        var (year, month) = (date.year, date.month)
        var monthStart = dayNumber - (date.day - 1)
        var available: UInt32 = ~(~1 &<< UInt32(truncatingIfNeeded: date.day))
        for _ in 0..<Self.monthsPerCycle {
            if matches(month: month) {
                let found =
                    allDays(year: year, month: month, firstDayNumber: monthStart) & available
                if found != 0 {
                    let day = monthStart - 1 + (31 - found.leadingZeroBitCount)
                    return day >= floor ? day : nil
                }
            }
            guard monthStart > floor else { return nil }
            available = ~0
            month -= 1
            if month == 0 { (year, month) = (year - 1, 12) }
            monthStart = CivilDate(year: year, month: month, day: 1).dayNumber
        }
        return nil
    }

    /// How many days of a range match; O(months in the range).
    func count(in range: Range<Int>) -> Int {
        let range =
            years.isFull ? range : range.clamped(to: Self.firstYearField..<(Self.lastYearField + 1))
        guard !range.isEmpty else { return 0 }
        let date = CivilDate(dayNumber: range.lowerBound)
        var (year, month) = (date.year, date.month)
        var monthStart = range.lowerBound - (date.day - 1)
        var total = 0
        while monthStart < range.upperBound {
            let length = CivilDate.length(ofMonth: month, year: year)
            if matches(month: month) {
                var found = allDays(year: year, month: month, firstDayNumber: monthStart)
                if monthStart < range.lowerBound {
                    found &= ~0 << UInt32(range.lowerBound - monthStart + 1)
                }
                if monthStart + length > range.upperBound {
                    found &= ~(~0 << UInt32(range.upperBound - monthStart + 1))
                }
                total += found.nonzeroBitCount
            }
            monthStart += length
            month += 1
            if month == 13 { (year, month) = (year + 1, 1) }
        }
        return total
    }

    /// Whether no date of any year matches.
    var isEmpty: Bool {
        // 2000-01-01: any start gives the same answer, since the search covers a whole cycle.
        first(onOrAfter: years.isFull ? 10_957 : Self.firstYearField) == nil
    }

    @inline(__always)
    private func matches(month: Int) -> Bool {
        months & (1 &<< UInt16(truncatingIfNeeded: month)) != 0
    }
}
