import DownbeatCore

/// Runs as rows.
struct RunListing {
    /// Names of the JSON fields, frozen.
    static let fields = [
        "id", "schedule", "task", "slot", "state", "queue", "attempts", "enqueued_at",
        "started_at", "ended_at", "duration_ms", "exit_code", "signal", "error", "retry_of",
    ]

    let runs: [RunRecord]
    let times: TimeText
    let session: Session

    func write() {
        let listing = Listing(Self.fields, items: runs.map { Self.values($0, times: times) })
        session.emit(listing) {
            guard !runs.isEmpty else { return session.line("no such runs") }
            session.write(table)
        }
    }

    /// The values of `fields`.
    static func values(_ run: RunRecord, times: TimeText) -> [JSONValue] {
        [
            .string(run.id.text),
            .string(run.schedule),
            .string(run.task),
            times.json(run.slot),
            .string(run.state.rawValue),
            .string(run.queue),
            .int(Int64(run.attempts)),
            times.precise(run.enqueuedAt),
            times.precise(run.startedAt),
            times.precise(run.endedAt),
            .number(run.duration.map { $0.wholeMicroseconds / 1000 }),
            .number(run.exitCode),
            .number(run.signal),
            .text(run.error),
            .text(run.retryOf?.text),
        ]
    }

    private var table: Table {
        var table = Table([
            Table.Column("ID"), Table.Column("SCHEDULE"), Table.Column("DUE"),
            Table.Column("STATE"), Table.Column("TRIES"), Table.Column("TOOK"),
            Table.Column("NOTE"),
        ])
        for run in runs {
            table.rows.append([
                Table.Cell(run.id.text, .faint),
                Table.Cell(run.schedule, .bold),
                Table.Cell(times.absolute(run.slot ?? run.due)),
                run.state.cell,
                Table.Cell(run.tries),
                Table.Cell(run.duration.map(TimeText.duration) ?? ""),
                Table.Cell(note(run)),
            ])
        }
        return table
    }

    private func note(_ run: RunRecord) -> String {
        var parts: [String] = []
        if let error = run.error { parts.append(error) }
        if run.state == .scheduled, let readyAt = run.readyAt {
            parts.append("again \(times.relative(readyAt))")
        }
        if run.isHeld { parts.append("waits for the run before it") }
        if run.cancelRequested, !run.state.isFinal { parts.append("being cancelled") }
        if let retryOf = run.retryOf {
            parts.append("retry of \(retryOf.text)")
        } else if run.slot == nil {
            parts.append("manual")
        }
        return parts.joined(separator: "; ")
    }
}

/// The ledger as rows.
struct LedgerListing {
    let rows: [LedgerRow]
    let times: TimeText
    let session: Session

    func write() {
        session.emit(listing) {
            guard !rows.isEmpty else { return session.line("no such slots in the ledger") }
            session.write(table)
        }
    }

    private var listing: Listing {
        Listing(
            ["schedule", "slot", "to", "count", "outcome", "reason", "blocked_by", "run_id"],
            items: rows.map { row in
                [
                    .string(row.schedule),
                    times.json(row.slot),
                    times.json(row.to),
                    .int(Int64(row.count)),
                    .string(row.outcome.rawValue),
                    .text(row.reason?.rawValue),
                    .text(row.blockedBy?.text),
                    .text(row.runID?.text),
                ]
            }
        )
    }

    private var table: Table {
        var table = Table([
            Table.Column("SLOT"), Table.Column("SCHEDULE"), Table.Column("OUTCOME"),
            Table.Column("REASON"), Table.Column("RUN"),
        ])
        for row in rows {
            table.rows.append([
                Table.Cell(times.absolute(row.slot)),
                Table.Cell(row.schedule, .bold),
                Table.Cell(row.outcome.rawValue, row.outcome == .fired ? .green : .yellow),
                Table.Cell(reason(row)),
                Table.Cell(row.runID?.text ?? row.blockedBy?.text ?? range(row), .faint),
            ])
        }
        return table
    }

    /// The reason; `overlap with` when the run beside it is the one in the way.
    private func reason(_ row: LedgerRow) -> String {
        let reason = row.reason?.rawValue ?? ""
        return row.blockedBy == nil ? reason : reason + " with"
    }

    private func range(_ row: LedgerRow) -> String {
        guard let to = row.to else { return "" }
        return "\(Words.count(row.count, "slot")) to \(times.absolute(to))"
    }
}
