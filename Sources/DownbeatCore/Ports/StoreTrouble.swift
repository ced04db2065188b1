/// What a service does about a store that fails: wait, speak, or give up.
///
/// A lock held by another process and a full disk pass: the same request is made again, and nothing
/// was written in between. After an I/O error nobody knows whether the commit happened, so the
/// process ends and reads the truth at its next start. Damage and newer schemas do not heal.
package struct StoreTrouble: Sendable {
    /// What to do about one failure.
    package enum Response: Hashable, Sendable {
        /// Try again after this long; `speak` at most once a minute.
        case retry(after: Duration, speak: Bool)
        case giveUp
    }

    /// The first wait; it doubles up to `waitMax`.
    package static let waitMin: Duration = .milliseconds(50)
    /// Caught up within a few seconds after the trouble is over.
    package static let waitMax: Duration = .seconds(2)
    package static let speakEvery: Duration = .seconds(60)

    private var wait = waitMin
    private var spokenAt: Duration?
    private var isSpokenOf = false
    /// Whether the last request failed.
    package private(set) var isTroubled = false

    package init() {}

    /// A request failed.
    package mutating func failed(_ error: StoreError, at now: Duration) -> Response {
        switch error {
        case .busy, .full:
            isTroubled = true
            let pause = wait
            wait = min(wait * 2, Self.waitMax)
            // A lock that is gone within a second is everyday life, a full disk is not.
            let isWorthSaying: Bool =
                if case .busy = error { pause >= .seconds(1) } else { true }
            let isDue = spokenAt.map { now - $0 >= Self.speakEvery } ?? true
            guard isWorthSaying, isDue else { return .retry(after: pause, speak: false) }
            spokenAt = now
            isSpokenOf = true
            return .retry(after: pause, speak: true)
        case .readOnly, .inputOutput, .damaged, .newerSchema, .missing, .notFound, .conflict:
            return .giveUp
        }
    }

    /// A request succeeded.
    ///
    /// - Returns: whether trouble that was spoken of is over.
    package mutating func succeeded() -> Bool {
        defer {
            isTroubled = false
            isSpokenOf = false
            // `spokenAt` stays: trouble that comes and goes is spoken of once a minute as well.
            wait = Self.waitMin
        }
        return isSpokenOf
    }
}
