/// The forms of EventBridge that are no cron: `rate(5 minutes)`, `at(2026-11-20T13:00:00)`.
extension DialectReader {
    private static let units: [(name: String, length: Duration)] = [
        ("minute", .seconds(60)), ("hour", .seconds(3600)), ("day", .seconds(86_400)),
    ]

    /// Nil: the text is neither.
    func eventBridgeForm(
        _ range: Range<Int>,
        _ zone: ZoneRules
    ) throws(TextError) -> DialectTranslation? {
        if let inner = try inside("rate", range) { return try rate(inner, range) }
        guard let inner = try inside("at", range) else { return nil }
        let instant: Timestamp
        do {
            instant = try InstantText.parse(string(inner), zone: zone, bareDate: .refused)
        } catch {
            throw error.shifted(by: inner.lowerBound)
        }
        return DialectTranslation(
            dialect: dialect,
            written: string(range),
            trigger: .once(instant),
            key: "once",
            core: InstantText.format(instant, zone: zone)
        )
    }

    private func rate(
        _ inner: Range<Int>,
        _ range: Range<Int>
    ) throws(TextError) -> DialectTranslation {
        let places = parser.split(inner)
        guard places.count == 2 else {
            throw fieldCountError(
                inner.isEmpty ? range : inner,
                places.count,
                expected: "a number and a unit in `rate(...)`",
                remedy: "Write `rate(5 minutes)`"
            )
        }
        let digits = bytes[places[0]]
        guard digits.allSatisfy(parser.isDigit), let number = Int64(string(places[0])),
            (1...Self.rateMax).contains(number)
        else {
            throw parser.error(
                TextErrorCode.outOfRange,
                "`\(string(places[0]))` is no whole number from 1 to \(Self.rateMax)",
                places[0],
                remedy: "Write `rate(5 minutes)`"
            )
        }
        let word = string(places[1])
        let unit = Self.units.first { word == $0.name || word == $0.name + "s" }
        guard let unit, (word == unit.name) == (number == 1) else {
            let right = (unit ?? Self.units[0]).name + (number == 1 ? "" : "s")
            throw parser.error(
                TextErrorCode.badValue,
                "`\(word)` is no unit of \(number) in EventBridge",
                places[1],
                remedy: unit == nil
                    ? "Write minutes, hours or days, and minute, hour or day with 1"
                    : "Write `\(right)`"
            )
        }
        let period: Duration = .microseconds(unit.length.wholeMicroseconds * number)
        return DialectTranslation(
            dialect: dialect,
            written: string(range),
            trigger: .every(Interval(period: period)),
            key: "every",
            core: DurationText.format(period),
            note: .countsFromItsStart(dialect)
        )
    }

    /// Days of 100 years, in which a duration of the core form lies.
    private static var rateMax: Int64 { 36_525 }
}
