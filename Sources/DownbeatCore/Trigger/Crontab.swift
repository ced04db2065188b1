/// A cron expression of five to seven fields, or Celery's map of five, decoded to bit masks.
///
/// Five fields are read as Vixie's cron does, strictly: what other programs read in two ways is
/// refused with the fix in the message. Days follow the star rule: when day of month or day of week
/// *begins with* `*`, both must match, otherwise either (`man 5 crontab` on Debian; its parser sets
/// the flag by the first character). Nicknames (`@hourly`) are read in lower case only.
///
/// The rest is that of the Open Cron Pattern Specification 1.1 to 1.4: a second before the minute,
/// with it a year behind the weekday, `L`, `LW`, `15W`, `5#2`, `5L` or `5#L`, `+` before the weekdays
/// for both day fields at once, `?` for `*` in a day field.
///
/// Cost: reading takes a few hundred nanoseconds.
package struct Crontab: Hashable, Sendable {
    /// The expression as written, without blanks around it; Celery's as `{minute: "0", hour: "7"}`.
    package let text: String
    /// Whether it came from Celery's map, where all five must match.
    package let isCelery: Bool
    /// Bits 0 to 59; bit 0 alone without a field for seconds.
    package let seconds: UInt64
    /// Bits 0 to 59.
    package let minutes: UInt64
    /// Bits 0 to 23.
    package let hours: UInt32
    package let days: DayMatcher
    /// Which fields begin with `*` or are `?`: bit `CrontabField.rawValue`.
    let stars: UInt8
    /// Whether no date of any year matches: `0 0 30 2 *`.
    package let isNever: Bool

    /// Reads five, six or seven fields, or a nickname.
    ///
    /// - Throws: `TextError` with a code from E0301 to E0316; it points at the part of `text`.
    package init(_ text: String) throws(TextError) {
        var parser = CrontabParser(text)
        let fields = try parser.parse()
        self.init(text: parser.trimmedText, fields: fields, isCelery: false)
    }

    init(text: String, fields: CrontabMasks, isCelery: Bool) {
        self.text = text
        self.isCelery = isCelery
        seconds = fields[.second]
        minutes = fields[.minute]
        hours = UInt32(truncatingIfNeeded: fields[.hour])
        stars = fields.stars
        var days = DayMatcher()
        days.months = UInt16(truncatingIfNeeded: fields[.month])
        days.daysOfMonth = UInt32(truncatingIfNeeded: fields[.dayOfMonth])
        days.weekdays = UInt8(truncatingIfNeeded: fields[.dayOfWeek])
        days.includesLastDay =
            fields.includesLastDay && days.daysOfMonth != DayMatcher.allDaysOfMonth
        let needsBoth =
            isCelery || fields.needsBothDays || fields.isStar(.dayOfMonth)
            || fields.isStar(.dayOfWeek)
        days.combination = needsBoth ? .both : .either
        if !fields.special.isEmpty || !fields.years.isFull {
            var special = fields.special
            special.remove(weekdays: days.weekdays)
            days.restrict(special: special, years: fields.years)
        }
        self.days = days
        isNever = days.isEmpty
    }

    /// The values of a field as a mask; not of years.
    func mask(_ field: CrontabField) -> UInt64 {
        switch field {
        case .second: seconds
        case .minute: minutes
        case .hour: UInt64(hours)
        case .dayOfMonth: UInt64(days.daysOfMonth)
        case .month: UInt64(days.months)
        case .dayOfWeek: UInt64(days.weekdays)
        case .year: preconditionFailure("years are no mask")
        }
    }

    /// Whether a field begins with `*`.
    func isStar(_ field: CrontabField) -> Bool { stars & (1 << field.rawValue) != 0 }

    /// Whether a field restricts nothing.
    func isFull(_ field: CrontabField) -> Bool {
        field == .year ? days.years.isFull : mask(field) == field.full
    }

    /// Whether it fires at full minutes only and says nothing of seconds.
    package var isOnFullMinutes: Bool { seconds == 1 && !isStar(.second) }
}

/// What the fields say, as masks, and which of them begin with `*`.
struct CrontabMasks {
    private var second: UInt64 = 1
    private var minute: UInt64 = 0
    private var hour: UInt64 = 0
    private var dayOfMonth: UInt64 = 0
    private var month: UInt64 = 0
    private var dayOfWeek: UInt64 = 0
    var years = YearSet()
    var special = SpecialDays()
    /// `L` among the days of the month.
    var includesLastDay = false
    /// `+` before the days of the week.
    var needsBothDays = false
    /// Bit `CrontabField.rawValue`.
    var stars: UInt8 = 0

    /// The mask of a field; not of years.
    subscript(field: CrontabField) -> UInt64 {
        get {
            switch field {
            case .second: second
            case .minute: minute
            case .hour: hour
            case .dayOfMonth: dayOfMonth
            case .month: month
            case .dayOfWeek: dayOfWeek
            case .year: preconditionFailure("years are no mask")
            }
        }
        set {
            switch field {
            case .second: second = newValue
            case .minute: minute = newValue
            case .hour: hour = newValue
            case .dayOfMonth: dayOfMonth = newValue
            case .month: month = newValue
            case .dayOfWeek: dayOfWeek = newValue
            case .year: preconditionFailure("years are no mask")
            }
        }
    }

    func isStar(_ field: CrontabField) -> Bool { stars & (1 << field.rawValue) != 0 }
}

extension Crontab: WallPattern {
    var isWildcard: Bool { stars & Self.clockStars != 0 }

    /// The bits of `stars` that make a wildcard.
    private static let clockStars: UInt8 =
        1 << CrontabField.second.rawValue | 1 << CrontabField.minute.rawValue
        | 1 << CrontabField.hour.rawValue

    @inline(__always)
    func firstSecond(from second: Int) -> Int? {
        guard seconds == 1 else { return firstWithSeconds(from: second) }
        return firstMinute(from: (second + 59) / 60)
    }

    /// The first matching minute of a day at or after one, as a second of the day.
    @inline(__always)
    private func firstMinute(from minute: Int) -> Int? {
        var hour = minute / 60
        let here: UInt64 = minutes &>> UInt64(truncatingIfNeeded: minute - hour * 60)
        if hour < 24, hours & (1 &<< UInt32(truncatingIfNeeded: hour)) != 0, here != 0 {
            return (minute + here.trailingZeroBitCount) * 60
        }
        hour += 1
        guard hour < 24, minutes != 0 else { return nil }
        let later = hours & (~0 &<< UInt32(truncatingIfNeeded: hour))
        guard later != 0 else { return nil }
        return later.trailingZeroBitCount * 3600 + minutes.trailingZeroBitCount * 60
    }

    private func firstWithSeconds(from second: Int) -> Int? {
        let minute = second / 60
        let here = seconds &>> UInt64(truncatingIfNeeded: second - minute * 60)
        if here != 0, firstMinute(from: minute) == minute * 60 {
            return second + here.trailingZeroBitCount
        }
        return firstMinute(from: minute + 1).map { $0 + seconds.trailingZeroBitCount }
    }

    func lastSecond(upTo second: Int) -> Int? {
        let minute = second / 60
        let here = seconds & (~0 &>> UInt64(63 - second % 60))
        if here != 0, lastMinute(upTo: minute) == minute * 60 {
            return minute * 60 + (63 - here.leadingZeroBitCount)
        }
        guard minute > 0 else { return nil }
        return lastMinute(upTo: minute - 1).map { $0 + (63 - seconds.leadingZeroBitCount) }
    }

    /// The last matching minute of a day at or before one, as a second of the day.
    private func lastMinute(upTo minute: Int) -> Int? {
        let hour = minute / 60
        let here = minutes & (~0 &>> UInt64(63 - minute % 60))
        if hours & (1 &<< UInt32(hour)) != 0, here != 0 {
            return hour * 3600 + (63 - here.leadingZeroBitCount) * 60
        }
        let earlier = hours & ~(~0 &<< UInt32(hour))
        guard earlier != 0, minutes != 0 else { return nil }
        return (31 - earlier.leadingZeroBitCount) * 3600 + (63 - minutes.leadingZeroBitCount) * 60
    }

    func countSeconds(in range: Range<Int>) -> Int {
        countSeconds(below: range.upperBound) - countSeconds(below: range.lowerBound)
    }

    private func countSeconds(below second: Int) -> Int {
        let minute = second / 60
        let whole = countMinutes(below: minute) * seconds.nonzeroBitCount
        let rest = seconds & ~(~0 &<< UInt64(second % 60))
        guard rest != 0, firstMinute(from: minute) == minute * 60 else { return whole }
        return whole + rest.nonzeroBitCount
    }

    private func countMinutes(below minute: Int) -> Int {
        let hour = minute / 60
        guard hour < 24 else { return hours.nonzeroBitCount * minutes.nonzeroBitCount }
        let whole = (hours & ~(~0 &<< UInt32(hour))).nonzeroBitCount * minutes.nonzeroBitCount
        guard hours & (1 &<< UInt32(hour)) != 0 else { return whole }
        return whole + (minutes & ~(~0 &<< UInt64(minute % 60))).nonzeroBitCount
    }
}
