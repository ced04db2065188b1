/// What happens to a slot that is due while an earlier run of its schedule is not done.
package enum OverlapPolicy: String, Sendable, Codable, CaseIterable {
    /// The slot becomes a ledger row that names the run in its way.
    case skip
    /// One more run may wait; the first to come stays.
    case queue
    /// All wait, one runs at a time.
    case queueAll = "queue_all"
    /// Waiting runs are cancelled, a running one is ended, then the new one starts.
    case replace
    /// Runs of the schedule execute side by side.
    case allow
}

/// Which of the slots that fell due during downtime fire.
package enum CatchUpPolicy: String, Sendable, Codable, CaseIterable {
    /// The newest, if it is at most `lateAfter` old.
    case skip
    /// The newest, if it is at most `within` old.
    case once
    /// The newest `limit` that are at most `within` old, oldest first.
    case all
}

/// A catch-up policy with its bounds; ages count from a slot's due time.
package struct CatchUp: Hashable, Sendable, Codable {
    package var policy: CatchUpPolicy
    package var within: Duration
    package var limit: Int
    package var lateAfter: Duration

    package init(
        policy: CatchUpPolicy,
        within: Duration = .seconds(24 * 3600),
        limit: Int = 100,
        lateAfter: Duration = .seconds(60)
    ) {
        self.policy = policy
        self.within = within
        self.limit = limit
        self.lateAfter = lateAfter
    }
}

/// How often a run may start.
package enum Delivery: String, Sendable, Codable, CaseIterable {
    /// Lost attempts are repeated, failed ones by `RetryPolicy`.
    case atLeastOnce = "at_least_once"
    /// At most one attempt ever starts; one whose end nobody saw leaves the run `unknown`.
    case atMostOnce = "at_most_once"
}

/// How failed attempts are repeated.
///
/// The wait before repeat `n` (from 1) is `wait * factor^(n-1)`, at most `maxWait`, and then varied by
/// up to ± `jitter` of itself.
package struct RetryPolicy: Hashable, Sendable, Codable {
    /// Repeats after a failure: a run has at most `times + 1` failed attempts.
    package var times: Int
    package var wait: Duration
    package var factor: Double
    package var maxWait: Duration
    /// A fraction of the wait, 0 to 1.
    package var jitter: Double

    package static let none = RetryPolicy(times: 0)

    package init(
        times: Int,
        wait: Duration = .seconds(30),
        factor: Double = 2,
        maxWait: Duration = .seconds(600),
        jitter: Double = 0.1
    ) {
        self.times = times
        self.wait = wait
        self.factor = factor
        self.maxWait = maxWait
        self.jitter = jitter
    }
}

/// How long ended runs and their output are kept, for each schedule.
package struct KeepPolicy: Hashable, Sendable, Codable {
    package var runs: Duration
    package var output: Duration
    /// Runs beyond this number go, oldest first, even when young.
    package var atMost: Int
    /// This many newest runs stay, even when old.
    package var atLeast: Int

    package init(
        runs: Duration = .seconds(30 * 86_400),
        output: Duration = .seconds(30 * 86_400),
        atMost: Int = 10_000,
        atLeast: Int = 20
    ) {
        self.runs = runs
        self.output = output
        self.atMost = atMost
        self.atLeast = atLeast
    }
}
