import DownbeatCore

/// What is known of the schedule that another one follows.
struct Leader {
    enum Standing {
        case disabled, paused
        /// It follows another one in turn.
        case after(String)
        /// Its next slot; nil: none, or not known.
        case next(Timestamp?)
    }

    var name: String
    var standing: Standing

    /// When it runs, for sentences.
    func next(_ times: TimeText) -> LeaderNext {
        switch standing {
        case .disabled: .disabled
        case .paused: .paused
        case .after(let leader): .after(leader)
        case .next(let slot): slot.map { .time(times.near($0)) } ?? .ended
        }
    }

    /// What a follower waits for: `export next Tue 11-24 02:30`.
    func words(_ times: TimeText) -> String {
        Language.english.phrases.next(.leader(name, next(times)))
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
            let standing: Leader.Standing =
                if !other.isEnabled {
                    .disabled
                } else if other.pause(at: now) != nil {
                    .paused
                } else if let leader = other.schedule.rule.leader {
                    .after(leader)
                } else {
                    .next(other.next(now: now))
                }
            view.leader = Leader(name: name, standing: standing)
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
