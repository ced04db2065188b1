/// Reads the parts that dialects share: values, ranges, steps and lists, in each one's own numbers.
///
/// Places are byte offsets, as in `CrontabParser`, which makes the errors.
struct DialectReader {
    let dialect: CronDialect
    let parser: CrontabParser

    /// A field with the numbers that a dialect counts it by.
    struct Field {
        var field: CrontabField
        var lowest: Int
        var highest: Int
        /// What a number is larger by than the core's: 1 where Sunday is 1.
        var shift = 0

        init(_ field: CrontabField, shift: Int = 0) {
            self.field = field
            self.shift = shift
            lowest = field.lowest + shift
            highest = field.highestBit + shift
        }

        var size: Int { highest - lowest + 1 }
    }

    /// An item of a list, in the dialect's numbers; `high` is below `low` in a range that wraps.
    struct Span {
        enum Form {
            /// `*`, with a step or without.
            case star
            case value
            /// `5/15`.
            case openStep
            case range
        }

        var low: Int
        var high: Int
        var step = 1
        var form: Form
    }

    /// What a dialect takes beyond the usual.
    struct Habits: OptionSet {
        let rawValue: Int
        static let wrappingRanges = Habits(rawValue: 1)
        /// `/15` for `*/15`.
        static let bareSteps = Habits(rawValue: 2)
        /// `?` wherever `*` may stand.
        static let openMarks = Habits(rawValue: 4)
        /// A step larger than the field is refused.
        static let boundedSteps = Habits(rawValue: 8)
    }

    init(_ dialect: CronDialect, _ text: String) {
        self.dialect = dialect
        parser = CrontabParser(text)
    }

    var bytes: [UInt8] { parser.bytes }

    func string(_ range: Range<Int>) -> String { parser.string(range) }

    // MARK: Lists

    /// The items between commas; an empty one is refused.
    func items(of place: Range<Int>, _ field: CrontabField) throws(TextError) -> [Range<Int>] {
        var items: [Range<Int>] = []
        var start = place.lowerBound
        while true {
            var end = start
            while end < place.upperBound, bytes[end] != UInt8(ascii: ",") { end += 1 }
            guard end > start else {
                guard !place.isEmpty else { throw unreadable(field, place) }
                throw parser.emptyItemError(field, at: start, in: place)
            }
            items.append(start..<end)
            guard end < place.upperBound else { return items }
            start = end + 1
        }
    }

    /// An item that is no special day.
    func span(
        _ field: Field,
        _ item: Range<Int>,
        _ habits: Habits
    ) throws(TextError) -> Span {
        var position = item.lowerBound
        let first = bytes[position]
        if first == UInt8(ascii: "*") || first == UInt8(ascii: "?") && habits.contains(.openMarks) {
            position += 1
            guard position < item.upperBound else {
                return Span(low: field.lowest, high: field.highest, form: .star)
            }
            guard bytes[position] == UInt8(ascii: "/") else {
                throw parser.starError(field.field, item)
            }
            return try stepped(field, position, item, habits)
        }
        if first == UInt8(ascii: "/"), habits.contains(.bareSteps) {
            return try stepped(field, position, item, habits)
        }
        let low = try value(field, &position, in: item)
        guard position < item.upperBound else { return Span(low: low, high: low, form: .value) }
        if bytes[position] == UInt8(ascii: "/") {
            let step = try step(field, (position + 1)..<item.upperBound, in: item, habits)
            return Span(low: low, high: field.highest, step: step, form: .openStep)
        }
        guard bytes[position] == UInt8(ascii: "-") else { throw unreadable(field.field, item) }
        position += 1
        guard position < item.upperBound else { throw parser.openRangeError(field.field, item) }
        let high = try value(field, &position, in: item)
        var span = Span(low: low, high: high, form: .range)
        if position < item.upperBound {
            guard bytes[position] == UInt8(ascii: "/") else {
                throw parser.trailingError(field.field, at: position, in: item, value: nil)
            }
            span.step = try step(field, (position + 1)..<item.upperBound, in: item, habits)
        }
        guard low <= high || habits.contains(.wrappingRanges) else {
            throw backwards(field, item, low, high)
        }
        return span
    }

    /// `*/15`, or `/15`; `position` is that of the slash.
    private func stepped(
        _ field: Field,
        _ position: Int,
        _ item: Range<Int>,
        _ habits: Habits
    ) throws(TextError) -> Span {
        let step = try step(field, (position + 1)..<item.upperBound, in: item, habits)
        return Span(low: field.lowest, high: field.highest, step: step, form: .star)
    }

    /// A number or a name, in the dialect's numbers; `position` moves behind it.
    func value(
        _ field: Field,
        _ position: inout Int,
        in item: Range<Int>
    ) throws(TextError) -> Int {
        let start = position
        var value = 0
        while position < item.upperBound, parser.isDigit(bytes[position]) {
            // Long numbers are out of range whatever their last digits are.
            value = min(value * 10 + Int(bytes[position] - UInt8(ascii: "0")), 1_000_000)
            position += 1
        }
        if position > start {
            guard value >= field.lowest, value <= field.highest else {
                throw outOfRange(field, start..<position)
            }
            return value
        }
        while position < item.upperBound, parser.isLetter(bytes[position]) { position += 1 }
        guard position > start else {
            throw parser.characterError(field.field, at: start, in: item)
        }
        guard let named = field.field.value(ofName: bytes[start..<position]) else {
            throw parser.wordError(field.field, start..<position, in: item)
        }
        return named + field.shift
    }

    private func step(
        _ field: Field,
        _ place: Range<Int>,
        in item: Range<Int>,
        _ habits: Habits
    ) throws(TextError) -> Int {
        let digits = bytes[place]
        guard !digits.isEmpty, digits.allSatisfy(parser.isDigit) else {
            throw parser.stepError(field.field, place, in: item)
        }
        let step = digits.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), 1_000_000) }
        guard step > 0 else { throw parser.stepError(field.field, place, in: item) }
        // Minutes and hours begin with 0, so that the largest step is one less than their number.
        let largest = field.lowest == 0 ? field.size - 1 : field.size
        guard !habits.contains(.boundedSteps) || field.field == .year || step <= largest else {
            throw parser.error(
                TextErrorCode.badStep,
                "the step \(step) of \(field.field.words) is larger than \(largest), which"
                    + " \(dialect.program) refuses",
                place,
                remedy: "Write the value alone, or use the key `every:` for an interval"
            )
        }
        return step
    }

    // MARK: Masks

    /// Adds the values of an item.
    func insert(_ span: Span, _ field: Field, into masks: inout CrontabMasks) {
        guard field.field != .year else {
            masks.years.insert(span.low, span.high, step: span.step)
            return
        }
        let last = span.high < span.low ? span.high + field.size : span.high
        for value in stride(from: span.low, through: last, by: span.step) {
            let inside = value > field.highest ? value - field.size : value
            masks[field.field] |= 1 << UInt64(inside - field.shift)
        }
    }

    /// Whether an item is a rhythm, as `*/15` is: also `0/15`, which says the same.
    func isRhythm(_ span: Span, _ field: Field) -> Bool {
        switch span.form {
        case .star: true
        case .openStep: span.low == field.lowest
        case .value, .range: false
        }
    }

    // MARK: Errors

    func zoneError(_ range: Range<Int>) -> TextError? {
        let word = parser.split(range).first.map(string) ?? ""
        guard word.hasPrefix("TZ=") || word.hasPrefix("CRON_TZ=") else { return nil }
        return parser.error(
            TextErrorCode.zoneInExpression,
            "an expression does not name a time zone: `\(word)`",
            range.lowerBound..<(range.lowerBound + word.utf8.count),
            remedy: "Remove it and use the key `timezone:`"
        )
    }

    func outOfRange(_ field: Field, _ place: Range<Int>) -> TextError {
        let number = string(place)
        let remedy =
            switch (field.field, Int(number)) {
            case (.hour, 24): "Write 0 for midnight"
            case (.minute, 60): "Write 0 for the full hour"
            case (.dayOfWeek, _):
                "Write \(field.lowest) for Sunday to \(field.highest) for Saturday, or the names SUN"
                    + " to SAT"
            case (.dayOfMonth, 0), (.month, 0): "Begin with 1"
            default: "Write a number from \(field.lowest) to \(field.highest)"
            }
        return parser.error(
            TextErrorCode.outOfRange,
            "\(field.field.words) \(number) is out of range \(field.lowest)-\(field.highest) of"
                + " \(dialect.program)",
            place,
            remedy: remedy
        )
    }

    private func backwards(
        _ field: Field,
        _ item: Range<Int>,
        _ low: Int,
        _ high: Int
    ) -> TextError {
        let head = low == field.highest ? "\(low)" : "\(low)-\(field.highest)"
        let tail = high == field.lowest ? "\(high)" : "\(field.lowest)-\(high)"
        let wraps = field.field != .year && !string(item).utf8.contains(UInt8(ascii: "/"))
        return parser.error(
            TextErrorCode.backwardsRange,
            "the range `\(string(item))` in \(field.field.words) runs backwards, which"
                + " \(dialect.program) does not take",
            item,
            remedy: wraps ? "Write `\(head),\(tail)`" : "Begin with the lower value"
        )
    }

    func unreadable(_ field: CrontabField, _ item: Range<Int>) -> TextError {
        parser.error(
            TextErrorCode.badValue,
            "`\(string(item))` is no value of \(field.words) in \(dialect.program)",
            item,
            remedy: "Write a number, a range such as `1-5`, a list or a step"
        )
    }

    /// The number of fields is not the dialect's.
    func fieldCountError(
        _ range: Range<Int>,
        _ count: Int,
        expected: String,
        remedy: String
    ) -> TextError {
        parser.error(
            TextErrorCode.dialectFields,
            "\(dialect.program) has \(expected), \(count == 1 ? "1 was" : "\(count) were") found",
            range,
            remedy: remedy
        )
    }
}
