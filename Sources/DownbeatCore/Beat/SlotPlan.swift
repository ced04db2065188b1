/// What one tick decided about one schedule: a value that the store commits as it stands.
package struct SlotPlan: Hashable, Sendable {
    package enum Item: Hashable, Sendable {
        /// The slot fires: a ledger row and a run.
        case fire(slot: Timestamp, due: Timestamp)
        /// The slot has a ledger row of its own with a reason.
        case skip(slot: Timestamp, reason: SkipReason, blockedBy: RunID?)
        /// A stretch of slots in one counted row, also for one slot. As a plan's first item it joins
        /// the schedule's newest counted row if that one has the same reason and its last slot is
        /// the mark from before this plan: thirty days of pause are one row, however many ticks.
        case skipRange(first: Timestamp, last: Timestamp, count: Int, reason: SkipReason)
        /// Of all runs of the schedule that are not done (those fired by items before this one
        /// included), waiting ones become `cancelled`, a running one is asked to end.
        case replaceActive
    }

    /// In the order of nominal times.
    package var items: [Item]
    /// The new mark; nil: unchanged.
    package var mark: Timestamp?
    /// Slots of `skip` that are used up or passed.
    package var forgottenSkips: [Timestamp]
    /// Of the triggers that `skip` asked to leave out, so many are used up.
    package var usedTriggerSkips: Int
    /// The pause has come to its end.
    package var endsPause: Bool
    /// An error that a person should see: the clock moved back by more than 3 h.
    package var clockMovedBackFrom: Timestamp?

    package init(
        items: [Item] = [],
        mark: Timestamp? = nil,
        forgottenSkips: [Timestamp] = [],
        usedTriggerSkips: Int = 0,
        endsPause: Bool = false,
        clockMovedBackFrom: Timestamp? = nil
    ) {
        self.items = items
        self.mark = mark
        self.forgottenSkips = forgottenSkips
        self.usedTriggerSkips = usedTriggerSkips
        self.endsPause = endsPause
        self.clockMovedBackFrom = clockMovedBackFrom
    }

    /// Whether there is nothing to write.
    package var isEmpty: Bool {
        items.isEmpty && mark == nil && forgottenSkips.isEmpty && !endsPause
    }
}
