import DownbeatCore
import Support
import Testing

/// Compares translations with a slow reading of each dialect, over random texts.
@Suite("Dialects against a walk")
struct DialectOracleTests {
    /// 2026-01-01, and a stretch with a leap day, the end of a year and months of every length.
    private static let firstDay = 20_454
    private static let days = 1200
    /// Times compared for one text, about.
    private static let timesMax = 20_000

    @Test(arguments: CronDialect.allCases)
    func `the translation fires when the dialect's own reading does`(dialect: CronDialect) throws {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        var compared = 0
        for _ in 0..<(TestLength.isLong ? 5000 : 80) {
            let drawn = DrawnDialect(dialect, &random)
            let place = "seed \(seed): \(dialect) `\(drawn.text)`"
            let translation: DialectTranslation
            do {
                translation = try dialect.translate(drawn.text, in: .utc)
            } catch {
                Issue.record("\(place): \(error)")
                continue
            }
            let start = Self.firstDay + Int.random(in: 0..<Self.days, using: &random)
            let rule = Rule(trigger: translation.trigger, zone: .utc)
            // Many times a day are compared over few days, rare days over all of them.
            let length = max(3, min(Self.days, Self.timesMax / max(1, drawn.timesADay)))
            let range = start..<(start + length)
            let expected = drawn.fireTimes(days: range)
            let from = Timestamp(seconds: Int64(range.lowerBound) * 86_400 - 1)
            let end = Timestamp(seconds: Int64(range.upperBound) * 86_400 - 1)
            let found = rule.fireTimes(after: from, upTo: end, limit: .max).map { Int($0.seconds) }
            try #require(found == expected, "\(place) is \(translation.core)")
            compared += expected.count
            // The core form is whole: it reads again, to the same.
            let again = try #require(
                Rule(canonicalText: rule.canonicalText) { _ in .utc },
                "\(place)"
            )
            try #require(again.canonicalText == rule.canonicalText, "\(place)")
            guard !translation.core.contains("L-") else { continue }
            let typed = Rule(trigger: .cron([try Crontab(translation.core)]), zone: .utc)
            try #require(typed.canonicalText == rule.canonicalText, "\(place): \(translation.core)")
        }
        #expect(compared > 1000)
    }
}
