import DownbeatCore

/// Why a slot of a schedule fired, was skipped, or is none.
struct SlotInquiry {
    let view: ScheduleView
    let state: (any StateAccess)?
    let settings: ServiceSettings?
    let times: TimeText
    let session: Session

    private var schedule: Schedule { view.schedule }
    private var zone: ZoneRules { view.schedule.rule.zone }
    /// The schedule's own clock: slots are its times.
    private var local: TimeText { times.inZone(zone) }

    /// How far around a time the nearest slots are looked for.
    private static let neighbourhood: Duration = .seconds(400 * 86_400)

    // MARK: Now

    /// Why it does or does not run now, and when it will.
    func answerNow() throws(CommandError) -> Answer {
        var answer = Answer(subject: schedule.name, verdict: "", sentence: "")
        if !view.isEnabled {
            answer.verdict = "disabled"
            answer.sentence = "does not run: `enabled: false` in \(schedule.source.shown)"
        } else if let pause = view.pause(at: session.now) {
            answer.verdict = "paused"
            answer.sentence = "does not run: \(words(pause))"
            answer.details.append("undo: downbeat resume \(schedule.name)")
        } else if let next = view.next(now: session.now) {
            answer.verdict = "will_fire"
            answer.sentence = "runs next \(due(next))"
        } else if let leader = schedule.rule.leader {
            answer.verdict = "after"
            answer.sentence = "runs when a run of \(leader) succeeds"
            if let leader = view.leader { answer.details.append(leader.words(times)) }
        } else {
            answer.verdict = "never"
            answer.sentence = "has no fire time left"
        }
        answer.details += ruleWords
        if let note = view.anchorNote { answer.details.append(note) }
        if view.skippedTriggers > 0 {
            let count = Words.count(view.skippedTriggers, "trigger")
            answer.details.append("will skip the next \(count) (downbeat skip)")
        }
        for skip in view.summary?.state.skipNext ?? [] where skip > session.now {
            answer.details.append("will skip \(named(skip)) (downbeat skip)")
        }
        try addLatest(to: &answer)
        if let note = try WorkerNote.text(session, settings, queue: schedule.queue) {
            answer.details.append(note)
        }
        return answer
    }

    private func addLatest(to answer: inout Answer) throws(CommandError) {
        guard let state else {
            answer.details.append("no database yet: it has never run here")
            return
        }
        guard let summary = view.summary else {
            answer.details.append("the daemon does not know it yet (downbeat apply)")
            return
        }
        if let run = summary.latestRun {
            let slot = run.slot.map { "slot \(named($0))" } ?? "by hand"
            let what = run.retryOf.map { "retry of \($0.text)" } ?? slot
            answer.details.append("latest run \(run.id.text), \(what): \(run.state.rawValue)")
            if run.state == .scheduled { answer.details.append(run.repetition(times)) }
            answer.run = run.id
        }
        let rows = try session.with(settings) { () throws(StoreError) in
            try state.ledger(LedgerQuery(schedule: schedule.name, limit: 1))
        }
        if let row = rows.first, row.outcome == .skipped {
            answer.details.append("latest slot \(named(row.to ?? row.slot)): \(words(row))")
        }
    }

    // MARK: A time

    /// Why what should have happened at a time did or did not.
    func answer(at text: String) throws(CommandError) -> Answer {
        if let gap = gap(text) { return gap }
        let instant = try session.instant(text, option: "TIME", zone: zone)
        let row = try row(at: instant)
        if let row { return try answer(row, at: instant) }
        if let answer = leftOut(instant) { return answer }
        guard isSlot(instant) else { return notASlot(instant) }
        return withoutRow(instant)
    }

    /// The answer for a local time that the clocks jump over.
    private func gap(_ text: String) -> Answer? {
        guard let wall = LocalTimeText.wall(text),
            case .gap(let end, let width) = zone.resolve(wall: wall)
        else { return nil }
        let after = Timestamp(seconds: Int64(end))
        let jump = TimeText.duration(.seconds(width))
        var answer = Answer(
            subject: schedule.name,
            verdict: "no_such_time",
            sentence: "has no slot then: that time does not exist in \(zone.name), "
                + "the clocks go forward \(jump)"
        )
        let policy = schedule.rule.daylight.gap
        let offsetBefore = zone.offset(at: after) - width
        let instead =
            policy == .shift ? Timestamp(seconds: Int64(wall - offsetBefore)) : after
        if isSlot(instead), let note = schedule.rule.note(for: instead), policy != .skip {
            answer.details.append("it runs at \(named(instead)) instead: \(note)")
        } else {
            answer.details.append(
                policy == .skip
                    ? "`dst_gap: skip`: a time that the clock jumps over does not run"
                    : "a rule with `*` in minute or hour follows what the clock shows"
            )
            answer.details += neighbours(after)
        }
        return answer
    }

    private func row(at instant: Timestamp) throws(CommandError) -> LedgerRow? {
        guard let state else { return nil }
        let query = LedgerQuery(
            schedule: schedule.name,
            since: instant,
            before: instant + .microseconds(1),
            limit: 1
        )
        let rows = try session.with(settings) { () throws(StoreError) in try state.ledger(query) }
        guard let row = rows.first, row.slot <= instant, instant <= row.to ?? row.slot else {
            return nil
        }
        // A counted row covers a stretch of time; only the rule's own times in it are slots.
        return row.to == nil || isSlot(instant) || isLeftOut(instant, row.reason) ? row : nil
    }

    /// Whether a row of the calendar counts a time that the rule has but for its calendar.
    private func isLeftOut(_ instant: Timestamp, _ reason: SkipReason?) -> Bool {
        let state: DayState
        switch reason {
        case .calendar: state = .off
        case .calendarRange: state = .outside
        default: return false
        }
        return schedule.rule.leftOut(state)?.next(after: instant - .microseconds(1)) == instant
    }

    /// The answer for a time without a row that the calendar leaves out.
    private func leftOut(_ instant: Timestamp) -> Answer? {
        let reasons: [SkipReason] = [.calendar, .calendarRange]
        guard let reason = reasons.first(where: { isLeftOut(instant, $0) }) else { return nil }
        let isAhead = instant > session.now
        let words = words(reason)
        var answer = Answer(
            subject: schedule.name,
            verdict: reason.rawValue,
            sentence: isAhead
                ? "will be skipped at \(named(instant)): \(words)"
                : "has no run at \(named(instant)): \(words)"
        )
        if let calendar = schedule.rule.calendar, calendar.miss != .skip, reason == .calendar {
            answer.details.append(
                "`calendar_miss: \(calendar.miss.rawValue)` puts it on the nearest working day"
            )
        }
        answer.details += neighbours(instant)
        return answer
    }

    private func isSlot(_ instant: Timestamp) -> Bool {
        guard !schedule.rule.countsFromEvent else { return false }
        return schedule.rule.next(after: instant - .microseconds(1)) == instant
    }

    private func answer(_ row: LedgerRow, at instant: Timestamp) throws(CommandError) -> Answer {
        var answer = Answer(
            subject: schedule.name,
            verdict: row.outcome.rawValue,
            sentence: "\(row.outcome == .fired ? "fired" : "was skipped") at \(named(instant))",
            run: row.runID
        )
        guard row.outcome == .fired, let id = row.runID else {
            answer.sentence += ": \(words(row))"
            answer.run = row.blockedBy
            if let blocker = row.blockedBy {
                answer.details.append("see: downbeat why \(blocker.text)")
            }
            return answer
        }
        let run = try session.with(settings) { () throws(StoreError) in
            try state?.run(id)?.record
        }
        guard let run else {
            answer.details.append("its run \(id.text) is older than `keep` allows")
            return answer
        }
        answer.sentence += "; its run \(run.state.isFinal ? "ended" : "is") \(run.state.rawValue)"
        var text = "run \(id.text), attempts \(run.tries)"
        if let error = run.error { text += ", \(error)" }
        answer.details.append(text)
        answer.details.append("see: downbeat logs \(id.text)")
        return answer
    }

    /// A slot of the rule about which the ledger has nothing.
    private func withoutRow(_ instant: Timestamp) -> Answer {
        var answer = Answer(subject: schedule.name, verdict: "no_row", sentence: "")
        if isToCome(instant) {
            answer.verdict = "will_fire"
            answer.sentence = "will run at \(due(instant))"
            standing(at: instant, &answer)
            return answer
        }
        let lead = "has no record of \(named(instant)): "
        if let state = view.summary?.state {
            if instant > state.mark {
                answer.verdict = "not_considered"
                answer.sentence = lead + "no beat has looked at it yet; catch-up will decide"
            } else if instant <= state.firstSeen {
                answer.sentence =
                    lead
                    + "the schedule is known since \(local.absolute(state.firstSeen)) only"
            } else {
                answer.sentence =
                    lead + "the row is older than `keep` allows, or the rule was edited"
            }
        } else {
            answer.sentence = lead + "the daemon did not know the schedule"
        }
        return answer
    }

    /// Whether a slot is due later than now, be it only for its jitter.
    private func isToCome(_ slot: Timestamp) -> Bool {
        if slot > session.now { return true }
        return slot > view.summary?.state.mark ?? .distantFuture && view.due(of: slot) > session.now
    }

    /// A slot with its jitter, and how far off that is.
    private func due(_ slot: Timestamp) -> String {
        let jitter = view.jitterNote(for: slot).map { " \($0)" } ?? ""
        return "\(named(slot))\(jitter), \(times.relative(view.due(of: slot)))"
    }

    private func standing(at instant: Timestamp, _ answer: inout Answer) {
        if !view.isEnabled {
            answer.verdict = "disabled"
            answer.sentence =
                "will be skipped at \(named(instant)): disabled, \(schedule.source.shown)"
        } else if let pause = view.pause(at: session.now),
            pause.until.map({ instant <= $0 }) ?? true
        {
            answer.verdict = "paused"
            answer.sentence = "will be skipped at \(named(instant)): \(words(pause))"
        } else if view.summary?.state.skipNext.contains(instant) == true {
            answer.verdict = "skip_next"
            answer.sentence = "will be skipped at \(named(instant)), as asked for by `skip`"
        }
    }

    private func notASlot(_ instant: Timestamp) -> Answer {
        var answer = Answer(
            subject: schedule.name,
            verdict: "not_a_slot",
            sentence: "has no slot at \(named(instant))"
        )
        if let from = schedule.rule.from, instant < from {
            answer.details.append("it begins \(local.dated(from)) (`from`)")
        }
        if let until = schedule.rule.until, instant >= until {
            answer.details.append("it ended \(local.dated(until)) (`until`)")
        }
        answer.details += ruleWords
        if let note = view.anchorNote { answer.details.append(note) }
        return Answer(
            subject: answer.subject,
            verdict: answer.verdict,
            sentence: answer.sentence,
            details: answer.details + neighbours(instant)
        )
    }

    /// The slots before and after an instant.
    private func neighbours(_ instant: Timestamp) -> [String] {
        guard !schedule.rule.countsFromEvent else { return [] }
        let before = schedule.rule.previous(
            atOrBefore: instant - .microseconds(1),
            after: instant - Self.neighbourhood
        )
        let after = schedule.rule.next(after: instant)
        return [
            before.map { "slot before: \(local.dated($0)) \(zone.name)" },
            after.map { "slot after:  \(local.dated($0)) \(zone.name)" },
        ].compactMap(\.self)
    }

    // MARK: Words

    private var ruleWords: [String] {
        let rule = TriggerExplanation.all(of: schedule.rule).map { "rule: \($0.sentence)" }
        return rule + [schedule.rule.calendar.map { "calendar: \($0.sentence)" }].compactMap(\.self)
    }

    private func named(_ instant: Timestamp) -> String { "\(local.absolute(instant)) \(zone.name)" }

    private var calendarName: String {
        schedule.rule.calendar.map { "calendar \($0.calendar.name)" } ?? "its calendar of then"
    }

    private var calendarRange: String {
        schedule.rule.calendar.map { ", which knows \($0.calendar.rangeWords)" } ?? ""
    }

    private func words(_ pause: ScheduleState.Pause) -> String {
        let until = pause.until.map { "until \(named($0))" } ?? "until resumed"
        return "paused \(until)" + (pause.reason.isEmpty ? "" : ", \(pause.reason)")
    }

    private func words(_ row: LedgerRow) -> String {
        let reason = words(row.reason, row)
        guard let to = row.to, row.count > 1 else { return reason }
        return reason + "; one of \(Words.grouped(row.count)) slots from "
            + "\(local.absolute(row.slot)) to \(local.absolute(to))"
    }

    private func words(_ reason: SkipReason?, _ row: LedgerRow? = nil) -> String {
        switch reason {
        case .bounds: "outside `from` and `until`"
        case .calendar: "its day is off in \(calendarName)"
        case .calendarRange: "its day is beyond \(calendarName)\(calendarRange)"
        case .disabled: "it was disabled"
        case .paused: "it was paused"
        case .skipNext: "as asked for by `skip`"
        case .catchUp:
            "nobody was there in time, and `catch_up: \(schedule.catchUp.policy.rawValue)` "
                + "did not choose it"
        case .expired: "it was older than `expires` when it was reached"
        case .overlap: "run \(row?.blockedBy?.text ?? "before it") was not done (`overlap`)"
        case .edited: "the rule was changed, or the schedule added again, after it was due"
        case nil: "no reason is recorded"
        }
    }
}

/// Reads `YYYY-MM-DD HH:MM[:SS]` as a time on a wall, whether or not a zone has it.
enum LocalTimeText {
    /// Seconds since 1970-01-01T00:00 local time; nil when the text has another form.
    static func wall(_ text: String) -> Int? {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
        guard parts.count == 2 else { return nil }
        let date = parts[0].split(separator: "-").compactMap { Int($0) }
        let clock = parts[1].split(separator: ":").compactMap { Int($0) }
        guard date.count == 3, (2...3).contains(clock.count),
            parts[1].allSatisfy({ $0.isNumber || $0 == ":" }), (0...23).contains(clock[0]),
            clock.dropFirst().allSatisfy({ (0...59).contains($0) })
        else { return nil }
        let day = CivilDate(year: date[0], month: date[1], day: date[2])
        guard day.exists else { return nil }
        let second = clock[0] * 3600 + clock[1] * 60 + (clock.count > 2 ? clock[2] : 0)
        return CivilTime(date: day, secondOfDay: second).wall
    }
}
