/// What becomes of a run when an attempt of it has ended: the one place where that is decided.
///
/// A failure uses up one of `retry.times + 1` attempts. A lost attempt (nobody saw how it ended) does
/// not, but the third lost one ends the run. An attempt that the stopping service ended counts neither
/// way. After a request to cancel, a run is never repeated; an attempt that exited well before the
/// signal reached it has succeeded.
package enum AttemptVerdict: Hashable, Sendable {
    case succeeded
    /// Repeat after backoff.
    case retry(at: Timestamp)
    /// Ready again at once: lost or drained.
    case requeue
    case failed
    case cancelled
    /// At most once, and the end is uncertain.
    case unknown

    /// After this many lost attempts a run has failed.
    package static let lostAttemptsMax = 3

    /// What the run's earlier attempts came to, and what is wanted of it.
    package struct History: Hashable, Sendable {
        /// Attempts that failed before this one.
        package var failures: Int
        /// Attempts that were lost before this one.
        package var losses: Int
        package var cancelRequested: Bool

        package init(failures: Int, losses: Int, cancelRequested: Bool) {
            self.failures = failures
            self.losses = losses
            self.cancelRequested = cancelRequested
        }
    }

    /// Decides.
    ///
    /// - Parameters:
    ///   - end: how the attempt ended.
    ///   - run: the run, whose id seeds the jitter of the backoff.
    ///   - definition: the definition stored with the run.
    ///   - history: what came before.
    ///   - now: the instant from which a backoff counts.
    /// - Returns: what the run becomes.
    package static func decide(
        _ end: AttemptEnd,
        run: RunID,
        definition: RunDefinition,
        history: History,
        now: Timestamp
    ) -> AttemptVerdict {
        if case .exited(let status) = end, definition.successCodes.contains(status) {
            return .succeeded
        }
        guard !history.cancelRequested else { return .cancelled }
        switch end {
        case .cancelled:
            return .cancelled
        case .drained:
            return definition.delivery == .atMostOnce ? .unknown : .requeue
        case .lost:
            guard definition.delivery == .atLeastOnce else { return .unknown }
            return history.losses + 1 >= lostAttemptsMax ? .failed : .requeue
        case .failed(_, mayRepeat: false):
            return .failed
        case .exited, .signalled, .timedOut, .failed, .notStarted:
            guard definition.delivery == .atLeastOnce, history.failures < definition.retry.times
            else { return .failed }
            let repeatNumber = history.failures + 1
            return .retry(
                at: now + Backoff.wait(definition.retry, repeatNumber: repeatNumber, run: run)
            )
        }
    }
}
