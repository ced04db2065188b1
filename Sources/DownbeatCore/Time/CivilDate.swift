/// A date of the proleptic Gregorian calendar, without a zone.
///
/// Day numbers count from 1970-01-01, which is 0. The conversions are Howard Hinnant's
/// `civil_from_days` and `days_from_civil` (public domain): branch-light, O(1), and exact for every
/// year that an instant of this program can have.
package struct CivilDate: Hashable, Comparable, Sendable {
    package var year: Int
    /// 1 to 12.
    package var month: Int
    /// 1 to 31.
    package var day: Int

    /// Days in 400 years, after which dates and weekdays repeat: a multiple of seven.
    package static let daysPerCycle = 146_097

    @inline(__always)
    package init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date `dayNumber` days after 1970-01-01.
    @inline(__always)
    package init(dayNumber: Int) {
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - (Self.daysPerCycle - 1)) / Self.daysPerCycle
        let dayOfEra = UInt32(truncatingIfNeeded: shifted - era * Self.daysPerCycle)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        year = Int(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01; negative before it.
    @inline(__always)
    package var dayNumber: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = UInt32(truncatingIfNeeded: shiftedYear - era * 400)
        let shiftedMonth = UInt32(truncatingIfNeeded: month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + UInt32(truncatingIfNeeded: day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * Self.daysPerCycle + Int(dayOfEra) - 719_468
    }

    /// 0 for Sunday to 6 for Saturday.
    package var weekday: Int { Self.weekday(ofDay: dayNumber) }

    /// Whether the month has such a day.
    package var exists: Bool {
        (1...12).contains(month) && day >= 1 && day <= Self.length(ofMonth: month, year: year)
    }

    /// The weekday of a day number: 0 for Sunday to 6 for Saturday.
    @inline(__always)
    package static func weekday(ofDay dayNumber: Int) -> Int {
        let remainder = (dayNumber + 4) % 7
        return remainder >= 0 ? remainder : remainder + 7
    }

    @inline(__always)
    package static func isLeap(_ year: Int) -> Bool {
        year & 3 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// 28 to 31.
    @inline(__always)
    package static func length(ofMonth month: Int, year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : 30 + ((month + (month >> 3)) & 1)
    }

    package static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

/// What a clock and a calendar on the wall show: a date and a second of the day, without a zone.
///
/// A wall time as a number counts seconds since 1970-01-01T00:00 on that wall.
package struct CivilTime: Hashable, Sendable {
    package var date: CivilDate
    /// 0 to 86,399.
    package var secondOfDay: Int

    package static let secondsPerDay = 86_400

    package init(date: CivilDate, secondOfDay: Int) {
        self.date = date
        self.secondOfDay = secondOfDay
    }

    package init(wall: Int) {
        let day = wall.flooredQuotient(by: Self.secondsPerDay)
        date = CivilDate(dayNumber: day)
        secondOfDay = wall - day * Self.secondsPerDay
    }

    package var wall: Int { date.dayNumber * Self.secondsPerDay + secondOfDay }
    package var hour: Int { secondOfDay / 3600 }
    package var minute: Int { secondOfDay / 60 % 60 }
    package var second: Int { secondOfDay % 60 }
}

extension Int {
    /// The quotient rounded towards the past; `divisor` is positive.
    @inline(__always)
    package func flooredQuotient(by divisor: Int) -> Int {
        self >= 0 ? self / divisor : -((-(self + 1)) / divisor) - 1
    }
}
