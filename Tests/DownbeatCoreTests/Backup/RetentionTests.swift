import DownbeatCore
import Foundation
import Support
import Testing

@Suite("Retention")
struct RetentionTests {
    struct Rule: CustomStringConvertible {
        var description: String
        var retention: Retention
        var zone = "Asia/Shanghai"
        /// Hours between two backups.
        var every = 24
        /// Of the copies, in hundredths, so many are not verified.
        var unverified: UInt64 = 0
    }

    static let rules = [
        Rule(description: "7 daily, 4 weekly", retention: Retention(daily: 7, weekly: 4)),
        Rule(
            description: "all periods, several backups a day",
            retention: Retention(hourly: 24, daily: 7, weekly: 5, monthly: 6, yearly: 2),
            every: 7
        ),
        Rule(
            description: "all periods across clock changes, some unverified",
            retention: Retention(last: 3, hourly: 5, daily: 3, weekly: 2, monthly: 2),
            zone: "America/New_York",
            every: 1,
            unverified: 30
        ),
        Rule(
            description: "the clock goes back over midnight",
            retention: Retention(daily: 4),
            zone: "Asia/Beirut",
            every: 1
        ),
        Rule(
            description: "nothing but the last, none verified",
            retention: Retention(last: 2),
            every: 5,
            unverified: 100
        ),
        Rule(
            description: "zero of everything keeps the newest verified one",
            retention: Retention(last: 0, daily: 0),
            unverified: 60
        ),
        Rule(description: "no rule", retention: Retention(), unverified: 10),
    ]

    /// After each of 400 virtual days of backups and deletions, exactly what the rule says is left.
    @Test(arguments: rules)
    func `400 days of backups leave exactly what the rule says`(rule: Rule) throws {
        var generator = SeededGenerator.ofThisRun()
        let zone = try ZoneFiles().zone(named: rule.zone)
        let oracle = try RetentionOracle(zoneName: rule.zone)
        var held: [Retention.Copy] = []
        var now = Timestamp(seconds: 1_790_000_000)
        for number in 0..<(400 * 24 / rule.every) {
            let isVerified = generator.next() % 100 >= rule.unverified
            held.append(
                Retention.Copy(name: "\(number)", takenAt: now, isVerified: isVerified)
            )
            let verdicts = rule.retention.verdicts(on: held.shuffled(using: &generator), zone: zone)
            let kept = Set(verdicts.filter(\.isKept).map(\.copy))
            let expected = oracle.kept(of: held, rule.retention)
            #expect(kept == expected, "seed \(generator.seed), copy \(number)")
            let newest = held.last(where: \.isVerified)
            #expect(newest.map { kept.contains($0) } ?? true)
            guard kept == expected else { return }
            held.removeAll { !kept.contains($0) }
            now = now + .seconds(rule.every * 3600 + Int(generator.next() % 600))
        }
    }

    @Test func `a copy says which rules keep it`() throws {
        let copies = [
            Retention.Copy(
                name: "a",
                takenAt: try Self.at("2026-11-22T02:30:00Z"),
                isVerified: true
            ),
            Retention.Copy(
                name: "b",
                takenAt: try Self.at("2026-11-23T02:30:00Z"),
                isVerified: true
            ),
            Retention.Copy(
                name: "c",
                takenAt: try Self.at("2026-11-23T03:30:00Z"),
                isVerified: false
            ),
        ]
        let verdicts = Retention(last: 1, daily: 1, weekly: 2).verdicts(on: copies, zone: .utc)
        #expect(verdicts.map(\.copy.name) == ["c", "b", "a"])
        #expect(
            verdicts.map(\.reasons) == [
                ["last"], ["daily 2026-11-23", "weekly 2026-W48", "newest verified"],
                ["weekly 2026-W47"],
            ]
        )
    }

    private static func at(_ text: String) throws -> Timestamp { try InstantText.parse(text) }
}

/// What is kept, worked out with Foundation's calendar and by another road: each rule asks of each
/// copy whether it is the best of its period, and whether that period is among the newest.
struct RetentionOracle {
    private var calendar: Calendar

    init(zoneName: String) throws {
        calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = try #require(TimeZone(identifier: zoneName))
    }

    func kept(of copies: [Retention.Copy], _ rule: Retention) -> Set<Retention.Copy> {
        let counts = [
            rule.last, rule.hourly, rule.daily, rule.weekly, rule.monthly, rule.yearly,
        ]
        guard counts.contains(where: { $0 != nil }) else { return Set(copies) }
        var kept = Set(copies.sorted { $0.takenAt > $1.takenAt }.prefix(rule.last ?? 0))
        let periods: [(Int?, (DateComponents) -> [Int?])] = [
            (rule.hourly, { [$0.year, $0.month, $0.day, $0.hour] }),
            (rule.daily, { [$0.year, $0.month, $0.day] }),
            (rule.weekly, { [$0.yearForWeekOfYear, $0.weekOfYear] }),
            (rule.monthly, { [$0.year, $0.month] }),
            (rule.yearly, { [$0.year] }),
        ]
        for (index, (count, parts)) in periods.enumerated() {
            let groups = Dictionary(grouping: copies) { copy in
                let components = self.components(of: copy)
                // An hour that comes twice is two hours.
                let offset = index == 0 ? calendar.timeZone.secondsFromGMT(for: date(copy)) : 0
                return parts(components) + [offset]
            }
            let newest = groups.values.sorted { latest($0) > latest($1) }.prefix(count ?? 0)
            for group in newest {
                let verified = group.filter(\.isVerified)
                let best = (verified.isEmpty ? group : verified).max { $0.takenAt < $1.takenAt }
                if let best { kept.insert(best) }
            }
        }
        if let newest = copies.filter(\.isVerified).max(by: { $0.takenAt < $1.takenAt }) {
            kept.insert(newest)
        }
        return kept
    }

    private func latest(_ group: [Retention.Copy]) -> Timestamp {
        group.map(\.takenAt).max() ?? .distantPast
    }

    private func components(of copy: Retention.Copy) -> DateComponents {
        calendar.dateComponents(
            [.year, .month, .day, .hour, .weekOfYear, .yearForWeekOfYear],
            from: date(copy)
        )
    }

    private func date(_ copy: Retention.Copy) -> Date {
        Date(timeIntervalSince1970: Double(copy.takenAt.microseconds) / 1_000_000)
    }
}
