/// What `CrontabParser` says when a text as a whole is refused, and when a character is foreign.
extension CrontabParser {
    /// Refuses what is not printable ASCII; look-alikes of typesetting and Chinese input are named.
    func checkCharacters() throws(TextError) {
        for (index, byte) in bytes.enumerated()
        where byte < 0x20 && byte != UInt8(ascii: "\t") || byte >= 0x7F {
            throw foreignCharacterError(at: index)
        }
    }

    func error(
        _ code: String,
        _ message: String,
        _ place: Range<Int>,
        remedy: String? = nil
    ) -> TextError {
        // Continuation bytes of UTF-8 do not begin a scalar.
        let offset = bytes[..<place.lowerBound].count { $0 & 0xC0 != 0x80 }
        let length = bytes[place].count { $0 & 0xC0 != 0x80 }
        return TextError(
            code: code,
            message: message,
            offset: offset,
            length: length,
            remedy: remedy
        )
    }

    /// What is wrong with the fields as a whole: a zone, a comment, a user, their number; nil: nothing.
    func shapeError(_ fields: [Range<Int>], in range: Range<Int>) -> TextError? {
        guard fields.count != CrontabField.five.count else { return nil }
        let whole = string(range)
        if let place = fields.first(where: isZonePrefix) {
            return error(
                TextErrorCode.zoneInExpression,
                "an expression does not name a time zone: `\(string(place))`",
                place,
                remedy: "Remove it and use the key `timezone:`"
            )
        }
        if let other = otherDialectError(whole, range) { return other }
        guard fields.count == 6 || fields.count == 7 else {
            let found = fields.count == 1 ? "1 was found" : "\(fields.count) were found"
            return error(
                TextErrorCode.fieldCount,
                "a cron expression has 5 to 7 fields, \(found)",
                range,
                remedy: fieldCountRemedy(fields, whole)
            )
        }
        return extraFieldError(fields, in: range)
    }

    private func fieldCountRemedy(_ fields: [Range<Int>], _ whole: String) -> String {
        if fields.count == 1, Self.expression(ofNickname: "@" + whole) != nil {
            return "Write `@\(whole)`"
        }
        if whole.hasPrefix("every ") {
            return "Use the key `every:` with a duration such as `5m`"
        }
        return "Write minute, hour, day of month, month, day of week: `0 2 * * *`"
    }

    /// Six or seven fields of which the last is none of ours.
    private func extraFieldError(_ fields: [Range<Int>], in range: Range<Int>) -> TextError? {
        let last = fields[fields.count - 1]
        let word = string(last)
        if bytes[last].contains(UInt8(ascii: "/")), bytes[last].contains(where: isLetter),
            ZoneName.isAcceptable(word)
        {
            return error(
                TextErrorCode.zoneInExpression,
                "an expression does not name a time zone: `\(word)`",
                last,
                remedy: "Remove it and use the key `timezone:`"
            )
        }
        if let hash = fields.first(where: { bytes[$0.lowerBound] == UInt8(ascii: "#") }) {
            return error(
                TextErrorCode.badCharacter,
                "a comment does not belong in an expression",
                hash.lowerBound..<range.upperBound,
                remedy: "Put the comment behind the closing quote"
            )
        }
        guard fields.count == 6 else { return nil }
        if bytes[last].prefix(while: isDigit).count == 4, let year = Int(word.prefix(4)),
            YearSet.years.contains(year)
        {
            return error(
                TextErrorCode.extraField,
                "6 fields that end in a year, which is the order of EventBridge and Quartz",
                last,
                remedy: "Write the second first and the year last, seven fields:"
                    + " `0 \(string(range))`"
            )
        }
        let isLastWeekday = word.count == 4 && word.uppercased().hasSuffix("L")
        if bytes[last].count > 3, bytes[last].allSatisfy(isLetter), !isLastWeekday,
            !CrontabField.weekdayNames.contains(where: { $0.lowercased() == word.lowercased() })
        {
            return error(
                TextErrorCode.extraField,
                "6 fields; `\(word)` looks like the user of a line in /etc/crontab",
                last,
                remedy: "Write five fields and use the key `user:`"
            )
        }
        return nil
    }

    private func isZonePrefix(_ place: Range<Int>) -> Bool {
        let word = string(place)
        return word.hasPrefix("TZ=") || word.hasPrefix("CRON_TZ=")
    }

    private func otherDialectError(_ whole: String, _ range: Range<Int>) -> TextError? {
        if whole.hasPrefix("FREQ=") || whole.hasPrefix("RRULE") {
            return error(
                TextErrorCode.otherDialect,
                "recurrence rules of RFC 5545 are not in this version",
                range
            )
        }
        if whole.hasPrefix("R/") || whole.hasPrefix("PT") {
            return error(
                TextErrorCode.otherDialect,
                "`\(whole)` is an interval of ISO 8601, not a cron expression",
                range,
                remedy: "Use the key `every:`"
            )
        }
        let looksLikeCalendar = whole.hasPrefix("*:") || whole.utf8.contains(UInt8(ascii: ":"))
        guard looksLikeCalendar else { return nil }
        return error(
            TextErrorCode.otherDialect,
            "`\(whole)` looks like a calendar event of systemd, not like cron",
            range,
            remedy: "Write five fields such as `0 2 * * *`, or use the keys `at:` and `days:`"
        )
    }

    func nicknameError(_ range: Range<Int>) -> TextError {
        let word = string(range)
        if word.lowercased() == "@reboot" {
            return error(
                TextErrorCode.reboot,
                "`@reboot` has no time, so there is nothing to schedule",
                range,
                remedy: "Start it from a systemd unit with `WantedBy=multi-user.target`"
            )
        }
        if word.hasPrefix("@every") {
            return error(
                TextErrorCode.badNickname,
                "`@every` is an interval, not a cron expression",
                range,
                remedy: "Use the key `every:` with a duration such as `90s`"
            )
        }
        let names = Self.nicknameList
        let lower = word.lowercased()
        let remedy =
            Self.expression(ofNickname: lower) != nil
            ? "Write `\(lower)`; nicknames are in lower case"
            : "The nicknames are \(names), and nothing may follow them"
        return error(
            TextErrorCode.badNickname,
            "unknown nickname `\(word)`",
            range,
            remedy: remedy
        )
    }

    private func foreignCharacterError(at index: Int) -> TextError {
        var end = index + 1
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        let place = index..<end
        let character = string(place)
        if bytes[index] < 0x80 {
            let name = bytes[index] == UInt8(ascii: "\n") ? "a line break" : "a control character"
            return error(
                TextErrorCode.badCharacter,
                "\(name) does not belong in an expression",
                place,
                remedy: "Write the five fields on one line"
            )
        }
        let meant = Self.lookAlike(of: character)
        return error(
            TextErrorCode.badCharacter,
            Self.isVisible(character)
                ? "`\(character)` does not belong in an expression"
                : "an invisible character does not belong in an expression",
            place,
            remedy: meant.map { "Write `\($0)`" }
                ?? "Use the digits 0-9, English names and `* , - /`"
        )
    }

    private static func isVisible(_ character: String) -> Bool {
        character.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }

    private static func lookAlike(of character: String) -> String? {
        guard let scalar = character.unicodeScalars.first else { return nil }
        switch scalar.value {
        case 0x2217, 0xFF0A, 0x204E, 0xD7: return "*"
        case 0x2010...0x2015, 0x2212, 0xFF0D: return "-"
        case 0xFF0C, 0x3001: return ","
        case 0xFF0F, 0x2044: return "/"
        case 0xFF10...0xFF19: return "\(scalar.value - 0xFF10)"
        case 0xA0, 0x3000: return " "
        default:
            return scalar.properties.numericType == .decimal
                ? "\(Int(scalar.properties.numericValue ?? 0))" : nil
        }
    }
}
