/// What one change of the clocks does to times of a rule.
package struct ClockEffect: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The clock jumps over the times.
        case gap
        /// The times come twice.
        case overlap
    }

    /// Which of two equal times run.
    package enum Passes: Hashable, Sendable {
        case first
        case second
        case both
    }

    package var kind: Kind
    /// The date of the times.
    package var date: CivilDate
    /// The first and the last time concerned.
    package var first: TimeOfDay
    package var last: TimeOfDay
    /// Of a gap: the first and the last time at which they run instead; empty: not at all.
    package var runs: [TimeOfDay] = []
    /// Of an overlap.
    package var passes: Passes = .first
}

extension Rule {
    /// How far ahead clock changes are looked at: every zone that has daylight saving has had both of
    /// its changes then.
    private static let clockYear = Duration.seconds(366 * 86_400)
    /// Changes looked at; more than two a year are rare.
    private static let changesMax = 8

    /// What the clock changes of the year after an instant do to fixed times, and to rhythms that are
    /// restricted to some hours or say something of their own; inside the bounds.
    ///
    /// It is asked of the rule itself which times run, so calendar and bounds count.
    package func clockEffects(after instant: Timestamp) -> [ClockEffect] {
        let end = instant + Self.clockYear
        let changes = zone.changes(
            after: max(instant, from ?? instant),
            upTo: min(end, until ?? end),
            limit: Self.changesMax
        )
        var effects: [ClockEffect] = []
        for change in changes {
            let width = change.offsetAfter - change.offsetBefore
            guard abs(width) <= WallSearch<CronPattern>.changeMax else { continue }
            for pattern in clockPatterns {
                let effect = width > 0 ? gap(pattern, change) : overlap(pattern, change)
                if let effect, !effects.contains(effect) { effects.append(effect) }
            }
        }
        return effects
    }

    private var clockPatterns: [any WallPattern] {
        func concerns(_ crontab: Crontab) -> Bool {
            !crontab.isNever
                && (!crontab.isWildcard || !crontab.isFull(.hour) || daylight != DaylightPolicy())
        }
        return switch trigger {
        case .cron(let expressions): expressions.filter(concerns).map(\.pattern)
        case .celery(let crontab): concerns(crontab) ? [crontab.pattern] : []
        case .daily(let times, let days):
            times.isEmpty ? [] : [DailyPattern(times: times, days: days.matcher)]
        case .every, .once, .after: []
        }
    }

    private func gap(_ pattern: any WallPattern, _ change: ZoneChange) -> ClockEffect? {
        let start = Int(change.at.seconds) + change.offsetBefore
        let end = Int(change.at.seconds) + change.offsetAfter
        guard var effect = effect(.gap, of: pattern, in: start..<end) else { return nil }
        let policy = daylight.decided(isWildcard: pattern.isWildcard)
        let walls = [effect.first, effect.last].map {
            effect.date.dayNumber * CivilTime.secondsPerDay + $0.secondOfDay
        }
        let runs: [Timestamp] =
            switch policy.gap {
            case .next, .auto: [change.at]
            case .shift: walls.map { Timestamp(seconds: Int64($0 - change.offsetBefore)) }
            case .skip: []
            }
        guard runs.allSatisfy({ self.runs(at: $0) }),
            calendarState(at: change.at) ?? .working == .working
        else {
            return nil
        }
        effect.runs = runs.map { TimeOfDay(secondOfDay: zone.civilTime(at: $0).secondOfDay) }
        return effect
    }

    private func overlap(_ pattern: any WallPattern, _ change: ZoneChange) -> ClockEffect? {
        let start = Int(change.at.seconds) + change.offsetAfter
        let end = Int(change.at.seconds) + change.offsetBefore
        guard var effect = effect(.overlap, of: pattern, in: start..<end) else { return nil }
        let wall = effect.date.dayNumber * CivilTime.secondsPerDay + effect.first.secondOfDay
        let passes = [change.offsetBefore, change.offsetAfter].map {
            self.runs(at: Timestamp(seconds: Int64(wall - $0)))
        }
        switch (passes[0], passes[1]) {
        case (true, true): effect.passes = .both
        case (true, false): effect.passes = .first
        case (false, true): effect.passes = .second
        case (false, false): return nil
        }
        return effect
    }

    /// The times of a pattern in a stretch of wall times, as far as they are of one date.
    private func effect(
        _ kind: ClockEffect.Kind,
        of pattern: any WallPattern,
        in walls: Range<Int>
    ) -> ClockEffect? {
        guard let first = pattern.first(from: walls.lowerBound), first < walls.upperBound else {
            return nil
        }
        let date = CivilTime(wall: first).date
        let dayEnd = (date.dayNumber + 1) * CivilTime.secondsPerDay
        let last = pattern.last(upTo: min(walls.upperBound, dayEnd) - 1, notBefore: first) ?? first
        return ClockEffect(
            kind: kind,
            date: date,
            first: TimeOfDay(secondOfDay: CivilTime(wall: first).secondOfDay),
            last: TimeOfDay(secondOfDay: CivilTime(wall: last).secondOfDay)
        )
    }

    private func runs(at instant: Timestamp) -> Bool {
        next(after: instant - .microseconds(1)) == instant
    }
}
