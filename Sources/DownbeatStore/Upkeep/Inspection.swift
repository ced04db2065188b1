package import DownbeatCore

extension SQLiteStore {
    /// Findings reported; the rest is a number.
    package static let problemsMax = 20

    /// Write transactions since the database was made.
    ///
    /// A smaller number than one seen before means that commits are missing: a damaged write-ahead log
    /// loses them without SQLite noticing.
    package func commitCount() throws(StoreError) -> Int64 {
        try read { connection in
            try connection.number("SELECT value FROM counters WHERE name = 'commits'") ?? 0
        }
    }

    /// Looks the whole database over.
    ///
    /// That is SQLite's own check, the checksums of runs and definitions, and the invariants that no
    /// constraint states. Reads everything, so it may take seconds.
    package func inspect() throws(StoreError) -> DatabaseFacts {
        let sizes = opening.file?.sizes ?? (main: 0, log: 0)
        let problems = try read { connection in
            var problems = try connection.rows("PRAGMA integrity_check(20)") { $0.text(0) }
            problems.removeAll { $0 == "ok" }
            // Tables that SQLite finds damaged are not worth a second look.
            guard problems.isEmpty else { return problems }
            problems += try connection.rows("PRAGMA foreign_key_check") { row in
                "table \(row.text(0)), row \(row.integer(1)): its \(row.text(2)) is missing"
            }
            problems += try connection.damagedBodies()
            problems += try connection.brokenInvariants()
            return problems
        }
        var shown = Array(problems.prefix(Self.problemsMax))
        if problems.count > shown.count {
            shown.append("and \(problems.count - shown.count) more")
        }
        return DatabaseFacts(
            schema: version,
            size: sizes.main,
            walSize: sizes.log,
            problems: shown
        )
    }
}

extension Connection {
    fileprivate func damagedBodies() throws -> [String] {
        var problems: [String] = []
        _ = try rows("SELECT \(RunBody.columns) FROM runs r") { row in
            do {
                _ = try RunBody(row)
            } catch {
                problems.append("run \(row.text(0)) is damaged: its checksum does not match")
            }
        }
        _ = try rows("SELECT n, body, checksum FROM definitions") { row in
            if DefinitionText.checksum(row.text(1)) != row.integer(2) {
                problems.append("definition \(row.integer(0)) is damaged: wrong checksum")
            }
        }
        return problems
    }

    /// Invariants 4, 5, 6, 8 and 9 of the schema.
    fileprivate func brokenInvariants() throws -> [String] {
        let checks = [
            (
                "is running without a lease, or has a lease without running",
                """
                SELECT id FROM runs r
                WHERE (state = 'running') <> EXISTS (SELECT 1 FROM leases l WHERE l.run = r.n)
                """
            ),
            (
                "is in a queue although it is not waiting for a worker",
                """
                SELECT r.id FROM ready y JOIN runs r ON r.n = y.run
                WHERE r.state <> 'queued' OR r.held OR r.ready_us <> y.ready_us
                """
            ),
            (
                "waits for its time although it is not in backoff, or the other way round",
                """
                SELECT id FROM runs r WHERE ended_us IS NULL AND (state = 'scheduled')
                  <> EXISTS (SELECT 1 FROM timed t WHERE t.ready_us = r.ready_us AND t.run = r.n)
                """
            ),
            (
                "is held although no run is before it",
                """
                SELECT id FROM runs r WHERE held AND ended_us IS NULL AND NOT EXISTS (
                  SELECT 1 FROM runs b WHERE b.schedule = r.schedule AND b.ended_us IS NULL
                    AND b.n < r.n)
                """
            ),
            (
                "refers to a definition that is missing",
                """
                SELECT id FROM runs r
                WHERE NOT EXISTS (SELECT 1 FROM definitions d WHERE d.n = r.definition)
                """
            ),
        ]
        var problems = try checks.flatMap { words, sql in
            try rows(SQL(sql)) { "run \($0.text(0)) \(words)" }
        }
        problems += try rows(
            """
            SELECT s.name, l.slot_us FROM slots l JOIN schedules s ON s.id = l.schedule
            WHERE l.outcome = 'fired' AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.n = l.run)
            """
        ) { row in "schedule \(row.text(0)): the run of slot \(row.integer(1)) is missing" }
        return problems
    }
}
