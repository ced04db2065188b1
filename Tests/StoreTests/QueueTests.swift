import DownbeatCore
import DownbeatStore
import Testing

@Suite("Queues")
struct QueueTests {
    @Test(arguments: Medium.allCases)
    func `runs of a schedule execute one at a time, oldest first`(medium: Medium) throws {
        let fixture = try StoreFixture(medium)
        let catchUp = CatchUp(policy: .all)
        let schedule = try minutely(overlap: .queueAll, catchUp: catchUp)
        try fixture.store.adopt([schedule], at: after(0))
        let enqueued = try fixture.store.tick([schedule], at: after(180)).enqueued
        #expect(enqueued == enqueued.sorted())
        var slots: [Timestamp?] = []
        for second in 181...183 as ClosedRange<Int64> {
            let claimed = try fixture.store.claim(at: after(second))
            #expect(claimed.count == 1)
            slots += claimed.map(\.slot)
            for run in claimed { try fixture.store.complete(run, at: after(second)) }
        }
        #expect(slots == [after(60), after(120), after(180)])
        #expect(try fixture.store.inspect().problems == [])
    }

    @Test func `a held run names the one before it`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        let first = try fixture.store.enqueue(schedule, at: after(1))
        let second = try fixture.store.enqueue(schedule, at: after(2))
        let detail = try #require(try fixture.store.run(second))
        #expect(detail.record.isHeld)
        #expect(detail.heldBehind == first)
        #expect(detail.record.slot == nil)
        #expect(try fixture.store.cancel(first, now: after(3)) == .cancelled)
        #expect(try fixture.store.claim(at: after(4)).map(\.id) == [second])
    }

    @Test func `a queue's limit holds for all workers together`() throws {
        let fixture = try StoreFixture()
        let other = try fixture.another()
        let schedule = try minutely(overlap: .allow)
        for second in 1...5 as ClosedRange<Int64> {
            _ = try fixture.store.enqueue(schedule, at: after(second))
        }
        let limits = ["default": 3]
        let first = try fixture.store.claim("one", limit: 2, queues: limits, at: after(9))
        let second = try other.claim("two", limit: 2, queues: limits, at: after(9))
        #expect(first.count == 2)
        #expect(second.count == 1)
        #expect(try other.claim("two", queues: ["backup": 1], at: after(9)) == [])
        let queue = try #require(try other.queues().first)
        #expect(queue == QueueSummary(name: "default", waiting: 2, oldest: after(4), running: 3))
        try other.complete(try #require(second.first), owner: "two", at: after(10))
        #expect(try fixture.store.claim("one", queues: limits, at: after(10)).count == 1)
    }

    @Test func `a run claimed in the foreground counts nowhere and waits for nobody`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        let id = try fixture.store.enqueue(schedule, place: .here, at: after(1))
        #expect(try fixture.store.claim("worker", at: after(2)) == [])
        let request = WorkRequest(owner: "me", now: after(2), only: id)
        #expect(try fixture.store.exchange(request).claimed.map(\.id) == [id])
        #expect {
            try fixture.store.enqueue(schedule, place: .here, at: after(3))
        } throws: { error in
            guard case StoreError.conflict(let text) = error else { return false }
            return text.contains(id.text)
        }
        let held = try fixture.store.enqueue(schedule, at: after(3))
        #expect(throws: StoreError.self) {
            try fixture.store.exchange(WorkRequest(owner: "me", now: after(4), only: held))
        }
    }

    @Test func `a foreground run that nobody claimed does not block its schedule`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        let dead = try fixture.store.enqueue(schedule, place: .here, at: after(1))
        let next = try fixture.store.enqueue(schedule, at: after(2))
        #expect(try fixture.store.claim(at: after(62)).map(\.id) == [next])
        #expect(try fixture.store.run(dead)?.record.state == .expired)
    }

    @Test func `a run that nobody starts in time expires`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely(expires: .seconds(10))
        try fixture.store.adopt([schedule], at: after(0))
        let id = try #require(try fixture.store.tick([schedule], at: after(60)).enqueued.first)
        let idle = WorkRequest(owner: "one", now: after(70))
        #expect(try fixture.store.exchange(idle).wakeAt == after(70) + .microseconds(1))
        try fixture.store.tick([], at: after(71))
        let record = try #require(try fixture.store.run(id)).record
        #expect(record.state == .expired)
        #expect(record.endedAt == after(71))
    }

    @Test func `replace cancels what waits and asks the running one to end`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely(overlap: .replace)
        try fixture.store.adopt([schedule], at: after(0))
        try fixture.store.tick([schedule], at: after(60))
        let running = try #require(try fixture.store.claim(at: after(61)).first)
        try fixture.store.tick([schedule], at: after(120))
        let last = try fixture.store.tick([schedule], at: after(180)).enqueued
        let runs = try fixture.store.runs(RunQuery(limit: 10))
        #expect(runs.map(\.state) == [.queued, .cancelled, .running])
        #expect(runs.map(\.cancelRequested) == [false, false, true])
        try fixture.store.complete(running, .cancelled, at: after(181))
        #expect(try fixture.store.claim(at: after(182)).map(\.id) == last)
    }

    @Test func `a retry is a new run that names the old one and keeps its slot`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        let old = try #require(try fixture.store.tick([schedule], at: after(60)).enqueued.first)
        #expect(throws: StoreError.self) {
            try fixture.store.retry(old, request: nil, now: after(61))
        }
        let run = try #require(try fixture.store.claim(at: after(61)).first)
        try fixture.store.complete(run, .exited(1), at: after(62))
        let stored = try fixture.store.retry(old, request: nil, now: after(63))
        let today = try fixture.store.retry(
            old,
            request: manual(try minutely(command: ["/bin/false"]), at: after(64)),
            now: after(64)
        )
        let records = try [stored, today].map { try #require(try fixture.store.run($0)) }
        #expect(records.map(\.record.slot) == [after(60), after(60)])
        #expect(records.map(\.record.retryOf) == [old, old])
        #expect(
            records.map(\.definition.action) == [.command(["/bin/true"]), .command(["/bin/false"])]
        )
        #expect(try fixture.store.cancel(old, now: after(65)) == .alreadyFinal(.failed))
        #expect(try fixture.store.ledger(LedgerQuery(limit: 10)).count == 1)
    }

    @Test func `output comes back in order, and its loss is marked`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        let id = try fixture.store.enqueue(schedule, at: after(1))
        let run = try #require(try fixture.store.claim(at: after(2)).first)
        let chunks = (0..<3).map { index in
            OutputChunk(stream: index == 1 ? .err : .out, time: after(3), bytes: [0, 255, index])
        }
        let first = WorkRequest.Output(
            run: id,
            attempt: 1,
            chunks: Array(chunks[..<2]),
            droppedBytes: nil
        )
        _ = try fixture.store.exchange(WorkRequest(owner: "one", now: after(3), output: [first]))
        try fixture.store.complete(run, at: after(4))
        #expect(try fixture.store.run(id)?.attempts.map(\.outputCut) == [true])
        let last = WorkRequest.Output(
            run: id,
            attempt: 1,
            chunks: [chunks[2]],
            droppedBytes: 42
        )
        _ = try fixture.store.exchange(WorkRequest(owner: "one", now: after(5), output: [last]))
        #expect(try fixture.store.output(id, attempt: 1, skipping: 0) == chunks)
        #expect(try fixture.store.output(id, attempt: 1, skipping: 2) == [chunks[2]])
        let attempt = try #require(try fixture.store.run(id)?.attempts.first)
        #expect(attempt.droppedBytes == 42)
        #expect(!attempt.outputCut)
    }

    @Test func `pages of runs continue where the one before ended`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely(overlap: .allow)
        let ids = try (1...5).map { try fixture.store.enqueue(schedule, at: after($0)) }
        let first = try fixture.store.runs(RunQuery(limit: 2)).map(\.id)
        let rest = try fixture.store.runs(
            RunQuery(schedule: "sync", states: [.queued], before: first.last, limit: 9)
        )
        #expect(first + rest.map(\.id) == ids.reversed())
        #expect(try fixture.store.runs(RunQuery(states: [.failed], limit: 9)) == [])
        #expect(try fixture.store.runs(RunQuery(since: after(4), limit: 9)).count == 2)
    }
}
