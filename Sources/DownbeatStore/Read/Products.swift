package import DownbeatCore

extension SQLiteStore {
    /// Statistics of a schedule, by the start of their windows; served by the table's UNIQUE key.
    package func statistics(_ query: StatisticsQuery) throws(StoreError) -> [WindowStatistics] {
        try read { try $0.statistics(query) }
    }

    /// What the schedule's latest succeeded run of a built-in left for the next one; nil: nothing.
    package func positions(of schedule: String) throws(StoreError) -> [UInt8]? {
        try read { connection in
            let id = try connection.number("SELECT id FROM schedules WHERE name = ?", schedule)
            return try id.flatMap { try connection.positions(ofSchedule: $0) }
        }
    }
}

extension Connection {
    fileprivate func statistics(_ query: StatisticsQuery) throws -> [WindowStatistics] {
        let found = try rows(
            """
            SELECT n, start_us, end_us, lines, malformed, bytes, clients, exact, latency_samples,
              latency_p50_us, latency_p95_us, latency_p99_us, latency_max_us
            FROM statistics
            WHERE schedule = (SELECT id FROM schedules WHERE name = ?)
              AND start_us >= ? AND start_us < ?
            ORDER BY start_us DESC, end_us DESC LIMIT ?
            """,
            query.schedule,
            query.from ?? .distantPast,
            query.to ?? .distantFuture,
            query.limit
        ) { row in (number: row.integer(0), window: WindowStatistics(row)) }
        return try found.reversed().map { number, window in
            var window = window
            window.groups = try groups(of: number, query.groups)
            return window
        }
    }

    /// Groups of a window, by field, the largest first.
    private func groups(
        of window: Int64,
        _ wanted: StatisticsQuery.Groups
    ) throws -> [WindowStatistics.Group] {
        let field: String?
        switch wanted {
        case .none: return []
        case .all: field = nil
        case .by(let name): field = name
        }
        return try rows(
            """
            SELECT field, key, count, bytes FROM statistic_groups
            WHERE statistics = ? AND field = coalesce(?, field)
            ORDER BY field, count DESC, bytes DESC, key
            """,
            window,
            field
        ) { row in
            WindowStatistics.Group(
                by: row.text(0),
                key: row.text(1),
                count: row.integer(2),
                bytes: row.integer(3)
            )
        }
    }

    /// What a run returned, as JSON; nil: nothing.
    func result(ofRun number: Int64) throws -> String? {
        try row("SELECT body FROM results WHERE run = ?", number) { $0.text(0) }
    }

    /// How far the attempt that runs has come; nil: it does not say.
    func progress(ofRun number: Int64) throws -> ProgressReading? {
        try row(
            "SELECT phase, done, total, unit, since_us, time_us FROM progress WHERE run = ?",
            number
        ) { row in
            ProgressReading(
                progress: RunProgress(
                    phase: row.text(0),
                    done: row.integer(1),
                    total: row.optionalInteger(2),
                    unit: try row.word(3, RunProgress.Unit.self)
                ),
                since: row.instant(4),
                at: row.instant(5)
            )
        }
    }
}

extension WindowStatistics {
    /// A window without its groups, of the columns of `statistics(_:)`.
    fileprivate init(_ row: Row) {
        self.init(
            start: row.instant(1),
            end: row.instant(2),
            lines: row.integer(3),
            malformed: row.integer(4),
            bytes: row.integer(5),
            clients: row.optionalInteger(6),
            isExact: row.flag(7),
            latency: row.optionalInteger(8).map { samples in
                Latency(
                    samples: samples,
                    p50: row.integer(9),
                    p95: row.integer(10),
                    p99: row.integer(11),
                    max: row.integer(12)
                )
            },
            groups: []
        )
    }
}
