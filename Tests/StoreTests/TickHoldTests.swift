import DownbeatCore
import DownbeatStore
import Foundation
import Synchronization
import Testing

/// Ticks that are prepared before their instant.
@Suite("Ticks prepared early")
struct TickHoldTests {
    @Test func `nothing is in the ledger before the instant has come`() throws {
        let fixture = try StoreFixture()
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        let reader = try StoreFixture.open(fixture.path, .existing, access: .readOnly)
        let seen = Mutex<[Int]>([])
        let reply = try fixture.store.tick(
            [schedule],
            now: after(60),
            beatStart: StoreFixture.start,
            claim: nil,
            hold: TickHold {
                // An error here is a missing element below.
                let count = try? reader.ledger(LedgerQuery(limit: 10)).count
                seen.withLock { $0.append(count ?? -1) }
                return true
            }
        )
        #expect(seen.withLock(\.self) == [0])
        #expect(reply.enqueued.count == 1)
        #expect(try reader.ledger(LedgerQuery(limit: 10)).map(\.slot) == [after(60)])
    }

    @Test func `a tick whose instant never came writes nothing and can be made again`() throws {
        let fixture = try StoreFixture()
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        #expect(throws: StoreError.self) {
            try fixture.store.tick(
                [schedule],
                now: after(60),
                beatStart: StoreFixture.start,
                claim: nil,
                hold: TickHold { false }
            )
        }
        #expect(try fixture.store.ledger(LedgerQuery(limit: 10)).isEmpty)
        #expect(try fixture.store.scheduleStates().map(\.mark) == [after(0)])
        #expect(try fixture.store.tick([schedule], at: after(60)).enqueued.count == 1)
        #expect(try fixture.store.inspect().problems == [])
    }

    @Test func `what a run does is not confused after a tick was rolled back`() throws {
        let fixture = try StoreFixture()
        let (one, other) = (try minutely("one"), try minutely("other"))
        try fixture.store.adopt([one, other], at: after(0))
        // Its definition is new, so the tick writes it, and nothing of it stays.
        let changed = try minutely("one", command: ["/bin/one"])
        #expect(throws: StoreError.self) {
            try fixture.store.tick(
                [changed],
                now: after(60),
                beatStart: StoreFixture.start,
                claim: nil,
                hold: TickHold { false }
            )
        }
        let another = try fixture.another()
        defer { another.close() }
        _ = try another.enqueue(try minutely("other", command: ["/bin/other"]), at: after(61))
        let run = try #require(try fixture.store.claim(at: after(62)).first)
        #expect(run.definition.action == .command(["/bin/other"]))
    }

    @Test func `a request that comes while a tick is held is committed after it`() throws {
        let fixture = try StoreFixture()
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        let order = Mutex<[String]>([])
        let store = fixture.store
        let ended = DispatchSemaphore(value: 0)
        _ = try store.tick(
            [schedule],
            now: after(60),
            beatStart: StoreFixture.start,
            claim: nil,
            hold: TickHold {
                let thread = Thread {
                    let claimed = try? store.claim(at: after(60))
                    order.withLock { $0.append("claimed \(claimed?.count ?? -1)") }
                    ended.signal()
                }
                thread.start()
                order.withLock { $0.append("held") }
                return true
            }
        )
        ended.wait()
        #expect(order.withLock(\.self) == ["held", "claimed 1"])
    }
}
