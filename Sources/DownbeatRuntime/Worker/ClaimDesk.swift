// Where the beat and the worker of one process share the worker's places.
//
// Each free place is on exactly one side: offered to the beat, held by it (for a tick that runs, or
// with runs that the worker has not taken over yet), or the worker's own for a claim. The beat always
// gives back what it took, so the worker may wait for held places when it drains.

import DownbeatCore
import Synchronization

/// A worker's free places as the beat of the same process sees them.
package final class ClaimDesk: Sendable {
    /// What the beat gives back after a tick: places, most of them with a run.
    struct Delivery: Sendable {
        var runs: [ClaimedRun]
        /// When their leases were durable.
        var claimedAt: Timestamp
        var places: Int
    }

    private struct State {
        var offer: ClaimOffer
        var held = 0
        var isShort = false
        var deliveries: [Delivery] = []
    }

    private let state: Mutex<State>
    private let wakeUp: WakeUp

    init(owner: String, wakeUp: WakeUp) {
        state = Mutex(State(offer: ClaimOffer(owner: owner, places: 0, queues: [:])))
        self.wakeUp = wakeUp
    }

    // MARK: The beat's side

    /// Takes places for a tick; `giveBack` must follow, whatever comes of it.
    ///
    /// - Parameter limit: the most places that are of use.
    /// - Returns: nil: none is free.
    func take(atMost limit: Int) -> ClaimOffer? {
        state.withLock { state in
            let places = min(limit, state.offer.places)
            guard places > 0 else { return nil }
            state.offer.places -= places
            state.held += places
            return ClaimOffer(owner: state.offer.owner, places: places, queues: state.offer.queues)
        }
    }

    /// Gives places back, with the runs that were claimed for them.
    func giveBack(_ offer: ClaimOffer, _ runs: [ClaimedRun], claimedAt: Timestamp) {
        state.withLock { state in
            state.deliveries.append(
                Delivery(runs: runs, claimedAt: claimedAt, places: offer.places)
            )
        }
        wakeUp.ring()
    }

    // MARK: The worker's side

    /// Offers what is free and not held.
    func offer(_ free: Int, queues: [String: Int]) {
        state.withLock { state in
            state.offer.places = max(0, free - state.held)
            state.offer.queues = queues
        }
    }

    /// Ends the offer, so that the worker can claim by itself.
    ///
    /// - Parameter free: the worker's free places.
    /// - Returns: those of them that the beat does not hold; while it holds some, a delivery follows
    ///   that says `isShort`.
    func withdraw(_ free: Int) -> Int {
        state.withLock { state in
            state.offer.places = 0
            if state.held > 0 { state.isShort = true }
            return max(0, free - state.held)
        }
    }

    /// Takes what the beat has given back.
    ///
    /// - Returns: the deliveries, and whether the worker had to do without their places.
    func takeDeliveries() -> (deliveries: [Delivery], isShort: Bool) {
        state.withLock { state in
            guard !state.deliveries.isEmpty else { return ([], false) }
            let deliveries = state.deliveries
            state.deliveries = []
            state.held -= deliveries.reduce(0) { $0 + $1.places }
            let isShort = state.isShort
            state.isShort = false
            return (deliveries, isShort)
        }
    }

    /// Whether the beat has places of this worker; none are taken while none are offered.
    var isHeld: Bool {
        state.withLock { $0.held > 0 }
    }
}
