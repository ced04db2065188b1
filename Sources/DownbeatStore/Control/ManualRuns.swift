package import DownbeatCore

extension SQLiteStore {
    /// Makes a manual run: a run of the schedule without a ledger row, never skipped.
    ///
    /// - Throws: `StoreError.conflict` for `.here` when it would have to wait, naming the run in the
    ///   way.
    package func enqueue(_ request: ManualRun) throws(StoreError) -> RunID {
        try write { try $0.enqueue(request, retrying: nil) }
    }

    /// Makes a new run of one that has ended; it keeps the slot and names the old one.
    package func retry(
        _ id: RunID,
        request: ManualRun?,
        now: Timestamp
    ) throws(StoreError) -> RunID {
        try write { scope in
            let run = try scope.existingRun(id)
            guard run.state.isFinal else {
                throw StoreError.conflict(
                    "run \(id.text) is \(run.state.rawValue); only a run that has ended can be"
                        + " retried: wait for it, or cancel it first"
                )
            }
            if let request { return try scope.enqueue(request, retrying: run) }
            return try scope.repeatStored(run, now: now)
        }
    }
}

extension WriteScope {
    /// Makes a manual run, or a retry of `old` with the definition of today.
    fileprivate func enqueue(_ request: ManualRun, retrying old: RunRow?) throws -> RunID {
        let schedule =
            try old?.body.schedule ?? connection.schedule(named: request.schedule)?.id
            ?? insertSchedule(named: request.schedule, now: request.now)
        let blocker = try request.overlap == .allow ? nil : oldestActiveRun(ofSchedule: schedule)
        if request.place == .here, let blocker {
            throw StoreError.conflict(
                "\"\(request.schedule)\" cannot start now: run \(blocker.text) is not done; wait"
                    + " for it, or end it with `downbeat cancel \(blocker.text)`"
            )
        }
        return try insertRun(
            NewRun(
                schedule: schedule,
                definition: try definitionNumber(request.definition, schedule: schedule),
                queue: request.queue,
                slot: old?.body.slot,
                due: request.now,
                now: request.now,
                expires: request.expires.map { request.now + $0 },
                retryOf: old?.id,
                start: request.place == .here ? .here : .inQueue(isHeld: blocker != nil)
            ),
            number: try nextRunNumber()
        )
    }

    /// Repeats a run whose schedule is gone, with its stored definition; it waits for its siblings,
    /// since nothing says that they may overlap.
    fileprivate func repeatStored(_ old: RunRow, now: Timestamp) throws -> RunID {
        let waits = try oldestActiveRun(ofSchedule: old.body.schedule) != nil
        return try insertRun(
            NewRun(
                schedule: old.body.schedule,
                definition: old.body.definition,
                queue: old.body.queue,
                slot: old.body.slot,
                due: now,
                now: now,
                expires: nil,
                retryOf: old.id,
                start: .inQueue(isHeld: waits)
            ),
            number: try nextRunNumber()
        )
    }
}
