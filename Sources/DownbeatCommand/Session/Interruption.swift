import Foundation
import Synchronization

/// Ctrl-C as something to ask for, for commands that have a word to say before they end.
enum Interruption {
    private static let flag = Atomic(false)
    /// Set up at the first question: commands that never ask are ended by the signal as ever.
    private static let isWatched: Bool = {
        // Made before the handler can run, which must not allocate.
        flag.store(false, ordering: .relaxed)
        signal(SIGINT) { _ in flag.store(true, ordering: .relaxed) }
        return true
    }()

    /// Whether SIGINT came since the first question.
    static var hasCome: Bool { isWatched && flag.load(ordering: .relaxed) }
}
