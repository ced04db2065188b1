/// The `on_failure` commands of one worker: when each is asked to end, and what its end means.
///
/// A machine without I/O, as `WorkerMachine` is. The store gives each command to one worker, once;
/// here each goes `running → ending → killed`, and may end from any of these. They take no places of
/// queues, so their number and their time are bounded by constants.
package struct FailureMachine: Sendable {
    /// What the shell is to do.
    package enum Action: Hashable, Sendable {
        /// Have the keeper start the command under this key.
        case spawn(key: UInt64, ClaimedFailure)
        /// TERM to the command's whole tree.
        case terminate(key: UInt64)
        /// KILL to the command's whole tree.
        case kill(key: UInt64)
    }

    /// At once in one worker: a few messages, not a second queue.
    package static let atOnceMax = 4
    /// For each command; a message that takes longer does not arrive.
    package static let timeout = Duration.seconds(60)
    /// Between TERM and KILL.
    package static let grace = Duration.seconds(5)
    /// Their keys begin far above those of attempts, which count from 1.
    package static let firstKey: UInt64 = 1 << 63
    /// Bytes of a command's output that go into the record of its failure.
    package static let tailBytes = 1000

    private enum Reason: Hashable, Sendable { case timedOut, stopped }

    private enum Phase: Hashable, Sendable {
        case running(deadline: Duration)
        case ending(Reason, killAt: Duration)
        case killed(Reason)

        var reason: Reason? {
            switch self {
            case .running: nil
            case .ending(let reason, _), .killed(let reason): reason
            }
        }
    }

    private struct Command: Sendable {
        var failure: ClaimedFailure
        var phase: Phase
    }

    private var commands: [UInt64: Command] = [:]
    private var nextKey = FailureMachine.firstKey
    private var isStopping = false
    /// While draining: when those that still run are asked to end.
    private var drainDeadline: Duration?

    package init() {}

    package var count: Int { commands.count }

    /// How many may be claimed now.
    package var freePlaces: Int { isStopping ? 0 : max(0, Self.atOnceMax - commands.count) }

    /// Whether a key is of one of these commands.
    package static func owns(_ key: UInt64) -> Bool { key >= firstKey }

    /// When `timePassed` is to be called next, on the monotonic clock; nil: no deadline.
    package var nextDeadline: Duration? {
        commands.values.compactMap { command -> Duration? in
            switch command.phase {
            case .running(let deadline): min(deadline, drainDeadline ?? deadline)
            case .ending(_, let killAt): killAt
            case .killed: nil
            }
        }.min()
    }

    /// Commands were claimed: each is started, and its time counts from here.
    package mutating func claimed(_ failures: [ClaimedFailure], at now: Duration) -> [Action] {
        failures.map { failure in
            defer { nextKey += 1 }
            commands[nextKey] = Command(
                failure: failure,
                phase: .running(deadline: now + Self.timeout)
            )
            return .spawn(key: nextKey, failure)
        }
    }

    /// A command is over and nothing of its tree is left.
    ///
    /// - Parameters:
    ///   - key: of the command.
    ///   - report: what the keeper says.
    ///   - tail: the end of its output.
    /// - Returns: whose it was and what went wrong; nil when the key is not one of ours.
    package mutating func ended(
        _ key: UInt64,
        _ report: WorkerMachine.Report,
        tail: String
    ) -> (failure: ClaimedFailure, problem: String?)? {
        guard let command = commands.removeValue(forKey: key) else { return nil }
        guard let what = Self.problem(report, command.phase.reason) else {
            return (command.failure, nil)
        }
        return (command.failure, tail.isEmpty ? what : "\(what): \(tail)")
    }

    /// Claims no more; commands that still run at `now + limit` are asked to end.
    package mutating func drain(at now: Duration, limit: Duration) {
        guard !isStopping else { return }
        isStopping = true
        drainDeadline = now + limit
    }

    /// Kills everything, without grace: the second signal.
    package mutating func stopAtOnce() -> [Action] {
        isStopping = true
        return commands.keys.sorted().map { key in
            let reason = commands[key]?.phase.reason ?? .stopped
            commands[key]?.phase = .killed(reason)
            return .kill(key: key)
        }
    }

    /// Acts on every deadline that has come.
    package mutating func timePassed(_ now: Duration) -> [Action] {
        var actions: [Action] = []
        for key in commands.keys.sorted() {
            switch commands[key]?.phase {
            case .running(let deadline) where deadline <= now:
                actions.append(end(key, .timedOut, at: now))
            case .running where drainDeadline.map({ $0 <= now }) ?? false:
                actions.append(end(key, .stopped, at: now))
            case .ending(let reason, let killAt) where killAt <= now:
                commands[key]?.phase = .killed(reason)
                actions.append(.kill(key: key))
            case .running, .ending, .killed, nil:
                continue
            }
        }
        return actions
    }

    private mutating func end(_ key: UInt64, _ reason: Reason, at now: Duration) -> Action {
        commands[key]?.phase = .ending(reason, killAt: now + Self.grace)
        return .terminate(key: key)
    }

    /// What went wrong in words; nil: nothing.
    private static func problem(_ report: WorkerMachine.Report, _ reason: Reason?) -> String? {
        if case .exited(0) = report { return nil }
        switch reason {
        case .timedOut: return "timed out after \(timeout.components.seconds)s"
        case .stopped: return "ended because the service stopped"
        case nil: break
        }
        switch report {
        case .exited(let status): return "exit \(status)"
        case .signalled(let signal): return SignalName.words(signal)
        case .failed(let why, _): return why
        case .notStarted(let why): return "not started: \(why)"
        case .lost: return "lost: its keeper died"
        }
    }
}
