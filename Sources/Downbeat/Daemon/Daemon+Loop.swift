import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc
import Logging

extension Daemon {
    /// Reacts to what the wait has found.
    func handle(_ ready: [Poller.Ready]) throws {
        attention.wakeUp.clear()
        if attention.takeRunsChanged() {
            if countsFromRuns { beat?.refresh() }
            ring()
        }
        if attention.takeRunsFollowed() { ring() }
        for event in ready where event.descriptor == doorbell.descriptor {
            try doorbell.answer()
            beat?.refresh()
            worker?.wake()
            // Who rings may be new; an owner that dies later is then looked for.
            lookAt = min(lookAt, clocks.monotonic)
            others = max(others, 1)
            try answerReloadRequest()
        }
        while let signal = signals.takeSignal() {
            switch signal {
            case .childEnded:
                Strangers.reap()
                worker?.childEnded()
            case .terminate, .interrupt: stop()
            case .hangUp where hangUpStops: stop()
            case .hangUp: reload(request: nil)
            }
        }
    }

    /// Wakes the other processes.
    func ring() {
        Doorbell.ring(in: folder, except: owner.owner)
    }

    /// Whether slots depend on when runs start and end, which the beat has to hear of then.
    var countsFromRuns: Bool {
        configuration.schedules.contains(where: \.rule.countsFromRuns)
    }

    /// The first request drains, the second ends at once.
    private func stop() {
        stopsAsked += 1
        if stopsAsked == 1 {
            observer.say(
                worker == nil
                    ? "stopping"
                    : "stopping: running commands have "
                        + "\(DurationText.format(configuration.settings.drain)) to finish; again to end them now"
            )
            beat?.stop()
            worker?.drain()
            noteStopping()
            Failpoint.pass("P14")
        } else {
            worker?.stopAtOnce()
        }
    }

    /// Tells `status`; a database that cannot be written must not hold up the stop.
    private func noteStopping() {
        do throws(StoreError) {
            try store.noteStopping(owner: owner.owner, now: clocks.now)
        } catch {
            log.warning("stop.not_noted", metadata: ["why": "\(DaemonFailure(error).message)"])
        }
    }

    // MARK: Upkeep

    /// Recovers the runs of dead owners and prunes, when it is time.
    func upkeep() throws {
        guard stopsAsked == 0, attention.failure == nil else { return }
        let now = clocks.monotonic
        if others > 0, lookAt <= now {
            try tolerating {
                report(try look().leftovers)
            }
            lookAt = clocks.monotonic + Daemon.ownersEvery
        }
        if tendAt <= now {
            tendAt = now + Daemon.tendEvery
            try tolerating { try store.shortenLog() }
        }
        if keepSequenceAt <= now {
            keepSequenceAt = now + Daemon.keepSequenceEvery
            try tolerating { try keepSequence() }
        }
        guard pruneAt <= now else { return }
        pruneAt = now + Daemon.pruneEvery
        try tolerating {
            let keep = Dictionary(
                uniqueKeysWithValues: configuration.schedules.map { ($0.name, $0.keep) }
            )
            guard beat != nil, try store.prune(keep, now: clocks.now) else { return }
            pruneAt = now + Daemon.pruneAgain
        }
    }

    /// Recovers the runs of dead owners of which nothing is left, and counts the others.
    func look() throws -> OwnerRecovery.Outcome {
        let recovery = OwnerRecovery(store: store, folder: folder, own: owner.owner)
        let now = clocks.now
        let outcome = try recovery.look(now: now)
        others = outcome.alive + outcome.leftovers.count
        for transition in outcome.transitions {
            observer.observe(.runEnded(transition, at: now, took: nil))
        }
        if !outcome.transitions.isEmpty {
            worker?.wake()
            ring()
            if countsFromRuns { beat?.refresh() }
        }
        return outcome
    }

    func report(_ leftovers: [(owner: String, pids: [Int32])]) {
        for (owner, pids) in leftovers where reported.insert(owner).inserted {
            observer.observe(.leftovers(owner: owner, pids: pids, at: clocks.now))
        }
    }

    /// A busy database or a full disk puts upkeep off; the services speak of it.
    func tolerating(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as StoreError {
            guard error.passes else { throw error }
        }
    }
}
