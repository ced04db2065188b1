import DownbeatCore
import Support
import Testing

/// Compares `Rule` with a slow walk, and with the properties that every rule has, over random
/// expressions of the whole grammar, zones, policies and instants.
@Suite("Rule against a walk")
struct RuleOracleTests {
    @Test func `next, previous and count agree with a walk over minutes and seconds`() throws {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        let draws = TestLength.isLong ? 20_000 : 200
        var compared = 0
        for _ in 0..<draws {
            let drawn = try DrawnRule(&random)
            let rule = try drawn.rule()
            let from = drawn.from
            let walk = WallWalk(
                expression: drawn.expression,
                zone: drawn.zone,
                daylight: drawn.daylight
            )
            let length = Self.windowSeconds(walk.timesADay)
            let upTo = from + .seconds(length)
            let place = Self.place(seed, drawn)
            let expected = walk.fireTimes(after: from, upTo: upTo)
            let found = rule.fireTimes(after: from, upTo: upTo, limit: .max)
            try #require(found == expected, "\(place)")
            #expect(rule.count(after: from, upTo: upTo) == expected.count, "\(place)")
            let middle = from + .seconds(Int64.random(in: 0..<length, using: &random))
            for end in [upTo, middle] {
                #expect(
                    rule.previous(atOrBefore: end, after: from) == expected.last { $0 <= end },
                    "previous from \(end.seconds), \(place)"
                )
            }
            compared += expected.count
        }
        #expect(compared > draws)
    }

    /// Enough to meet every policy, and for rare days a year and more, without millions of times.
    private static func windowSeconds(_ timesADay: Int) -> Int64 {
        switch timesADay {
        case ...4: 400 * 86_400
        case ...100: 40 * 86_400
        case ...1500: 4 * 86_400
        default: 2 * 3600
        }
    }

    @Test func `answers hold the properties of a rule`() throws {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        for _ in 0..<(TestLength.isLong ? 1_000_000 : 2000) {
            let drawn = try DrawnRule(&random)
            let rule = try drawn.rule()
            let list = rule.fireTimes(after: drawn.from, upTo: .distantFuture, limit: 5)
            let place = Self.place(seed, drawn)
            try Self.expectOrder(rule, list, drawn.from, &random, place)
            try Self.expectPrinting(drawn, rule, list, place)
            try Self.expectShown(drawn, list, place)
            let other = try drawn.rule(DrawnRule.expression(around: 2030, &random))
            try Self.expectUnion(rule, other, drawn, place)
        }
    }

    private static func place(_ seed: UInt64, _ drawn: DrawnRule) -> String {
        "seed \(seed): \(drawn.expression) in \(drawn.zone.name) after \(drawn.from.microseconds)"
            + " \(drawn.daylight.gap) \(drawn.daylight.overlap)"
    }

    /// Answers increase, none is at or before the question, and nothing lies between them.
    private static func expectOrder(
        _ rule: Rule,
        _ list: [Timestamp],
        _ from: Timestamp,
        _ random: inout SeededGenerator,
        _ place: String
    ) throws {
        guard let first = list.first, let last = list.last else { return }
        try #require(first > from, "\(place)")
        try #require(zip(list, list.dropFirst()).allSatisfy { $0 < $1 }, "\(place)")
        let distance = (first - from).wholeMicroseconds
        let within = from + .microseconds(Int64.random(in: 0..<distance, using: &random))
        try #require(rule.next(after: within) == first, "\(place)")
        try #require(rule.previous(atOrBefore: first, after: from) == first, "\(place)")
        try #require(rule.count(after: from, upTo: last) == list.count, "\(place)")
    }

    /// Printing and reading again changes nothing.
    private static func expectPrinting(
        _ drawn: DrawnRule,
        _ rule: Rule,
        _ list: [Timestamp],
        _ place: String
    ) throws {
        let zone = drawn.zone
        let stored = Rule(canonicalText: rule.canonicalText) { _ in zone }
        let again = try #require(stored, "\(place)")
        try #require(again.canonicalText == rule.canonicalText, "\(place)")
        let answers = again.fireTimes(after: drawn.from, upTo: .distantFuture, limit: list.count)
        try #require(answers == list, "\(place)")
    }

    /// The wall shows the expression at each answer, except at and after the end of a gap.
    private static func expectShown(
        _ drawn: DrawnRule,
        _ list: [Timestamp],
        _ place: String
    ) throws {
        let walk = WallWalk(
            expression: drawn.expression,
            zone: drawn.zone,
            daylight: drawn.daylight
        )
        for answer in list where !walk.isShown(at: answer) {
            let changes = drawn.zone.changes(after: answer - .seconds(3 * 3600), upTo: answer)
            let isAfterGap = changes.contains { change in
                let width = change.offsetAfter - change.offsetBefore
                return width > 0 && answer < change.at + .seconds(Int64(width))
                    && (answer == change.at || drawn.daylight.gap == .shift)
            }
            try #require(isAfterGap, "\(answer.seconds) is not shown, \(place)")
        }
    }

    /// The union of two expressions gives the merge of their answers.
    private static func expectUnion(
        _ rule: Rule,
        _ other: Rule,
        _ drawn: DrawnRule,
        _ place: String
    ) throws {
        guard case .cron(let left) = rule.trigger, case .cron(let right) = other.trigger else {
            return
        }
        let union = Rule(trigger: .cron(left + right), zone: drawn.zone, daylight: drawn.daylight)
        let lists = [rule, other].map {
            $0.fireTimes(after: drawn.from, upTo: .distantFuture, limit: 4)
        }
        let merged = Array(Set(lists.joined()).sorted().prefix(4))
        let found = union.fireTimes(after: drawn.from, upTo: .distantFuture, limit: 4)
        try #require(found == merged, "\(right.map(\.text)), \(place)")
    }
}
