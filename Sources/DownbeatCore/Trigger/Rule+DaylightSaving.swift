/// What changes of the clock do to a rule, in words.
extension Rule {
    /// A note for a fire time on a day on which the clocks change; nil on other days.
    ///
    /// `clocks go forward 1h today`; if the fire time stands for times that the clock jumps over,
    /// `02:30 does not exist today: clocks go forward 1h at 02:00`.
    package func note(for fireTime: Timestamp) -> String? {
        guard let change = zone.change(onDayOf: fireTime) else { return nil }
        if let wall = skippedWall(at: change, firingAt: fireTime) {
            let skipped = TimeOfDay(secondOfDay: CivilTime(wall: wall).secondOfDay)
            return "\(skipped.text) does not exist today: \(change.words) at \(change.clockBefore)"
        }
        return change.words + " today"
    }

    /// The times in (after, upTo] that a clock going forward jumps over, at most one of each change
    /// and `limit` in all; those of a rhythm only if the rule says what becomes of them.
    ///
    /// A warning may say so: `02:30 does not exist on 2027-03-14`.
    package func skippedTimes(
        after: Timestamp,
        upTo: Timestamp,
        limit: Int = 10
    ) -> [SkippedTime] {
        var found: [SkippedTime] = []
        for change in zone.changes(after: after, upTo: upTo) where found.count < limit {
            guard let wall = skippedWall(at: change) else { continue }
            let skipped = CivilTime(wall: wall)
            let time = TimeOfDay(secondOfDay: skipped.secondOfDay)
            found.append(
                SkippedTime(
                    change: change,
                    date: skipped.date,
                    time: time,
                    firesAt: firesAt(wall, change)
                )
            )
        }
        return found
    }

    /// When a wall time that a change jumps over fires; nil: not at all.
    private func firesAt(_ wall: Int, _ change: ZoneChange) -> Timestamp? {
        switch daylight.gap {
        // A rhythm that says nothing of gaps is not looked for in them.
        case .auto, .next: change.at
        case .shift: Timestamp(seconds: Int64(wall - change.offsetBefore))
        case .skip: nil
        }
    }

    /// The wall time that a fire time stands for, because a change jumps over it; nil: it is there.
    private func skippedWall(at change: ZoneChange, firingAt fireTime: Timestamp) -> Int? {
        let start = daylight.gap == .shift ? Int(fireTime.seconds) + change.offsetBefore : nil
        guard let wall = skippedWall(at: change, from: start),
            firesAt(wall, change) == fireTime
        else { return nil }
        return wall
    }

    /// The first wall time of this rule that a change jumps over; nil when there is none.
    private func skippedWall(at change: ZoneChange, from start: Int? = nil) -> Int? {
        let width = change.offsetAfter - change.offsetBefore
        guard width > 0, width <= WallSearch<CronPattern>.changeMax else { return nil }
        let gapStart = Int(change.at.seconds) + change.offsetBefore
        let from = max(gapStart, start ?? gapStart)
        let includesRhythms = daylight.gap != .auto
        let candidates: [Int?] =
            switch trigger {
            case .cron(let expressions):
                expressions.filter { includesRhythms || !$0.isWildcard }.map {
                    $0.pattern.first(from: from)
                }
            case .celery(let crontab):
                includesRhythms || !crontab.isWildcard ? [crontab.pattern.first(from: from)] : []
            case .daily(let times, let days):
                [DailyPattern(times: times, days: days.matcher).first(from: from)]
            case .every, .once, .after:
                []
            }
        guard let wall = candidates.compactMap({ $0 }).min(), wall < gapStart + width else {
            return nil
        }
        return wall
    }
}

/// A time of a rule that does not exist on one day, because the clock jumps over it.
package struct SkippedTime: Hashable, Sendable {
    package var change: ZoneChange
    /// The date that the time belongs to.
    package var date: CivilDate
    /// The first time skipped.
    package var time: TimeOfDay
    /// When it fires instead; nil: not at all.
    package var firesAt: Timestamp?

    /// `runs at 03:00 that day`.
    package var consequence: String {
        guard let firesAt else { return "does not run that day" }
        let wall = Int(firesAt.seconds) + change.offsetAfter
        return "runs at \(TimeOfDay(secondOfDay: CivilTime(wall: wall).secondOfDay).text) that day"
    }
}

extension ZoneRules {
    /// The change of the clocks on the day on which an instant lies; nil: there is none.
    package func change(onDayOf instant: Timestamp) -> ZoneChange? {
        let date = civilTime(at: instant).date
        let start = self.instant(of: CivilTime(date: date, secondOfDay: 0))
        let nextDate = CivilDate(dayNumber: date.dayNumber + 1)
        let end = self.instant(of: CivilTime(date: nextDate, secondOfDay: 0))
        return changes(after: start - .seconds(1), upTo: end, limit: 1).first
    }
}

extension ZoneChange {
    /// `clocks go forward 1h`.
    package var words: String {
        let width = offsetAfter - offsetBefore
        let text = DurationText.format(.seconds(abs(width)))
        return "clocks go \(width > 0 ? "forward" : "back") \(text)"
    }

    /// What the clock shows when it changes: `02:00`.
    package var clockBefore: String {
        let wall = Int(at.seconds) + offsetBefore
        return TimeOfDay(secondOfDay: CivilTime(wall: wall).secondOfDay).text
    }
}
