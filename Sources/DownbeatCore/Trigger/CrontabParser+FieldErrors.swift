/// What `CrontabParser` says when a field is refused: what is wrong, where, and what to type instead.
extension CrontabParser {
    func emptyItemError(_ field: CrontabField, at place: Int, in range: Range<Int>) -> TextError {
        // The comma without a neighbour is what can be seen.
        let comma = place < range.upperBound ? place : place - 1
        return error(
            TextErrorCode.emptyItem,
            "an empty item in the list of \(field.words) `\(string(range))`",
            comma..<(comma + 1),
            remedy: "Remove the comma or add the value"
        )
    }

    func starError(_ field: CrontabField, _ item: Range<Int>) -> TextError {
        let next = item.lowerBound + 1
        if bytes[next] == UInt8(ascii: "-") {
            return error(
                TextErrorCode.badRange,
                "`*` cannot begin a range in \(field.words) `\(string(item))`",
                item,
                remedy: "Write `*` alone or a range such as `\(field.lowest)-5`"
            )
        }
        return error(
            TextErrorCode.badValue,
            "`*` is followed by `\(string(next..<item.upperBound))` in \(field.words)",
            item,
            remedy: "Write `*/\(string(next..<item.upperBound).filter(\.isNumber).orFive)`"
                + " for a step, or the value alone"
        )
    }

    func rangeError(_ field: CrontabField, _ place: Range<Int>) -> TextError {
        let number = string(place)
        return error(
            TextErrorCode.outOfRange,
            "\(field.words) \(number) is out of range \(field.lowest)-\(field.highest)",
            place,
            remedy: outOfRangeRemedy(field, number)
        )
    }

    func outOfRangeRemedy(_ field: CrontabField, _ number: String) -> String? {
        switch (field, Int(number)) {
        case (.hour, 24): "Write 0 for midnight"
        case (.minute, 60): "Write 0 for the full hour"
        case (.dayOfWeek, _): "Write 0 or 7 for Sunday, 1 for Monday, or the names SUN to SAT"
        case (.dayOfMonth, 0), (.month, 0): "Begin with 1"
        default: nil
        }
    }

    func openRangeError(_ field: CrontabField, _ item: Range<Int>) -> TextError {
        error(
            TextErrorCode.badRange,
            "the range `\(string(item))` in \(field.words) has no end",
            item,
            remedy: "Write both ends, such as `1-5`"
        )
    }

    func backwardsError(
        _ field: CrontabField,
        _ item: Range<Int>,
        low: Int,
        high: Int,
        step: Int
    ) -> TextError {
        error(
            TextErrorCode.backwardsRange,
            "the range `\(string(item))` in \(field.words) runs backwards",
            item,
            remedy: "Write `\(Self.unwrapped(field, low: low, high: high, step: step))`"
        )
    }

    /// The list that a wrapping range most likely means: `22-2` is `22-23,0-2`.
    private static func unwrapped(_ field: CrontabField, low: Int, high: Int, step: Int) -> String {
        let top = field.highestBit
        if step > 1 {
            var values: [Int] = []
            for value in stride(from: low, through: top + 1 + high - field.lowest, by: step) {
                values.append(value <= top ? value : value - top - 1 + field.lowest)
            }
            return values.sorted().map(String.init).joined(separator: ",")
        }
        if field == .dayOfWeek, low == 7 { return high == 0 ? "0" : "0-\(high)" }
        if field == .dayOfWeek, high == 0 { return low == 6 ? "6,0" : "\(low)-7" }
        let first = low == top ? "\(top)" : "\(low)-\(top)"
        let second = high == field.lowest ? "\(high)" : "\(field.lowest)-\(high)"
        return first + "," + second
    }

    func stepError(_ field: CrontabField, _ place: Range<Int>, in item: Range<Int>) -> TextError {
        if item.lowerBound + 1 >= place.lowerBound, bytes[item.lowerBound] == UInt8(ascii: "/") {
            return stepAloneError(field, item)
        }
        let text = string(place)
        let message =
            place.isEmpty
            ? "the step of \(field.words) `\(string(item))` is missing"
            : Int(text) == 0
                ? "a step of 0 in \(field.words) never moves on"
                : "`\(text)` is no step in \(field.words)"
        return error(
            TextErrorCode.badStep,
            message,
            place.isEmpty ? item : place,
            remedy: "Write a whole number from 1, as in `*/5` or `10-20/5`"
        )
    }

    private func stepAloneError(_ field: CrontabField, _ item: Range<Int>) -> TextError {
        error(
            TextErrorCode.stepWithoutRange,
            "a step in \(field.words) needs `*` or a range before it",
            item,
            remedy: "Write `*\(string(item).count > 1 ? string(item) : "/5")`"
        )
    }

    func stepWarning(_ field: CrontabField, low: Int, _ item: Range<Int>) -> TextError {
        let effect =
            switch field {
            case .second: "it fires once a minute, at second \(low)"
            case .minute: "it fires hourly, at minute \(low)"
            case .hour: "it fires daily, at hour \(low)"
            case .dayOfMonth: "it fires monthly, on day \(low)"
            case .month: "it fires yearly, in \(CrontabField.monthNames[low - 1])"
            case .dayOfWeek: "it fires weekly, on \(CrontabField.weekdayNames[low % 7])"
            case .year: "it fires in \(low) only"
            }
        return error(
            TextErrorCode.stepBeyondRange,
            "the step of \(field.words) `\(string(item))` is larger than its range; \(effect)",
            item,
            remedy: "Write `\(low)`, or use `every:` for an interval"
        )
    }

    /// Something that is neither a digit nor a letter where a value should be.
    func characterError(_ field: CrontabField, at place: Int, in item: Range<Int>) -> TextError {
        guard place < item.upperBound else { return openRangeError(field, item) }
        let one = place..<(place + 1)
        switch bytes[place] {
        case UInt8(ascii: "-"):
            return error(
                TextErrorCode.badRange,
                "the range `\(string(item))` in \(field.words) is not two values with one `-`",
                item,
                remedy: "Write both ends, such as `1-5`"
            )
        case UInt8(ascii: "/"):
            return stepAloneError(field, item)
        case UInt8(ascii: "?"):
            return error(
                TextErrorCode.badValue,
                field.isDay
                    ? "`?` must be the whole field of \(field.words)"
                    : "`?` in \(field.words): only the two day fields can be left open",
                one,
                remedy: "Write `*`"
            )
        case UInt8(ascii: "+"):
            return error(
                TextErrorCode.badValue,
                "`+` stands before the whole field of day of week, not in \(field.words)"
                    + " `\(string(item))`",
                one,
                remedy: "Remove it, or write it as the first character: `+MON,FRI`"
            )
        case UInt8(ascii: "@"):
            return error(
                TextErrorCode.badNickname,
                "the nickname `\(string(item))` stands among fields",
                item,
                remedy: "Write the nickname alone, or five fields"
            )
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            return error(
                TextErrorCode.badValue,
                "a quotation mark is part of the expression",
                one,
                remedy: "Quote the expression once"
            )
        default:
            return valueError(field, item)
        }
    }

    /// Letters that are no name of the field.
    func wordError(_ field: CrontabField, _ place: Range<Int>, in item: Range<Int>) -> TextError {
        let word = string(place)
        let upper = word.uppercased()
        if upper == "H" || upper == "R" {
            return error(
                TextErrorCode.otherDialect,
                upper == "H"
                    ? "`H` in \(field.words) is not read so, or there is no name to hash"
                    : "`R` of other programs, a random value, is not read in \(field.words)",
                place,
                remedy: upper == "H"
                    ? "Write `H`, `H/15`, `H(0-29)` or `H(0-29)/10`, in a schedule that has a name"
                    : "Write a value"
            )
        }
        return nameError(field, word, place, item)
    }

    private func nameError(
        _ field: CrontabField,
        _ word: String,
        _ place: Range<Int>,
        _ item: Range<Int>
    ) -> TextError {
        guard field == .month || field == .dayOfWeek else {
            return ["L", "W", "LW"].contains(word.uppercased()) || field.isDay
                ? valueError(field, item)
                : error(
                    TextErrorCode.badName,
                    "\(field.words) has no names: `\(word)`",
                    place,
                    remedy: "Write a number from \(field.lowest) to \(field.highest)"
                )
        }
        let names = field == .month ? CrontabField.monthNames : CrontabField.weekdayNames
        let list = names.map { $0.prefix(3).uppercased() }.joined(separator: " ")
        let full = names.first { name in
            word.count > 3 && name.lowercased().hasPrefix(word.lowercased())
        }
        return error(
            TextErrorCode.badName,
            full == nil
                ? "`\(word)` is no name of a \(field.words)"
                : "names of a \(field.words) have three letters: `\(word)`",
            place,
            remedy: full.map { "Write `\($0.prefix(3).uppercased())`" } ?? "The names are \(list)"
        )
    }

    /// Characters left over behind a value.
    func trailingError(
        _ field: CrontabField,
        at place: Int,
        in item: Range<Int>,
        value: Int?
    ) -> TextError {
        let rest = place..<item.upperBound
        switch bytes[place] {
        case UInt8(ascii: "/"):
            let low = value ?? field.lowest
            let step = string(rest)
            let isLast = low + (Int(step.dropFirst()) ?? 1) > field.highestBit
            return error(
                TextErrorCode.stepWithoutRange,
                "a step in \(field.words) needs `*` or a range before it: `\(string(item))`",
                item,
                remedy: isLast
                    ? "Write `\(low)`"
                    : "Write `\(low)-\(field.highestBit)\(step)` for every"
                        + " \(step.dropFirst()) from \(low) on"
            )
        case UInt8(ascii: "-"):
            return error(
                TextErrorCode.badRange,
                "the range `\(string(item))` in \(field.words) is not two values with one `-`",
                item,
                remedy: "Write both ends, such as `1-5`"
            )
        case UInt8(ascii: "~"):
            return error(
                TextErrorCode.otherDialect,
                "`~`, a random value of other programs, is not read in \(field.words)",
                item,
                remedy: "Write one value"
            )
        default:
            return valueError(field, item)
        }
    }

    private func valueError(_ field: CrontabField, _ item: Range<Int>) -> TextError {
        let special =
            switch field {
            case .dayOfMonth: ", `L` for the last day"
            case .dayOfWeek: ", `5#2` for the second Friday"
            case .second, .minute, .hour, .month, .year: ""
            }
        let example = field == .year ? "`2027-2030`" : "`1-5`"
        return error(
            TextErrorCode.badValue,
            "`\(string(item))` is no value of \(field.words)",
            item,
            remedy: "Write a number from \(field.lowest) to \(field.highest), a range \(example),"
                + " a list `\(field == .year ? "2027,2029" : "1,3")` or a step `*/5`\(special)"
        )
    }
}

extension String {
    /// The text, or `5` when it is empty.
    fileprivate var orFive: String { isEmpty ? "5" : self }
}
