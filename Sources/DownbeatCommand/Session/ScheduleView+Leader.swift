import DownbeatCore

/// What is known of the schedule that another one follows.
struct Leader {
    var name: String
    /// Its next slot; nil: none, or not known.
    var next: Timestamp?
    /// `disabled` or `paused`; nil: neither.
    var standing: String?
    /// The schedule that it follows in turn; nil: it has times.
    var leader: String?

    /// What a follower waits for: `export next Tue 11-24 02:30`.
    func words(_ times: TimeText) -> String {
        if let standing { return "\(name) is \(standing)" }
        if let leader { return "\(name) comes after \(leader)" }
        return next.map { "\(name) next \(times.near($0))" } ?? "\(name) has no fire time left"
    }
}

extension Leader {
    /// The same, for sentences.
    func next(_ times: TimeText) -> LeaderNext {
        if let standing { return standing == "disabled" ? .disabled : .paused }
        if let leader { return .after(leader) }
        return next.map { .time(times.near($0)) } ?? .ended
    }
}

extension ScheduleView {
    /// The views with what is known of the schedules that they follow.
    static func withLeaders(_ views: [ScheduleView], now: Timestamp) -> [ScheduleView] {
        guard views.contains(where: { $0.schedule.rule.leader != nil }) else { return views }
        let byName = Dictionary(
            views.map { ($0.schedule.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        return views.map { view in
            guard let name = view.schedule.rule.leader, let other = byName[name] else {
                return view
            }
            var view = view
            let standing: String? =
                if !other.isEnabled { "disabled" } else {
                    other.pause(at: now) == nil ? nil : "paused"
                }
            view.leader = Leader(
                name: name,
                next: other.next(now: now),
                standing: standing,
                leader: other.schedule.rule.leader
            )
            return view
        }
    }

    /// How many of its next triggers are left out; 0 for a schedule with times.
    var skippedTriggers: Int { summary?.state.skipTriggers ?? 0 }

    // MARK: Jitter

    /// What the jitter of its slots is worked out by.
    private var jitterName: String {
        summary?.state.jitterName ?? schedule.renamedFrom ?? schedule.name
    }

    /// When a slot is due.
    func due(of slot: Timestamp) -> Timestamp {
        schedule.rule.due(of: slot, name: jitterName)
    }

    /// `+ 3m 12s jitter`; nil for a rule without jitter.
    func jitterNote(for slot: Timestamp) -> String? {
        guard schedule.rule.jitter != nil else { return nil }
        return "+ \(TimeText.duration(due(of: slot) - slot)) jitter"
    }

    /// Up to which nominal time slots are due now, or can never be.
    func horizon(at now: Timestamp) -> Timestamp {
        guard schedule.rule.jitter != nil else { return now }
        let mark = summary?.state.mark ?? TimeLimits.earliest
        return min(now, schedule.rule.horizon(at: now, after: mark, name: jitterName))
    }
}
