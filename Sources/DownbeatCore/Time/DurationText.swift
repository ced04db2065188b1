/// Durations as people write them: `90s`, `1h30m`, `1.5h`, `PT3S`.
package enum DurationText {
    /// The longest duration a text may say: 100 years of 365.25 days.
    package static let longest = Duration.seconds(36_525 * 86_400)

    /// Reads `90s`, `1h30m`, `0.5s`, `250ms` or ISO 8601 `PT3S`, `P1DT12H`.
    ///
    /// Units are `w d h m s ms`, the larger ones first, each at most once; numbers are plain
    /// decimals. Zero is accepted; a caller with a lower bound checks it.
    ///
    /// - Throws: `TextError` with a code from E0340 to E0344.
    package static func parse(_ text: String) throws(TextError) -> Duration {
        var reader = DurationReader(text)
        return try reader.read()
    }

    /// A short form that parses back to the same duration: `90s`, `10m`, `1h30m`, `2d`, `250ms`.
    ///
    /// Below two minutes one unit is shorter than two (`90s`, but `1m`), and so it is below two days
    /// (`36h`, but `1d`); whole weeks are weeks. Parts smaller than a microsecond are left out.
    package static func format(_ duration: Duration) -> String {
        let total = duration.wholeMicroseconds
        guard total >= 0 else { return "-" + format(.microseconds(-max(total, -.max))) }
        if total == 0 { return "0s" }
        if total < second { return decimal(total, unit: 1000) + "ms" }
        if total < 120 * second, total != 60 * second { return decimal(total, unit: second) + "s" }
        if total % (7 * day) == 0 { return "\(total / (7 * day))w" }
        var rest = total
        var text = ""
        var units = [(day, "d"), (3600 * second, "h"), (60 * second, "m")]
        if total < 2 * day, total != day { units.removeFirst() }
        for (size, name) in units where rest >= size {
            text += "\(rest / size)\(name)"
            rest %= size
        }
        return rest == 0 ? text : text + decimal(rest, unit: second) + "s"
    }

    private static let second: Int64 = 1_000_000
    private static let day: Int64 = 86_400 * second

    private static func decimal(_ value: Int64, unit: Int64) -> String {
        var text = "\(value / unit)"
        var rest = value % unit
        guard rest > 0 else { return text }
        text += "."
        var scale = unit / 10
        while rest > 0 {
            text += "\(rest / scale)"
            rest %= scale
            scale /= 10
        }
        return text
    }
}

/// Reads one duration from the front of its text to the end.
private struct DurationReader {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var nanoseconds: Int128 = 0

    private struct Unit {
        var name: String
        var nanoseconds: Int128
    }

    private static let units = [
        Unit(name: "w", nanoseconds: 604_800_000_000_000),
        Unit(name: "d", nanoseconds: 86_400_000_000_000),
        Unit(name: "h", nanoseconds: 3_600_000_000_000),
        Unit(name: "m", nanoseconds: 60_000_000_000),
        Unit(name: "s", nanoseconds: 1_000_000_000),
        Unit(name: "ms", nanoseconds: 1_000_000),
    ]
    private static let digitsMax = 15

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    mutating func read() throws(TextError) -> Duration {
        guard let first = scalars.first else {
            throw error(TextErrorCode.badDuration, "a duration is missing", 0..<0)
        }
        if first == "-" {
            throw error(
                TextErrorCode.negativeDuration,
                "a duration cannot be negative",
                0..<scalars.count,
                remedy: "Leave the `-` out"
            )
        }
        if first == "P" || first == "p" {
            try readISO()
        } else {
            try readJoined()
        }
        guard nanoseconds <= Int128(DurationText.longest.components.seconds) * 1_000_000_000 else {
            throw error(
                TextErrorCode.longDuration,
                "`\(String(scalars))` is longer than 100 years",
                0..<scalars.count
            )
        }
        return .nanoseconds(Int64(nanoseconds))
    }

    private mutating func readJoined() throws(TextError) {
        var smallest = -1
        while position < scalars.count {
            let start = position
            let number = try number()
            let numberText = String(scalars[start..<position])
            let nameStart = position
            while position < scalars.count, scalars[position].properties.isAlphabetic {
                position += 1
            }
            let name = String(scalars[nameStart..<position])
            guard !name.isEmpty else {
                try refuseMissingUnit(numberText, start..<scalars.count)
                return
            }
            guard let unit = Self.units.firstIndex(where: { $0.name == name }) else {
                throw unknownUnit(name, after: numberText, nameStart..<position)
            }
            guard unit > smallest else {
                throw error(
                    TextErrorCode.badDuration,
                    "`\(name)` stands after a unit that is not larger",
                    nameStart..<position,
                    remedy: "Write each unit once, the larger ones first: `1h30m`"
                )
            }
            smallest = unit
            add(number, Self.units[unit])
        }
    }

    private mutating func readISO() throws(TextError) {
        position = 1
        var afterT = false
        var smallest = -1
        var count = 0
        while position < scalars.count {
            if scalars[position] == "T" || scalars[position] == "t", !afterT {
                afterT = true
                position += 1
                continue
            }
            let number = try number()
            guard position < scalars.count else { break }
            let letter = String(scalars[position]).lowercased()
            let allowed = afterT ? ["h", "m", "s"] : ["w", "d"]
            guard allowed.contains(letter),
                let unit = Self.units.firstIndex(where: { $0.name == letter }), unit > smallest
            else {
                throw error(
                    TextErrorCode.badDuration,
                    "`\(scalars[position])` is no unit of an ISO 8601 duration here",
                    position..<(position + 1),
                    remedy: "Write `P1DT2H30M` or `1d2h30m`; months and years differ in length"
                )
            }
            smallest = unit
            position += 1
            count += 1
            add(number, Self.units[unit])
            if position == scalars.count { return }
        }
        throw error(
            TextErrorCode.badDuration,
            count == 0
                ? "`\(String(scalars))` is no duration"
                : "`\(String(scalars))` breaks off",
            0..<scalars.count,
            remedy: "Write `PT3S` or `3s`"
        )
    }

    /// Digits with an optional fraction, in units of 10^-9.
    private mutating func number() throws(TextError) -> Int128 {
        let start = position
        var value: Int128 = 0
        var fractionDigits: Int?
        while position < scalars.count {
            let scalar = scalars[position]
            if scalar == ".", fractionDigits == nil, position > start {
                fractionDigits = 0
            } else if ("0"..."9").contains(scalar) {
                guard position - start < Self.digitsMax else {
                    throw error(
                        TextErrorCode.longDuration,
                        "a number of more than \(Self.digitsMax) digits",
                        start..<scalars.count
                    )
                }
                value = value * 10 + Int128(scalar.value - 48)
                fractionDigits = fractionDigits.map { $0 + 1 }
            } else {
                break
            }
            position += 1
        }
        guard position > start, fractionDigits != 0, fractionDigits ?? 0 <= 9 else {
            throw error(
                TextErrorCode.badDuration,
                "`\(String(scalars))` is no duration",
                start..<max(start + 1, position),
                remedy: "Write a number and a unit: `90s`, `10m`, `1h30m`, `2d`"
            )
        }
        for _ in (fractionDigits ?? 0)..<9 { value *= 10 }
        return value
    }

    private mutating func add(_ number: Int128, _ unit: Unit) {
        nanoseconds += number * unit.nanoseconds / 1_000_000_000
    }

    private func refuseMissingUnit(_ number: String, _ place: Range<Int>) throws(TextError) {
        guard position == scalars.count else {
            throw error(
                TextErrorCode.badDuration,
                "`\(scalars[position])` does not belong in a duration",
                position..<(position + 1),
                remedy: "Write `1h30m`, without blanks or signs"
            )
        }
        throw error(
            TextErrorCode.durationWithoutUnit,
            "\(number) what? \(number)s or \(number)m",
            place,
            remedy: "Add a unit: `\(number)s`, `\(number)m`, `\(number)h` or `\(number)d`"
        )
    }

    private func unknownUnit(_ name: String, after number: String, _ place: Range<Int>) -> TextError
    {
        let lower = name.lowercased()
        let unit: String? =
            switch lower {
            case "sec", "secs", "second", "seconds", "s": "s"
            case "min", "mins", "minute", "minutes", "m": "m"
            case "hr", "hrs", "hour", "hours", "h": "h"
            case "day", "days", "d": "d"
            case "week", "weeks", "w": "w"
            case "msec", "millis", "milliseconds", "ms": "ms"
            default: nil
            }
        return error(
            TextErrorCode.badDuration,
            "unknown unit `\(name)`",
            place,
            remedy: unit.map { "Write `\(number)\($0)`" } ?? "Use s, m, h, d or w"
        )
    }

    private func error(
        _ code: String,
        _ message: String,
        _ place: Range<Int>,
        remedy: String? = nil
    ) -> TextError {
        TextError(
            code: code,
            message: message,
            offset: place.lowerBound,
            length: place.count,
            remedy: remedy
        )
    }
}

extension String {
    /// The text of some scalars.
    init(_ scalars: some Sequence<Unicode.Scalar>) {
        var view = UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}
