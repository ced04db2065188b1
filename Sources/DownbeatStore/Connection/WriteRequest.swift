import DownbeatCore
import Foundation
import Synchronization

/// Which requests go first into the next commit.
enum Urgency: Sendable {
    /// The beat's.
    case tick
    case usual
}

/// A change that somebody waits for: it goes into a commit whole or not at all.
struct WriteRequest: Sendable {
    let urgency: Urgency
    /// Keeps the commit back until the instant that the change was made for.
    var hold: TickHold?
    /// Does the change; its result is kept by whoever made the request.
    let change: @Sendable (WriteScope) throws -> Void
    /// Called once: nil after the commit is durable, else with the reason why nothing was written.
    let finish: @Sendable (StoreError?) -> Void
}

/// The place where the thread that waits finds what came of its request.
final class Outcome<Value: Sendable>: Sendable {
    private let content = Mutex<(value: Value?, error: StoreError?)>((nil, nil))
    private let done = DispatchSemaphore(value: 0)

    /// Keeps the value of a change that is not committed yet.
    func keep(_ value: Value) {
        content.withLock { $0.value = value }
    }

    /// Ends the wait.
    func finish(_ error: StoreError?) {
        content.withLock { $0.error = error }
        done.signal()
    }

    /// Waits for the commit.
    func wait() throws(StoreError) -> Value {
        done.wait()
        let (value, error) = content.withLock { $0 }
        if let error { throw error }
        guard let value else { preconditionFailure("a request ended without value and error") }
        return value
    }
}
