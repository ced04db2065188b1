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
    let pattern: CronPattern
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

    /// Reads what `canonicalText` gives, which may say more than an expression of a file: `L-2`.
    package init(canonicalText: String) throws(TextError) {
        var parser = CrontabParser(canonicalText)
        parser.readsDaysBeforeLast = true
        self.init(text: canonicalText, fields: try parser.parse(), isCelery: false)
    }

    /// An expression of another dialect as masks; its text is `compactText`.
    init(translated fields: CrontabMasks) {
        var fields = fields
        if fields.needsBothDays { fields.settleStars() }
        let unnamed = Crontab(text: "", fields: fields, isCelery: false)
        self.init(text: unnamed.compactText, fields: fields, isCelery: false)
    }

    init(text: String, fields: CrontabMasks, isCelery: Bool) {
        self.text = text
        self.isCelery = isCelery
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
            if days.daysOfMonth == DayMatcher.allDaysOfMonth { special.daysBeforeLast = 0 }
            days.restrict(special: special, years: fields.years)
        }
        pattern = CronPattern(
            seconds: fields[.second],
            minutes: fields[.minute],
            hours: UInt32(truncatingIfNeeded: fields[.hour]),
            days: days,
            stars: fields.stars
        )
        isNever = days.isEmpty
    }

    /// Bits 0 to 59; bit 0 alone without a field for seconds.
    package var seconds: UInt64 { pattern.seconds }
    /// Bits 0 to 59.
    package var minutes: UInt64 { pattern.minutes }
    /// Bits 0 to 23.
    package var hours: UInt32 { pattern.hours }
    package var days: DayMatcher { pattern.days }
    /// Whether second, minute or hour begins with `*`, so that the rhythm matters more than the time.
    package var isWildcard: Bool { pattern.isWildcard }

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
    func isStar(_ field: CrontabField) -> Bool { pattern.stars & (1 << field.rawValue) != 0 }

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

    /// Puts stars where a text that needs both day fields has them: for a field that restricts nothing,
    /// and not behind `+`.
    mutating func settleStars() {
        let full = [CrontabField.dayOfMonth, .dayOfWeek].filter { self[$0] == $0.full }
        for field in full { stars |= 1 << field.rawValue }
        if full.isEmpty { stars &= ~(1 << CrontabField.dayOfWeek.rawValue) }
    }

    func isStar(_ field: CrontabField) -> Bool { stars & (1 << field.rawValue) != 0 }
}
