/// Places that a worker keeps free for the next tick of the beat in the same process.
///
/// With it a tick claims what it fires in its own commit: a slot is durable, leased and on its way to
/// a command after one commit instead of two, and no key is written to a queue only to be deleted.
package struct ClaimOffer: Hashable, Sendable {
    /// Who gets the leases.
    package var owner: String
    /// Runs that the worker takes at most.
    package var places: Int
    /// Its queues, with the number of runs at once in the whole database.
    package var queues: [String: Int]

    package init(owner: String, places: Int, queues: [String: Int]) {
        self.owner = owner
        self.places = places
        self.queues = queues
    }
}
