/// Rules that a calendar filters.
///
/// The slots of a rule are all its times; its calendar judges them. `next`, `previous` and `count`
/// know those that stay, moved ones among them; what is left out is a rule of its own, so that the
/// ledger counts it the same way.
extension Rule {
    /// The rule as if it had no calendar.
    package var withoutCalendar: Rule {
        var rule = self
        rule.calendar = nil
        return rule
    }

    /// The times that the calendar leaves out because their day is off, or is not known.
    ///
    /// - Parameter state: `.off` or `.outside`.
    /// - Returns: nil for a rule without a calendar.
    package func leftOut(_ state: DayState) -> Rule? {
        guard var calendar else { return nil }
        calendar.miss = .skip
        calendar.side = state == .off ? .off : state == .outside ? .outside : .working
        var rule = self
        rule.calendar = calendar
        return rule
    }

    /// The first time after an instant that is decided on: kept or left out.
    package func nextConsidered(after instant: Timestamp, anchor: Timestamp? = nil) -> Timestamp? {
        let kept = next(after: instant, anchor: anchor)
        guard calendar != nil else { return kept }
        let any = withoutCalendar.next(after: instant, anchor: anchor)
        // A time moved to a day before its own may be the earlier one.
        return [kept, any].compactMap(\.self).min()
    }

    /// What the calendar says of the day on which an instant lies; nil without a calendar.
    package func calendarState(at instant: Timestamp) -> DayState? {
        calendar?.calendar.state(on: zone.civilTime(at: instant).date)
    }

    /// That the calendar leaves no fire time after an instant; nil if it is not the calendar, or one
    /// comes.
    func calendarEnd(after instant: Timestamp) -> RuleEnd? {
        guard let calendar, next(after: instant) == nil,
            withoutCalendar.next(after: instant) != nil
        else { return nil }
        return .calendar(calendar.calendar)
    }

    /// Whether the calendar has no day for this rule in any year that it knows.
    ///
    /// An interval that counts from an event has no times before it: false.
    package var firesNeverInCalendar: Bool {
        guard calendar != nil else { return false }
        if case .every(let interval) = trigger, interval.anchor.isEvent { return false }
        var free = self
        free.from = nil
        free.until = nil
        return free.next(after: TimeLimits.earliest) == nil
    }

    // MARK: Intervals and single instants, which have no pattern on the wall

    /// Whether an instant lies on a day that counts.
    func fires(onDayOf instant: Timestamp) -> Bool {
        guard let calendar else { return true }
        return calendarState(at: instant)?.set == calendar.side
    }

    /// The first time of an interval after an instant on a day that counts.
    func next(of interval: Interval, after instant: Timestamp, anchor: Timestamp?) -> Timestamp? {
        var cursor = instant
        let today = zone.civilTime(at: instant.clamped).date.dayNumber
        while let found = interval.next(after: cursor, zone: zone, event: anchor) {
            guard let calendar else { return found }
            let table = calendar.calendar.table
            let day = zone.civilTime(at: found).date.dayNumber
            guard let wanted = table.first(calendar.side, onOrAfter: day) else { return nil }
            if wanted == day { return found }
            cursor = max(found, start(ofDay: wanted) - .microseconds(1))
            // After so long dates and weekdays come again: what was not found never is.
            guard wanted - max(table.lastDay, today) < CivilDate.daysPerCycle else { return nil }
        }
        return nil
    }

    /// The last time of an interval at or before an instant, and after `limit`, on a day that counts.
    ///
    /// Clocks that go back over midnight, so that a date comes twice, are of the past (Newfoundland
    /// until 2011) and not looked at.
    func previous(
        of interval: Interval,
        atOrBefore instant: Timestamp,
        after limit: Timestamp,
        anchor: Timestamp?
    ) -> Timestamp? {
        var cursor = instant
        while let found = interval.previous(atOrBefore: cursor, zone: zone, event: anchor) {
            guard let calendar else { return found }
            guard found > limit else { return nil }
            let table = calendar.calendar.table
            let day = zone.civilTime(at: found).date.dayNumber
            if table.state(of: day).set == calendar.side { return found }
            guard let wanted = table.last(calendar.side, onOrBefore: day - 1) else { return nil }
            cursor = min(found, start(ofDay: wanted + 1)) - .microseconds(1)
        }
        return nil
    }

    /// How many times of an interval lie in (after, upTo] on days that count.
    ///
    /// Cost: O(1) without a calendar, else O(stretches of days that count).
    func count(
        of interval: Interval,
        after low: Timestamp,
        upTo high: Timestamp,
        anchor: Timestamp?
    ) -> Int {
        guard let calendar else {
            return interval.count(after: low, upTo: high, zone: zone, event: anchor)
        }
        var total = 0
        var cursor = low
        while let found = next(of: interval, after: cursor, anchor: anchor), found <= high {
            let day = zone.civilTime(at: found).date.dayNumber
            let end = calendar.calendar.table.first(calendar.side.others, onOrAfter: day)
                .map { min(high, start(ofDay: $0) - .microseconds(1)) }
            cursor = max(found, end ?? high)
            total += 1 + interval.count(after: found, upTo: cursor, zone: zone, event: anchor)
        }
        return total
    }

    private func start(ofDay day: Int) -> Timestamp {
        zone.instant(of: CivilTime(date: CivilDate(dayNumber: day), secondOfDay: 0))
    }
}

extension DayState {
    var set: DayStates {
        switch self {
        case .working: .working
        case .off: .off
        case .outside: .outside
        }
    }
}
