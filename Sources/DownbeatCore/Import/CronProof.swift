/// Whether a line fires with Downbeat when it fired with cron: both readings, compared.
package enum CronProof: Hashable, Sendable {
    /// As many fire times are the same; fewer than asked for when the years end before.
    case agrees(count: Int)
    /// The first place where they part, from 1; nil: that side has no further one.
    case differs(number: Int, cron: Timestamp?, downbeat: Timestamp?)

    /// Fire times of each line that are compared.
    package static let fireTimes = 1000

    /// Compares the next fire times.
    ///
    /// - Parameters:
    ///   - reading: cron's.
    ///   - rule: Downbeat's.
    ///   - now: where both begin.
    package init(_ reading: CronReading, _ rule: Rule, now: Timestamp) {
        let cron = CronWalk(reading: reading, zone: rule.zone)
            .fireTimes(after: now, limit: Self.fireTimes)
        let downbeat = rule.fireTimes(
            after: now,
            upTo: .distantFuture,
            limit: Self.fireTimes
        )
        let count = max(cron.count, downbeat.count)
        for index in 0..<count {
            let one = index < cron.count ? cron[index] : nil
            let other = index < downbeat.count ? downbeat[index] : nil
            guard one != other else { continue }
            self = .differs(number: index + 1, cron: one, downbeat: other)
            return
        }
        self = .agrees(count: count)
    }
}
