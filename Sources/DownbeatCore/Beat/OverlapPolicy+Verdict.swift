/// What an overlap policy makes of a slot, given the runs that are not done.
extension OverlapPolicy {
    package enum Verdict: Hashable, Sendable {
        case fire
        /// The runs that are not done give way first.
        case replace
        /// The run in the way; nil: one that is only about to be made.
        case skip(blocker: RunID?)
    }

    /// Judges a slot.
    ///
    /// - Parameter active: runs of the schedule that are not done, oldest first; two are enough.
    /// - Returns: whether the slot fires.
    package func verdict(_ active: [RunID?]) -> Verdict {
        switch self {
        case .skip where !active.isEmpty: .skip(blocker: active[0])
        case .queue where active.count > 1: .skip(blocker: active[1])
        case .replace where !active.isEmpty: .replace
        case .skip, .queue, .queueAll, .replace, .allow: .fire
        }
    }
}
