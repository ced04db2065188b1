/// What is valid but seldom meant.
extension Crontab {
    /// Warnings with codes from W0301 to W0305, placed inside `text`.
    ///
    /// They are worked out anew at each call, since a schedule that runs has no use for them.
    package var warnings: [TextError] {
        guard !isCelery else { return leavesMinuteOut ? [minuteWarning] : [] }
        var parser = CrontabParser(text)
        // A text that was read once can be read again.
        guard (try? parser.parse()) != nil, parser.fieldRanges.count == 5 else { return [] }
        var found = parser.warnings
        let places = parser.fieldRanges
        if let warning = dayWarning(places, parser) { found.append(warning) }
        let hour = parser.bytes[places[CrontabField.hour.rawValue]]
        let hourIsOneTime = hour.allSatisfy { parser.isDigit($0) || $0 == UInt8(ascii: ",") }
        if parser.string(places[0]) == "*", hourIsOneTime {
            found.append(everyMinuteWarning(places[0], parser))
        }
        return found
    }

    private var minuteWarning: TextError {
        TextError(
            code: TextErrorCode.minuteLeftOut,
            message: "minute is left out, so it fires every minute of each hour that matches",
            offset: 0,
            length: 0,
            remedy: "Add `minute: \"0\"` for once an hour, or `minute: \"*\"` if it is meant",
            key: CrontabField.minute.celeryKey
        )
    }

    private func dayWarning(_ places: [Range<Int>], _ parser: CrontabParser) -> TextError? {
        let dayTexts = [CrontabField.dayOfMonth, .dayOfWeek].map { field in
            (field: field, text: parser.string(places[field.rawValue]))
        }
        guard dayTexts.allSatisfy({ $0.text != "*" }) else { return nil }
        let place =
            places[CrontabField.dayOfMonth.rawValue]
            .lowerBound..<places[CrontabField.dayOfWeek.rawValue].upperBound
        let both = daysSentence(.both)
        let either = daysSentence(.either)
        guard let star = dayTexts.first(where: { isStar($0.field) }) else {
            return parser.error(
                TextErrorCode.eitherDay,
                "both day fields are set, so either one matches: \(either)",
                place,
                remedy: "For both at once use `crontab:`, where all fields must match"
            )
        }
        return parser.error(
            TextErrorCode.starRule,
            "\(star.field.words) `\(star.text)` begins with `*`, so both day fields must match:"
                + " \(both); some programs read it as \(either)",
            place,
            remedy: "To have either, write the values out:"
                + " `\(Self.list(mask(star.field)))` instead of `\(star.text)`"
        )
    }

    private func everyMinuteWarning(_ place: Range<Int>, _ parser: CrontabParser) -> TextError {
        let hourTexts = Self.values(UInt64(hours))
        let runs = hourTexts.count * 60
        let span =
            hourTexts.count == 1
            ? ", from \(Digits.two(hourTexts[0])):00 to \(Digits.two(hourTexts[0])):59" : ""
        let fields = fieldTexts
        return parser.error(
            TextErrorCode.everyMinuteOfHour,
            "it runs \(runs) times a day\(span)",
            place,
            remedy: "Did you mean `0 \(fields[1...].joined(separator: " "))`?"
        )
    }
}
