/// Instants as text: RFC 3339, and local dates and times of a zone.
package enum InstantText {
    /// How much of a second is printed.
    package enum Fraction: Sendable {
        case none
        case milliseconds
        case microseconds
    }

    /// What a date without a time means.
    package enum DateHandling: Sendable {
        /// It is an error.
        case refused
        /// The first instant of that date.
        case startOfDay
        /// The first instant after that date, so that an exclusive end includes the date.
        case endOfDay
    }

    /// RFC 3339 with seconds and the zone's offset at that instant.
    ///
    /// An offset with seconds, as before 1972, is rounded to minutes; the text still means the same
    /// instant.
    package static func format(_ instant: Timestamp, zone: ZoneRules) -> String {
        format(instant, zone: zone, fraction: .none)
    }

    /// RFC 3339 with the zone's offset at that instant and a fraction of the second, cut not rounded.
    package static func format(
        _ instant: Timestamp,
        zone: ZoneRules,
        fraction: Fraction
    ) -> String {
        let exact = zone.offset(at: instant)
        let offset = (exact + (exact < 0 ? -30 : 30)) / 60 * 60
        let second = Int(instant.seconds)
        let time = CivilTime(wall: second + offset)
        let micros = Int(instant.microseconds &- instant.seconds &* 1_000_000)
        let fractionText =
            switch fraction {
            case .none: ""
            case .milliseconds: "." + Digits.padded(micros / 1000, width: 3)
            case .microseconds: "." + Digits.padded(micros, width: 6)
            }
        return dateText(time.date) + "T" + clockText(time) + fractionText + offsetText(offset)
    }

    /// Appends what `format` gives, as bytes; for many of them.
    package static func append(_ instant: Timestamp, zone: ZoneRules, to bytes: inout [UInt8]) {
        let exact = zone.offset(at: instant)
        let offset = (exact + (exact < 0 ? -30 : 30)) / 60 * 60
        let time = CivilTime(wall: Int(instant.seconds) + offset)
        appendTwo(time.date.year / 100, to: &bytes)
        appendTwo(time.date.year % 100, to: &bytes)
        append("-", time.date.month, to: &bytes)
        append("-", time.date.day, to: &bytes)
        append("T", time.hour, to: &bytes)
        append(":", time.minute, to: &bytes)
        append(":", time.second, to: &bytes)
        append(offset < 0 ? "-" : "+", abs(offset) / 3600, to: &bytes)
        append(":", abs(offset) / 60 % 60, to: &bytes)
    }

    @inline(__always)
    private static func append(_ mark: Unicode.Scalar, _ number: Int, to bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: mark.value))
        appendTwo(number, to: &bytes)
    }

    @inline(__always)
    private static func appendTwo(_ number: Int, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10))
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }

    /// `2026-11-23 08:00`, as a file says it in its schedule's zone; seconds only if they are not 0.
    package static func localText(_ instant: Timestamp, zone: ZoneRules) -> String {
        let time = zone.civilTime(at: instant)
        return dateText(time.date) + " " + TimeOfDay(secondOfDay: time.secondOfDay).text
    }

    /// `2026-11-23`.
    package static func dateText(_ date: CivilDate) -> String {
        Digits.padded(date.year, width: 4) + "-" + Digits.two(date.month) + "-"
            + Digits.two(date.day)
    }

    /// `02:30:00`.
    package static func clockText(_ time: CivilTime) -> String {
        Digits.two(time.hour) + ":" + Digits.two(time.minute) + ":" + Digits.two(time.second)
    }

    /// `+08:00`, of an offset in seconds that is whole minutes.
    package static func offsetText(_ offset: Int) -> String {
        let minutes = abs(offset) / 60
        return (offset < 0 ? "-" : "+") + Digits.two(minutes / 60) + ":" + Digits.two(minutes % 60)
    }

    /// Reads RFC 3339 with an offset; seconds may be left out, a blank may stand for `T`.
    ///
    /// - Throws: `TextError` with a code from E0350 to E0353.
    package static func parse(_ text: String) throws(TextError) -> Timestamp {
        let parts = try InstantReader.read(text)
        guard let time = parts.secondOfDay else { throw InstantReader.missingTime(text) }
        guard let offset = parts.offset else {
            throw TextError(
                code: TextErrorCode.missingOffset,
                message: "`\(text)` has no offset from UTC",
                offset: text.unicodeScalars.count,
                length: 0,
                remedy: "Add one: `+08:00`, or `Z` for UTC"
            )
        }
        let wall = CivilTime(date: parts.date, secondOfDay: time).wall
        return Timestamp(seconds: Int64(wall - offset)) + .microseconds(parts.microseconds)
    }

    /// Reads a date, a local date and time in `zone`, or RFC 3339 with an offset.
    ///
    /// A local time that the clock jumps over is the first instant after the jump, as for a trigger
    /// with a fixed time; one that comes twice is the first.
    ///
    /// - Throws: `TextError` with a code from E0350 to E0353.
    package static func parse(
        _ text: String,
        zone: ZoneRules,
        bareDate: DateHandling
    ) throws(TextError) -> Timestamp {
        let parts = try InstantReader.read(text)
        if let time = parts.secondOfDay {
            guard parts.offset == nil else { return try parse(text) }
            let local = zone.instant(of: CivilTime(date: parts.date, secondOfDay: time))
            return local + .microseconds(parts.microseconds)
        }
        switch bareDate {
        case .refused:
            throw InstantReader.missingTime(text)
        case .startOfDay:
            return zone.instant(of: CivilTime(date: parts.date, secondOfDay: 0))
        case .endOfDay:
            let next = CivilDate(dayNumber: parts.date.dayNumber + 1)
            return zone.instant(of: CivilTime(date: next, secondOfDay: 0))
        }
    }
}

/// The parts of an instant's text.
private struct InstantReader {
    var date: CivilDate
    /// Nil when the text is a date alone.
    var secondOfDay: Int?
    var microseconds: Int64 = 0
    /// Seconds east of UTC; nil when the text has none.
    var offset: Int?

    static func missingTime(_ text: String) -> TextError {
        TextError(
            code: TextErrorCode.missingTime,
            message: "`\(text)` has no time of day",
            offset: 0,
            length: text.unicodeScalars.count,
            remedy: "Add one: `\(text) 08:00`"
        )
    }

    static func read(_ text: String) throws(TextError) -> InstantReader {
        var scanner = InstantScanner(text)
        let date = try scanner.date()
        var parts = InstantReader(date: date)
        guard !scanner.isAtEnd else { return parts }
        guard scanner.skip("T") || scanner.skip("t") || scanner.skip(" ") else {
            throw scanner.malformed()
        }
        parts.secondOfDay = try scanner.clock()
        if scanner.skip(".") { parts.microseconds = try scanner.fraction() }
        if !scanner.isAtEnd { parts.offset = try scanner.offset() }
        guard scanner.isAtEnd else { throw scanner.malformed() }
        return parts
    }
}

private struct InstantScanner {
    private let text: String
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) {
        self.text = text
        scalars = Array(text.unicodeScalars)
    }

    var isAtEnd: Bool { position == scalars.count }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard position < scalars.count, scalars[position] == scalar else { return false }
        position += 1
        return true
    }

    mutating func date() throws(TextError) -> CivilDate {
        let year = try number(digits: 4)
        guard skip("-") else { throw malformed() }
        let month = try number(digits: 2)
        guard skip("-") else { throw malformed() }
        let date = CivilDate(year: year, month: month, day: try number(digits: 2))
        guard year >= 1, date.exists else {
            throw TextError(
                code: TextErrorCode.noSuchDate,
                message: "\(String(scalars[..<position])) is no date of the calendar",
                offset: 0,
                length: position,
                remedy: "Write a date that exists, from 0001-01-01 to 9999-12-31"
            )
        }
        return date
    }

    mutating func clock() throws(TextError) -> Int {
        let start = position
        let hour = try number(digits: 2)
        guard skip(":") else { throw malformed() }
        let minute = try number(digits: 2)
        let second = skip(":") ? try number(digits: 2) : 0
        guard hour < 24, minute < 60, second < 60 else {
            throw TextError(
                code: TextErrorCode.badInstant,
                message: "\(String(scalars[start..<position])) is no time of day",
                offset: start,
                length: position - start,
                remedy: "Times go from 00:00:00 to 23:59:59"
            )
        }
        return hour * 3600 + minute * 60 + second
    }

    /// Digits after the decimal point as microseconds; further digits are cut.
    mutating func fraction() throws(TextError) -> Int64 {
        var value: Int64 = 0
        var count = 0
        while position < scalars.count, ("0"..."9").contains(scalars[position]), count < 9 {
            if count < 6 { value = value * 10 + Int64(scalars[position].value - 48) }
            count += 1
            position += 1
        }
        guard count > 0 else { throw malformed() }
        for _ in min(count, 6)..<6 { value *= 10 }
        return value
    }

    mutating func offset() throws(TextError) -> Int {
        if skip("Z") || skip("z") { return 0 }
        let start = position
        let isNegative = skip("-")
        guard isNegative || skip("+") else { throw malformed() }
        let hour = try number(digits: 2)
        guard skip(":") else { throw malformed() }
        let minute = try number(digits: 2)
        guard hour < 24, minute < 60 else {
            throw TextError(
                code: TextErrorCode.badInstant,
                message: "\(String(scalars[start..<position])) is no offset from UTC",
                offset: start,
                length: position - start
            )
        }
        let seconds = hour * 3600 + minute * 60
        return isNegative ? -seconds : seconds
    }

    func malformed() -> TextError {
        let place = min(position, max(0, scalars.count - 1))
        return TextError(
            code: TextErrorCode.badInstant,
            message: "`\(text)` is no point in time",
            offset: place,
            length: scalars.count - place,
            remedy: "Write `2026-12-01`, `2026-12-01 08:00` or `2026-12-01T08:00:00+08:00`"
        )
    }

    private mutating func number(digits: Int) throws(TextError) -> Int {
        guard position + digits <= scalars.count else { throw malformed() }
        var value = 0
        for scalar in scalars[position..<(position + digits)] {
            guard ("0"..."9").contains(scalar) else { throw malformed() }
            value = value * 10 + Int(scalar.value - 48)
        }
        position += digits
        return value
    }
}
