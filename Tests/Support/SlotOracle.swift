package import DownbeatCore

/// Lists all slots and judges one at a time, by the sentences of the design.
package struct SlotOracle {
    package private(set) var fates: [SlotFate] = []
    package private(set) var mark: Timestamp
    package private(set) var replacements = 0

    /// Judges every slot in (mark, now].
    package init(
        _ schedule: Schedule,
        _ state: ScheduleState,
        activeCount: Int = 0,
        now: Timestamp
    ) {
        mark = state.mark
        let rule = schedule.rule
        var slots: [Timestamp] = []
        var cursor = state.mark
        let unbounded = Rule(trigger: rule.trigger, zone: rule.zone)
        while let slot = unbounded.next(after: cursor), slot <= now {
            slots.append(slot)
            cursor = slot
        }
        let pauseEnd = state.pause.map { $0.until ?? .distantFuture }
        var reasons: [SkipReason?] = slots.map { slot in
            if let from = rule.from, slot < from { return .bounds }
            if let until = rule.until, slot >= until { return .bounds }
            if let pauseEnd, slot <= pauseEnd { return .paused }
            return state.skipNext.contains(slot) ? .skipNext : nil
        }
        var chosen = 0
        for index in slots.indices.reversed() where reasons[index] == nil {
            let age = now - slots[index]
            let isChosen =
                switch schedule.catchUp.policy {
                case .skip: chosen == 0 && age <= schedule.catchUp.lateAfter
                case .once: chosen == 0 && age <= schedule.catchUp.within
                case .all: chosen < schedule.catchUp.limit && age <= schedule.catchUp.within
                }
            chosen += 1
            if !isChosen { reasons[index] = .catchUp }
        }
        var active = activeCount
        for index in slots.indices where reasons[index] == nil {
            if let expires = schedule.expires, now - slots[index] > expires {
                reasons[index] = .expired
                continue
            }
            switch schedule.overlap {
            case .skip where active > 0: reasons[index] = .overlap
            case .queue where active > 1: reasons[index] = .overlap
            case .replace where active > 0:
                replacements += 1
                active = 1
            case .skip, .queue, .queueAll, .replace, .allow: active += 1
            }
        }
        fates = zip(slots, reasons).map { SlotFate(slot: $0, reason: $1) }
        mark = slots.last ?? mark
        if let pauseEnd, pauseEnd <= now { mark = max(mark, pauseEnd) }
    }
}
