/// What is valid but seldom meant.
extension Crontab {
    /// Warnings with codes from W0301 to W0305 and W0430, placed inside `text`.
    ///
    /// They are worked out anew at each call, since a schedule that runs has no use for them.
    package var warnings: [TextError] {
        guard !isCelery else { return leavesMinuteOut ? [minuteWarning] : [] }
        var parser = CrontabParser(text)
        parser.readsDaysBeforeLast = true
        // A text that was read once can be read again.
        guard (try? parser.parse()) != nil, let minute = parser.place(of: .minute),
            let hour = parser.place(of: .hour)
        else { return [] }
        var found = parser.warnings
        if let warning = dayWarning(parser) { found.append(warning) }
        if let warning = weekdayNumberWarning(parser) { found.append(warning) }
        let hourIsOneTime = parser.bytes[hour].allSatisfy {
            parser.isDigit($0) || $0 == UInt8(ascii: ",")
        }
        if parser.string(minute) == "*", hourIsOneTime, isOnFullMinutes {
            found.append(everyMinuteWarning(minute, parser))
        }
        if let second = parser.place(of: .second), parser.string(second) == "*",
            !isFull(.minute) || !isFull(.hour)
        {
            found.append(everySecondWarning(second, parser))
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

    /// The two day fields are both set: how they combine is what surprises people.
    private func dayWarning(_ parser: CrontabParser) -> TextError? {
        guard let monthDay = parser.place(of: .dayOfMonth),
            let weekday = parser.place(of: .dayOfWeek),
            parser.bytes[weekday].first != UInt8(ascii: "+"),
            [monthDay, weekday].allSatisfy({ !["*", "?"].contains(parser.string($0)) })
        else { return nil }
        let place = monthDay.lowerBound..<weekday.upperBound
        let both = daysSentence(.both)
        let either = daysSentence(.either)
        guard let star = [CrontabField.dayOfMonth, .dayOfWeek].first(where: isStar) else {
            return parser.error(
                TextErrorCode.eitherDay,
                "both day fields are set, so either one matches: \(either)",
                place,
                remedy: "For both at once write `+` before the day of week:"
                    + " `+\(parser.string(weekday))`"
            )
        }
        let text = parser.string(star == .dayOfMonth ? monthDay : weekday)
        return parser.error(
            TextErrorCode.starRule,
            "\(star.words) `\(text)` begins with `*`, so both day fields must match:"
                + " \(both); some programs read it as \(either)",
            place,
            remedy: "To have either, write the values out:"
                + " `\(Self.list(mask(star)))` instead of `\(text)`"
        )
    }

    /// Six fields with `?` are Quartz's, whose weekday numbers are larger by one.
    private func weekdayNumberWarning(_ parser: CrontabParser) -> TextError? {
        guard let monthDay = parser.place(of: .dayOfMonth), parser.place(of: .second) != nil,
            let weekday = parser.place(of: .dayOfWeek), parser.string(monthDay) == "?",
            let digit = parser.bytes[weekday].first(where: parser.isDigit)
        else { return nil }
        let number = Int(digit - UInt8(ascii: "0"))
        guard (1...7).contains(number), parser.bytes[weekday].first != UInt8(ascii: "*") else {
            return nil
        }
        let here = CrontabField.weekdayNames[number % 7]
        return parser.error(
            TextErrorCode.otherWeekday,
            "weekday \(number) is \(here) here; in Quartz, whose `?` this is, it is"
                + " \(CrontabField.weekdayNames[number - 1])",
            weekday,
            remedy: "Add `dialect: quartz`, or write names such as"
                + " `\(here.prefix(3).uppercased())`"
        )
    }

    private func everyMinuteWarning(_ place: Range<Int>, _ parser: CrontabParser) -> TextError {
        let hourTexts = Self.values(UInt64(hours))
        let runs = hourTexts.count * 60
        let span =
            hourTexts.count == 1
            ? ", from \(Digits.two(hourTexts[0])):00 to \(Digits.two(hourTexts[0])):59" : ""
        return parser.error(
            TextErrorCode.everyMinuteOfHour,
            "it runs \(runs) times a day\(span)",
            place,
            remedy: "Did you mean `\(replacing([.minute]))`?"
        )
    }

    private func everySecondWarning(_ place: Range<Int>, _ parser: CrontabParser) -> TextError {
        parser.error(
            TextErrorCode.everyMinuteOfHour,
            "it runs 60 times in each minute that matches",
            place,
            remedy: "Did you mean `\(replacing([.second]))`?"
        )
    }

    /// The expression as written, with 0 in some fields.
    private func replacing(_ zeros: [CrontabField]) -> String {
        fieldTexts.map { zeros.contains($0.field) ? "0" : $0.text }.joined(separator: " ")
    }
}
