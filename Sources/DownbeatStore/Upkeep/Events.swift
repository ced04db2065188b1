package import DownbeatCore

extension SQLiteStore {
    /// Events kept; older ones go.
    package static let eventsMax = 10_000

    package func record(_ event: EventRecord) throws(StoreError) {
        try write { try $0.record(event) }
    }

    /// The newest events, newest first.
    package func events(limit: Int) throws(StoreError) -> [EventRecord] {
        try read { connection in
            try connection.rows(
                """
                SELECT time_us, name, schedule, detail, is_error FROM events
                ORDER BY n DESC LIMIT ?
                """,
                limit
            ) { row in
                EventRecord(
                    time: row.instant(0),
                    name: row.text(1),
                    schedule: row.optionalText(2),
                    detail: row.text(3),
                    isError: row.flag(4)
                )
            }
        }
    }
}

extension WriteScope {
    func record(_ event: EventRecord) throws {
        try connection.execute(
            """
            INSERT INTO events (time_us, name, schedule, detail, is_error)
            VALUES (?, ?, ?, ?, ?)
            """,
            event.time,
            event.name,
            event.schedule,
            event.detail,
            event.isError
        )
    }
}

extension SQLiteStore {
    /// Files are loaded a few times a day; the latest word about it is among these.
    private static let eventsLookedAt = 500

    /// What is wrong with the files since they were loaded last; nil: nothing.
    package func reloadError() throws(StoreError) -> Diagnostic? {
        ReloadReport.standingProblem(in: try events(limit: Self.eventsLookedAt))
    }
}
