/// A time of day on the wall, to the second.
package struct TimeOfDay: Hashable, Sendable, Comparable {
    /// 0 to 86,399.
    package var secondOfDay: Int

    package init(secondOfDay: Int) {
        self.secondOfDay = secondOfDay
    }

    /// Reads `HH:MM` or `HH:MM:SS`; the hour may have one digit.
    ///
    /// - Throws: `TextError` with code E0330 or E0331.
    package init(_ text: String) throws(TextError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let isShaped =
            (2...3).contains(parts.count)
            && (1...2).contains(parts[0].unicodeScalars.count)
            && parts.dropFirst().allSatisfy { $0.unicodeScalars.count == 2 }
            && parts.allSatisfy { $0.unicodeScalars.allSatisfy { ("0"..."9").contains($0) } }
        guard isShaped else { throw Self.misshapen(text) }
        let numbers = parts.map { Int($0) ?? 0 }
        if numbers[0] == 24, numbers.dropFirst().allSatisfy({ $0 == 0 }) {
            throw TextError(
                code: TextErrorCode.midnightAs24,
                message: "`\(text)` is no time of a day; the day ends before it",
                offset: 0,
                length: text.unicodeScalars.count,
                remedy: "Write `00:00`, which is the start of the day; name the next day if needed"
            )
        }
        var offset = 0
        for (index, part) in parts.enumerated() {
            let (name, limit) = [("hour", 23), ("minute", 59), ("second", 59)][index]
            guard numbers[index] <= limit else {
                throw TextError(
                    code: TextErrorCode.badTimeOfDay,
                    message: "\(name) \(numbers[index]) is out of range 0-\(limit)",
                    offset: offset,
                    length: part.unicodeScalars.count,
                    remedy: "Write a time from `00:00` to `23:59`"
                )
            }
            offset += part.unicodeScalars.count + 1
        }
        secondOfDay = numbers[0] * 3600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
    }

    /// `02:30`, with seconds only when they are not 0: `02:30:15`.
    package var text: String {
        let minutes = Digits.two(secondOfDay / 3600) + ":" + Digits.two(secondOfDay / 60 % 60)
        return secondOfDay % 60 == 0 ? minutes : minutes + ":" + Digits.two(secondOfDay % 60)
    }

    /// Several in one form: with seconds if any of them has some.
    package static func texts(_ times: [TimeOfDay]) -> [String] {
        let hasSeconds = times.contains { $0.secondOfDay % 60 != 0 }
        return times.map { $0.text + (hasSeconds && $0.secondOfDay % 60 == 0 ? ":00" : "") }
    }

    package static func < (left: TimeOfDay, right: TimeOfDay) -> Bool {
        left.secondOfDay < right.secondOfDay
    }

    private static func misshapen(_ text: String) -> TextError {
        TextError(
            code: TextErrorCode.badTimeOfDay,
            message: "`\(text)` is no time of day",
            offset: 0,
            length: text.unicodeScalars.count,
            remedy: remedy(for: text)
        )
    }

    private static func remedy(for text: String) -> String {
        let lower = text.lowercased()
        let digits = lower.unicodeScalars.filter { ("0"..."9").contains($0) }
        if lower.hasSuffix("am") || lower.hasSuffix("pm"), (1...2).contains(digits.count),
            let hour = Int(String(digits)), (1...12).contains(hour)
        {
            let day = hour % 12 + (lower.hasSuffix("pm") ? 12 : 0)
            return "Write `\(Digits.two(day)):00`"
        }
        if digits.count == 4, digits.count == lower.unicodeScalars.count {
            return "Write `\(lower.prefix(2)):\(lower.suffix(2))`"
        }
        return "Write hours and minutes of a 24-hour clock: `02:30`, `15:30:10`"
    }
}

/// Numbers with leading zeros.
enum Digits {
    static func two(_ value: Int) -> String {
        value < 10 && value >= 0 ? "0\(value)" : "\(value)"
    }

    static func padded(_ value: Int, width: Int) -> String {
        let text = "\(abs(value))"
        let zeros = String(repeating: "0", count: max(0, width - text.utf8.count))
        return (value < 0 ? "-" : "") + zeros + text
    }
}
