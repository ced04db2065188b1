/// Dates of a calendar as text: `2026-01-01`, or a range with both ends, `2026-10-01..2026-10-07`.
package enum CalendarDates {
    /// Years that a calendar can speak of, as those of a cron expression.
    package static let years = 1970...2199
    /// Days of one range; more is a mistake in the year.
    package static let rangeDaysMax = 366

    /// Reads a date or a range.
    ///
    /// - Returns: day numbers since 1970-01-01.
    /// - Throws: `TextError` placed inside `text`.
    package static func parse(_ text: String) throws(TextError) -> ClosedRange<Int> {
        let scalars = Array(text.unicodeScalars)
        let dots = scalars.indices.dropLast().first { scalars[$0] == "." && scalars[$0 + 1] == "." }
        guard let dots else {
            let day = try date(scalars[...], offset: 0).dayNumber
            return day...day
        }
        let first = try date(scalars[..<dots], offset: 0).dayNumber
        let last = try date(scalars[(dots + 2)...], offset: dots + 2).dayNumber
        guard first <= last else {
            throw error("the range `\(text)` ends before it begins", 0, scalars.count)
        }
        guard last - first < rangeDaysMax else {
            throw error(
                "the range `\(text)` has \(last - first + 1) days; a range has at most \(rangeDaysMax)",
                0,
                scalars.count
            )
        }
        return first...last
    }

    /// Reads a range of years: `2004-2026`, or one year.
    ///
    /// - Throws: `TextError` placed inside `text`.
    package static func parseYears(_ text: String) throws(TextError) -> ClosedRange<Int> {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.utf8.count == 4 ? number($0.unicodeScalars) : nil }
        guard numbers.count == parts.count, let first = numbers.first, let last = numbers.last,
            numbers.count <= 2, first <= last
        else {
            throw TextError(
                code: TextErrorCode.badInstant,
                message: "`\(text)` is not a range of years",
                offset: 0,
                length: text.unicodeScalars.count,
                remedy: "Write it as `2004-2026`, or one year"
            )
        }
        guard years.contains(first), years.contains(last) else {
            throw outsideYears(text, 0)
        }
        return first...last
    }

    private static func date(
        _ scalars: ArraySlice<Unicode.Scalar>,
        offset: Int
    ) throws(TextError) -> CivilDate {
        let text = String(String.UnicodeScalarView(scalars))
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { number($0.unicodeScalars) }
        guard numbers.count == 3, parts.map(\.utf8.count) == [4, 2, 2] else {
            throw error("`\(text)` is not a date", offset, scalars.count)
        }
        let date = CivilDate(year: numbers[0], month: numbers[1], day: numbers[2])
        guard date.exists else {
            throw TextError(
                code: TextErrorCode.noSuchDate,
                message: "\(text) is no date of the calendar",
                offset: offset,
                length: scalars.count,
                remedy: "Correct the month or the day"
            )
        }
        guard years.contains(date.year) else { throw outsideYears(text, offset) }
        return date
    }

    private static func number(_ scalars: some Sequence<Unicode.Scalar>) -> Int? {
        var value: Int?
        for scalar in scalars {
            guard ("0"..."9").contains(scalar), value ?? 0 < 100_000 else { return nil }
            value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
        }
        return value
    }

    private static func outsideYears(_ text: String, _ offset: Int) -> TextError {
        error(
            "\(text) is outside the years of calendars, \(years.lowerBound) to \(years.upperBound)",
            offset,
            text.unicodeScalars.count
        )
    }

    private static func error(_ message: String, _ offset: Int, _ length: Int) -> TextError {
        TextError(
            code: TextErrorCode.badInstant,
            message: message,
            offset: offset,
            length: length,
            remedy: "Write it as `2026-01-01`, or `2026-10-01..2026-10-07` with both ends"
        )
    }
}
