import DownbeatCore
import DownbeatStore
import Testing

/// How an attempt ends, and what becomes of the run.
struct VerdictCase: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var end: AttemptEnd
    var retry = RetryPolicy.none
    var delivery = Delivery.atLeastOnce
    var cancelsBefore = false
    var state: RunState
    var error: String?

    static let all = [
        VerdictCase(testDescription: "exit 0", end: .exited(0), state: .succeeded),
        VerdictCase(testDescription: "exit 3", end: .exited(3), state: .failed, error: "exit 3"),
        VerdictCase(
            testDescription: "signal",
            end: .signalled(9),
            state: .failed,
            error: "signal 9 (SIGKILL)"
        ),
        VerdictCase(
            testDescription: "not started",
            end: .notStarted("no such file"),
            state: .failed,
            error: "no such file"
        ),
        VerdictCase(
            testDescription: "failure with a repeat left",
            end: .exited(1),
            retry: RetryPolicy(times: 1, jitter: 0),
            state: .scheduled,
            error: "exit 1"
        ),
        VerdictCase(testDescription: "lost", end: .lost, state: .queued, error: "lost"),
        VerdictCase(
            testDescription: "lost, at most once",
            end: .lost,
            delivery: .atMostOnce,
            state: .unknown,
            error: "lost"
        ),
        VerdictCase(
            testDescription: "lost after a request to cancel",
            end: .lost,
            cancelsBefore: true,
            state: .cancelled,
            error: "lost"
        ),
        VerdictCase(
            testDescription: "failed after a request to cancel",
            end: .exited(1),
            retry: RetryPolicy(times: 5),
            cancelsBefore: true,
            state: .cancelled,
            error: "exit 1"
        ),
        VerdictCase(
            testDescription: "well before the signal",
            end: .exited(0),
            cancelsBefore: true,
            state: .succeeded
        ),
        VerdictCase(
            testDescription: "drained",
            end: .drained,
            state: .queued,
            error: "ended because the service stopped"
        ),
    ]
}

@Suite("Verdict")
struct VerdictTests {
    @Test(arguments: VerdictCase.all)
    func `an attempt's end decides the run's state`(row: VerdictCase) throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely(retry: row.retry, delivery: row.delivery)
        try fixture.store.adopt([schedule], at: after(0))
        try fixture.store.tick([schedule], at: after(60))
        let run = try #require(try fixture.store.claim(at: after(60)).first)
        if row.cancelsBefore {
            #expect(try fixture.store.cancel(run.id, now: after(60)) == .requested)
            let reply = try fixture.store.exchange(WorkRequest(owner: "one", now: after(60)))
            #expect(reply.cancelRequested == [run.id])
        }
        let reply = try fixture.store.complete(run, row.end, at: after(61))
        #expect(reply.transitions.map(\.state) == [row.state])
        #expect(reply.transitions.map(\.error) == [row.error])
        let detail = try #require(try fixture.store.run(run.id))
        #expect(detail.record.state == row.state)
        #expect(detail.record.error == row.error)
        #expect((detail.record.endedAt == after(61)) == row.state.isFinal)
        #expect(detail.attempts.map(\.end) == [row.end])
        #expect(detail.attempts.first?.usage?.peakMemory == 3)
        #expect(try fixture.store.inspect().problems == [])
    }

    @Test func `a timeout says how it was ended, and by which signal`() throws {
        let ends: [(AttemptEnd, String, Int32?)] = [
            (.timedOut(), "timed out after 10s", nil),
            (.timedOut(signal: 15), "timed out after 10s", 15),
            (.timedOut(signal: 9, killed: true), "timed out after 10s, killed 5s later", 9),
        ]
        for (end, words, signal) in ends {
            let fixture = try StoreFixture(.memory)
            var schedule = try minutely()
            schedule.definition.timeout = .seconds(10)
            schedule.definition.grace = .seconds(5)
            try fixture.store.adopt([schedule], at: after(0))
            try fixture.store.tick([schedule], at: after(60))
            let run = try #require(try fixture.store.claim(at: after(60)).first)
            try fixture.store.complete(run, end, at: after(75))
            let detail = try #require(try fixture.store.run(run.id))
            #expect(detail.record.error == words)
            #expect(detail.record.signal == signal)
            #expect(detail.attempts.map(\.end) == [end])
        }
    }

    @Test func `the time of the last success is its due time`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        try fixture.store.tick([schedule], at: after(60))
        let first = try #require(try fixture.store.claim(at: after(61)).first)
        try fixture.store.complete(first, at: after(75))
        try fixture.store.tick([schedule], at: after(120))
        let second = try #require(try fixture.store.claim(at: after(121)).first)
        #expect(second.lastSucceeded == after(60))
        try fixture.store.complete(second, .exited(1), at: after(125))
        let asked = try fixture.store.enqueue(schedule, at: after(130))
        let manual = try #require(try fixture.store.claim(at: after(131)).first)
        #expect(manual.id == asked)
        #expect(manual.lastSucceeded == after(60))
        try fixture.store.complete(manual, at: after(140))
        try fixture.store.tick([schedule], at: after(180))
        let last = try #require(try fixture.store.claim(at: after(181)).first)
        #expect(last.lastSucceeded == after(130))
    }

    @Test func `a run in backoff is claimed again when its time has come`() throws {
        let fixture = try StoreFixture(.memory)
        let policy = RetryPolicy(times: 1, wait: .seconds(30), jitter: 0)
        let schedule = try minutely(retry: policy)
        try fixture.store.adopt([schedule], at: after(0))
        try fixture.store.tick([schedule], at: after(60))
        let first = try #require(try fixture.store.claim(at: after(60)).first)
        let reply = try fixture.store.complete(first, .timedOut(), at: after(61))
        #expect(reply.wakeAt == after(91))
        #expect(reply.transitions.first?.readyAt == after(91))
        #expect(try fixture.store.claim(at: after(90)) == [])
        let second = try #require(try fixture.store.claim(at: after(91)).first)
        #expect(second.attempt == 2)
        let end = try fixture.store.complete(second, .exited(1), at: after(92))
        #expect(end.transitions.map(\.state) == [.failed])
        let record = try #require(try fixture.store.run(first.id)).record
        #expect(record.attempts == 2)
        #expect(record.attemptsMax == 2)
        #expect(record.exitCode == 1)
        #expect(record.startedAt == after(61))
    }

    @Test func `a dead worker's runs are claimed again, and the third loss ends a run`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        try fixture.store.tick([schedule], at: after(60))
        var states: [RunState] = []
        for _ in 1...3 {
            let run = try #require(try fixture.store.claim("dead", at: after(60)).first)
            #expect(try fixture.store.otherOwners(than: "alive").map(\.id) == ["dead"])
            #expect(throws: StoreError.self) { try fixture.store.unregister(owner: "dead") }
            states += try fixture.store.recover(owner: "dead", now: after(61)).map(\.state)
            #expect(
                try fixture.store.complete(run, owner: "dead", at: after(62)).transitions.isEmpty
            )
        }
        #expect(states == [.queued, .queued, .failed])
        let run = try #require(try fixture.store.runs(RunQuery(states: [.failed], limit: 1)).first)
        #expect(run.error == "lost")
        let attempts = try #require(try fixture.store.run(run.id)).attempts
        #expect(attempts.map(\.outputCut) == [true, true, true])
    }

    @Test func `an ended run is counted once in the roll-up of its due time`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        for (second, end) in [(60, AttemptEnd.exited(0)), (120, .exited(1)), (900, .exited(0))] {
            try fixture.store.tick([schedule], at: after(Int64(second)))
            let run = try #require(try fixture.store.claim(at: after(Int64(second))).first)
            try fixture.store.complete(run, end, at: after(Int64(second) + 5))
        }
        let rollups = try fixture.store.rollups(
            schedule: "sync",
            since: after(0),
            before: after(86_400)
        )
        #expect(rollups.map(\.bucket) == [after(0), after(900)])
        #expect(rollups.map(\.succeeded) == [1, 1])
        #expect(rollups.map(\.failed) == [1, 0])
    }
}
