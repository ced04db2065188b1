import DownbeatCore
import Support
import Testing

/// Compares `Rule` with a slow walk that shares nothing with it but `ZoneRules.offset(at:)`: every
/// minute of every matching local day is mapped to instants by trying offsets.
@Suite("Rule against a walk")
struct RuleOracleTests {
    private static let zones = [
        "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe",
        "America/Sao_Paulo", "Asia/Beirut", "Africa/Casablanca", "Pacific/Apia",
        "Antarctica/Troll", "America/St_Johns", "Asia/Tehran", "Europe/Dublin", "Asia/Gaza",
        "Pacific/Kwajalein", "America/Caracas", "Asia/Kathmandu", "America/Nuuk", "UTC",
        "Africa/Cairo", "America/Havana", "Antarctica/Casey", "Pacific/Chatham",
    ]

    /// How far a drawn instant is from a change of the zone at most, in seconds.
    private static let aroundChange = 40 * 3600

    @Test func `next, previous and count agree with a walk over minutes`() throws {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        let draws = TestLength.isLong ? 5000 : 200
        var compared = 0
        for _ in 0..<draws {
            let name = Self.zones[Int.random(in: 0..<Self.zones.count, using: &random)]
            let zone = try ZoneFiles().zone(named: name)
            let expression = Self.expression(&random)
            let from = Self.instant(in: zone, &random)
            let crontab = try Crontab(expression)
            let rule = Rule(trigger: .cron([crontab]), zone: zone)
            let place = "seed \(seed): \(expression) in \(name) after \(from.seconds)"
            let walk = Walk(expression: expression, zone: zone)
            // Six days around a change, or the next ones: enough to meet every policy.
            let upTo = from + .seconds(6 * 86_400)
            let expected = walk.fireTimes(after: from, upTo: upTo)
            let found = rule.fireTimes(after: from, upTo: upTo, limit: .max)
            try #require(found == expected, "\(place)")
            #expect(rule.count(after: from, upTo: upTo) == expected.count, "\(place)")
            #expect(
                rule.previous(atOrBefore: upTo, after: from) == expected.last,
                "previous, \(place)"
            )
            let middle = from + .seconds(Int64.random(in: 0..<(6 * 86_400), using: &random))
            #expect(
                rule.previous(atOrBefore: middle, after: from)
                    == expected.last { $0 <= middle },
                "previous from the middle, \(place)"
            )
            compared += expected.count
        }
        #expect(compared > draws)
    }

    @Test func `answers hold the properties of a rule`() throws {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        for _ in 0..<(TestLength.isLong ? 3000 : 200) {
            let name = Self.zones[Int.random(in: 0..<Self.zones.count, using: &random)]
            let zone = try ZoneFiles().zone(named: name)
            let texts = [Self.expression(&random), Self.expression(&random)]
            let expressions = try texts.map { try Crontab($0) }
            let from = Self.instant(in: zone, &random)
            let place = "seed \(seed): \(texts) in \(name) after \(from.seconds)"
            let single = expressions.map { Rule(trigger: .cron([$0]), zone: zone) }
            let union = Rule(trigger: .cron(expressions), zone: zone)
            let lists = single.map { $0.fireTimes(after: from, upTo: .distantFuture, limit: 8) }
            for (rule, list) in zip(single, lists) {
                guard let first = list.first else { continue }
                #expect(first > from, "\(place)")
                #expect(zip(list, list.dropFirst()).allSatisfy { $0 < $1 }, "\(place)")
                let distance = (first - from).wholeMicroseconds
                let within = from + .microseconds(Int64.random(in: 0..<distance, using: &random))
                #expect(rule.next(after: within) == first, "\(place)")
                #expect(rule.previous(atOrBefore: first, after: from) == first, "\(place)")
            }
            let merged = Set(lists.joined()).sorted().prefix(8)
            let found = union.fireTimes(after: from, upTo: .distantFuture, limit: 8)
            #expect(found == Array(merged), "\(place)")
            if let last = found.last {
                #expect(union.count(after: from, upTo: last) == found.count, "\(place)")
            }
            for crontab in expressions {
                let printed = try Crontab(crontab.canonicalText)
                #expect(printed.canonicalText == crontab.canonicalText, "\(place)")
                let again = Rule(trigger: .cron([printed]), zone: zone)
                let original = Rule(trigger: .cron([crontab]), zone: zone)
                let both = [again, original].map {
                    $0.fireTimes(after: from, upTo: .distantFuture, limit: 20)
                }
                #expect(both[0] == both[1], "\(place)")
            }
        }
    }

    private static func instant(
        in zone: ZoneRules,
        _ random: inout SeededGenerator
    ) -> Timestamp {
        let start = Int64.random(in: 157_766_400..<7_000_000_000, using: &random)
        let drawn = Timestamp(microseconds: start * 1_000_000 + .random(in: 0..<3, using: &random))
        let changes = zone.changes(after: drawn, upTo: .distantFuture, limit: 1)
        guard let change = changes.first, Int.random(in: 0..<5, using: &random) > 0 else {
            return drawn
        }
        // Seconds right at the change are drawn often: off by one hides there.
        if Int.random(in: 0..<4, using: &random) == 0 {
            return change.at + .seconds(Int64.random(in: -1...1, using: &random))
        }
        return change.at
            + .seconds(Int64.random(in: Int64(-aroundChange)..<Int64(aroundChange), using: &random))
    }

    private static func expression(_ random: inout SeededGenerator) -> String {
        let minute = [
            "*", "*/15", "0", "30", "0,30", "5-20/5", "\(Int.random(in: 0..<60, using: &random))",
            "*/7", "0-59/20", "59", "*/20,7",
        ]
        let hour = [
            "*", "*/2", "2", "1-3", "0", "23", "0,12", "\(Int.random(in: 0..<24, using: &random))",
            "0-6/2", "2,3", "*/12",
        ]
        let day = ["*", "*", "*", "1", "*/2", "15,31", "1-7", "29", "*,5"]
        let month = ["*", "*", "*", "*", "3,10", "*/2", "4-11", "FEB"]
        let weekday = ["*", "*", "*", "0", "7", "1-5", "fri-sun", "*/2", "MON", "sat"]
        return [minute, hour, day, month, weekday].map { choices in
            choices[Int.random(in: 0..<choices.count, using: &random)]
        }.joined(separator: " ")
    }
}

/// The slow walk, with a lenient reading of valid expressions of its own.
private struct Walk {
    private let fields: [Set<Int>]
    private let starts: [Bool]
    private let zone: ZoneRules

    init(expression: String, zone: ZoneRules) {
        self.zone = zone
        let limits = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
        let texts = expression.split(separator: " ").map { $0.lowercased() }
        starts = texts.map { $0.hasPrefix("*") }
        fields = zip(texts, limits).map { text, limit in Self.values(text, limit) }
    }

    private static func values(_ text: String, _ limit: (Int, Int)) -> Set<Int> {
        let names = [
            "sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "feb": 2,
        ]
        let number = { (word: Substring) in names[String(word)] ?? Int(word) ?? -1 }
        var all: Set<Int> = []
        for item in text.split(separator: ",") {
            let parts = item.split(separator: "/")
            let step = parts.count == 2 ? number(parts[1]) : 1
            let ends = parts[0] == "*" ? [] : parts[0].split(separator: "-").map(number)
            let low = ends.first ?? limit.0
            let high = ends.isEmpty ? limit.1 : ends.last == 0 && low > 0 ? 7 : ends.last ?? low
            for value in stride(from: low, through: high, by: step) { all.insert(value) }
        }
        if limit.1 == 7, all.contains(7) { all.insert(0) }
        return all
    }

    func fireTimes(after: Timestamp, upTo: Timestamp) -> [Timestamp] {
        var found: Set<Timestamp> = []
        let first = Int(after.seconds) / 86_400 - 3
        let last = Int(upTo.seconds) / 86_400 + 3
        for day in first...last where matches(day) {
            for minute in 0..<1440
            where fields[0].contains(minute % 60) && fields[1].contains(minute / 60) {
                found.formUnion(instants(day * 86_400 + minute * 60))
            }
        }
        return found.filter { $0 > after && $0 <= upTo }.sorted()
    }

    private func matches(_ day: Int) -> Bool {
        let date = CivilDate(dayNumber: day)
        guard fields[3].contains(date.month) else { return false }
        let byDay = fields[2].contains(date.day)
        let byWeekday = fields[4].contains(((day + 4) % 7 + 7) % 7)
        return starts[2] || starts[4] ? byDay && byWeekday : byDay || byWeekday
    }

    private func instants(_ wall: Int) -> [Timestamp] {
        let offsets = stride(from: -30 * 3600, through: 30 * 3600, by: 1800).map { distance in
            offset(wall + distance)
        }
        let shown = Set(offsets).map { wall - $0 }.filter { offset($0) == wall - $0 }.sorted()
        let isWildcard = starts[0] || starts[1]
        if shown.isEmpty {
            return isWildcard ? [] : gapEnd(wall)
        }
        guard !isWildcard, shown.count == 2 else { return shown.map(timestamp) }
        let width = offset(shown[0]) - offset(shown[1])
        return width <= 3 * 3600 ? [timestamp(shown[0])] : shown.map(timestamp)
    }

    /// The first instant after the gap that holds a wall time, found by halving.
    private func gapEnd(_ wall: Int) -> [Timestamp] {
        var low = wall - 30 * 3600
        var high = wall + 30 * 3600
        while high - low > 1 {
            let middle = (low + high) / 2
            if middle + offset(middle) < wall { low = middle } else { high = middle }
        }
        return offset(high) - offset(low) <= 3 * 3600 ? [timestamp(high)] : []
    }

    private func offset(_ second: Int) -> Int {
        zone.offset(at: timestamp(second))
    }

    private func timestamp(_ second: Int) -> Timestamp { Timestamp(seconds: Int64(second)) }
}
