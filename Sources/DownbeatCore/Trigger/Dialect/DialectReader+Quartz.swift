/// Quartz: the second first, 1 (Sunday) to 7, `?` in exactly one of the day fields; and EventBridge's
/// `cron(...)`, which has the same days, no seconds and a year that must be there.
///
/// Sources: Quartz's `CronExpression`; Amazon's documentation of schedule expressions, where what it
/// does not name is refused.
extension DialectReader {
    private static let quartzFields = CrontabField.seven
    private static let eventBridgeFields = CrontabField.five + [.year]

    func quartzMasks(_ range: Range<Int>) throws(TextError) -> CrontabMasks {
        let places = parser.split(range)
        guard places.count == 6 || places.count == 7 else {
            throw fieldCountError(
                range,
                places.count,
                expected: "six or seven fields, the second first",
                remedy: places.count == 5
                    ? "Write the second first and `?` for one of the days, as in `0 30 2 * * ?`"
                    : "Write second, minute, hour, day of month, month, day of week, and a year if"
                        + " it is restricted: `0 30 2 * * ?`"
            )
        }
        return try masks(
            Array(zip(Self.quartzFields, places)),
            [.wrappingRanges, .bareSteps, .boundedSteps]
        )
    }

    /// The text inside `cron(...)`, or without it.
    func eventBridgeMasks(_ range: Range<Int>) throws(TextError) -> CrontabMasks {
        let inner = try inside("cron", range) ?? range
        let places = parser.split(inner)
        guard places.count == 6 else {
            throw fieldCountError(
                inner.isEmpty ? range : inner,
                places.count,
                expected: "six fields, the year last",
                remedy: places.count == 5
                    ? "Add the year, `*` for every one, and `?` for one of the days:"
                        + " `0 12 * * ? *`"
                    : "Write minute, hour, day of month, month, day of week, year:"
                        + " `cron(0 12 * * ? *)`"
            )
        }
        return try masks(Array(zip(Self.eventBridgeFields, places)), [])
    }

    /// What stands between the brackets of `name(...)`; nil when the text is something else.
    func inside(_ name: String, _ range: Range<Int>) throws(TextError) -> Range<Int>? {
        guard string(range).hasPrefix(name + "(") else { return nil }
        let start = range.lowerBound + name.utf8.count + 1
        guard bytes[range].last == UInt8(ascii: ")") else {
            throw parser.error(
                TextErrorCode.badCharacter,
                "`\(name)(` has no closing bracket at the end",
                range.lowerBound..<start,
                remedy: "Close it, or leave `\(name)(` out"
            )
        }
        return start..<(range.upperBound - 1)
    }

    // MARK: Fields

    private func masks(
        _ fields: [(CrontabField, Range<Int>)],
        _ habits: Habits
    ) throws(TextError) -> CrontabMasks {
        let openField = try openDay(fields)
        var masks = CrontabMasks()
        for (field, place) in fields {
            if field == openField {
                masks[field] = field.full
                masks.stars |= 1 << field.rawValue
                continue
            }
            let own = Field(field, shift: field == .dayOfWeek ? 1 : 0)
            if field == .second { masks[field] = 0 }
            if field == .year { masks.years = .none }
            let items = try items(of: place, field)
            for (number, item) in items.enumerated() {
                if try readSpecial(own, item, place, items.count, into: &masks) { continue }
                let wraps = field == .year ? habits.subtracting(.wrappingRanges) : habits
                let span = try span(own, item, wraps)
                insert(span, own, into: &masks)
                if number == 0, isRhythm(span, own) { masks.stars |= 1 << field.rawValue }
            }
        }
        return masks
    }

    /// Which of the day fields is `?`; exactly one must be.
    private func openDay(
        _ fields: [(CrontabField, Range<Int>)]
    ) throws(TextError) -> CrontabField? {
        let days = fields.filter { $0.0.isDay }
        guard let monthDay = days.first, let weekday = days.last else { return nil }
        let open = days.filter { string($0.1) == "?" }
        if open.count == 1 { return open[0].0 }
        let rule = "\(dialect.program) wants `?` in exactly one of the two day fields"
        guard open.isEmpty else {
            throw parser.error(
                TextErrorCode.openDay,
                "both day fields are `?`; \(rule)",
                weekday.1,
                remedy: "Write `*` as the day of month"
            )
        }
        let star = string(weekday.1) == "*" ? weekday : string(monthDay.1) == "*" ? monthDay : nil
        guard let star else {
            throw parser.error(
                TextErrorCode.openDay,
                "both day fields are set; \(rule)",
                weekday.1,
                remedy:
                    "Write two expressions as a list under the key `cron:`, each with `?` for one"
                    + " of the days, if either may match"
            )
        }
        throw parser.error(
            TextErrorCode.openDay,
            "no day field is `?`; \(rule)",
            star.1,
            remedy: "Write `?` as the \(star.0.words)"
        )
    }

    // MARK: Special days

    /// Reads `L`, `LW`, `L-3`, `15W`, `6L`, `6#3`; others are left to the usual reader.
    private func readSpecial(
        _ field: Field,
        _ item: Range<Int>,
        _ place: Range<Int>,
        _ count: Int,
        into masks: inout CrontabMasks
    ) throws(TextError) -> Bool {
        guard field.field.isDay else { return false }
        let word = string(item).uppercased()
        let isSpecial =
            field.field == .dayOfMonth
            ? word.hasPrefix("L") || word.hasSuffix("W")
            : word.contains("#") || word == "L" || isLastWeekday(word)
        guard isSpecial else { return false }
        guard count == 1 else { throw inListError(item, place) }
        return field.field == .dayOfMonth
            ? try readMonthDay(word, field, item, into: &masks)
            : try readWeekday(word, field, item, into: &masks)
    }

    /// `6L` or `FRIL`; words such as `april` are none.
    private func isLastWeekday(_ word: String) -> Bool {
        let head = Array(word.utf8.dropLast())
        guard word.hasSuffix("L"), !head.isEmpty else { return false }
        return head.allSatisfy(parser.isDigit)
            || CrontabField.dayOfWeek.value(ofName: head) != nil
    }

    private func readMonthDay(
        _ word: String,
        _ field: Field,
        _ item: Range<Int>,
        into masks: inout CrontabMasks
    ) throws(TextError) -> Bool {
        switch word {
        case "L": masks.includesLastDay = true
        case "LW": masks.special.nearestWeekday = SpecialDays.lastWeekday
        case _ where word.hasPrefix("L-") && dialect == .quartz:
            try parser.parseDaysBeforeLast(item, in: item, into: &masks)
        case _ where word.hasPrefix("L"):
            throw modifierError(field.field, item)
        default:
            var position = item.lowerBound
            guard parser.isDigit(bytes[position]) else {
                throw modifierError(field.field, item)
            }
            let day = try value(field, &position, in: item)
            guard position == item.upperBound - 1 else { throw modifierError(field.field, item) }
            masks.special.nearestWeekday = UInt8(day)
        }
        return true
    }

    private func readWeekday(
        _ word: String,
        _ field: Field,
        _ item: Range<Int>,
        into masks: inout CrontabMasks
    ) throws(TextError) -> Bool {
        guard word != "L" else {
            // Alone it is the last day of the week.
            masks[field.field] |= 1 << 6
            return true
        }
        var position = item.lowerBound
        guard !isLastWeekday(word) else {
            // A name and the `L` behind it are letters alike.
            let head = item.lowerBound..<(item.upperBound - 1)
            let weekday = try value(field, &position, in: head) - field.shift
            masks.special.insert(weekday: weekday, lane: SpecialDays.lastLane)
            return true
        }
        let weekday = try value(field, &position, in: item) - field.shift
        let rest = string(position..<item.upperBound)
        guard rest.hasPrefix("#"), let number = Int(rest.dropFirst()), rest.utf8.count == 2 else {
            throw modifierError(field.field, item)
        }
        guard (1...5).contains(number) else {
            throw parser.error(
                TextErrorCode.outOfRange,
                "no month has a weekday number \(number): `\(string(item))`",
                (position + 1)..<item.upperBound,
                remedy: "Write 1 to 5 behind `#`"
            )
        }
        masks.special.insert(weekday: weekday, lane: number - 1)
        return true
    }

    private func modifierError(_ field: CrontabField, _ item: Range<Int>) -> TextError {
        let ofMonth =
            dialect == .quartz
            ? "Write `L`, `LW`, `L-3`, or `15W`" : "Write `L`, `LW` or `15W`"
        return parser.error(
            TextErrorCode.dialectModifier,
            "`\(string(item))` is no value of \(field.words) in \(dialect.program)",
            item,
            remedy: field == .dayOfMonth
                ? ofMonth : "Write `6L` for the last Friday, `6#3` for the third"
        )
    }

    private func inListError(_ item: Range<Int>, _ place: Range<Int>) -> TextError {
        parser.error(
            TextErrorCode.dialectModifier,
            "`\(string(item))` must stand alone in \(dialect.program), not in the list"
                + " `\(string(place))`",
            item,
            remedy: "Write two expressions as a list under the key `cron:`"
        )
    }
}
