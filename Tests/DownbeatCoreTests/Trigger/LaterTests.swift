import DownbeatCore
import Support
import Testing

@Suite("Later triggers")
struct LaterTests {
    /// What a file says, by how many minutes it is moved, and what it says then.
    struct Case: CustomTestStringConvertible {
        var trigger: String
        var minutes: Int
        /// Nil: it cannot be moved.
        var text: String?

        var testDescription: String { "\(trigger) +\(minutes)" }

        init(_ trigger: String, _ minutes: Int, _ text: String?) {
            (self.trigger, self.minutes, self.text) = (trigger, minutes, text)
        }
    }

    private static func trigger(_ text: String) throws -> Trigger {
        if text.hasPrefix("at ") {
            let times = try text.dropFirst(3).split(separator: ",").map {
                try TimeOfDay(String($0))
            }
            return .daily(times: times, days: .everyDay)
        }
        if text.hasPrefix("every ") {
            let period = try Interval.parsePeriod(String(text.dropFirst(6)))
            return .every(Interval(period: period))
        }
        return try Trigger.parseCron(text)
    }

    @Test(arguments: [
        Case("at 03:00", 7, "at: \"03:07\""),
        Case("at 03:00,23:50", 9, "at: [\"03:09\", \"23:59\"]"),
        Case("at 03:00,23:50", 10, nil),
        Case("0 3 * * *", 7, "cron: \"7 3 * * *\""),
        Case("@daily", 7, "cron: \"7 0 * * *\""),
        Case("50 3,5 * * mon-fri", 15, "cron: \"5 4,6 * * mon-fri\""),
        Case("50 23 * * *", 15, nil),
        Case("0,50 3 * * *", 15, nil),
        Case("0,50 * * * *", 15, "cron: \"5,15 * * * *\""),
        Case("50 * * * 1", 15, nil),
        Case("50 */2 * * *", 15, nil),
        Case("5 */2 * * *", 15, "cron: \"20 */2 * * *\""),
        Case("*/15 * * * *", 5, nil),
        Case("* * * * *", 1, nil),
        Case("30 0 3 * * *", 5, "cron: \"30 5 3 * * *\""),
        Case("every 10m", 3, "anchor: \"00:03\""),
        Case("every 10m", 10, nil),
    ])
    func `a trigger is moved only where a file can say it`(_ example: Case) throws {
        let later = try Self.trigger(example.trigger).later(byMinutes: example.minutes)
        #expect(later?.fileText == example.text)
    }

    @Test func `what is moved fires as before, so many minutes later`() throws {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        let day = Duration.seconds(86_400)
        var moved = 0
        for _ in 0..<(TestLength.isLong ? 20_000 : 500) {
            let text = DrawnRule.expression(around: 2026, &random)
            let minutes = Int.random(in: 1..<90, using: &random)
            let trigger = Trigger.cron([try Crontab(text)])
            guard let later = trigger.later(byMinutes: minutes) else { continue }
            moved += 1
            let (old, new) = (Rule(trigger: trigger, zone: .utc), Rule(trigger: later, zone: .utc))
            // Days at the ends, where slots enter or leave the range.
            let from = Timeline.start
            let slots = old.fireTimes(after: from, upTo: from + day * 40, limit: 500)
            guard let last = slots.last else { continue }
            let delay = Duration.seconds(60 * minutes)
            let expected = slots.map { $0 + delay }.filter { $0 > from + day }
            let found = new.fireTimes(after: from + day, upTo: last + delay, limit: .max)
            #expect(found == expected, "seed \(seed): \(text) +\(minutes)")
        }
        #expect(moved > 50)
    }
}
