package import DownbeatCore
import Foundation

extension SQLiteStore {
    package func register(_ owner: OwnerRecord) throws(StoreError) {
        try write { scope in
            try scope.connection.execute(
                """
                INSERT INTO owners (id, kind, pid, process_start, boot_id, started_us, version,
                  concurrency, queues)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, pid = excluded.pid,
                  process_start = excluded.process_start, boot_id = excluded.boot_id,
                  started_us = excluded.started_us, version = excluded.version,
                  concurrency = excluded.concurrency, queues = excluded.queues
                """,
                owner.id,
                owner.kind.rawValue,
                owner.pid,
                owner.processStart,
                owner.bootID,
                owner.startedAt,
                owner.version,
                owner.concurrency,
                try QueueNames.encode(owner.queues)
            )
        }
    }

    /// Notes that an owner stops: `status` says so until it is gone.
    package func noteStopping(owner: String, now: Timestamp) throws(StoreError) {
        try write { scope in
            try scope.connection.execute(
                "UPDATE owners SET stopping_us = coalesce(stopping_us, ?) WHERE id = ?",
                now,
                owner
            )
        }
    }

    package func otherOwners(than owner: String) throws(StoreError) -> [OwnerRecord] {
        try read { try $0.owners().filter { $0.id != owner } }
    }

    /// Every owner that is registered or holds a lease, in order of start.
    package func owners() throws(StoreError) -> [OwnerRecord] {
        try read { try $0.owners() }
    }

    package func attempts(of owner: String) throws(StoreError) -> [ExecutedAttempt] {
        try read { connection in
            // The second part is served by `failure_commands_open`.
            try connection.rows(
                """
                SELECT r.id, l.attempt FROM leases l CROSS JOIN runs r ON r.n = l.run
                WHERE l.owner = ?1
                UNION ALL
                SELECT r.id, r.attempts FROM failure_commands f CROSS JOIN runs r ON r.n = f.run
                WHERE f.owner = ?1 AND f.started_us IS NOT NULL AND f.ended_us IS NULL
                """,
                owner
            ) { row in
                ExecutedAttempt(run: try row.runID(0), attempt: Int(row.integer(1)))
            }
        }
    }

    package func recover(
        owner: String,
        now: Timestamp
    ) throws(StoreError) -> [WorkReply.Transition] {
        try write { try $0.recover(owner: owner, now: now) }
    }

    package func unregister(owner: String) throws(StoreError) {
        try write { scope in
            let leases = try scope.connection.number(
                "SELECT count(*) FROM leases WHERE owner = ?",
                owner
            )
            guard leases == 0 else {
                throw StoreError.conflict(
                    "worker \(owner) still executes \(leases ?? 0) runs; hand in their ends first"
                )
            }
            try scope.connection.execute("DELETE FROM owners WHERE id = ?", owner)
        }
    }
}

extension WriteScope {
    /// Judges the attempts of an owner that is gone as lost, and forgets it.
    fileprivate func recover(owner: String, now: Timestamp) throws -> [WorkReply.Transition] {
        let lost = try connection.rows(
            """
            SELECT r.id, l.attempt FROM leases l CROSS JOIN runs r ON r.n = l.run
            WHERE l.owner = ? ORDER BY l.run
            """,
            owner
        ) { row in (id: try row.runID(0), attempt: Int(row.integer(1))) }
        var transitions: [WorkReply.Transition] = []
        for attempt in lost {
            let completion = WorkRequest.Completion(
                run: attempt.id,
                attempt: attempt.attempt,
                end: .lost,
                endedAt: now,
                usage: nil
            )
            if let transition = try complete(completion, owner: owner, now: now) {
                transitions.append(transition)
            }
        }
        try loseFailures(owner: owner, now: now)
        try connection.execute("DELETE FROM owners WHERE id = ?", owner)
        return transitions
    }
}

extension Connection {
    /// Registered owners; one that holds a lease without being registered appears with pid 0.
    fileprivate func owners() throws -> [OwnerRecord] {
        try rows(
            """
            SELECT id, kind, pid, process_start, boot_id, started_us, version, concurrency,
              queues, stopping_us
            FROM owners
            UNION ALL
            SELECT DISTINCT owner, 'worker', 0, 0, '', 0, '', 0, '[]', NULL FROM leases
            WHERE owner NOT IN (SELECT id FROM owners)
            ORDER BY 6, 1
            """
        ) { row in
            OwnerRecord(
                id: row.text(0),
                kind: try row.word(1, OwnerRecord.Kind.self),
                pid: Int32(clamping: row.integer(2)),
                processStart: row.integer(3),
                bootID: row.text(4),
                startedAt: row.instant(5),
                version: row.text(6),
                concurrency: Int(row.integer(7)),
                queues: try QueueNames.decode(row.text(8)),
                stoppingSince: row.optionalInstant(9)
            )
        }
    }
}

/// Names of queues as the database keeps them: a JSON list, in order.
private enum QueueNames {
    static func encode(_ names: Set<String>) throws -> String {
        String(decoding: try JSONEncoder().encode(names.sorted()), as: UTF8.self)
    }

    static func decode(_ text: String) throws -> Set<String> {
        try JSONDecoder().decode(Set<String>.self, from: Data(text.utf8))
    }
}
