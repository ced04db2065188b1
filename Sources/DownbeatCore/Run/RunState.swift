/// Where a run stands: one enum, one transition table; the schema's CHECK repeats the words.
package enum RunState: String, Sendable, Codable, CaseIterable {
    /// Ready later: countdown or backoff.
    case scheduled
    /// Ready, waiting for a worker.
    case queued
    /// A worker holds its lease.
    case running
    case succeeded
    /// Its attempts are used up: a dead letter.
    case failed
    case cancelled
    /// No attempt started within `expires`.
    case expired
    /// At most once, and nobody saw how the attempt ended.
    case unknown

    /// Final states are final: `retry` makes a new run.
    package var isFinal: Bool {
        switch self {
        case .scheduled, .queued, .running: false
        case .succeeded, .failed, .cancelled, .expired, .unknown: true
        }
    }

    /// The states that may follow this one.
    package var successors: [RunState] {
        switch self {
        case .scheduled: [.queued, .running, .cancelled, .expired]
        case .queued: [.running, .cancelled, .expired]
        case .running: [.scheduled, .queued, .succeeded, .failed, .cancelled, .unknown]
        case .succeeded, .failed, .cancelled, .expired, .unknown: []
        }
    }
}
