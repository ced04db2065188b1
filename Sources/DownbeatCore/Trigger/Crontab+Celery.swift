/// Celery's `crontab()`: five named fields that must all match, `*` when left out.
///
/// The meaning is that of Celery's documentation (`celery/schedules.py`, `crontab_parser`): ranges
/// wrap (`fri-mon`, `22-2`), a step counts from the start of its range, weekdays are 0 (Sunday) to 6,
/// blanks may stand around commas. What its parser takes by accident is refused with what was likely
/// meant: words longer than a name, names of another field, text after a range, `1_0`.
extension Crontab {
    /// Reads Celery's five fields; nil means `*`.
    ///
    /// - Throws: `TextError` whose `key` is Celery's name of the field (`day_of_week`) and whose place
    ///   counts inside that field's text.
    package init(
        celeryMinute minute: String?,
        hour: String?,
        dayOfWeek: String?,
        dayOfMonth: String?,
        monthOfYear: String?
    ) throws(TextError) {
        let texts: [(CrontabField, String?)] = [
            (.minute, minute), (.hour, hour), (.dayOfWeek, dayOfWeek), (.dayOfMonth, dayOfMonth),
            (.month, monthOfYear),
        ]
        var masks = CrontabMasks()
        var parts: [String] = []
        for (field, text) in texts {
            guard let text else {
                masks[field] = field.full
                masks.stars |= 1 << field.rawValue
                continue
            }
            let parser = CeleryFieldParser(field, text)
            masks[field] = try parser.parse()
            if parser.beginsWithStar { masks.stars |= 1 << field.rawValue }
            parts.append("\(field.celeryKey): \"\(text)\"")
        }
        self.init(text: "{" + parts.joined(separator: ", ") + "}", fields: masks, isCelery: true)
    }

    /// Whether Celery's map says nothing about the minute.
    var leavesMinuteOut: Bool { isCelery && !text.hasPrefix("{minute: ") }
}

/// Reads one field of Celery's map.
struct CeleryFieldParser {
    private let field: CrontabField
    private let parser: CrontabParser

    init(_ field: CrontabField, _ text: String) {
        self.field = field
        parser = CrontabParser(text)
    }

    var beginsWithStar: Bool { parser.bytes[parser.trimmed].first == UInt8(ascii: "*") }

    private var highest: Int { field.highestBit }

    func parse() throws(TextError) -> UInt64 {
        var mask: UInt64 = 0
        var start = 0
        do throws(TextError) {
            try parser.checkCharacters()
            while true {
                var end = start
                while end < parser.bytes.count, parser.bytes[end] != UInt8(ascii: ",") { end += 1 }
                mask |= try parseItem(trimmed(start..<end), at: start)
                guard end < parser.bytes.count else { return mask }
                start = end + 1
            }
        } catch {
            var keyed = error
            keyed.key = field.celeryKey
            throw keyed
        }
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var range = range
        while let first = parser.bytes[range].first, parser.isBlank(first) {
            range = (range.lowerBound + 1)..<range.upperBound
        }
        while let last = parser.bytes[range].last, parser.isBlank(last) {
            range = range.lowerBound..<(range.upperBound - 1)
        }
        return range
    }

    private func parseItem(_ item: Range<Int>, at place: Int) throws(TextError) -> UInt64 {
        guard !item.isEmpty else {
            guard !parser.bytes.isEmpty else {
                throw parser.error(
                    TextErrorCode.emptyItem,
                    "\(field.celeryKey) is empty",
                    0..<0,
                    remedy: "Write `*` for every value"
                )
            }
            throw parser.emptyItemError(field, at: place, in: 0..<parser.bytes.count)
        }
        var position = item.lowerBound
        if parser.bytes[position] == UInt8(ascii: "*") {
            position += 1
            let step = try parseStep(&position, in: item)
            return CrontabField.mask(field.lowest, highest, step: step)
        }
        let low = try parseValue(&position, in: item)
        guard position < item.upperBound else { return 1 << UInt64(low) }
        guard parser.bytes[position] == UInt8(ascii: "-") else {
            throw parser.bytes[position] == UInt8(ascii: "/")
                ? parser.trailingError(field, at: position, in: item, value: low)
                : accidentalError(item)
        }
        position += 1
        guard position < item.upperBound else { throw parser.openRangeError(field, item) }
        let high = try parseValue(&position, in: item)
        let step = try parseStep(&position, in: item)
        return wrappingMask(low, high, step: step)
    }

    private func wrappingMask(_ low: Int, _ high: Int, step: Int) -> UInt64 {
        guard high < low else { return CrontabField.mask(low, high, step: step) }
        let count = highest - field.lowest + 1
        var mask: UInt64 = 0
        for value in stride(from: low, through: high + count, by: step) {
            mask |= 1 << UInt64(value > highest ? value - count : value)
        }
        return mask
    }

    /// `/n` up to the end of the item; 1 when nothing is left.
    private func parseStep(_ position: inout Int, in item: Range<Int>) throws(TextError) -> Int {
        guard position < item.upperBound else { return 1 }
        guard parser.bytes[position] == UInt8(ascii: "/") else { throw accidentalError(item) }
        let place = (position + 1)..<item.upperBound
        let digits = parser.bytes[place]
        guard !digits.isEmpty, digits.allSatisfy(parser.isDigit),
            let step = Int(parser.string(place)), step > 0
        else { throw parser.stepError(field, place, in: item) }
        position = item.upperBound
        return min(step, 1_000_000)
    }

    private func parseValue(_ position: inout Int, in item: Range<Int>) throws(TextError) -> Int {
        let start = position
        var value = 0
        while position < item.upperBound, parser.isDigit(parser.bytes[position]) {
            value = min(value * 10 + Int(parser.bytes[position] - UInt8(ascii: "0")), 1_000_000)
            position += 1
        }
        if position > start {
            guard value >= field.lowest, value <= highest else {
                throw outOfRangeError(start..<position)
            }
            return value
        }
        while position < item.upperBound, parser.isLetter(parser.bytes[position]) { position += 1 }
        guard position > start else { throw parser.characterError(field, at: start, in: item) }
        guard let named = field.value(ofName: parser.bytes[start..<position]) else {
            throw wordError(start..<position, in: item)
        }
        return named
    }

    private func outOfRangeError(_ place: Range<Int>) -> TextError {
        let number = parser.string(place)
        return parser.error(
            TextErrorCode.outOfRange,
            "\(field.celeryKey) \(number) is out of range \(field.lowest)-\(highest)",
            place,
            remedy: field == .dayOfWeek
                ? "Write 0 for Sunday, 1 for Monday, or the names sun to sat"
                : parser.outOfRangeRemedy(field, number)
        )
    }

    private func wordError(_ place: Range<Int>, in item: Range<Int>) -> TextError {
        let word = parser.string(place)
        let prefix = word.lowercased().utf8.prefix(3)
        if word.utf8.count > 3, let value = field.value(ofName: prefix) {
            let names =
                field == .month ? CrontabField.monthNames : CrontabField.weekdayNames
            let name = names[value - field.lowest]
            return parser.error(
                TextErrorCode.accidentalForm,
                "`\(word)` is longer than a name; Celery looks at three letters only",
                place,
                remedy: "Write `\(name.prefix(3).lowercased())`"
            )
        }
        if let other = CrontabField.five.first(where: { $0.value(ofName: prefix) != nil }),
            other != field
        {
            return parser.error(
                TextErrorCode.accidentalForm,
                "`\(word)` is a \(other.words), which Celery would read as the number"
                    + " \(other.value(ofName: prefix) ?? 0) in \(field.celeryKey)",
                place,
                remedy: "Move it to \(other.celeryKey), or write the number"
            )
        }
        return parser.wordError(field, place, in: item)
    }

    /// Text that Celery drops or glues together.
    private func accidentalError(_ item: Range<Int>) -> TextError {
        let text = parser.string(item)
        let joined = text.filter { $0 != "_" }
        let kept = text.prefix { $0 != " " && $0 != "\t" }
        let remedy =
            joined != text
            ? "Write `\(joined)`"
            : kept.count < text.count ? "Write `\(kept)`, or a comma between two values" : nil
        return parser.error(
            TextErrorCode.accidentalForm,
            "`\(text)` in \(field.celeryKey) is read by Celery only by accident",
            item,
            remedy: remedy
        )
    }
}
