/// Celery's `crontab.from_string`: five fields with the meaning of `crontab()`.
///
/// All five must match, ranges wrap, weekdays are 0 (Sunday) to 6.
extension DialectReader {
    func celeryMasks(_ range: Range<Int>) throws(TextError) -> CrontabMasks {
        let places = parser.split(range)
        guard places.count == CrontabField.five.count else {
            throw fieldCountError(
                range,
                places.count,
                expected: "five fields",
                remedy: "Write minute, hour, day of month, month, day of week: `0 11 * * mon`"
            )
        }
        var masks = CrontabMasks()
        for (field, place) in zip(CrontabField.five, places) {
            let inner = CeleryFieldParser(field, string(place))
            do {
                masks[field] = try inner.parse()
            } catch {
                // What stands before it is ASCII, so that bytes are scalars.
                var placed = error.shifted(by: place.lowerBound)
                placed.key = nil
                throw placed
            }
            if inner.beginsWithStar { masks.stars |= 1 << field.rawValue }
        }
        masks.needsBothDays = true
        return masks
    }
}
