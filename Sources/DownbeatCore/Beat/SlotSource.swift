/// The slots of one schedule as they stand at a tick: its rule with the event it counts from put in.
///
/// Intervals anchored to an event (`start`, `last_start`, `last_end`) have slots only once that event
/// is known. From then on they are an ordinary grid: a skipped slot counts as started and ended at its
/// nominal time, so the next one is a period later.
package struct SlotSource: Sendable {
    /// A rule without event anchors.
    package let rule: Rule
    /// Slots at or before this instant have been considered or never existed.
    package let considered: Timestamp
    /// Only one slot may fire until its run has started or ended.
    package let isOneAtATime: Bool
    /// What the jitter of its slots is worked out by.
    private let jitterName: String

    /// Puts the event in; nil while it has not happened, and for a rule without times (`after`).
    ///
    /// - Parameters:
    ///   - schedule: whose rule it is.
    ///   - state: mark and latest slot.
    ///   - beatStart: when the beat took the database.
    package init?(_ schedule: Schedule, state: ScheduleState, beatStart: Timestamp) {
        self.init(schedule.rule, state: state, beatStart: beatStart)
    }

    /// Puts the event into a rule; nil while it has not happened.
    ///
    /// - Parameters:
    ///   - rule: the rule that the state's mark belongs to.
    ///   - state: mark and latest slot.
    ///   - beatStart: when the beat took the database; nil: not known, as for `anchor: start` outside
    ///     the beat.
    package init?(_ rule: Rule, state: ScheduleState, beatStart: Timestamp?) {
        jitterName = state.jitterName
        // Its slots come with the runs of another schedule, whatever the time.
        if rule.leader != nil { return nil }
        guard case .every(let interval) = rule.trigger, interval.anchor.isEvent else {
            self.rule = rule
            considered = state.mark
            isOneAtATime = false
            return
        }
        let event: Timestamp?
        switch interval.anchor {
        case .standard, .timeOfDay, .instant, .start:
            event = beatStart
            isOneAtATime = false
        case .lastStart:
            event = Self.event(of: state) { $0.startedAt ?? $0.endedAt }
            isOneAtATime = true
        case .lastEnd:
            event = Self.event(of: state) { $0.endedAt }
            isOneAtATime = true
        }
        guard let event else { return nil }
        // Whole seconds, so that a slot's printed time is its identity; upwards, so that a pause
        // between runs is never shorter than asked for.
        let anchor = Timestamp(seconds: (event + .microseconds(999_999)).seconds)
        var grid = rule
        grid.trigger = .every(Interval(period: interval.period, anchor: .instant(anchor)))
        self.rule = grid
        considered = max(state.mark, anchor)
    }

    /// When the first slot is due that has not been considered, be it one that a calendar leaves out:
    /// its row is written when it is due, so that the ledger is never behind.
    package var wake: Timestamp? {
        let first = rule.nextConsidered(after: considered)
        guard let first, rule.jitter != nil, rule.calendar == nil || next == first else {
            return first
        }
        return due(of: first)
    }

    /// When a slot is due.
    package func due(of slot: Timestamp) -> Timestamp {
        rule.due(of: slot, name: jitterName)
    }

    /// Up to which nominal time slots are due at an instant.
    package func horizon(at instant: Timestamp) -> Timestamp {
        rule.horizon(at: instant, after: considered, name: jitterName)
    }

    /// The first slot that has not been considered; nil: none will come.
    package var next: Timestamp? {
        rule.next(after: considered)
    }

    /// When it is due; nil: none will come.
    package var nextDue: Timestamp? {
        next.map(due)
    }

    /// The event that the latest slot tells of; nil while it has not happened.
    ///
    /// Slots are never later than the mark, unless the clock was far ahead when they were considered
    /// and the mark has been set back since. What happened at such a time counts as happened at the
    /// mark, or the schedule would wait for that time to come.
    private static func event(
        of state: ScheduleState,
        happened: (ScheduleState.LatestSlot) -> Timestamp?
    ) -> Timestamp? {
        guard let latest = state.latestSlot else { return min(state.firstSeen, state.mark) }
        let event = latest.fired ? happened(latest) : latest.nominal
        return latest.nominal > state.mark ? event.map { min($0, state.mark) } : event
    }
}
