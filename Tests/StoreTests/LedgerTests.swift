import DownbeatCore
import DownbeatStore
import Testing

@Suite("Ledger")
struct LedgerTests {
    @Test(arguments: Medium.allCases)
    func `a due slot becomes a row, a run and a mark in one commit`(medium: Medium) throws {
        let fixture = try StoreFixture(medium)
        let schedule = try minutely()
        let adopted = try fixture.store.adopt([schedule], at: after(30))
        #expect(adopted.map(\.mark) == [after(30)])

        let reply = try fixture.store.tick([schedule], at: after(60))
        let id = try #require(reply.enqueued.first)
        #expect(reply.states.map(\.mark) == [after(60)])
        #expect(try fixture.store.scheduleStates() == reply.states)
        let rows = try fixture.store.ledger(LedgerQuery(schedule: "sync", limit: 10))
        #expect(rows.map(\.slot) == [after(60)])
        #expect(rows.map(\.outcome) == [.fired])
        #expect(rows.map(\.runID) == [id])
        let run = try #require(try fixture.store.run(id))
        #expect(run.record.slot == after(60))
        #expect(run.record.state == .queued)
        #expect(run.definition == schedule.definition)
        #expect(try fixture.store.runs(endingWith: String(id.text.suffix(6))) == [id])
    }

    @Test func `a slot fires once although two beats run`() throws {
        let fixture = try StoreFixture()
        let other = try fixture.another()
        let schedule = try minutely(overlap: .allow)
        try fixture.store.adopt([schedule], at: after(0))
        for second in [60, 60, 120, 120] as [Int64] {
            try fixture.store.tick([schedule], at: after(second))
            try other.tick([schedule], at: after(second))
        }
        #expect(try other.runs(RunQuery(limit: 10)).map(\.slot) == [after(120), after(60)])
        #expect(try other.inspect().problems == [])
    }

    @Test func `a slot that fired stays as it is when the clock goes back a day`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely(overlap: .allow)
        try fixture.store.adopt([schedule], at: after(0))
        let first = try fixture.store.tick([schedule], at: after(86_400)).enqueued
        let back = try fixture.store.tick([schedule], at: after(86_399))
        #expect(back.plans.first?.plan.isEmpty == true)
        let moved = try fixture.store.tick([schedule], at: after(60))
        #expect(moved.plans.first?.plan.clockMovedBackFrom == after(86_400))
        #expect(moved.states.first?.mark == after(60))
        let again = try fixture.store.tick([schedule], at: after(86_400))
        #expect(again.enqueued == [])
        #expect(try fixture.store.runs(RunQuery(limit: 10)).map(\.id) == first)
    }

    @Test func `thirty days of pause are one row however many ticks there are`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        let pause = ScheduleState.Pause(since: after(1), until: nil, reason: "holiday")
        try fixture.store.pause(["sync"], pause: pause)
        for day in 1...30 as ClosedRange<Int64> {
            try fixture.store.tick([schedule], at: after(day * 86_400))
        }
        let rows = try fixture.store.ledger(LedgerQuery(limit: 10))
        #expect(rows.map(\.reason) == [.paused])
        #expect(rows.map(\.count) == [30 * 1440])
        #expect(rows.map(\.to) == [after(30 * 86_400)])
    }

    @Test func `resume counts what fell due as paused and fires what comes after`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        let pause = ScheduleState.Pause(since: after(1), until: nil, reason: "")
        try fixture.store.pause(["sync"], pause: pause)
        try fixture.store.skip("sync", slots: [after(240)])
        try fixture.store.resume(["sync"], now: after(130))
        #expect(try fixture.store.scheduleStates().first?.skipNext == [])
        let reply = try fixture.store.tick([schedule], at: after(180))
        #expect(reply.states.first?.pause == nil)
        let rows = try fixture.store.ledger(LedgerQuery(limit: 10))
        #expect(rows.map(\.outcome) == [.fired, .skipped])
        #expect(rows.map(\.slot) == [after(180), after(60)])
        #expect(rows.map(\.count) == [1, 2])
    }

    @Test func `a slot named by skip has a row of its own and is then forgotten`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        try fixture.store.skip("sync", slots: [after(60), after(120)])
        #expect(try fixture.store.tick([schedule], at: after(60)).enqueued == [])
        #expect(try fixture.store.scheduleStates().first?.skipNext == [after(120)])
        let row = try #require(try fixture.store.ledger(LedgerQuery(limit: 1)).first)
        #expect(row.reason == .skipNext)
        #expect(row.to == nil)
    }

    @Test func `an overlapping slot names the run in its way`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely(overlap: .skip)
        try fixture.store.adopt([schedule], at: after(0))
        let run = try fixture.store.tick([schedule], at: after(60)).enqueued
        try fixture.store.tick([schedule], at: after(120))
        let rows = try fixture.store.ledger(LedgerQuery(limit: 10))
        #expect(rows.map(\.reason) == [.overlap, nil])
        #expect(rows.first?.blockedBy == run.first)
    }

    @Test func `an event-anchored interval sees its latest slot start and end`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        try fixture.store.tick([schedule], at: after(60))
        let run = try #require(try fixture.store.claim(at: after(61)).first)
        let start = WorkRequest.Start(run: run.id, attempt: 1, startedAt: after(62), pid: 7)
        _ = try fixture.store.exchange(WorkRequest(owner: "one", now: after(62), starts: [start]))
        try fixture.store.complete(run, at: after(63))
        let latest = try #require(try fixture.store.scheduleStates().first?.latestSlot)
        #expect(
            latest
                == ScheduleState.LatestSlot(
                    nominal: after(60),
                    fired: true,
                    startedAt: after(62),
                    endedAt: after(63)
                )
        )
    }
}
