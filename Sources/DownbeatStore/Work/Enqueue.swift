import DownbeatCore

/// A run that is to be.
struct NewRun {
    enum Start {
        /// In its queue, or held behind the runs before it.
        case inQueue(isHeld: Bool)
        /// Claimed by the tick that makes it.
        case running
        /// Claimed by whoever asked for it, and by nobody else.
        case here
    }

    var schedule: Int64
    var definition: Int64
    var queue: String
    var slot: Timestamp?
    var due: Timestamp
    var now: Timestamp
    var expires: Timestamp?
    var retryOf: RunID?
    var start: Start
}

extension WriteScope {
    /// A run that nobody claims within this time of `run --here` has expired: its process has died.
    static let hereClaimMax: Duration = .seconds(60)

    /// Inserts a run and, unless it has to wait for others, its key in the queue.
    ///
    /// - Parameters:
    ///   - new: the run.
    ///   - number: its key, from `nextRunNumber`.
    /// - Returns: its id.
    /// - Throws: what the database throws.
    func insertRun(_ new: NewRun, number: Int64) throws -> RunID {
        let body = RunBody(
            id: memory.makeRunID(at: new.now),
            schedule: new.schedule,
            definition: new.definition,
            queue: new.queue,
            slot: new.slot,
            due: new.due,
            enqueued: new.now,
            retryOf: new.retryOf
        )
        var isHeld = false
        var isRunning = false
        var expires = new.expires
        switch new.start {
        case .inQueue(let held):
            isHeld = held
        case .running:
            isRunning = true
        case .here:
            expires = min(expires ?? .distantFuture, new.now + Self.hereClaimMax)
        }
        try connection.execute(
            """
            INSERT INTO runs (n, id, schedule, definition, queue, priority, slot_us, due_us,
              enqueued_us, retry_of, checksum, state, held, ready_us, expires_us, attempts)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            number,
            body.id,
            body.schedule,
            body.definition,
            body.queue,
            body.priority,
            body.slot,
            body.due,
            body.enqueued,
            body.retryOf,
            body.checksum,
            isRunning ? RunState.running : .queued,
            isHeld,
            new.now,
            expires,
            isRunning ? 1 : 0
        )
        if case .inQueue(isHeld: false) = new.start {
            try insertReady(number, body, at: new.now)
        }
        return body.id
    }

    /// Makes a run claimable.
    func insertReady(_ number: Int64, _ body: RunBody, at ready: Timestamp) throws {
        try connection.execute(
            "INSERT INTO ready (queue, priority, ready_us, run) VALUES (?, ?, ?, ?)",
            body.queue,
            body.priority,
            ready,
            number
        )
    }

    /// Releases the oldest run of a schedule that is not done, if it is held.
    ///
    /// Called in the commit that ends the run before it. Served by `runs_active`.
    func releaseNext(ofSchedule schedule: Int64, now: Timestamp) throws {
        let next = try connection.row(
            """
            SELECT n, queue, priority, held FROM runs
            WHERE schedule = ? AND ended_us IS NULL ORDER BY n LIMIT 1
            """,
            schedule
        ) { row in
            (
                number: row.integer(0), queue: row.text(1), priority: row.integer(2),
                isHeld: row.flag(3)
            )
        }
        guard let next, next.isHeld else { return }
        try connection.execute(
            "UPDATE runs SET held = 0, ready_us = ? WHERE n = ?",
            now,
            next.number
        )
        try connection.execute(
            "INSERT INTO ready (queue, priority, ready_us, run) VALUES (?, ?, ?, ?)",
            next.queue,
            next.priority,
            now,
            next.number
        )
    }

    /// Moves runs whose backoff is over to their queues.
    ///
    /// - Parameters:
    ///   - now: the instant of the request.
    ///   - limit: a bound on the work of one commit; the rest follows with the next request.
    /// - Throws: what the database throws.
    func promote(now: Timestamp, limit: Int = 1000) throws {
        let due = try connection.rows(
            "SELECT ready_us, run FROM timed WHERE ready_us <= ? ORDER BY ready_us LIMIT ?",
            now,
            limit
        ) { row in (ready: row.instant(0), number: row.integer(1)) }
        for entry in due { try promote(entry.number, ready: entry.ready) }
        try promoteMisdated(now: now)
    }

    /// How many of the last keys of `timed` a request looks at.
    private static let misdatedMax = 100

    /// Moves runs that wait longer than their definition lets them: the clock was far ahead when their
    /// backoff began, and without this they would wait for that time to come.
    private func promoteMisdated(now: Timestamp) throws {
        let late = try connection.rows(
            """
            SELECT t.ready_us, t.run, r.definition
            FROM timed t CROSS JOIN runs r ON r.n = t.run
            WHERE t.ready_us > ? ORDER BY t.ready_us DESC LIMIT ?
            """,
            now + SlotPlanner.clockStepMax,
            Self.misdatedMax
        ) { row in (ready: row.instant(0), number: row.integer(1), definition: row.integer(2)) }
        for entry in late {
            let retry = try definition(entry.definition).retry
            // Twice the longest wait leaves room for its jitter.
            guard entry.ready - now > retry.maxWait * 2 + SlotPlanner.clockStepMax else { continue }
            try promote(entry.number, ready: entry.ready)
        }
    }

    private func promote(_ number: Int64, ready: Timestamp) throws {
        try connection.execute(
            "DELETE FROM timed WHERE ready_us = ? AND run = ?",
            ready,
            number
        )
        try connection.execute(
            "UPDATE runs SET state = 'queued' WHERE n = ?",
            number
        )
        try connection.execute(
            """
            INSERT INTO ready (queue, priority, ready_us, run)
            SELECT queue, priority, ready_us, n FROM runs WHERE n = ?
            """,
            number
        )
    }
}
