import DownbeatCore

/// The claiming of runs in the tick that makes them.
///
/// A run is claimed here only if an ordinary claim right after the tick would take it: its queue has
/// a free place and no other run waits there, so the order of the queue holds. Its row is written as
/// `running` at once; leases and attempts of all follow in one statement each.
struct TickClaims {
    private let offer: ClaimOffer
    private var places: Int
    /// Free places by queue; nil: not looked at yet.
    private var free: [String: Int] = [:]
    private var first: Int64?
    private(set) var claimed: [ClaimedRun] = []

    init(_ offer: ClaimOffer) {
        self.offer = offer
        places = offer.places
    }

    /// Whether a run that is about to be written can be claimed.
    mutating func hasPlace(in queue: String, _ scope: WriteScope) throws -> Bool {
        guard places > 0, let limit = offer.queues[queue] else { return false }
        if let left = free[queue] { return left > 0 }
        let isWaited = try scope.connection.number(
            "SELECT 1 FROM ready WHERE queue = ? LIMIT 1",
            queue
        )
        let running = try scope.connection.number(
            "SELECT count(*) FROM leases WHERE queue = ? AND counted = 1",
            queue
        )
        let left = isWaited == nil ? limit - Int(running ?? 0) : 0
        free[queue] = left
        return left > 0
    }

    /// Looks at the queues again: runs were cancelled or released.
    mutating func lookAgain(_ scope: WriteScope) throws {
        try writeLeases(scope)
        free.removeAll(keepingCapacity: true)
    }

    /// Takes a place for a run whose row has been written as running.
    mutating func take(_ run: ClaimedRun, number: Int64) {
        places -= 1
        free[run.queue, default: 1] -= 1
        first = first ?? number
        claimed.append(run)
    }

    /// Gives the leases: the running rows from the first of this tick on are exactly those taken.
    mutating func writeLeases(_ scope: WriteScope) throws {
        guard let from = first else { return }
        first = nil
        try scope.connection.execute(
            """
            INSERT INTO leases (run, owner, queue, counted, attempt)
            SELECT n, ?1, queue, 1, 1 FROM runs WHERE n >= ?2 AND state = 'running'
            """,
            offer.owner,
            from
        )
        try scope.connection.execute(
            """
            INSERT INTO attempts (run, attempt, owner, claimed_us)
            SELECT n, 1, ?1, enqueued_us FROM runs WHERE n >= ?2 AND state = 'running'
            """,
            offer.owner,
            from
        )
    }
}
