/// Reads a cron expression of five to seven fields, or a nickname.
///
/// It works on UTF-8 bytes without allocating for a valid text; messages are made only when something
/// is wrong (`CrontabParser+Errors.swift`). Places are byte offsets here and become offsets in Unicode
/// scalars in the error.
struct CrontabParser {
    let text: String
    let bytes: [UInt8]
    /// What was understood but deserves a word: steps larger than their range.
    private(set) var warnings: [TextError] = []
    /// Whether `L-2` and `L-2W` are read, which only translations of other dialects have.
    var readsDaysBeforeLast = false
    /// Where the fields stand, in the order written; empty for a nickname.
    private(set) var fieldRanges: [Range<Int>] = []

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    private static let nicknames: [(name: String, expression: String)] = [
        ("@hourly", "0 * * * *"),
        ("@daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"),
        ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 1 *"),
    ]

    /// The five fields that a nickname stands for; nil if it is none.
    static func expression(ofNickname name: String) -> String? {
        nicknames.first { $0.name == name }?.expression
    }

    static var nicknameList: String { nicknames.map(\.name).joined(separator: " ") }

    /// The bytes without blanks at either end.
    var trimmed: Range<Int> {
        var range = 0..<bytes.count
        while let first = bytes[range].first, isBlank(first) {
            range = (range.lowerBound + 1)..<range.upperBound
        }
        while let last = bytes[range].last, isBlank(last) {
            range = range.lowerBound..<(range.upperBound - 1)
        }
        return range
    }

    var trimmedText: String {
        let range = trimmed
        return range.count == bytes.count ? text : string(range)
    }

    mutating func parse() throws(TextError) -> CrontabMasks {
        try checkCharacters()
        let range = trimmed
        if bytes[range].first == UInt8(ascii: "@") {
            guard let expression = Self.expression(ofNickname: string(range)) else {
                throw nicknameError(range)
            }
            var parser = CrontabParser(expression)
            return try parser.parse()
        }
        fieldRanges = split(range)
        if let error = shapeError(fieldRanges, in: range) { throw error }
        var masks = CrontabMasks()
        let hasSeconds = fieldRanges.count > CrontabField.five.count
        let fields = hasSeconds ? CrontabField.seven : CrontabField.five
        for (field, place) in zip(fields, fieldRanges) {
            try parseField(field, place, into: &masks)
        }
        return masks
    }

    /// Where a field stands; nil when the expression does not have it.
    func place(of field: CrontabField) -> Range<Int>? {
        let hasSeconds = fieldRanges.count > CrontabField.five.count
        let fields = hasSeconds ? CrontabField.seven : CrontabField.five
        guard let index = fields.firstIndex(of: field), index < fieldRanges.count else {
            return nil
        }
        return fieldRanges[index]
    }

    /// The words between blanks.
    func split(_ range: Range<Int>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(7)
        var start: Int?
        for index in range {
            if isBlank(bytes[index]) {
                if let begun = start { ranges.append(begun..<index) }
                start = nil
            } else if start == nil {
                start = index
            }
        }
        if let start { ranges.append(start..<range.upperBound) }
        return ranges
    }

    /// Reads a field with what goes for it as a whole: `?`, the star, the plus.
    private mutating func parseField(
        _ field: CrontabField,
        _ place: Range<Int>,
        into masks: inout CrontabMasks
    ) throws(TextError) {
        var list = place
        switch bytes[place.lowerBound] {
        case UInt8(ascii: "*"):
            masks.stars |= 1 << field.rawValue
        case UInt8(ascii: "?") where field.isDay && place.count == 1:
            masks.stars |= 1 << field.rawValue
            masks[field] = field.full
            return
        case UInt8(ascii: "+") where field == .dayOfWeek:
            masks.needsBothDays = true
            list = (place.lowerBound + 1)..<place.upperBound
            guard !list.isEmpty else { throw loneModifierError(field, place) }
        default:
            break
        }
        if field == .year { masks.years = .none }
        if field == .second { masks[.second] = 0 }
        try parseList(field, list, into: &masks)
        // Day 7 is day 0.
        if field == .dayOfWeek { masks[field] = (masks[field] | masks[field] >> 7 & 1) & 0x7F }
    }

    private mutating func parseList(
        _ field: CrontabField,
        _ place: Range<Int>,
        into masks: inout CrontabMasks
    ) throws(TextError) {
        var start = place.lowerBound
        while true {
            var end = start
            while end < place.upperBound, bytes[end] != UInt8(ascii: ",") { end += 1 }
            let item = start..<end
            var isSpecial = false
            if field.isDay { isSpecial = try parseSpecial(field, item, in: place, into: &masks) }
            if !isSpecial {
                let values = try parseItem(field, item, in: place)
                if field == .year {
                    masks.years.insert(values.low, values.high, step: values.step)
                } else {
                    masks[field] |= CrontabField.mask(values.low, values.high, step: values.step)
                }
            }
            guard end < place.upperBound else { return }
            start = end + 1
        }
    }

    /// The values of an item: from `low` to `high`, every `step`.
    private mutating func parseItem(
        _ field: CrontabField,
        _ item: Range<Int>,
        in place: Range<Int>
    ) throws(TextError) -> (low: Int, high: Int, step: Int) {
        guard !item.isEmpty else { throw emptyItemError(field, at: item.lowerBound, in: place) }
        if bytes[item.lowerBound] == UInt8(ascii: "*") {
            guard item.count > 1 else { return (field.lowest, field.highestBit, 1) }
            let slash = item.lowerBound + 1
            guard bytes[slash] == UInt8(ascii: "/") else { throw starError(field, item) }
            let step = try parseStep(field, (slash + 1)..<item.upperBound, in: item)
            noteStep(step, field, from: field.lowest, to: field.highestBit, item)
            return (field.lowest, field.highestBit, step)
        }
        var position = item.lowerBound
        let low = try parseValue(field, &position, in: item)
        guard position < item.upperBound else { return (low.value, low.value, 1) }
        guard bytes[position] == UInt8(ascii: "-") else {
            throw trailingError(field, at: position, in: item, value: low.value)
        }
        position += 1
        guard position < item.upperBound else { throw openRangeError(field, item) }
        var high = try parseValue(field, &position, in: item)
        // Sunday at the end of a range is day 7, so that `FRI-SUN` means what it says.
        if field == .dayOfWeek, high.isName, high.value == 0, low.value > 0 { high.value = 7 }
        var step = 1
        if position < item.upperBound {
            guard bytes[position] == UInt8(ascii: "/") else {
                throw trailingError(field, at: position, in: item, value: nil)
            }
            step = try parseStep(field, (position + 1)..<item.upperBound, in: item)
        }
        guard low.value <= high.value else {
            throw backwardsError(field, item, low: low.value, high: high.value, step: step)
        }
        if step > 1 { noteStep(step, field, from: low.value, to: high.value, item) }
        return (low.value, high.value, step)
    }

    /// A number or a name at `position`, which moves behind it.
    func parseValue(
        _ field: CrontabField,
        _ position: inout Int,
        in item: Range<Int>
    ) throws(TextError) -> (value: Int, isName: Bool) {
        let start = position
        var value = 0
        while position < item.upperBound, isDigit(bytes[position]) {
            // Long numbers are out of range whatever their last digits are.
            value = min(value * 10 + Int(bytes[position] - UInt8(ascii: "0")), 1_000_000)
            position += 1
        }
        if position > start {
            guard value >= field.lowest, value <= field.highest else {
                throw rangeError(field, start..<position)
            }
            return (value, false)
        }
        while position < item.upperBound, isLetter(bytes[position]) { position += 1 }
        guard position > start else { throw characterError(field, at: start, in: item) }
        guard let named = field.value(ofName: bytes[start..<position]) else {
            throw wordError(field, start..<position, in: item)
        }
        return (named, true)
    }

    private func parseStep(
        _ field: CrontabField,
        _ place: Range<Int>,
        in item: Range<Int>
    ) throws(TextError) -> Int {
        var step = 0
        for index in place {
            guard isDigit(bytes[index]) else { throw stepError(field, place, in: item) }
            step = min(step * 10 + Int(bytes[index] - UInt8(ascii: "0")), 1_000_000)
        }
        guard step > 0 else { throw stepError(field, place, in: item) }
        return step
    }

    private mutating func noteStep(
        _ step: Int,
        _ field: CrontabField,
        from low: Int,
        to high: Int,
        _ item: Range<Int>
    ) {
        guard step > high - low else { return }
        warnings.append(stepWarning(field, low: low, item))
    }

    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
    func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
