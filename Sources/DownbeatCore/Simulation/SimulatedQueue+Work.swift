import HeapModule

/// What a worker hands in and takes, and what becomes of runs.
extension SimulatedQueue {
    mutating func exchange(_ request: WorkRequest) -> WorkReply {
        for start in request.starts { note(start) }
        var reply = WorkReply()
        for completion in request.completions {
            if let transition = complete(completion) { reply.transitions.append(transition) }
        }
        expire(now: request.now)
        promote(now: request.now)
        reply.claimed = claim(request)
        reply.cancelRequested = cancelRequests
        reply.wakeAt = nextInstant
        return reply
    }

    private mutating func note(_ start: WorkRequest.Start) {
        guard let place = runs.place(of: start.run), runs[place].startedAt == nil else { return }
        runs.change(place) { $0.startedAt = start.startedAt }
        let run = runs[place]
        guard members[run.schedule].latestRun == run.number else { return }
        members[run.schedule].state.latestSlot?.startedAt = start.startedAt
    }

    // MARK: Claims

    private mutating func claim(_ request: WorkRequest) -> [ClaimedRun] {
        guard request.claimLimit > 0, lines.contains(where: { $0.waiting > 0 }) else { return [] }
        var candidates: [Key] = []
        for (name, limit) in request.queues {
            let index = line(named: name)
            guard lines[index].waiting > 0 else { continue }
            var free = min(request.claimLimit, limit - lines[index].running)
            while free > 0, let key = lines[index].ready.popMin() {
                guard isReady(key) else { continue }
                candidates.append(key)
                free -= 1
            }
        }
        if request.queues.count > 1 { candidates.sort() }
        for key in candidates.dropFirst(request.claimLimit) {
            lines[runs[key.place].queue].ready.insert(key)
        }
        return candidates.prefix(request.claimLimit).map { take($0.place) }
    }

    private func isReady(_ key: Key) -> Bool {
        let run = runs[key.place]
        return run.number == key.number && run.state == .queued && !run.isHeld
            && run.ready == key.instant
    }

    private mutating func take(_ place: Int) -> ClaimedRun {
        runs.change(place) { run in
            run.state = .running
            run.attempts += 1
        }
        let run = runs[place]
        lines[run.queue].waiting -= 1
        lines[run.queue].running += 1
        return ClaimedRun(
            id: run.id,
            schedule: members[run.schedule].state.name,
            slot: run.slot,
            due: run.due,
            queue: lines[run.queue].name,
            attempt: run.attempts,
            definition: definitions[run.definition],
            lastSucceeded: members[run.schedule].lastSucceeded
        )
    }

    /// Makes a run claimable.
    mutating func enter(_ place: Int) {
        let run = runs[place]
        lines[run.queue].waiting += 1
        lines[run.queue].ready.insert(Key(instant: run.ready, number: run.number, place: place))
    }

    // MARK: Ends

    private mutating func complete(
        _ completion: WorkRequest.Completion
    ) -> WorkReply.Transition? {
        guard let place = runs.place(of: completion.run) else { return nil }
        let run = runs[place]
        guard run.state == .running, run.attempts == completion.attempt else { return nil }
        let definition = definitions[run.definition]
        let verdict = AttemptVerdict.decide(
            completion.end,
            run: run.id,
            definition: definition,
            history: AttemptVerdict.History(
                failures: run.failures,
                losses: run.losses,
                cancelRequested: run.cancelRequested
            ),
            now: completion.endedAt
        )
        lines[run.queue].running -= 1
        runs.change(place) { $0.count(completion.end, definition) }
        var ready: Timestamp?
        let state: RunState
        switch verdict {
        case .succeeded: state = .succeeded
        case .failed: state = .failed
        case .cancelled: state = .cancelled
        case .unknown: state = .unknown
        case .requeue: (state, ready) = (.queued, completion.endedAt)
        case .retry(let instant):
            (state, ready) = (instant <= completion.endedAt ? .queued : .scheduled, instant)
        }
        if let ready {
            again(place, state, ready: ready)
        } else {
            end(place, state, at: completion.endedAt)
        }
        return WorkReply.Transition(
            run: run.id,
            schedule: members[run.schedule].state.name,
            attempt: completion.attempt,
            state: state,
            error: nil,
            readyAt: state == .scheduled ? ready : nil
        )
    }

    /// Puts a run back for another attempt.
    private mutating func again(_ place: Int, _ state: RunState, ready: Timestamp) {
        runs.change(place) { run in
            run.state = state
            run.ready = ready
        }
        guard state == .scheduled else { return enter(place) }
        timed.insert(Key(instant: ready, number: runs[place].number, place: place))
    }

    /// Ends a waiting run, or asks for the end of a running one.
    mutating func cancel(_ place: Int, now: Timestamp) {
        guard runs[place].state == .running else { return end(place, .cancelled, at: now) }
        guard !runs[place].cancelRequested else { return }
        runs.change(place) { $0.cancelRequested = true }
        cancelRequests.append(runs[place].id)
    }

    /// The one place where a run is over; releases the run that waited for it.
    mutating func end(_ place: Int, _ state: RunState, at now: Timestamp) {
        let run = runs[place]
        if run.state == .queued, !run.isHeld { lines[run.queue].waiting -= 1 }
        if run.cancelRequested { cancelRequests.removeAll { $0 == run.id } }
        runs.remove(at: place, state: state)
        let index = run.schedule
        members[index].ends[state, default: 0] += 1
        if state == .succeeded { members[index].lastSucceeded = run.slot }
        if members[index].latestRun == run.number {
            members[index].state.latestSlot?.endedAt = now
        }
        if let position = members[index].active.firstIndex(of: place) {
            members[index].active.remove(at: position)
        }
        if let next = members[index].active.first, runs[next].isHeld {
            runs.change(next) { run in
                run.isHeld = false
                run.ready = now
            }
            enter(next)
        }
        if state == .succeeded { follow(index, slot: run.slot, now: now) }
    }

    /// Has the schedules that follow one judge the slot of its run that has succeeded.
    private mutating func follow(_ leader: Int, slot: Timestamp, now: Timestamp) {
        for (index, terms) in members[leader].followers where members[index].isPresent {
            let plan = FollowPlanner.plan(
                terms,
                state: members[index].state,
                slot: slot,
                active: seen(members[index].active),
                now: now
            )
            followed.append((members[index].state.name, plan))
            _ = write(plan, index, now: now)
        }
    }

    // MARK: Time

    /// Ends waiting runs that no attempt of started in time.
    mutating func expire(now: Timestamp) {
        while let key = expiring.min, key.instant < now {
            expiring.removeMin()
            if mayExpire(key) { end(key.place, .expired, at: now) }
        }
    }

    private func mayExpire(_ key: Key) -> Bool {
        let run = runs[key.place]
        guard run.number == key.number, run.startedAt == nil else { return false }
        return run.state == .queued || run.state == .scheduled
    }

    /// Moves runs whose backoff is over to their queues.
    mutating func promote(now: Timestamp) {
        while let key = timed.min, key.instant <= now {
            timed.removeMin()
            guard isTimed(key) else { continue }
            runs.change(key.place) { $0.state = .queued }
            enter(key.place)
        }
    }

    private func isTimed(_ key: Key) -> Bool {
        let run = runs[key.place]
        return run.number == key.number && run.state == .scheduled && run.ready == key.instant
    }

    /// The next instant at which a run becomes ready or expires; nil: none does.
    private var nextInstant: Timestamp? {
        mutating get {
            while let key = timed.min, !isTimed(key) { timed.removeMin() }
            while let key = expiring.min, !mayExpire(key) { expiring.removeMin() }
            let ready = timed.min?.instant
            // A run expires after its last instant, not at it.
            let expiry = expiring.min.map { $0.instant + .microseconds(1) }
            guard let ready, let expiry else { return ready ?? expiry }
            return min(ready, expiry)
        }
    }
}

extension SimulatedRun {
    /// Counts what an attempt's end means for the run.
    fileprivate mutating func count(_ end: AttemptEnd, _ definition: RunDefinition) {
        switch end {
        case .exited(let status): failures += definition.successCodes.contains(status) ? 0 : 1
        case .signalled, .timedOut, .failed, .notStarted: failures += 1
        case .lost: losses += 1
        case .cancelled, .drained: break
        }
    }
}
