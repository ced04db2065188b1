/// When slots are due: their nominal time and the rule's jitter.
extension Rule {
    /// When a slot is due: its nominal time, and the jitter if there is one.
    ///
    /// A slot is always due before the next one's nominal time, whatever brings two closer than was
    /// seen when the file was read: a change of the clocks, a calendar that moves slots. There the
    /// delay is cut to what fits, so the order of slots holds and at most one of them, the newest,
    /// waits for its jitter at any time.
    ///
    /// - Parameters:
    ///   - slot: a fire time of the rule.
    ///   - name: what the delay is worked out by: `ScheduleState.jitterName`.
    /// - Returns: an instant at or after `slot`.
    package func due(of slot: Timestamp, name: String) -> Timestamp {
        guard let jitter else { return slot }
        let wished = slot + jitter.offset(of: slot, name: name)
        guard wished > slot, let following = next(after: slot), following <= wished else {
            return wished
        }
        return max(slot, following - .seconds(1))
    }

    /// Up to which nominal time slots are due at an instant: the instant itself, unless the newest
    /// slot before it still waits for its jitter.
    ///
    /// - Parameters:
    ///   - now: the instant.
    ///   - low: slots at or before this do not count.
    ///   - name: what the delay is worked out by.
    /// - Returns: an instant at or before `now`.
    package func horizon(
        at now: Timestamp,
        after low: Timestamp = TimeLimits.earliest,
        name: String
    ) -> Timestamp {
        guard let jitter,
            let newest = previous(atOrBefore: now, after: max(low, now - jitter.max)),
            due(of: newest, name: name) > now
        else { return now }
        return newest - .microseconds(1)
    }

    // MARK: Whether a jitter fits

    /// Every kind of year (leap or not, by its first weekday) and every sequence of two kinds lies in
    /// the years 2000 to 2027.
    private static let usualYears = [2000, 2028]
    /// For expressions that name years: all that they can name.
    private static let namedYears = [1970, 2200]
    /// Slots looked at, over all expressions of a list; what lies beyond is left to `due`.
    private static let examinedMax = 200_000
    /// More times a day than this are not compared one by one.
    private static let timesOfDayMax = 2000

    /// Two slots in a row that lie no further apart than a jitter, nil if there are none.
    ///
    /// For intervals the gap is the period. For all else it is judged on the wall, without the changes
    /// of any zone and without a calendar, which only takes slots away or moves them: first by the
    /// times of day, as if every day had all of them; if these are too close, by going through the
    /// slots of the years 2000 to 2027. So the answer depends on neither today nor the zone's data.
    ///
    /// - Parameter limit: the jitter's `max`.
    /// - Returns: the earliest pair found.
    package func slots(notFurtherApartThan limit: Duration) -> (Timestamp, Timestamp)? {
        switch trigger {
        case .once, .after:
            return nil
        case .every(let interval):
            guard !interval.anchor.isEvent, interval.period <= limit else { return nil }
            let free = Rule(trigger: trigger, zone: zone)
            guard let first = free.next(after: Timestamp(seconds: 0)),
                let second = free.next(after: first)
            else { return nil }
            return (first, second)
        case .cron(let expressions):
            return examine(expressions, times: Self.timesOfDay(expressions), limit)
        case .celery(let crontab):
            return examine([crontab], times: Self.timesOfDay([crontab]), limit)
        case .daily(let times, _):
            return examine([], times: times.map(\.secondOfDay), limit)
        }
    }

    /// Times of day at which any expression fires, in seconds; nil: too many to compare.
    private static func timesOfDay(_ expressions: [Crontab]) -> [Int]? {
        let count = expressions.map(\.timesOfDayCount).reduce(0, +)
        guard count <= timesOfDayMax else { return nil }
        return expressions.flatMap { $0.timesOfDay.map(\.secondOfDay) }
    }

    private func examine(
        _ expressions: [Crontab],
        times: [Int]?,
        _ limit: Duration
    ) -> (Timestamp, Timestamp)? {
        if let times, Self.areAllFurtherApart(than: limit, Set(times).sorted()) { return nil }
        let free = Rule(trigger: trigger, zone: .utc)
        let years =
            expressions.allSatisfy { $0.isFull(.year) } ? Self.usualYears : Self.namedYears
        let ends = years.map { year in
            CivilTime(date: CivilDate(year: year, month: 1, day: 1), secondOfDay: 0).wall
        }
        var last: Timestamp?
        var cursor = Timestamp(seconds: Int64(ends[0] - 1))
        let end = Timestamp(seconds: Int64(ends[1]))
        for _ in 0..<(Self.examinedMax / max(1, expressions.count)) {
            guard let slot = free.next(after: cursor), slot < end else { return nil }
            if let last, slot - last <= limit { return (last, slot) }
            last = slot
            cursor = slot
        }
        return nil
    }

    /// Whether times of day that came every day would all be further apart than a limit, over
    /// midnight as well.
    private static func areAllFurtherApart(than limit: Duration, _ times: [Int]) -> Bool {
        guard let first = times.first, let last = times.last else { return true }
        let overMidnight = CivilTime.secondsPerDay - last + first
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 } + [overMidnight]
        return gaps.allSatisfy { .seconds($0) > limit }
    }
}

extension Crontab {
    fileprivate var timesOfDayCount: Int {
        hours.nonzeroBitCount * minutes.nonzeroBitCount * seconds.nonzeroBitCount
    }
}
