import DownbeatCore
import DownbeatStore
import Testing

/// `on_failure` commands in the store: one claim for each failed run.
@Suite("Failure commands")
struct FailureCommandTests {
    private static func schedule(_ onFailure: [String]? = ["/bin/page"]) throws -> Schedule {
        var schedule = try minutely(retry: RetryPolicy(times: 1, wait: .seconds(1), jitter: 0))
        schedule.definition.onFailure = onFailure
        return schedule
    }

    /// Lets a run of the schedule fail for good.
    private static func fail(_ store: SQLiteStore, _ schedule: Schedule) throws -> RunID {
        try store.adopt([schedule], at: after(0))
        let id = try store.enqueue(schedule, at: after(1))
        for second in [2, 12] as [Int64] {
            let run = try #require(try store.claim(at: after(second)).first)
            #expect(try store.run(id)?.failure == nil)
            try store.complete(run, .exited(3), at: after(second + 1))
        }
        #expect(try store.run(id)?.record.state == .failed)
        return id
    }

    private static func request(
        _ owner: String = "one",
        limit: Int = 4,
        queues: [String: Int] = ["default": 1],
        at now: Timestamp
    ) -> WorkRequest {
        var request = WorkRequest(owner: owner, now: now, queues: queues)
        request.failureLimit = limit
        return request
    }

    @Test(arguments: Medium.allCases)
    func `a failed run's command is given away once`(medium: Medium) throws {
        let fixture = try StoreFixture(medium)
        let store = fixture.store
        let id = try Self.fail(store, Self.schedule())
        #expect(
            try store.run(id)?.failure == FailureRecord(startedAt: nil, endedAt: nil, problem: nil)
        )
        #expect(try store.exchange(Self.request(limit: 0, at: after(20))).failures == [])
        #expect(try store.exchange(Self.request(queues: ["x": 1], at: after(20))).failures == [])
        let failures = try store.exchange(Self.request(at: after(20))).failures
        #expect(failures.map(\.run.id) == [id])
        #expect(failures.first?.run.attempt == 2)
        #expect(failures.first?.error == "exit 3")
        #expect(failures.first?.run.definition.onFailure == ["/bin/page"])
        for owner in ["one", "two"] {
            #expect(try store.exchange(Self.request(owner, at: after(21))).failures == [])
        }
        var end = Self.request(at: after(22))
        end.failureEnds = [FailureEnd(run: id, endedAt: after(22), problem: "exit 1: no route")]
        _ = try store.exchange(end)
        #expect(
            try store.run(id)?.failure
                == FailureRecord(
                    startedAt: after(20),
                    endedAt: after(22),
                    problem: "exit 1: no route"
                )
        )
        let events = try store.events(limit: 10)
        #expect(events.map(\.name) == ["on_failure.failed"])
        #expect(events.first?.schedule == "sync")
        #expect(events.first?.isError == true)
        #expect(try store.exchange(Self.request(at: after(23))).failures == [])
    }

    @Test func `only the one run's command goes to a run in the foreground`() throws {
        let fixture = try StoreFixture(.memory)
        let store = fixture.store
        let first = try Self.fail(store, Self.schedule())
        var request = Self.request(at: after(20))
        request.failureOnlyOf = RunID(at: after(5), random: (1, 1))
        #expect(try store.exchange(request).failures == [])
        request.failureOnlyOf = first
        #expect(try store.exchange(request).failures.map(\.run.id) == [first])
    }

    @Test func `one whose owner has died is lost and stays so`() throws {
        let fixture = try StoreFixture(.memory)
        let store = fixture.store
        let id = try Self.fail(store, Self.schedule())
        #expect(try store.exchange(Self.request("gone", at: after(20))).failures.count == 1)
        _ = try store.recover(owner: "gone", now: after(30))
        let record = try #require(try store.run(id)?.failure)
        #expect(record.endedAt == after(30))
        #expect(record.problem?.hasPrefix("lost: ") == true)
        #expect(try store.exchange(Self.request(at: after(31))).failures == [])
        // What it would have handed in comes too late.
        var end = Self.request("gone", at: after(32))
        end.failureEnds = [FailureEnd(run: id, endedAt: after(32), problem: nil)]
        _ = try store.exchange(end)
        #expect(try store.run(id)?.failure == record)
    }

    @Test func `a third loss is a failure too`() throws {
        let fixture = try StoreFixture(.memory)
        let store = fixture.store
        let schedule = try Self.schedule()
        try store.adopt([schedule], at: after(0))
        let id = try store.enqueue(schedule, at: after(1))
        for second in [2, 3, 4] as [Int64] {
            #expect(try store.claim("gone", at: after(second)).count == 1)
            _ = try store.recover(owner: "gone", now: after(second))
        }
        #expect(try store.run(id)?.record.state == .failed)
        let failures = try store.exchange(Self.request(at: after(9))).failures
        #expect(failures.map(\.error) == ["lost"])
    }

    @Test(arguments: [AttemptEnd.exited(0), .cancelled, .drained])
    func `a run that did not fail has none`(end: AttemptEnd) throws {
        let fixture = try StoreFixture(.memory)
        let store = fixture.store
        let schedule = try Self.schedule()
        try store.adopt([schedule], at: after(0))
        let id = try store.enqueue(schedule, at: after(1))
        let run = try #require(try store.claim(at: after(2)).first)
        try store.complete(run, end, at: after(3))
        #expect(try store.run(id)?.failure == nil)
        #expect(try store.exchange(Self.request(at: after(4))).failures == [])
    }

    @Test func `it goes with its run`() throws {
        let fixture = try StoreFixture()
        let id = try Self.fail(fixture.store, Self.schedule())
        _ = try fixture.store.exchange(Self.request(at: after(20)))
        let keep = KeepPolicy(runs: .seconds(60), atMost: 1, atLeast: 0)
        while try fixture.store.prune(["sync": keep], now: after(100_000)) {}
        #expect(try fixture.store.run(id) == nil)
        #expect(try fixture.store.inspect().problems == [])
    }
}
