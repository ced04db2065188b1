import DownbeatCore
import Support
import Testing

@Suite("Jitter")
struct JitterTests {
    private static let slot = Timeline.start

    // MARK: Delays

    @Test func `a stable delay is that of the name, a random one that of the slot too`() {
        let stable = Jitter(max: .seconds(300))
        let random = Jitter(max: .seconds(300), mode: .random)
        let slots = (0..<50).map { Self.slot + .seconds(86_400 * $0) }
        #expect(Set(slots.map { stable.offset(of: $0, name: "nightly") }).count == 1)
        #expect(Set(slots.map { random.offset(of: $0, name: "nightly") }).count > 30)
        // Frozen: another value would move every slot of every service at an upgrade.
        #expect(stable.offset(of: Self.slot, name: "nightly-backup") == .seconds(151))
        #expect(random.offset(of: Self.slot, name: "nightly-backup") == .seconds(286))
    }

    @Test func `delays are whole seconds below the most and fill the range evenly`() {
        for max in [2, 60, 300, 3600] {
            for mode in Jitter.Mode.allCases {
                let jitter = Jitter(max: .seconds(max), mode: mode)
                let delays = (0..<4000).map { number in
                    jitter.offset(of: Self.slot + .seconds(number), name: "s\(number)")
                }
                #expect(delays.allSatisfy { $0 >= .zero && $0 < .seconds(max) })
                #expect(delays.allSatisfy { $0.wholeMicroseconds % 1_000_000 == 0 })
                let half = delays.count { $0 < .seconds(max) / 2 }
                #expect((1700...2300).contains(half), "\(half) of 4000 below half of \(max)")
            }
        }
    }

    // MARK: The rule

    @Test func `a slot is due before the next one however close a change of clocks brings them`()
        throws
    {
        let zone = try ZoneFiles().zone(named: "America/New_York")
        let times = ["02:30", "03:05"].map { try? TimeOfDay($0) }.compactMap(\.self)
        var rule = Rule(trigger: .daily(times: times, days: .everyDay), zone: zone)
        rule.jitter = Jitter(max: .seconds(1200))
        let name = try #require(
            (0..<100).lazy.map { "s\($0)" }.first {
                Jitter(max: .seconds(1200)).offset(of: Self.slot, name: $0) > .seconds(900)
            }
        )
        // 02:30 does not exist on 14 March: the first slot moves to 03:00.
        let gapEnd = try InstantText.parse("2027-03-14T03:00:00-04:00")
        #expect(rule.due(of: gapEnd, name: name) == gapEnd + .seconds(299))
        let usual = try InstantText.parse("2027-03-15T02:30:00-04:00")
        #expect(rule.due(of: usual, name: name) > usual + .seconds(900))
    }

    @Test func `the canonical text reads back`() throws {
        for mode in Jitter.Mode.allCases {
            var rule = Rule(
                trigger: .cron([try Crontab("30 2 * * *")]),
                zone: .utc,
                from: Self.slot,
                until: Self.slot + .seconds(86_400)
            )
            let plain = rule.canonicalText
            rule.jitter = Jitter(max: .seconds(300), mode: mode)
            #expect(rule.canonicalText != plain)
            let read = Rule(canonicalText: rule.canonicalText) { _ in .utc }
            #expect(read == rule)
        }
        let follower = Rule(trigger: .after("每日备份"), zone: .utc, until: Self.slot)
        #expect(Rule(canonicalText: follower.canonicalText) { _ in .utc } == follower)
    }

    // MARK: Whether it fits

    struct GapRow: CustomTestStringConvertible, Sendable {
        var expressions: [String]
        /// The shortest time between two slots, in seconds.
        var gap: Int
        var testDescription: String { expressions.joined(separator: " | ") }
    }

    private static let gaps = [
        GapRow(expressions: ["* * * * *"], gap: 60),
        GapRow(expressions: ["*/7 * * * *"], gap: 240),
        GapRow(expressions: ["30 2 * * *"], gap: 86_400),
        GapRow(expressions: ["0 9,17 * * 1"], gap: 8 * 3600),
        GapRow(expressions: ["0 0 1 * *"], gap: 28 * 86_400),
        GapRow(expressions: ["0 0 29 2 *"], gap: 1461 * 86_400),
        GapRow(expressions: ["0 1 * * 1", "0 2 * * 2"], gap: 25 * 3600),
        GapRow(expressions: ["50 23 * * 5", "10 0 * * 6"], gap: 1200),
        GapRow(expressions: ["0 0 31 12 *", "0 0 1 1 *"], gap: 86_400),
        GapRow(expressions: ["0 0 0 1 1 * 2030", "0 5 0 1 1 * 2030"], gap: 300),
        GapRow(expressions: ["*/20 * * * * * *"], gap: 20),
    ]

    @Test(arguments: gaps)
    func `a jitter is less than the shortest time between two slots`(_ row: GapRow) throws {
        let rule = Rule(trigger: .cron(try row.expressions.map { try Crontab($0) }), zone: .utc)
        let pair = try #require(rule.slots(notFurtherApartThan: .seconds(row.gap)))
        #expect(pair.1 - pair.0 == .seconds(row.gap))
        let shorter = rule.slots(notFurtherApartThan: .seconds(row.gap - 1))
        #expect(shorter?.0 == nil)
    }

    @Test func `the period of an interval is its gap`() {
        let rule = Rule(trigger: .every(Interval(period: .seconds(600))), zone: .utc)
        #expect(rule.slots(notFurtherApartThan: .seconds(600)) != nil)
        #expect(rule.slots(notFurtherApartThan: .seconds(599)) == nil)
    }
}
