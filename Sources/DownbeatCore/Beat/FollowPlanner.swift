/// What the store keeps of a schedule with `after`, to judge it in the commit that ends a run of the
/// schedule it follows: whoever ends runs reads no schedule files.
package struct Follower: Hashable, Sendable {
    package var overlap: OverlapPolicy
    package var expires: Duration?
    /// Bounds of the nominal time, as of a rule.
    package var from: Timestamp?
    package var until: Timestamp?

    package init(
        overlap: OverlapPolicy,
        expires: Duration? = nil,
        from: Timestamp? = nil,
        until: Timestamp? = nil
    ) {
        self.overlap = overlap
        self.expires = expires
        self.from = from
        self.until = until
    }

    /// What there is to keep of a schedule; nil: it follows none.
    package init?(_ schedule: Schedule) {
        guard schedule.rule.leader != nil else { return nil }
        self.init(
            overlap: schedule.overlap,
            expires: schedule.expires,
            from: schedule.rule.from,
            until: schedule.rule.until
        )
    }
}

/// Judges the trigger of a schedule with `after`: a run of the schedule it follows has succeeded.
///
/// The slot is that run's nominal time, and it is due now. The order of judgement is that of every
/// slot (bounds, disabled, paused, skip next, overlap); the mark and catch-up play no part, since a
/// trigger is judged when it happens or not at all, and nothing that is due now has expired.
package enum FollowPlanner {
    /// Decides what becomes of a trigger whose slot has no row of its own yet.
    ///
    /// - Parameters:
    ///   - follower: the policies of the schedule that follows.
    ///   - state: as stored at this moment.
    ///   - slot: the nominal time of the run that succeeded.
    ///   - active: runs of the follower that are not done, oldest first.
    ///   - now: the instant of the commit.
    /// - Returns: a plan of one slot; its mark stays.
    package static func plan(
        _ follower: Follower,
        state: ScheduleState,
        slot: Timestamp,
        active: [ActiveRun],
        now: Timestamp
    ) -> SlotPlan {
        if let reason = standing(follower, state, slot, now) {
            return SlotPlan(
                items: [.skipRange(first: slot, last: slot, count: 1, reason: reason)]
            )
        }
        guard state.skipTriggers == 0 else {
            return SlotPlan(
                items: [.skip(slot: slot, reason: .skipNext, blockedBy: nil)],
                usedTriggerSkips: 1
            )
        }
        let fire = SlotPlan.Item.fire(slot: slot, due: now)
        return switch follower.overlap.verdict(active.map(\.id)) {
        case .fire: SlotPlan(items: [fire])
        case .replace: SlotPlan(items: [.replaceActive, fire])
        case .skip(let blocker):
            SlotPlan(items: [.skip(slot: slot, reason: .overlap, blockedBy: blocker)])
        }
    }

    /// What stops all triggers at this moment; nil: nothing.
    private static func standing(
        _ follower: Follower,
        _ state: ScheduleState,
        _ slot: Timestamp,
        _ now: Timestamp
    ) -> SkipReason? {
        if let from = follower.from, slot < from { return .bounds }
        if let until = follower.until, slot >= until { return .bounds }
        if !state.isEnabled { return .disabled }
        guard let pause = state.pause else { return nil }
        return pause.until.map { now < $0 } ?? true ? .paused : nil
    }
}
