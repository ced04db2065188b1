/// Values of iCalendar properties.
enum ICSValue {
    /// `20260101`, `20260101T090000`, or `20260101T010000Z`, which has its date in a zone.
    static func moment(
        _ text: String,
        _ line: ICSLine,
        _ zone: ZoneRules
    ) throws(ICSError) -> ICSEvent.Moment {
        let bytes = Array(text.utf8)
        guard let year = number(bytes, 0, 4), let month = number(bytes, 4, 2),
            let day = number(bytes, 6, 2)
        else { throw bad(text, line) }
        let date = CivilDate(year: year, month: month, day: day)
        guard date.exists else { throw bad(text, line) }
        guard CalendarDates.years.contains(year) else {
            throw ICSError(
                line: line.number,
                message: "`\(text.prefix(40))` is outside the years of calendars,"
                    + " \(CalendarDates.years.lowerBound) to \(CalendarDates.years.upperBound)",
                remedy: "Remove the event"
            )
        }
        if bytes.count == 8 { return ICSEvent.Moment(date: date, secondOfDay: nil) }
        let isUTC = bytes.count == 16 && bytes[15] == UInt8(ascii: "Z")
        guard bytes.count == 15 || isUTC, bytes[8] == UInt8(ascii: "T"),
            let hour = number(bytes, 9, 2), let minute = number(bytes, 11, 2),
            let second = number(bytes, 13, 2), hour < 24, minute < 60, second <= 60
        else { throw bad(text, line) }
        // A leap second is the last one that this program's clocks know.
        let secondOfDay = hour * 3600 + minute * 60 + min(second, 59)
        guard isUTC else { return ICSEvent.Moment(date: date, secondOfDay: secondOfDay) }
        let wall = CivilTime(date: date, secondOfDay: secondOfDay).wall
        let local = zone.civilTime(at: Timestamp(seconds: Int64(wall)))
        return ICSEvent.Moment(date: local.date, secondOfDay: local.secondOfDay)
    }

    /// Days of `P1D`, `P1W` or `P1DT2H`; a part of a day counts as one.
    static func days(ofDuration line: ICSLine) throws(ICSError) -> Int {
        var text = line.value.uppercased()[...]
        if text.first == "+" { text = text.dropFirst() }
        guard text.first == "P", text.count > 2, text.count <= 20 else {
            throw bad(line.value, line)
        }
        var days = 0
        var digits = 0
        var isTime = false
        var hasPart = false
        for character in text.dropFirst() {
            if let digit = character.wholeNumberValue, character.isASCII {
                guard digits < 100_000 else { throw bad(line.value, line) }
                digits = digits * 10 + digit
                continue
            }
            switch (character, isTime) {
            case ("W", false): days += digits * 7
            case ("D", false): days += digits
            case ("T", false): isTime = true
            case ("H", true), ("M", true), ("S", true): hasPart = hasPart || digits > 0
            default: throw bad(line.value, line)
            }
            digits = 0
        }
        return days + (hasPart ? 1 : 0)
    }

    /// `FREQ=YEARLY` with `INTERVAL`, `COUNT`, `UNTIL` and `WKST`, which changes nothing.
    static func repetition(
        _ line: ICSLine,
        _ zone: ZoneRules
    ) throws(ICSError) -> ICSEvent.Repetition {
        var repetition = ICSEvent.Repetition()
        var isYearly = false
        for part in line.value.split(separator: ";") {
            let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2 else { throw bad(line.value, line) }
            switch sides[0].uppercased() {
            case "FREQ": isYearly = sides[1].uppercased() == "YEARLY"
            case "INTERVAL": repetition.interval = try count(sides[1], line)
            case "COUNT": repetition.count = try count(sides[1], line)
            case "UNTIL": repetition.until = try moment(sides[1], line, zone).date
            case "WKST": break
            default: throw refused(line)
            }
        }
        guard isYearly else { throw refused(line) }
        return repetition
    }

    /// A text without its escapes (`\,` `\;` `\\` `\n`), in one line and not longer than asked for.
    static func text(_ value: String, prefix: Int) -> String? {
        var result = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in value.unicodeScalars {
            guard result.count < prefix else { break }
            if isEscaped {
                result.append(scalar == "n" || scalar == "N" ? " " : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar.properties.generalCategory != .control {
                result.append(scalar)
            }
        }
        return result.isEmpty ? nil : String(result)
    }

    private static func count(_ text: String, _ line: ICSLine) throws(ICSError) -> Int {
        guard let value = Int(text), (1...10_000).contains(value) else { throw bad(text, line) }
        return value
    }

    private static func number(_ bytes: [UInt8], _ start: Int, _ length: Int) -> Int? {
        guard bytes.count >= start + length else { return nil }
        var value = 0
        for byte in bytes[start..<(start + length)] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    private static func bad(_ text: String, _ line: ICSLine) -> ICSError {
        ICSError(
            line: line.number,
            message: "`\(text.prefix(40))` is no value of `\(line.name.prefix(40))`",
            remedy: "Correct it, or export the file again"
        )
    }

    private static func refused(_ line: ICSLine) -> ICSError {
        ICSError(
            line: line.number,
            message: "`\(line.shownValue)` is not read: only `FREQ=YEARLY` on the date itself is",
            remedy: "Write the days of this event under `off` or `on`"
        )
    }
}
