import DownbeatCore

/// A run as a change needs it: the body, and where it stands.
struct RunRow {
    var number: Int64
    var body: RunBody
    var scheduleName: String
    var state: RunState
    var isHeld: Bool
    var cancelRequested: Bool
    var ready: Timestamp
    var attempts: Int
    var failures: Int
    var losses: Int
    var started: Timestamp?

    var id: RunID { body.id }

    /// A query for rows of this kind; conditions are added behind it.
    static let query = """
        SELECT \(RunBody.columns), r.n, s.name, r.state, r.held, r.cancel_requested, r.ready_us,
          r.attempts, r.failures, r.losses, r.started_us
        FROM runs r CROSS JOIN schedules s ON s.id = r.schedule
        """

    /// One run by its id.
    static let byID = SQL.lasting("\(query) WHERE r.id = ?")

    init(_ row: Row) throws {
        let first = RunBody.columnCount
        body = try RunBody(row)
        number = row.integer(first)
        scheduleName = row.text(first + 1)
        state = try row.word(first + 2, RunState.self)
        isHeld = row.flag(first + 3)
        cancelRequested = row.flag(first + 4)
        ready = row.instant(first + 5)
        attempts = Int(row.integer(first + 6))
        failures = Int(row.integer(first + 7))
        losses = Int(row.integer(first + 8))
        started = row.optionalInstant(first + 9)
    }
}

extension WriteScope {
    /// A run by its id.
    func run(_ id: RunID) throws -> RunRow? {
        try connection.row(RunRow.byID, id, read: RunRow.init)
    }

    /// A run by its id, or the error that says there is none.
    func existingRun(_ id: RunID) throws -> RunRow {
        guard let run = try run(id) else {
            throw StoreError.notFound(
                "there is no run \(id.text); list the runs there are with `downbeat runs`"
            )
        }
        return run
    }

    /// The oldest run of a schedule that is not done, by `runs_active`; nil: all are.
    func oldestActiveRun(ofSchedule schedule: Int64) throws -> RunID? {
        try connection.row(
            "SELECT id FROM runs WHERE schedule = ? AND ended_us IS NULL ORDER BY n LIMIT 1",
            schedule
        ) { try $0.runID(0) }
    }

    /// Runs of a schedule that are not done, oldest first; served by `runs_active`.
    func activeRuns(ofSchedule schedule: Int64) throws -> [RunRow] {
        try connection.rows(
            "\(RunRow.query) WHERE r.schedule = ? AND r.ended_us IS NULL ORDER BY r.n",
            schedule,
            read: RunRow.init
        )
    }
}
