/// What the changes of a zone's clock do to a rule: every time that is skipped, doubled or moved.
package struct DaylightAudit: Hashable, Sendable {
    /// What a change of the clock does to times of a rule.
    package enum Effect: Hashable, Sendable {
        /// The clock jumps over them; when the first of them runs instead, nil: not at all.
        case skipped(firesAt: Timestamp?)
        /// The clock shows them twice; which passes run.
        case doubled(DaylightPolicy.Overlap)
        /// An interval keeps its distance, so that its time of day becomes another one.
        case moved(to: TimeOfDay)
    }

    /// Times of one rule at one change.
    package struct Finding: Hashable, Sendable {
        package var change: ZoneChange
        /// What the wall would show, shows twice, or showed before.
        package var first: CivilTime
        package var last: CivilTime
        /// How many there are from the first to the last.
        package var count: Int
        package var effect: Effect
    }

    /// In the order of the changes.
    package private(set) var findings: [Finding] = []
    /// Changes over which the rule keeps its distance, as `*/15 * * * *` does: nothing is to be said.
    package private(set) var evenChanges = 0

    /// Looks at every change in (after, upTo] that lies inside the rule's bounds.
    package init(_ rule: Rule, after: Timestamp, upTo: Timestamp) {
        for change in rule.zone.changes(after: after, upTo: upTo, limit: Self.changesMax) {
            guard rule.from.map({ change.at >= $0 - Self.day }) ?? true,
                rule.until.map({ change.at < $0 + Self.day }) ?? true
            else { continue }
            let found = rule.daylightFindings(at: change)
            if !found.isEmpty, rule.isEven(over: change) {
                evenChanges += 1
            } else {
                findings += found
            }
        }
    }

    /// More changes than a zone has in the longest range.
    private static let changesMax = 10_000
    private static let day: Duration = .seconds(86_400)
}

extension Rule {
    fileprivate func daylightFindings(at change: ZoneChange) -> [DaylightAudit.Finding] {
        switch trigger {
        case .cron(let expressions):
            expressions.filter { !$0.isNever }.compactMap { finding($0.pattern, change) }
        case .celery(let crontab):
            crontab.isNever ? [] : [finding(crontab.pattern, change)].compactMap(\.self)
        case .daily(let times, let days):
            [finding(DailyPattern(times: times, days: days.matcher), change)].compactMap(\.self)
        case .every(let interval):
            interval.standsOnTimesOfDay ? [moved(interval, change)].compactMap(\.self) : []
        case .once, .after:
            []
        }
    }

    private func finding(
        _ pattern: some WallPattern,
        _ change: ZoneChange
    ) -> DaylightAudit.Finding? {
        guard let calendar else { return found(pattern, change) }
        return found(calendar.pattern(pattern), change)
    }

    private func found(_ times: some WallTimes, _ change: ZoneChange) -> DaylightAudit.Finding? {
        let at = Int(change.at.seconds)
        let walls = [at + change.offsetBefore, at + change.offsetAfter].sorted()
        guard let first = times.first(from: walls[0]), first < walls[1],
            let last = times.last(upTo: walls[1] - 1, notBefore: walls[0])
        else { return nil }
        let isForward = change.offsetAfter > change.offsetBefore
        let isSmall = walls[1] - walls[0] <= WallSearch<CronPattern>.changeMax
        let policy = daylight.decided(isWildcard: times.isWildcard)
        let effect: DaylightAudit.Effect
        if isForward {
            effect = .skipped(firesAt: isSmall ? substitute(first, policy.gap, change) : nil)
        } else {
            effect = .doubled(isSmall ? policy.overlap : .both)
        }
        return DaylightAudit.Finding(
            change: change,
            first: CivilTime(wall: first),
            last: CivilTime(wall: last),
            count: times.count(in: walls[0]..<walls[1]),
            effect: effect
        )
    }

    private func substitute(
        _ wall: Int,
        _ gap: DaylightPolicy.Gap,
        _ change: ZoneChange
    ) -> Timestamp? {
        switch gap {
        case .next: change.at
        case .shift: Timestamp(seconds: Int64(wall - change.offsetBefore))
        case .skip, .auto: nil
        }
    }

    /// The time of day before a change, and what it is after it.
    private func moved(_ interval: Interval, _ change: ZoneChange) -> DaylightAudit.Finding? {
        guard let next = next(after: change.at - .microseconds(1)) else { return nil }
        let before = CivilTime(wall: Int(next.seconds) + change.offsetBefore)
        let after = zone.civilTime(at: next)
        return DaylightAudit.Finding(
            change: change,
            first: before,
            last: before,
            count: 1,
            effect: .moved(to: TimeOfDay(secondOfDay: after.secondOfDay))
        )
    }

    /// Whether the distance between fire times is the same over a change as before it.
    fileprivate func isEven(over change: ZoneChange) -> Bool {
        guard daylight.gap == .auto, daylight.overlap == .auto else { return false }
        let instant: Duration = .microseconds(1)
        guard let last = previous(atOrBefore: change.at - instant, after: .distantPast),
            let earlier = previous(atOrBefore: last - instant, after: .distantPast),
            let next = next(after: change.at - instant),
            let later = self.next(after: next)
        else { return false }
        // A fixed time that runs once, right after a gap, is no rhythm even if it comes evenly.
        return next - last == last - earlier && later - next == last - earlier
            && last - earlier <= .seconds(3600)
    }
}
