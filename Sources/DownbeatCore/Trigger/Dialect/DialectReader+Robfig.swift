/// The standard parser of robfig/cron v3, which Kubernetes has too.
///
/// Five fields or a nickname; `5/15` is `5-59/15`, `?` is `*`, weekdays are 0 (Sunday) to 6. Both day
/// fields must match if either has a bare `*` (or `*/1`) among its items, otherwise either: `*/2`
/// restricts like any list. Source: `parser.go`, `spec.go`.
extension DialectReader {
    /// `@every 90s`; nil when the text is something else.
    func robfigInterval(_ range: Range<Int>) throws(TextError) -> DialectTranslation? {
        let word = string(range)
        guard word.hasPrefix("@every") else { return nil }
        let trigger: Trigger
        do {
            trigger = try Trigger.parseCron(word)
        } catch {
            throw error.shifted(by: range.lowerBound)
        }
        guard case .every(let interval) = trigger else { return nil }
        return DialectTranslation(
            dialect: dialect,
            written: word,
            trigger: trigger,
            key: "every",
            core: DurationText.format(interval.period),
            note: .countsFromItsStart(dialect)
        )
    }

    func robfigMasks(_ range: Range<Int>) throws(TextError) -> CrontabMasks {
        if bytes[range].first == UInt8(ascii: "@") {
            guard let expression = CrontabParser.expression(ofNickname: string(range)) else {
                throw parser.nicknameError(range)
            }
            var nickname = CrontabParser(expression)
            return try nickname.parse()
        }
        let places = parser.split(range)
        guard places.count == CrontabField.five.count else {
            throw fieldCountError(
                range,
                places.count,
                expected: "five fields",
                remedy: places.count == 6
                    ? "Remove the second, which its standard parser and Kubernetes do not have, or"
                        + " leave `dialect` out"
                    : "Write minute, hour, day of month, month, day of week: `0 2 * * *`"
            )
        }
        var masks = CrontabMasks()
        var rhythms: Set<CrontabField> = []
        for (field, place) in zip(CrontabField.five, places) {
            let own = Field(field)
            for (number, item) in try items(of: place, field).enumerated() {
                let span = try span(own, item, .openMarks)
                insert(span, own, into: &masks)
                if span.form == .star, span.step == 1 { masks.stars |= 1 << field.rawValue }
                if number == 0, isRhythm(span, own) { rhythms.insert(field) }
            }
        }
        for field in rhythms where !field.isDay { masks.stars |= 1 << field.rawValue }
        // Beside a day field that restricts nothing, a star cannot change how they combine.
        if CrontabField.five.contains(where: { $0.isDay && masks.isStar($0) }) {
            for field in rhythms { masks.stars |= 1 << field.rawValue }
        }
        return masks
    }
}
