/// Reads a cron expression of five fields, or a nickname.
///
/// It works on UTF-8 bytes without allocating for a valid text; messages are made only when something
/// is wrong (`CrontabParser+Errors.swift`). Places are byte offsets here and become offsets in Unicode
/// scalars in the error.
struct CrontabParser {
    let text: String
    let bytes: [UInt8]
    /// What was understood but deserves a word: steps larger than their range.
    private(set) var warnings: [TextError] = []
    /// Where the five fields stand; empty for a nickname.
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
        guard fieldRanges.count == 5 else { throw fieldCountError(fieldRanges, in: range) }
        var masks = CrontabMasks()
        for field in CrontabField.allCases {
            let place = fieldRanges[field.rawValue]
            masks[field] = try parseField(field, place)
            if bytes[place.lowerBound] == UInt8(ascii: "*") { masks.stars |= 1 << field.rawValue }
        }
        return masks
    }

    private func split(_ range: Range<Int>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(5)
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

    private mutating func parseField(
        _ field: CrontabField,
        _ place: Range<Int>
    ) throws(TextError) -> UInt64 {
        var mask: UInt64 = 0
        var start = place.lowerBound
        while true {
            var end = start
            while end < place.upperBound, bytes[end] != UInt8(ascii: ",") { end += 1 }
            mask |= try parseItem(field, start..<end, in: place)
            guard end < place.upperBound else { return mask }
            start = end + 1
        }
    }

    private mutating func parseItem(
        _ field: CrontabField,
        _ item: Range<Int>,
        in place: Range<Int>
    ) throws(TextError) -> UInt64 {
        guard !item.isEmpty else { throw emptyItemError(field, at: item.lowerBound, in: place) }
        if bytes[item.lowerBound] == UInt8(ascii: "*") {
            guard item.count > 1 else { return field.full }
            let slash = item.lowerBound + 1
            guard bytes[slash] == UInt8(ascii: "/") else { throw starError(field, item) }
            let step = try parseStep(field, (slash + 1)..<item.upperBound, in: item)
            noteStep(step, field, from: field.lowest, to: field.highestBit, item)
            return CrontabField.mask(field.lowest, field.highestBit, step: step)
        }
        var position = item.lowerBound
        let low = try parseValue(field, &position, in: item)
        guard position < item.upperBound else { return bit(field, low.value) }
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
        let mask = CrontabField.mask(low.value, high.value, step: step)
        return field == .dayOfWeek ? folded(mask) : mask
    }

    /// A number or a name at `position`, which moves behind it.
    private func parseValue(
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

    private func bit(_ field: CrontabField, _ value: Int) -> UInt64 {
        1 << UInt64(field == .dayOfWeek && value == 7 ? 0 : value)
    }

    /// Moves day 7 to day 0.
    private func folded(_ mask: UInt64) -> UInt64 { (mask | mask >> 7 & 1) & 0x7F }

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
