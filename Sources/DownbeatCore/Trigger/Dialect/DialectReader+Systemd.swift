/// systemd's `OnCalendar`: `Mon..Fri *-*-* 08:00`, `*-*~01 02:30:00`, `weekly`.
///
/// Weekday, date and time must all match. The date defaults to every day, the time to midnight.
/// Left out, and refused by name: a zone at the end, parts of a second, seconds since the epoch.
/// Source: systemd.time(7) and `calendarspec.c`.
extension DialectReader {
    /// The shorthands as systemd itself expands them.
    private static let shorthands: [String: String] = [
        "minutely": "*-*-* *:*:00",
        "hourly": "*-*-* *:00:00",
        "daily": "*-*-* 00:00:00",
        "weekly": "Mon *-*-* 00:00:00",
        "monthly": "*-*-01 00:00:00",
        "quarterly": "*-01,04,07,10-01 00:00:00",
        "semiannually": "*-01,07-01 00:00:00",
        "semi-annually": "*-01,07-01 00:00:00",
        "biannually": "*-01,07-01 00:00:00",
        "bi-annually": "*-01,07-01 00:00:00",
        "yearly": "*-01-01 00:00:00",
        "annually": "*-01-01 00:00:00",
        "anually": "*-01-01 00:00:00",
    ]

    func systemdMasks(_ range: Range<Int>) throws(TextError) -> CrontabMasks {
        var words = parser.split(range)[...]
        guard let first = words.first else {
            throw outsideError(range, "the text is empty", "Write `*-*-* 02:30:00` or `daily`")
        }
        if let expansion = Self.shorthands[string(first).lowercased()] {
            if words.count > 1 { throw zoneOrRest(words[1]) }
            let inner = DialectReader(.systemd, expansion)
            return try inner.systemdMasks(0..<inner.bytes.count)
        }
        if bytes[first.lowerBound] == UInt8(ascii: "@") {
            throw outsideError(
                first,
                "seconds since the epoch, `\(string(first))`, are no calendar event here",
                "Use the key `once:` with a date and time"
            )
        }
        var masks = CrontabMasks()
        masks.needsBothDays = true
        for field in [CrontabField.dayOfMonth, .month, .dayOfWeek] { fill(field, &masks) }
        if parser.isLetter(bytes[first.lowerBound]) {
            masks.stars &= ~(1 << CrontabField.dayOfWeek.rawValue)
            masks[.dayOfWeek] = try weekdays(first)
            words.removeFirst()
        }
        if let date = words.first, !bytes[date].contains(UInt8(ascii: ":")),
            bytes[date].contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "~") }),
            !bytes[date].contains(where: parser.isLetter)
        {
            try readDate(date, into: &masks)
            words.removeFirst()
        }
        if let time = words.first, bytes[time].contains(UInt8(ascii: ":")) {
            try readTime(time, into: &masks)
            words.removeFirst()
        } else {
            (masks[.second], masks[.minute], masks[.hour]) = (1, 1, 1)
        }
        if let rest = words.first { throw zoneOrRest(rest) }
        sayLastWeekdays(&masks)
        return masks
    }

    /// Weekdays among the last seven days of the month are the last ones of their name: `5L`.
    private func sayLastWeekdays(_ masks: inout CrontabMasks) {
        let weekdays = masks[.dayOfWeek]
        guard masks.includesLastDay, masks.special.daysBeforeLast == 0x7E,
            masks[.dayOfMonth] == 0, weekdays != CrontabField.dayOfWeek.full
        else { return }
        masks.includesLastDay = false
        masks.special.daysBeforeLast = 0
        fill(.dayOfMonth, &masks)
        masks[.dayOfWeek] = 0
        for weekday in Crontab.values(weekdays) {
            masks.special.insert(weekday: weekday, lane: SpecialDays.lastLane)
        }
    }

    private func fill(_ field: CrontabField, _ masks: inout CrontabMasks) {
        masks[field] = field.full
        masks.stars |= 1 << field.rawValue
    }

    // MARK: Weekdays

    /// `Mon..Fri`, `Sat,Sun`, in full or with three letters; a week begins with Monday.
    private func weekdays(_ place: Range<Int>) throws(TextError) -> UInt64 {
        var mask: UInt64 = 0
        for item in try items(of: place, .dayOfWeek) {
            var position = item.lowerBound
            let low = try weekday(&position, item)
            guard position < item.upperBound else {
                mask |= 1 << UInt64(low % 7)
                continue
            }
            let dots = bytes[position...].starts(with: "..".utf8)
            // A dash is what older versions took.
            guard dots || bytes[position] == UInt8(ascii: "-") else {
                throw unreadable(.dayOfWeek, item)
            }
            position += dots ? 2 : 1
            guard position < item.upperBound else {
                throw parser.openRangeError(.dayOfWeek, item)
            }
            let high = try weekday(&position, item)
            guard position == item.upperBound else { throw unreadable(.dayOfWeek, item) }
            guard low <= high else {
                let names = [low, high].map { CrontabField.weekdayNames[$0 % 7].prefix(3) }
                throw parser.error(
                    TextErrorCode.backwardsRange,
                    "the range `\(string(item))` runs backwards; a week of systemd begins with"
                        + " Monday",
                    item,
                    remedy: "Write `\(names[0])..Sun,Mon..\(names[1])`"
                )
            }
            for day in low...high { mask |= 1 << UInt64(day % 7) }
        }
        return mask
    }

    /// 1 (Monday) to 7.
    private func weekday(_ position: inout Int, _ item: Range<Int>) throws(TextError) -> Int {
        let start = position
        while position < item.upperBound, parser.isLetter(bytes[position]) { position += 1 }
        let word = string(start..<position).lowercased()
        let index = CrontabField.weekdayNames.firstIndex { name in
            name.lowercased() == word || name.prefix(3).lowercased() == word
        }
        guard let index else {
            let near = Suggestion.nearest(
                to: word,
                among: CrontabField.weekdayNames.map { $0.prefix(3).lowercased() }
                    + CrontabField.weekdayNames.map { $0.lowercased() }
                    + Self.shorthands.keys
                    .sorted()
            )
            throw parser.error(
                TextErrorCode.badName,
                "`\(string(start..<max(position, start)))` is no weekday of systemd, and no"
                    + " shorthand such as `daily`",
                start..<max(position, min(start + 1, item.upperBound)),
                remedy: near.first.map { "Did you mean `\($0)`?" }
                    ?? "Write `Mon` to `Sun`, `Mon..Fri`, or a date such as `*-*-01`"
            )
        }
        return index == 0 ? 7 : index
    }

    // MARK: Date

    private func readDate(_ place: Range<Int>, into masks: inout CrontabMasks) throws(TextError) {
        var parts: [Range<Int>] = []
        var start = place.lowerBound
        var countsFromEnd = false
        for index in place {
            let isTilde = bytes[index] == UInt8(ascii: "~")
            guard isTilde || bytes[index] == UInt8(ascii: "-") else { continue }
            if countsFromEnd {
                throw outsideError(
                    index..<(index + 1),
                    "`~` stands before the day, which is last",
                    "Write `*-*~01` for the last day of the month"
                )
            }
            countsFromEnd = isTilde
            parts.append(start..<index)
            start = index + 1
        }
        parts.append(start..<place.upperBound)
        guard parts.count == 2 || parts.count == 3 else {
            throw fieldCountError(
                place,
                parts.count,
                expected: "dates of year, month and day, or of month and day",
                remedy: "Write `*-*-01` for the first of every month"
            )
        }
        if parts.count == 3 {
            masks.years = .none
            try read(Field(.year), parts[0], into: &masks)
        }
        masks[.month] = 0
        masks[.dayOfMonth] = 0
        masks.stars &= ~(1 << CrontabField.month.rawValue | 1 << CrontabField.dayOfMonth.rawValue)
        try read(Field(.month), parts[parts.count - 2], into: &masks)
        let days = parts[parts.count - 1]
        if countsFromEnd {
            try readDaysFromEnd(days, into: &masks)
        } else {
            try read(Field(.dayOfMonth), days, into: &masks)
        }
    }

    /// `~01` is the last day, `~03` the third to last; `~07/1` is each of the last seven.
    private func readDaysFromEnd(
        _ place: Range<Int>,
        into masks: inout CrontabMasks
    ) throws(TextError) {
        let field = Field(.dayOfMonth)
        guard string(place) != "*" else { return fill(.dayOfMonth, &masks) }
        for item in try items(of: place, .dayOfMonth) {
            let span = try span(field, item)
            // Days go forward, from the one that is farther from the end.
            let (farthest, nearest) =
                span.form == .openStep ? (span.low, 1) : (span.high, span.low)
            for day in stride(from: farthest, through: nearest, by: -span.step) {
                if day == 1 {
                    masks.includesLastDay = true
                } else {
                    masks.special.daysBeforeLast |= 1 << UInt32(day - 1)
                }
            }
        }
    }

    // MARK: Time

    private func readTime(_ place: Range<Int>, into masks: inout CrontabMasks) throws(TextError) {
        var parts: [Range<Int>] = []
        var start = place.lowerBound
        for index in place where bytes[index] == UInt8(ascii: ":") {
            parts.append(start..<index)
            start = index + 1
        }
        parts.append(start..<place.upperBound)
        guard parts.count == 2 || parts.count == 3 else {
            throw fieldCountError(
                place,
                parts.count,
                expected: "times of hour, minute and second, or of hour and minute",
                remedy: "Write `08:30` or `08:30:00`"
            )
        }
        try read(Field(.hour), parts[0], into: &masks)
        try read(Field(.minute), parts[1], into: &masks)
        guard parts.count == 3 else { return }
        masks[.second] = 0
        try read(Field(.second), parts[2], into: &masks)
    }

    // MARK: Components

    private func read(
        _ field: Field,
        _ place: Range<Int>,
        into masks: inout CrontabMasks
    ) throws(TextError) {
        guard !place.isEmpty else {
            throw parser.error(
                TextErrorCode.badValue,
                "the \(field.field.words) is missing",
                // The mark beside it is what can be seen.
                max(0, place.lowerBound - 1)..<max(1, place.lowerBound),
                remedy: "Write a number, or `*` for every one"
            )
        }
        guard string(place) != "*" else {
            if field.field == .year { return masks.years = YearSet() }
            return fill(field.field, &masks)
        }
        for (number, item) in try items(of: place, field.field).enumerated() {
            let span = try span(field, item)
            insert(span, field, into: &masks)
            if number == 0, isRhythm(span, field) { masks.stars |= 1 << field.field.rawValue }
        }
    }

    /// `5`, `5..10`, `5/15`, `5..50/15`.
    private func span(_ field: Field, _ item: Range<Int>) throws(TextError) -> Span {
        if bytes[item.lowerBound] == UInt8(ascii: "*") {
            let rest = string((item.lowerBound + 1)..<item.upperBound)
            throw parser.error(
                TextErrorCode.badValue,
                "`*` of systemd stands alone: `\(string(item))` in \(field.field.words)",
                item,
                remedy: rest.hasPrefix("/")
                    ? "Write `\(field.lowest)\(rest)`" : "Write `*`, or the values"
            )
        }
        var position = item.lowerBound
        let low = try number(field, &position, item)
        var span = Span(low: low, high: low, form: .value)
        if bytes[position...].starts(with: "..".utf8), position < item.upperBound {
            position += 2
            guard position < item.upperBound else {
                throw parser.openRangeError(field.field, item)
            }
            span.high = try number(field, &position, item)
            span.form = .range
            guard low <= span.high else {
                throw parser.error(
                    TextErrorCode.backwardsRange,
                    "the range `\(string(item))` in \(field.field.words) runs backwards, which"
                        + " systemd does not take",
                    item,
                    remedy: "Begin with the lower value, or write two ranges with a comma"
                )
            }
        }
        guard position < item.upperBound else { return span }
        guard bytes[position] == UInt8(ascii: "/") else {
            throw tailError(field, position, item)
        }
        let digits = bytes[(position + 1)..<item.upperBound]
        if let dot = digits.firstIndex(of: UInt8(ascii: ".")) {
            throw subsecondError(field, dot, item)
        }
        guard !digits.isEmpty, digits.allSatisfy(parser.isDigit) else {
            throw parser.stepError(field.field, (position + 1)..<item.upperBound, in: item)
        }
        let step = digits.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), 1_000_000) }
        guard step > 0 else {
            throw parser.stepError(field.field, (position + 1)..<item.upperBound, in: item)
        }
        span.step = step
        if span.form == .value {
            span.form = .openStep
            span.high = field.highest
        }
        return span
    }

    private func number(
        _ field: Field,
        _ position: inout Int,
        _ item: Range<Int>
    ) throws(TextError) -> Int {
        guard parser.isDigit(bytes[position]) else { throw unreadable(field.field, item) }
        guard field.field == .year else { return try value(field, &position, in: item) }
        let start = position
        while position < item.upperBound, parser.isDigit(bytes[position]) { position += 1 }
        let written = min(Int(string(start..<position)) ?? 1_000_000, 1_000_000)
        // Two digits are of this century or of the last, as systemd has it.
        let year = written < 70 ? written + 2000 : written < 100 ? written + 1900 : written
        guard YearSet.years.contains(year) else { throw outOfRange(field, start..<position) }
        return year
    }

    // MARK: Errors

    private func tailError(_ field: Field, _ position: Int, _ item: Range<Int>) -> TextError {
        switch bytes[position] {
        case UInt8(ascii: "."): subsecondError(field, position, item)
        case UInt8(ascii: "-"):
            parser.error(
                TextErrorCode.badRange,
                "a range of systemd has two dots: `\(string(item))` in \(field.field.words)",
                item,
                remedy: "Write `\(string(item).split(separator: "-").joined(separator: ".."))`"
            )
        default: unreadable(field.field, item)
        }
    }

    private func subsecondError(_ field: Field, _ place: Int, _ item: Range<Int>) -> TextError {
        outsideError(
            place..<item.upperBound,
            "parts of a \(field.field.words) are not read here: `\(string(item))`",
            "Write whole numbers; the smallest step is one second"
        )
    }

    /// What stands behind the time: a zone, most likely.
    private func zoneOrRest(_ place: Range<Int>) -> TextError {
        let word = string(place)
        guard bytes[place].contains(where: parser.isLetter), !word.contains(":") else {
            return outsideError(
                place,
                "`\(word)` is no weekday, date or time of systemd, or not in this order",
                "Write weekday, date, time: `Mon *-*-* 08:00`"
            )
        }
        return parser.error(
            TextErrorCode.zoneInExpression,
            "an expression does not name a time zone: `\(word)`",
            place,
            remedy: "Remove it and use the key `timezone:`"
        )
    }

    private func outsideError(_ place: Range<Int>, _ message: String, _ remedy: String) -> TextError
    {
        parser.error(TextErrorCode.dialectForm, message, place, remedy: remedy)
    }
}
