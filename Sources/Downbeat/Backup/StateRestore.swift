// What a restore of Downbeat's own state does besides putting the file back.
//
// The copy knows nothing of the slots that came after it. Left alone, the next start takes them for
// slots of a downtime, and catch-up may fire again what has run already. So a person is told what
// came after, and decides, while the unpacked copy still lies beside its place: it gets its name with
// the decision in it, or not at all.

import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc

/// The changes to an unpacked copy of Downbeat's own database.
struct StateRestore {
    let app: App
    let request: RestoreRequest
    /// Where the copy goes; nil: not into the place of the state itself.
    let home: StateFolder?

    /// Runs counted as not done; more are as many as that.
    private static let unfinishedMax = 10_000

    /// Asks what to do with what came after the copy, and does it to the copy.
    ///
    /// - Parameters:
    ///   - path: the unpacked copy; one file when this returns.
    ///   - decide: given what came after.
    /// - Throws: `BackupError`, also what `decide` throws.
    func prepare(
        _ path: String,
        decide: (StateGap) throws(BackupError) -> SlotsAfterRestore
    ) throws(BackupError) {
        let store = try storeErrors { () throws(StoreError) -> SQLiteStore in
            try app.openStore(at: path, opening: .createOrMigrate)
        }
        defer { store.close() }
        let gap = try storeErrors { () throws(StoreError) -> StateGap in
            try self.gap(store, now: app.clocks.now)
        }
        let choice = try decide(gap)
        try storeErrors { () throws(StoreError) in try apply(choice, to: store) }
        try keepSequence(of: store)
        store.close()
        guard access(path + "-wal", F_OK) != 0 else {
            throw BackupError(.inputOutput, "cannot write the database", place: path)
        }
    }

    private func apply(
        _ choice: SlotsAfterRestore,
        to store: SQLiteStore
    ) throws(StoreError) {
        // A person may have taken his time.
        let now = app.clocks.now
        switch choice {
        case .skip: try store.moveMarks(to: now, passing: try gap(store, now: now).slots)
        case .replay: break
        }
        // The copy has the run that made it as one that goes on; the copy itself proves its end.
        if let run = request.copy.manifest.run.flatMap({ RunID($0) }),
            let record = try store.run(run)?.record, !record.state.isFinal
        {
            _ = try store.cancel(run, now: now)
        }
        try store.record(
            EventRecord(
                time: now,
                name: "state.restored",
                schedule: nil,
                detail: "of \(request.copy.manifest.takenAt), slots after it: \(choice.rawValue)",
                isError: false
            )
        )
    }

    /// The number of commits is smaller again, and rightly so: nobody is to miss the others.
    ///
    /// Written before the copy has its place: a number that is too small does no harm.
    private func keepSequence(of store: SQLiteStore) throws(BackupError) {
        guard let home else { return }
        let count = try storeErrors { () throws(StoreError) -> Int64 in try store.commitCount() }
        do {
            try SequenceFile(in: home).write(count)
        } catch {
            throw BackupError(error)
        }
    }

    // MARK: What came after

    private func gap(_ copy: SQLiteStore, now: Timestamp) throws(StoreError) -> StateGap {
        let present = presentStore
        defer { present?.close() }
        var slots: [StateGap.Slots] = []
        for summary in try copy.schedules() {
            guard let found = stretch(summary.state, now: now) else { continue }
            slots.append(
                StateGap.Slots(
                    schedule: summary.state.name,
                    count: found.count,
                    first: found.first,
                    last: found.last,
                    fired: fired(summary.state, present)
                )
            )
        }
        let unfinished = try copy.activeRuns(limit: Self.unfinishedMax).filter {
            $0.id.text != request.copy.manifest.run
        }
        return StateGap(
            takenAt: request.copy.takenAt,
            slots: slots.sorted { $0.schedule < $1.schedule },
            unfinishedRuns: unfinished.count
        )
    }

    /// The slots of a schedule between its mark and now; nil: none.
    private func stretch(
        _ state: ScheduleState,
        now: Timestamp
    ) -> (count: Int, first: Timestamp, last: Timestamp)? {
        guard let rule = app.rule(ofCanonicalText: state.ruleText),
            let source = SlotSource(rule, state: state, beatStart: nil),
            let first = source.next, first <= now,
            let last = source.rule.previous(atOrBefore: now, after: source.considered)
        else { return nil }
        let count = source.rule.count(after: source.considered, upTo: now)
        return (max(1, count), first, last)
    }

    /// The database that is there now; nil: none, or one that cannot be read, which may be why
    /// somebody restores.
    private var presentStore: SQLiteStore? {
        let path = request.stateFolder + "/state.db"
        // As above.
        return try? app.openStore(at: path, access: .readOnly, opening: .existing)
    }

    private func fired(_ state: ScheduleState, _ present: SQLiteStore?) -> Int? {
        // A damaged database has no answer.
        present.flatMap { try? $0.firedSlots(of: state.name, after: state.mark) }
    }

    private func storeErrors<Value>(
        _ body: () throws(StoreError) -> Value
    ) throws(BackupError) -> Value {
        do {
            return try body()
        } catch {
            throw BackupError(error, place: request.target)
        }
    }
}

extension BackupError {
    /// An error of the store about a copy that is being put back.
    init(_ error: StoreError, place: String) {
        let what = "cannot restore the state to"
        switch error {
        case .busy(let why), .conflict(let why):
            self.init(.busy, what, place: place, why: why, remedy: "try again")
        case .full(let why):
            self.init(.full, what, place: place, why: why, remedy: "free some space there")
        case .readOnly(let why), .inputOutput(let why):
            self.init(.inputOutput, what, place: place, why: why)
        case .damaged(let why):
            self.init(.damaged, what, place: place, why: why, remedy: "choose another copy")
        case .newerSchema(let found, let supported):
            self.init(
                .damaged,
                what,
                place: place,
                why: "the copy has schema \(found), this version knows up to \(supported)",
                remedy: "use the version of downbeat that made it"
            )
        case .missing(let path): self.init(.missing, what, place: place, why: "no \(path)")
        case .notFound(let why): self.init(.missing, what, place: place, why: why)
        }
    }
}
