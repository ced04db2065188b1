/// A field of a cron expression.
///
/// The five that every expression has come first, in their order.
enum CrontabField: Int {
    case minute
    case hour
    case dayOfMonth
    case month
    case dayOfWeek
    /// Stands before the minute in expressions of six and seven fields.
    case second
    /// Stands last in expressions of seven fields; its values are a `YearSet`, not a mask.
    case year

    /// The fields of every expression, in order.
    static let five: [CrontabField] = [.minute, .hour, .dayOfMonth, .month, .dayOfWeek]
    /// The fields of the longest expression, in order.
    static let seven: [CrontabField] = [.second] + five + [.year]

    /// As messages and explanations call it.
    var words: String {
        switch self {
        case .second: "second"
        case .minute: "minute"
        case .hour: "hour"
        case .dayOfMonth: "day of month"
        case .month: "month"
        case .dayOfWeek: "day of week"
        case .year: "year"
        }
    }

    /// The key of Celery's map, which has no seconds and years.
    var celeryKey: String {
        switch self {
        case .dayOfMonth: "day_of_month"
        case .month: "month_of_year"
        case .dayOfWeek: "day_of_week"
        case .minute, .hour, .second, .year: words
        }
    }

    var lowest: Int {
        switch self {
        case .minute, .hour, .second, .dayOfWeek: 0
        case .dayOfMonth, .month: 1
        case .year: YearSet.years.lowerBound
        }
    }

    /// The highest value; 7 is Sunday in a cron expression, beside 0.
    var highest: Int {
        switch self {
        case .minute, .second: 59
        case .hour: 23
        case .dayOfMonth: 31
        case .month: 12
        case .dayOfWeek: 7
        case .year: YearSet.years.upperBound
        }
    }

    /// The highest value that has a bit of its own.
    var highestBit: Int { self == .dayOfWeek ? 6 : highest }

    /// All values as a mask; not of years.
    var full: UInt64 { Self.mask(lowest, highestBit, step: 1) }

    var isDay: Bool { self == .dayOfMonth || self == .dayOfWeek }

    /// The value of a three-letter name in any case; nil if it is none of this field's.
    func value(ofName name: some Collection<UInt8>) -> Int? {
        guard name.count == 3 else { return nil }
        let key = Self.key(name)
        switch self {
        case .second, .minute, .hour, .dayOfMonth, .year: return nil
        case .month: return Self.monthKeys.firstIndex(of: key).map { $0 + 1 }
        case .dayOfWeek: return Self.weekdayKeys.firstIndex(of: key)
        }
    }

    /// Bits from `low` to `high`, every `step`.
    static func mask(_ low: Int, _ high: Int, step: Int) -> UInt64 {
        guard step > 1 else {
            return (~0 &>> UInt64(truncatingIfNeeded: 63 - high))
                & (~0 &<< UInt64(truncatingIfNeeded: low))
        }
        var mask: UInt64 = 0
        var value = low
        while value <= high {
            mask |= 1 &<< UInt64(value)
            value += step
        }
        return mask
    }

    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
    static let weekdayNames = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    private static let monthKeys = monthNames.map { key($0.utf8.prefix(3)) }
    private static let weekdayKeys = weekdayNames.map { key($0.utf8.prefix(3)) }

    /// Three letters in lower case as one number.
    private static func key(_ letters: some Collection<UInt8>) -> UInt32 {
        letters.reduce(0) { $0 << 8 | UInt32($1 | 0x20) }
    }
}
