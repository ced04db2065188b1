/// Judges the due slots of a schedule at one tick: the heart of the beat.
///
/// Order of judgement: bounds, calendar, disabled, paused, skip next, then catch-up among the rest, then
/// expired, then overlap. A stretch of slots passed over for one reason is one counted item, found by
/// counting, not by listing: a minute schedule after thirty days of downtime costs one item.
///
/// The next fire time always comes from the mark (a nominal time), never from `now`: a timer that
/// wakes early finds nothing due, and one that wakes twice finds the mark moved. With jitter the
/// newest slot may not be due yet; what is judged ends before it then, and the mark stays there too.
package enum SlotPlanner {
    /// A clock that stepped back by up to this much waits for the mark; beyond, the mark is wrong.
    package static let clockStepMax: Duration = .seconds(3 * 3600)

    /// Decides what becomes of every slot in (mark, now] that is due.
    ///
    /// - Parameters:
    ///   - schedule: the definition of now.
    ///   - state: as stored at this moment.
    ///   - active: runs of the schedule that are not done, oldest first.
    ///   - now: the tick's one reading of the wall clock.
    ///   - beatStart: when the beat took the database, for `anchor: start`.
    /// - Returns: a plan; empty if nothing is due.
    package static func plan(
        _ schedule: Schedule,
        state: ScheduleState,
        active: [ActiveRun],
        now: Timestamp,
        beatStart: Timestamp
    ) -> SlotPlan {
        guard state.isEnabled else { return SlotPlan() }
        guard state.mark <= now else {
            guard state.mark - now > clockStepMax else { return pauseEnd(state, now: now) }
            return SlotPlan(mark: now, clockMovedBackFrom: state.mark)
        }
        guard let source = SlotSource(schedule, state: state, beatStart: beatStart) else {
            return pauseEnd(state, now: now)
        }
        var judge = SlotJudge(
            schedule: schedule,
            state: state,
            source: source,
            active: active.map(\.id),
            now: now
        )
        return judge.plan()
    }

    /// What is left to decide while no slot can be due: the pause may have come to its end.
    private static func pauseEnd(_ state: ScheduleState, now: Timestamp) -> SlotPlan {
        guard let end = state.pause?.until, end <= now else { return SlotPlan() }
        guard end > state.mark else { return SlotPlan(endsPause: true) }
        return SlotPlan(
            mark: end,
            forgottenSkips: state.skipNext.filter { $0 <= end },
            endsPause: true
        )
    }
}

/// One judgement in progress.
private struct SlotJudge {
    let catchUp: CatchUp
    let overlap: OverlapPolicy
    let expires: Duration?
    let mark: Timestamp
    let pause: ScheduleState.Pause?
    let skipNext: [Timestamp]
    let source: SlotSource
    /// Runs that are not done; nil stands for one that this plan fires.
    var active: [RunID?]
    let now: Timestamp
    var result = SlotPlan()

    init(
        schedule: Schedule,
        state: ScheduleState,
        source: SlotSource,
        active: [RunID],
        now: Timestamp
    ) {
        catchUp = schedule.catchUp
        overlap = schedule.overlap
        expires = schedule.expires
        mark = state.mark
        pause = state.pause
        skipNext = state.skipNext
        self.source = source
        self.active = active
        self.now = now
    }

    private static let instantBefore: Duration = .microseconds(1)

    mutating func plan() -> SlotPlan {
        var low = source.considered
        var considered = mark
        let horizon = source.horizon(at: now)
        if let from = source.rule.from, low < from {
            let end = min(horizon, from - Self.instantBefore)
            passOver(unbounded, after: low, upTo: end, reason: .bounds)
            low = max(low, end)
        }
        let high = source.rule.until.map { min(horizon, $0 - Self.instantBefore) } ?? horizon
        low = judgePause(after: low, upTo: high)
        let isDecided = low >= high || judgeCandidates(after: low, upTo: high)
        if isDecided, high < horizon {
            passOver(unbounded, after: max(low, high), upTo: horizon, reason: .bounds)
        }
        if let last = lastSlot { considered = max(considered, last) }
        if result.endsPause, let end = pauseEnd { considered = max(considered, end) }
        if considered != mark { result.mark = considered }
        result.forgottenSkips = skipNext.filter { $0 <= considered }
        return result
    }

    /// The rule without its bounds, which are judged before its calendar.
    private var unbounded: Rule {
        var rule = source.rule.withoutCalendar
        rule.from = nil
        rule.until = nil
        return rule
    }

    /// The newest slot that this plan decides on.
    private var lastSlot: Timestamp? {
        result.items.lazy.compactMap { item -> Timestamp? in
            switch item {
            case .fire(let slot, _), .skip(let slot, _, _): slot
            case .skipRange(_, let last, _, _): last
            case .replaceActive: nil
            }
        }.max()
    }

    /// The nominal time up to which slots were due when the pause ended; nil: it has no end.
    private var pauseEnd: Timestamp? {
        pause?.until.map(source.horizon(at:))
    }

    /// Passes over what fell due during a pause.
    ///
    /// - Returns: the instant up to which slots are now judged.
    private mutating func judgePause(after low: Timestamp, upTo high: Timestamp) -> Timestamp {
        guard let pause else { return low }
        let isOver = pause.until.map { $0 <= now } ?? false
        let end = isOver ? min(high, pauseEnd ?? high) : high
        result.endsPause = isOver
        guard low < end else { return low }
        passOver(source.rule, after: low, upTo: end, reason: .paused)
        return end
    }

    /// Judges what neither bounds nor a pause took.
    ///
    /// - Returns: whether all slots up to `high` are decided; false: later ones wait for the run of
    ///   the one that fired.
    private mutating func judgeCandidates(after low: Timestamp, upTo high: Timestamp) -> Bool {
        let named = skipNext.filter {
            $0 > low && $0 <= high && source.rule.next(after: $0 - Self.instantBefore) == $0
        }
        let chosen = caughtUp(after: low, upTo: high, except: named)
        var cursor = low
        for slot in (named + chosen).sorted() {
            passOver(
                source.rule,
                after: cursor,
                upTo: slot - Self.instantBefore,
                reason: .catchUp
            )
            cursor = slot
            if named.contains(slot) {
                result.items.append(.skip(slot: slot, reason: .skipNext, blockedBy: nil))
            } else if fire(slot), source.isOneAtATime {
                return false
            }
        }
        passOver(source.rule, after: cursor, upTo: high, reason: .catchUp)
        return true
    }

    /// The slots that catch-up lets through, oldest first.
    private func caughtUp(
        after low: Timestamp,
        upTo high: Timestamp,
        except named: [Timestamp]
    ) -> [Timestamp] {
        let (ageMax, countMax) =
            switch catchUp.policy {
            case .skip: (catchUp.lateAfter, 1)
            case .once: (catchUp.within, 1)
            case .all: (catchUp.within, catchUp.limit)
            }
        var chosen: [Timestamp] = []
        var cursor = high
        while chosen.count < countMax,
            let slot = source.rule.previous(atOrBefore: cursor, after: low),
            now - source.due(of: slot) <= ageMax
        {
            if !named.contains(slot) { chosen.append(slot) }
            cursor = slot - Self.instantBefore
        }
        return chosen.reversed()
    }

    /// Applies `expires` and overlap to one slot.
    ///
    /// - Returns: whether it fires.
    private mutating func fire(_ slot: Timestamp) -> Bool {
        let due = source.due(of: slot)
        if let expires, now - due > expires {
            result.items.append(.skip(slot: slot, reason: .expired, blockedBy: nil))
            return false
        }
        switch overlap.verdict(active) {
        case .skip(let blocker):
            result.items.append(.skip(slot: slot, reason: .overlap, blockedBy: blocker))
            return false
        case .replace:
            result.items.append(.replaceActive)
            active.removeAll()
        case .fire:
            break
        }
        result.items.append(.fire(slot: slot, due: due))
        active.append(nil)
        return true
    }

    private mutating func passOver(
        _ rule: Rule,
        after low: Timestamp,
        upTo high: Timestamp,
        reason: SkipReason
    ) {
        guard rule.calendar != nil else {
            _ = passOverStretch(rule, after: low, upTo: high, reason: reason)
            return
        }
        // The calendar is judged before every other reason but bounds, so what it leaves out has
        // rows of its own: the stretches of working days, days off and unknown days in turn.
        let sides: [(rule: Rule, reason: SkipReason)] = [
            (rule, reason),
            (rule.leftOut(.off) ?? rule, .calendar),
            (rule.leftOut(.outside) ?? rule, .calendarRange),
        ]
        var cursor = low
        while cursor < high {
            let firsts = sides.map { $0.rule.next(after: cursor) ?? .distantFuture }
            guard let first = firsts.min(), first <= high,
                let side = firsts.firstIndex(of: first)
            else { return }
            let others = sides.indices.filter { $0 != side }
            let end = others.compactMap { sides[$0].rule.next(after: first) }.min()
            let limit = min(high, end.map { $0 - Self.instantBefore } ?? high)
            let (rule, reason) = sides[side]
            cursor = max(
                first,
                passOverStretch(rule, after: cursor, upTo: limit, reason: reason) ?? limit
            )
        }
    }

    /// Passes over the slots of one rule with one row.
    ///
    /// - Returns: the last of them; nil: there is none.
    private mutating func passOverStretch(
        _ rule: Rule,
        after low: Timestamp,
        upTo high: Timestamp,
        reason: SkipReason
    ) -> Timestamp? {
        guard low < high, let first = rule.next(after: low), first <= high,
            let last = rule.previous(atOrBefore: high, after: low)
        else { return nil }
        let count = first == last ? 1 : rule.count(after: low, upTo: high)
        result.items.append(
            .skipRange(first: first, last: last, count: count, reason: reason)
        )
        return last
    }
}
