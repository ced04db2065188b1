/// What the store holds of a schedule when a configuration is adopted.
package struct StoredSchedule: Hashable, Sendable {
    package var state: ScheduleState
    /// Whether the configuration adopted last had it; false: removed, kept for its history.
    package var isPresent: Bool
    /// When it was removed; nil: it is present, or nobody knows.
    package var removedAt: Timestamp?

    package init(state: ScheduleState, isPresent: Bool, removedAt: Timestamp? = nil) {
        self.state = state
        self.isPresent = isPresent
        self.removedAt = removedAt
    }
}

/// What adopting a configuration does to one schedule.
package struct ScheduleChange: Hashable, Sendable {
    package var name: String
    /// New, or back after removal.
    package var isAdded = false
    package var isRemoved = false
    package var renamedFrom: String?
    /// Trigger, zone, anchor, bounds or jitter changed: the mark goes to now.
    package var ruleChanged = false
    /// Something else of the definition changed: the mark stays.
    package var isRedefined = false
    /// Nil: as before.
    package var nowEnabled: Bool?
    package var newMark: Timestamp?
    /// The counted row for the slots that the new mark passes over.
    package var counted: SlotPlan.Item?
    /// An edit of the rule forgets the slots that `skip` named.
    package var forgetsSkips = false

    package init(name: String) {
        self.name = name
    }

    /// What a count of changes counts it as.
    package enum Kind: Sendable, Hashable { case added, changed, removed, unchanged }

    /// A rename is a change.
    package var kind: Kind {
        if isAdded { return .added }
        if isRemoved { return .removed }
        return isUnchanged ? .unchanged : .changed
    }

    /// Whether the schedule stays as it is.
    package var isUnchanged: Bool {
        !isAdded && !isRemoved && renamedFrom == nil && !ruleChanged && !isRedefined
            && nowEnabled == nil
    }
}

/// The mark rules for a change of configuration, pure: used by the store to do it and by `plan` to
/// show it.
///
/// A new schedule starts at now. A changed rule, an enabled schedule and one that is added again after
/// removal start at now and leave one counted row for what they pass over. Other keys keep the mark.
/// Removing drops it. A rename by `renamed_from` carries everything over.
package enum AdoptionPlanner {
    /// Compares what is stored with what is wanted.
    ///
    /// - Parameters:
    ///   - stored: every schedule the store knows, removed ones too.
    ///   - new: the configuration.
    ///   - now: the instant of the change.
    ///   - previousRule: the rule that a canonical text stands for, to count what its edit passes
    ///     over; nil where it cannot be read any more, then nothing is counted.
    /// - Returns: a change for each schedule of the configuration, in its order, then the removals by
    ///   name.
    package static func plan(
        stored: [StoredSchedule],
        new: [Schedule],
        now: Timestamp,
        previousRule: (String) -> Rule?
    ) -> [ScheduleChange] {
        let present = Dictionary(
            uniqueKeysWithValues: stored.filter(\.isPresent).map { ($0.state.name, $0.state) }
        )
        let removed = Dictionary(
            uniqueKeysWithValues: stored.filter { !$0.isPresent }.map { ($0.state.name, $0) }
        )
        let wanted = Set(new.map(\.name))
        var carriedOver: Set<String> = []
        var changes: [ScheduleChange] = []
        for schedule in new {
            var change = ScheduleChange(name: schedule.name)
            var before = present[schedule.name]
            if before == nil, let old = schedule.renamedFrom, !wanted.contains(old),
                !carriedOver.contains(old), let state = present[old]
            {
                before = state
                change.renamedFrom = old
                carriedOver.insert(old)
            }
            if let before {
                compare(schedule, with: before, now: now, previousRule: previousRule, &change)
            } else {
                change.isAdded = true
                change.newMark = now
                change.counted = removed[schedule.name].flatMap { sinceRemoval($0, schedule, now) }
            }
            changes.append(change)
        }
        let gone = present.keys.filter { !wanted.contains($0) && !carriedOver.contains($0) }
        for name in gone.sorted() {
            var change = ScheduleChange(name: name)
            change.isRemoved = true
            changes.append(change)
        }
        return changes
    }

    /// Compares two configurations, for a count of what is new, different and gone.
    package static func changes(
        from old: [Schedule],
        to new: [Schedule],
        now: Timestamp
    ) -> [ScheduleChange] {
        let stored = old.map { schedule in
            StoredSchedule(
                state: ScheduleState(
                    id: 0,
                    name: schedule.name,
                    mark: now,
                    isEnabled: schedule.isEnabled,
                    firstSeen: now,
                    ruleText: schedule.rule.canonicalText,
                    revision: schedule.definition.revision
                ),
                isPresent: true
            )
        }
        return plan(stored: stored, new: new, now: now) { _ in nil }
    }

    /// The slots of the rule of today that fell due while the schedule was gone.
    private static func sinceRemoval(
        _ before: StoredSchedule,
        _ schedule: Schedule,
        _ now: Timestamp
    ) -> SlotPlan.Item? {
        guard let removedAt = before.removedAt else { return nil }
        var state = before.state
        state.mark = removedAt
        return counted(schedule.rule, state: state, upTo: now, reason: .edited)
    }

    private static func compare(
        _ schedule: Schedule,
        with before: ScheduleState,
        now: Timestamp,
        previousRule: (String) -> Rule?,
        _ change: inout ScheduleChange
    ) {
        change.ruleChanged = before.ruleText != schedule.rule.canonicalText
        change.isRedefined = before.revision != schedule.definition.revision
        if before.isEnabled != schedule.isEnabled { change.nowEnabled = schedule.isEnabled }
        let isEnabled = change.nowEnabled == true
        guard change.ruleChanged || isEnabled else { return }
        // A slot that still waits for its jitter is not due, so enabling does not pass over it.
        let end =
            change.ruleChanged
            ? now
            : SlotSource(schedule.rule, state: before, beatStart: nil)?.horizon(at: now) ?? now
        change.newMark = end
        change.forgetsSkips = change.ruleChanged
        let rule = change.ruleChanged ? previousRule(before.ruleText) : schedule.rule
        change.counted = rule.flatMap {
            counted($0, state: before, upTo: end, reason: before.isEnabled ? .edited : .disabled)
        }
    }

    /// The counted row for the slots in (mark, now]; nil if there are none.
    ///
    /// An interval that counts from the start of the beat has none: a new beat has a new grid.
    package static func counted(
        _ rule: Rule,
        state: ScheduleState,
        upTo now: Timestamp,
        reason: SkipReason
    ) -> SlotPlan.Item? {
        guard let source = SlotSource(rule, state: state, beatStart: nil),
            let first = source.next, first <= now,
            let last = source.rule.previous(atOrBefore: now, after: source.considered)
        else { return nil }
        let count = first == last ? 1 : source.rule.count(after: source.considered, upTo: now)
        return .skipRange(first: first, last: last, count: count, reason: reason)
    }
}
