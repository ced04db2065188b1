import DownbeatCore
import DownbeatStore
import Testing

@Suite("Adoption")
struct AdoptionTests {
    @Test func `an edit of the rule moves the mark and counts what it passes over`() throws {
        let fixture = try StoreFixture(.memory)
        let old = try minutely()
        let new = try minutely(period: .seconds(120))
        try fixture.store.adopt([old], at: after(0))
        try fixture.store.skip("sync", slots: [after(600)])
        let states = try fixture.store.adopt([new], now: after(300)) { text in
            text == old.rule.canonicalText ? old.rule : nil
        }
        #expect(states.map(\.mark) == [after(300)])
        #expect(states.map(\.skipNext) == [[]])
        #expect(states.map(\.ruleText) == [new.rule.canonicalText])
        let row = try #require(try fixture.store.ledger(LedgerQuery(limit: 1)).first)
        #expect(row.reason == .edited)
        #expect(row.count == 5)
    }

    @Test func `an edit of the action keeps the mark, and later runs have the new one`() throws {
        let fixture = try StoreFixture(.memory)
        let old = try minutely(overlap: .allow)
        let new = try minutely(overlap: .allow, command: ["/bin/false"])
        try fixture.store.adopt([old], at: after(0))
        let first = try #require(try fixture.store.tick([old], at: after(60)).enqueued.first)
        #expect(try fixture.store.adopt([new], at: after(90)).map(\.mark) == [after(60)])
        let second = try #require(try fixture.store.tick([new], at: after(120)).enqueued.first)
        #expect(try fixture.store.run(first)?.definition == old.definition)
        #expect(try fixture.store.run(second)?.definition == new.definition)
    }

    @Test func `a rename carries mark and history over`() throws {
        let fixture = try StoreFixture(.memory)
        let old = try minutely("old")
        try fixture.store.adopt([old, try minutely("new")], at: after(0))
        try fixture.store.adopt([old], at: after(1))
        let id = try #require(try fixture.store.tick([old], at: after(60)).enqueued.first)
        let renamed = try minutely("new", renamedFrom: "old")
        let states = try fixture.store.adopt([renamed], at: after(90))
        #expect(states.map(\.mark) == [after(60)])
        #expect(try fixture.store.run(id)?.record.schedule == "new")
        #expect(try fixture.store.schedules().map(\.state.name) == ["new"])
    }

    @Test func `removing cancels what waits, keeps history and lets the running one go on`() throws
    {
        let fixture = try StoreFixture(.memory)
        let schedule = try minutely(overlap: .queueAll)
        try fixture.store.adopt([schedule], at: after(0))
        for second in [60, 120, 180] as [Int64] {
            try fixture.store.tick([schedule], at: after(second))
        }
        let running = try #require(try fixture.store.claim(at: after(181)).first)
        try fixture.store.adopt([], at: after(200))
        let states = try fixture.store.runs(RunQuery(schedule: "sync", limit: 10)).map(\.state)
        #expect(states == [.cancelled, .cancelled, .running])
        #expect(try fixture.store.tick([schedule], at: after(300)).plans.isEmpty)
        try fixture.store.complete(running, at: after(301))
        #expect(try fixture.store.run(running.id)?.record.state == .succeeded)
        let before = try fixture.store.ledger(LedgerQuery(limit: 100)).count
        let back = try fixture.store.adopt([schedule], at: after(400))
        #expect(back.map(\.mark) == [after(400)])
        // The slots between removal and return: 240, 300, 360.
        let ledger = try fixture.store.ledger(LedgerQuery(limit: 100))
        #expect(ledger.count == before + 1)
        #expect(ledger.first?.reason == .edited)
        #expect(ledger.first?.slot == after(240))
        #expect(ledger.first?.to == after(360))
        #expect(ledger.first?.count == 3)
        #expect(try fixture.store.inspect().problems == [])
    }
}
