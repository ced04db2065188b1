/// A cron expression of five fields, or Celery's map of five, decoded to bit masks.
///
/// Five fields are read as Vixie's cron does, strictly: what other programs read in two ways is
/// refused with the fix in the message. Days follow the star rule: when day of month or day of week
/// *begins with* `*`, both must match, otherwise either (`man 5 crontab` on Debian; its parser sets
/// the flag by the first character). Nicknames (`@hourly`) are read in lower case only.
///
/// Cost: reading takes a few hundred nanoseconds.
package struct Crontab: Hashable, Sendable {
    /// The expression as written, without blanks around it; Celery's as `{minute: "0", hour: "7"}`.
    package let text: String
    /// Whether it came from Celery's map, where all five must match.
    package let isCelery: Bool
    /// Bits 0 to 59.
    package let minutes: UInt64
    /// Bits 0 to 23.
    package let hours: UInt32
    package let days: DayMatcher
    /// Which fields begin with `*`: bit `CrontabField.rawValue`.
    let stars: UInt8
    /// Whether no date of any year matches: `0 0 30 2 *`.
    package let isNever: Bool

    /// Reads five fields or a nickname.
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
        minutes = fields[.minute]
        hours = UInt32(truncatingIfNeeded: fields[.hour])
        stars = fields.stars
        var days = DayMatcher()
        days.months = UInt16(truncatingIfNeeded: fields[.month])
        days.daysOfMonth = UInt32(truncatingIfNeeded: fields[.dayOfMonth])
        days.weekdays = UInt8(truncatingIfNeeded: fields[.dayOfWeek])
        let needsBoth = isCelery || fields.isStar(.dayOfMonth) || fields.isStar(.dayOfWeek)
        days.combination = needsBoth ? .both : .either
        self.days = days
        isNever = days.isEmpty
    }

    /// The values of a field as a mask.
    func mask(_ field: CrontabField) -> UInt64 {
        switch field {
        case .minute: minutes
        case .hour: UInt64(hours)
        case .dayOfMonth: UInt64(days.daysOfMonth)
        case .month: UInt64(days.months)
        case .dayOfWeek: UInt64(days.weekdays)
        }
    }

    /// Whether a field begins with `*`.
    func isStar(_ field: CrontabField) -> Bool { stars & (1 << field.rawValue) != 0 }

    /// Whether a field has all of its values.
    func isFull(_ field: CrontabField) -> Bool { mask(field) == field.full }
}

/// The values of the five fields as masks, and which of them begin with `*`.
struct CrontabMasks {
    private var minute: UInt64 = 0
    private var hour: UInt64 = 0
    private var dayOfMonth: UInt64 = 0
    private var month: UInt64 = 0
    private var dayOfWeek: UInt64 = 0
    /// Bit `CrontabField.rawValue`.
    var stars: UInt8 = 0

    subscript(field: CrontabField) -> UInt64 {
        get {
            switch field {
            case .minute: minute
            case .hour: hour
            case .dayOfMonth: dayOfMonth
            case .month: month
            case .dayOfWeek: dayOfWeek
            }
        }
        set {
            switch field {
            case .minute: minute = newValue
            case .hour: hour = newValue
            case .dayOfMonth: dayOfMonth = newValue
            case .month: month = newValue
            case .dayOfWeek: dayOfWeek = newValue
            }
        }
    }

    func isStar(_ field: CrontabField) -> Bool { stars & (1 << field.rawValue) != 0 }
}

extension Crontab: WallPattern {
    var isWildcard: Bool { isStar(.minute) || isStar(.hour) }

    @inline(__always)
    func firstSecond(from second: Int) -> Int? {
        let minute = (second + 59) / 60
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

    func lastSecond(upTo second: Int) -> Int? {
        let minute = second / 60
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
        let minute = (second + 59) / 60
        let hour = minute / 60
        guard hour < 24 else { return hours.nonzeroBitCount * minutes.nonzeroBitCount }
        let whole = (hours & ~(~0 &<< UInt32(hour))).nonzeroBitCount * minutes.nonzeroBitCount
        guard hours & (1 &<< UInt32(hour)) != 0 else { return whole }
        return whole + (minutes & ~(~0 &<< UInt64(minute % 60))).nonzeroBitCount
    }
}
