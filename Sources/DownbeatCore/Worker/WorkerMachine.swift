/// The attempts of one worker: when each is asked to end, when it is killed, and what its end means.
///
/// A machine without I/O: events go in with the reading of the monotonic clock, actions come out for
/// the shell to perform. Each attempt goes `starting → running → ending → killed`, and may end from
/// any of these.
package struct WorkerMachine: Sendable {
    /// What the shell is to do.
    package enum Action: Hashable, Sendable {
        /// Have the keeper start the attempt under this key.
        case spawn(key: UInt64, ClaimedRun)
        /// TERM to the attempt's whole tree.
        case terminate(key: UInt64)
        /// KILL to the attempt's whole tree.
        case kill(key: UInt64)
    }

    /// Why an attempt was asked to end.
    package enum EndingReason: Hashable, Sendable { case timedOut, cancelled, drained }

    private enum Phase: Hashable, Sendable {
        case starting
        case running(deadline: Duration?)
        /// TERM was sent.
        case ending(EndingReason, killAt: Duration)
        /// KILL was sent: when the grace was over, or at once.
        case killed(EndingReason, afterGrace: Bool)
    }

    private struct Attempt: Sendable {
        var run: ClaimedRun
        var phase: Phase
        /// Asked to end before it had started.
        var pendingEnd: EndingReason?
    }

    /// What is known of an attempt's end, from the keeper and, for a built-in, from its child.
    package enum Report: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
        /// A child said so, or broke the rules of its channel.
        case failed(String, mayRepeat: Bool)
        case notStarted(String)
        /// Its reaper or the keeper died.
        case lost
    }

    private var attempts: [UInt64: Attempt] = [:]
    private var nextKey: UInt64 = 1
    /// Attempts at once; a smaller number ends nothing that runs.
    package var places: Int
    private var drainDeadline: Duration?
    package private(set) var isDraining = false

    /// Starts without attempts.
    ///
    /// - Parameter places: attempts at once.
    package init(places: Int) {
        self.places = places
    }

    package var count: Int { attempts.count }

    /// How many runs may be claimed now.
    package var freePlaces: Int { isDraining ? 0 : max(0, places - attempts.count) }

    /// Whether an attempt may still be started: not once a drain has come to its limit.
    package var mayStart: Bool { !isDraining || drainDeadline != nil }

    /// The run of an attempt; nil: the key is not one of ours.
    package func run(of key: UInt64) -> ClaimedRun? { attempts[key]?.run }

    /// When `timePassed` is to be called next, on the monotonic clock; nil: no deadline.
    package var nextDeadline: Duration? {
        var earliest = drainDeadline
        for attempt in attempts.values {
            let deadline: Duration?
            switch attempt.phase {
            case .starting, .killed: deadline = nil
            case .running(let timeout): deadline = timeout
            case .ending(_, let killAt): deadline = killAt
            }
            guard let deadline else { continue }
            earliest = earliest.map { min($0, deadline) } ?? deadline
        }
        return earliest
    }

    /// Runs were claimed: each is started.
    package mutating func claimed(_ runs: [ClaimedRun]) -> [Action] {
        runs.map { run in
            defer { nextKey += 1 }
            attempts[nextKey] = Attempt(run: run, phase: .starting, pendingEnd: nil)
            return .spawn(key: nextKey, run)
        }
    }

    /// The command of an attempt runs: its timeout counts from here.
    package mutating func started(_ key: UInt64, at now: Duration) -> [Action] {
        guard var attempt = attempts[key], case .starting = attempt.phase else { return [] }
        attempt.phase = .running(deadline: attempt.run.definition.timeout.map { now + $0 })
        attempts[key] = attempt
        guard let reason = attempt.pendingEnd else { return [] }
        return end(key, for: reason, at: now)
    }

    /// An attempt is over and nothing of its tree is left.
    ///
    /// - Returns: its run and what the end means; nil when the key is not one of ours.
    package mutating func ended(
        _ key: UInt64,
        _ report: Report
    ) -> (run: ClaimedRun, end: AttemptEnd)? {
        guard let attempt = attempts.removeValue(forKey: key) else { return nil }
        return (attempt.run, Self.meaning(of: report, attempt))
    }

    /// The keeper died and all that was below it is gone: every attempt is lost.
    package mutating func keeperDied() -> [(run: ClaimedRun, end: AttemptEnd)] {
        let keys = attempts.keys.sorted()
        return keys.compactMap { ended($0, .lost) }
    }

    /// Somebody wants these runs ended (`cancel`, overlap `replace`).
    package mutating func cancel(_ runs: [RunID], at now: Duration) -> [Action] {
        let wanted = Set(runs)
        let keys = attempts.filter { wanted.contains($0.value.run.id) }.keys.sorted()
        return keys.flatMap { end($0, for: .cancelled, at: now) }
    }

    /// Stops claiming; attempts that still run at `now + limit` are asked to end.
    package mutating func drain(at now: Duration, limit: Duration) {
        guard !isDraining else { return }
        isDraining = true
        drainDeadline = now + limit
    }

    /// Stops claiming and kills everything, without grace: the second signal.
    package mutating func stopAtOnce() -> [Action] {
        isDraining = true
        drainDeadline = nil
        return attempts.keys.sorted().map { key in
            let reason = attempts[key].flatMap { Self.reason(of: $0) } ?? .drained
            attempts[key]?.phase = .killed(reason, afterGrace: false)
            return .kill(key: key)
        }
    }

    /// Acts on every deadline that has come.
    package mutating func timePassed(_ now: Duration) -> [Action] {
        var actions: [Action] = []
        if let deadline = drainDeadline, deadline <= now {
            drainDeadline = nil
            for key in attempts.keys.sorted() { actions += end(key, for: .drained, at: now) }
        }
        for key in attempts.keys.sorted() {
            switch attempts[key]?.phase {
            case .running(let deadline?) where deadline <= now:
                actions += end(key, for: .timedOut, at: now)
            case .ending(let reason, let killAt) where killAt <= now:
                attempts[key]?.phase = .killed(reason, afterGrace: true)
                actions.append(.kill(key: key))
            case .starting, .running, .ending, .killed, nil:
                continue
            }
        }
        return actions
    }

    private mutating func end(
        _ key: UInt64,
        for reason: EndingReason,
        at now: Duration
    ) -> [Action] {
        guard let attempt = attempts[key] else { return [] }
        switch attempt.phase {
        case .starting:
            // As below, a cancel outweighs the drain.
            let isFirst = attempt.pendingEnd == nil || attempt.pendingEnd == .drained
            if isFirst { attempts[key]?.pendingEnd = reason }
            return []
        case .running:
            attempts[key]?.phase = .ending(reason, killAt: now + attempt.run.definition.grace)
            return [.terminate(key: key)]
        case .ending(.drained, let killAt):
            // A cancel during the drain outweighs it: the run is not to be queued again.
            attempts[key]?.phase = .ending(reason, killAt: killAt)
            return []
        case .ending, .killed:
            return []
        }
    }

    private static func reason(of attempt: Attempt) -> EndingReason? {
        switch attempt.phase {
        case .starting, .running: attempt.pendingEnd
        case .ending(let reason, _), .killed(let reason, _): reason
        }
    }

    /// A success stays one after a request to end, but not after a timeout: a timed-out attempt has
    /// failed, whatever it made of the TERM.
    private static func meaning(of report: Report, _ attempt: Attempt) -> AttemptEnd {
        let natural: AttemptEnd
        switch report {
        case .lost: return .lost
        case .notStarted(let why): return .notStarted(why)
        case .exited(let status): natural = .exited(status)
        case .signalled(let signal): natural = .signalled(signal)
        case .failed(let why, let mayRepeat): natural = .failed(why, mayRepeat: mayRepeat)
        }
        switch reason(of: attempt) {
        case nil: return natural
        case .timedOut: return timedOut(natural, attempt)
        case .cancelled, .drained:
            if case .exited(let status) = natural,
                attempt.run.definition.successCodes.contains(status)
            {
                return natural
            }
            return reason(of: attempt) == .cancelled ? .cancelled : .drained
        }
    }

    private static func timedOut(_ natural: AttemptEnd, _ attempt: Attempt) -> AttemptEnd {
        var signal: Int32?
        var killed = false
        if case .signalled(let number) = natural { signal = number }
        if case .killed(_, afterGrace: true) = attempt.phase { killed = true }
        return .timedOut(signal: signal, killed: killed)
    }
}
