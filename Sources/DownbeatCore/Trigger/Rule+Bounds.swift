/// The ends of a rule in words.
extension Rule {
    /// `through Fri 2026-01-02` for a bound at the end of a day, else `until Sat 01-03 12:00`; nil
    /// without a bound.
    ///
    /// `times` says the time of day in the rule's zone.
    package func untilWords(_ times: TimeText) -> String? {
        guard let until else { return nil }
        let date = zone.civilTime(at: until).date
        guard zone.instant(of: CivilTime(date: date, secondOfDay: 0)) == until else {
            return "until \(times.inZone(zone).brief(until))"
        }
        return "through \(TimeText.day(CivilDate(dayNumber: date.dayNumber - 1)))"
    }

    /// Why no fire time comes after an instant: `` `until` has passed (through Fri 2026-01-02) ``; nil
    /// if one comes, or if that depends on an event.
    package func endWords(after instant: Timestamp, _ times: TimeText) -> String? {
        guard let cause = endCause(after: instant) else { return nil }
        if case .once(let once) = trigger, once <= instant {
            return "\(cause) (\(times.inZone(zone).dated(once, seconds: .ifAny)))"
        }
        return untilWords(times).map { "\(cause) (\($0))" } ?? cause
    }

    /// The same without the time: `` `until` has passed ``.
    package func endCause(after instant: Timestamp) -> String? {
        end(after: instant).map { Language.english.phrases.end($0) }
    }

    /// Why no fire time comes after an instant; nil if one comes, or if that depends on an event.
    package func end(after instant: Timestamp) -> RuleEnd? {
        if case .every(let interval) = trigger, interval.anchor.isEvent, until == nil { return nil }
        if case .once(let once) = trigger, once <= instant { return .oncePassed }
        if firesNever { return .never }
        if let end = calendarEnd(after: instant) { return end }
        guard let until else { return nil }
        if until <= instant { return .untilPassed }
        return next(after: instant) == nil ? .noneBeforeUntil : nil
    }
}

/// Why a rule has no fire time left.
package enum RuleEnd: Hashable, Sendable {
    case oncePassed
    case untilPassed
    case never
    case noneBeforeUntil
    /// The calendar has no day for it any more.
    case calendar(DayCalendar)
}
