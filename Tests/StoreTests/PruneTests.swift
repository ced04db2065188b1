import DownbeatCore
import DownbeatStore
import Testing

@Suite("Pruning")
struct PruneTests {
    /// Runs every due minute to its end.
    private func run(_ minutes: Int64, of schedule: Schedule, in store: SQLiteStore) throws {
        for minute in 1...minutes {
            try store.tick([schedule], at: after(minute * 60))
            for run in try store.claim(at: after(minute * 60)) {
                let output = WorkRequest.Output(
                    run: run.id,
                    attempt: 1,
                    chunks: [OutputChunk(stream: .out, time: after(minute * 60), bytes: [1])],
                    droppedBytes: 0
                )
                _ = try store.exchange(
                    WorkRequest(owner: "one", now: after(minute * 60), output: [output])
                )
                try store.complete(run, at: after(minute * 60))
            }
        }
    }

    private func prune(_ keep: KeepPolicy, in store: SQLiteStore, at now: Timestamp) throws -> Int {
        var steps = 1
        while try store.prune(["sync": keep], now: now) { steps += 1 }
        return steps
    }

    @Test func `runs beyond the number go oldest first, with their ledger rows`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        try run(30, of: schedule, in: fixture.store)
        let waiting = try fixture.store.enqueue(schedule, at: after(1800))
        let keep = KeepPolicy(atMost: 10, atLeast: 2)
        _ = try prune(keep, in: fixture.store, at: after(1900))
        let runs = try fixture.store.runs(RunQuery(limit: 99))
        #expect(runs.count == 10)
        #expect(runs.first?.id == waiting)
        #expect(runs.last?.slot == after(22 * 60))
        #expect(try fixture.store.ledger(LedgerQuery(limit: 99)).count == 9)
        #expect(try fixture.store.inspect().problems == [])
        let rollups = try fixture.store.rollups(
            schedule: "sync",
            since: after(0),
            before: after(7200)
        )
        #expect(rollups.map(\.succeeded).reduce(0, +) == 30)
    }

    @Test func `old runs go, but the newest stay`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        try run(10, of: schedule, in: fixture.store)
        let keep = KeepPolicy(runs: .seconds(60), atLeast: 3)
        _ = try prune(keep, in: fixture.store, at: after(86_400))
        #expect(try fixture.store.runs(RunQuery(limit: 99)).count == 3)
        try fixture.store.adopt([], at: after(86_401))
        _ = try prune(KeepPolicy(runs: .zero, atLeast: 0), in: fixture.store, at: after(86_402))
        // The newest slot's run stays: an interval may count from it.
        #expect(try fixture.store.runs(RunQuery(limit: 99)).map(\.slot) == [after(600)])
    }

    @Test func `output goes before its run when it is kept shorter`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        try run(3, of: schedule, in: fixture.store)
        let keep = KeepPolicy(output: .seconds(90))
        _ = try prune(keep, in: fixture.store, at: after(240))
        let runs = try fixture.store.runs(RunQuery(limit: 99))
        let kept = try runs.map { try fixture.store.output($0.id, attempt: 1, skipping: 0).count }
        #expect(kept == [1, 0, 0])
    }

    @Test func `definitions that nothing uses go with their last run`() throws {
        let fixture = try StoreFixture(.memory)
        try fixture.store.adopt([try minutely()], at: after(0))
        try run(2, of: try minutely(), in: fixture.store)
        let edited = try minutely(command: ["/bin/false"])
        try fixture.store.adopt([edited], at: after(121))
        for minute in 3...4 as ClosedRange<Int64> {
            try fixture.store.tick([edited], at: after(minute * 60))
            for run in try fixture.store.claim(at: after(minute * 60)) {
                try fixture.store.complete(run, at: after(minute * 60))
            }
        }
        _ = try prune(KeepPolicy(atMost: 1, atLeast: 0), in: fixture.store, at: after(300))
        let left = try fixture.store.runs(RunQuery(limit: 9))
        #expect(left.map(\.revision) == [edited.definition.revision])
        #expect(try fixture.store.inspect().problems == [])
    }

    @Test func `a step is bounded, and the steps come to an end`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely(overlap: .allow, catchUp: CatchUp(policy: .all, limit: 1200))
        try fixture.store.adopt([schedule], at: after(0))
        try fixture.store.tick([schedule], at: after(1200 * 60))
        let runs = try fixture.store.claim(
            limit: 2000,
            queues: ["default": 2000],
            at: after(72_000)
        )
        let completions = runs.map {
            WorkRequest.Completion(
                run: $0.id,
                attempt: 1,
                end: .exited(0),
                endedAt: after(72_001),
                usage: nil
            )
        }
        _ = try fixture.store.exchange(
            WorkRequest(owner: "one", now: after(72_001), completions: completions)
        )
        let keep = KeepPolicy(atMost: 10, atLeast: 0)
        #expect(try fixture.store.prune(["sync": keep], now: after(72_002)))
        #expect(try fixture.store.runs(RunQuery(limit: 2000)).count == 700)
        #expect(try prune(keep, in: fixture.store, at: after(72_002)) > 2)
        #expect(try fixture.store.runs(RunQuery(limit: 2000)).count == 10)
    }
}
