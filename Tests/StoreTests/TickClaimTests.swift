import DownbeatCore
import DownbeatStore
import Support
import Testing

/// Runs that a tick claims for a worker of the same process.
@Suite("Claims of a tick")
struct TickClaimTests {
    struct Row: Sendable, CustomStringConvertible {
        var description: String
        /// Schedules, each due once.
        var count = 3
        var overlap = OverlapPolicy.skip
        var catchUp = CatchUp(policy: .once)
        var seconds: Int64 = 60
        var places = 10
        var queues = ["default": 10]
        /// What an earlier request left.
        var before = Before.nothing
        var claimed: Int
        var enqueued: Int

        enum Before: Sendable { case nothing, waiting, running(Int) }
    }

    static let rows = [
        Row(description: "what is free is taken", claimed: 3, enqueued: 0),
        Row(description: "places are a limit", places: 2, claimed: 2, enqueued: 1),
        Row(
            description: "the queue's limit holds",
            queues: ["default": 1],
            claimed: 1,
            enqueued: 2
        ),
        Row(
            description: "others' leases count",
            queues: ["default": 3],
            before: .running(2),
            claimed: 1,
            enqueued: 2
        ),
        Row(
            description: "another queue is not touched",
            queues: ["backup": 9],
            claimed: 0,
            enqueued: 3
        ),
        Row(description: "who waits goes first", before: .waiting, claimed: 0, enqueued: 3),
        Row(
            description: "later slots of a schedule are held",
            count: 1,
            overlap: .queueAll,
            catchUp: CatchUp(policy: .all),
            seconds: 180,
            claimed: 1,
            enqueued: 2
        ),
        Row(
            description: "slots that overlap start together",
            count: 1,
            overlap: .allow,
            catchUp: CatchUp(policy: .all),
            seconds: 180,
            claimed: 3,
            enqueued: 0
        ),
        Row(
            description: "what is replaced at once never starts",
            count: 1,
            overlap: .replace,
            catchUp: CatchUp(policy: .all),
            seconds: 180,
            claimed: 1,
            enqueued: 2
        ),
    ]

    @Test(arguments: rows)
    func `a tick claims what an ordinary claim after it would`(row: Row) throws {
        let fixture = try StoreFixture()
        let store = fixture.store
        let extra = try minutely("extra", overlap: .allow)
        let schedules = try (0..<row.count).map {
            try minutely("s\($0)", overlap: row.overlap, catchUp: row.catchUp)
        }
        try store.adopt(schedules, at: after(0))
        switch row.before {
        case .nothing: break
        case .waiting: _ = try store.enqueue(extra, at: after(1))
        case .running(let count):
            for _ in 0..<count { _ = try store.enqueue(extra, at: after(1)) }
            #expect(try store.claim("two", at: after(2)).count == count)
        }
        let offer = ClaimOffer(owner: "one", places: row.places, queues: row.queues)
        let now = after(row.seconds)
        let reply = try store.tick(
            schedules,
            now: now,
            beatStart: StoreFixture.start,
            claim: offer
        )
        #expect(reply.claimed.count == row.claimed)
        #expect(reply.enqueued.count == row.enqueued)
        #expect(reply.claimed.map(\.attempt).allSatisfy { $0 == 1 })
        #expect(try store.inspect().problems == [])
        for run in reply.claimed {
            let detail = try #require(try store.run(run.id))
            #expect(detail.record.state == .running)
            #expect(detail.record.attempts == 1)
            #expect(detail.definition == run.definition)
            #expect(detail.attempts.map(\.claimedAt) == [now])
            #expect(try store.complete(run, at: now).transitions.map(\.state) == [.succeeded])
        }
        #expect(try store.inspect().problems == [])
    }

    @Test func `a second beat claims nothing of slots that have fired`() throws {
        let fixture = try StoreFixture()
        let other = try fixture.another()
        let schedules = try [minutely("a", overlap: .allow), minutely("b")]
        try fixture.store.adopt(schedules, at: after(0))
        let stores = [(fixture.store, "one"), (other, "two"), (fixture.store, "one")]
        let claimed = try stores.flatMap { store, owner in
            try store.tick(
                schedules,
                now: after(60),
                beatStart: StoreFixture.start,
                claim: ClaimOffer(owner: owner, places: 9, queues: ["default": 9])
            ).claimed
        }
        #expect(claimed.map(\.schedule) == ["a", "b"])
        // The other beat goes on from there, and the first one sees that it did.
        let offer = ClaimOffer(owner: "two", places: 9, queues: ["default": 9])
        let next = try other.tick(
            schedules,
            now: after(120),
            beatStart: StoreFixture.start,
            claim: offer
        )
        #expect(next.claimed.map(\.schedule) == ["a"])
        #expect(try fixture.store.tick(schedules, at: after(120)).enqueued == [])
        #expect(try fixture.store.ledger(LedgerQuery(limit: 10)).count == 4)
    }

    @Test(arguments: [Delivery.atLeastOnce, .atMostOnce])
    func `a claim of a tick is lost with its owner`(delivery: Delivery) throws {
        let fixture = try StoreFixture()
        let schedule = try minutely(delivery: delivery)
        try fixture.store.adopt([schedule], at: after(0))
        let offer = ClaimOffer(owner: "one", places: 1, queues: ["default": 1])
        let reply = try fixture.store.tick(
            [schedule],
            now: after(60),
            beatStart: StoreFixture.start,
            claim: offer
        )
        let run = try #require(reply.claimed.first)
        fixture.store.close()
        let store = try fixture.another()
        let lost = try store.recover(owner: "one", now: after(61))
        switch delivery {
        case .atLeastOnce:
            #expect(lost.map(\.state) == [.queued])
            #expect(try store.claim("two", at: after(62)).map(\.attempt) == [2])
        case .atMostOnce:
            #expect(lost.map(\.state) == [.unknown])
            #expect(try store.claim("two", at: after(62)) == [])
        }
        #expect(try store.complete(run, at: after(63)).transitions.isEmpty)
        #expect(try store.inspect().problems == [])
    }

    @Test func `a claimed run knows when its schedule last succeeded`() throws {
        let fixture = try StoreFixture()
        let schedule = try minutely()
        try fixture.store.adopt([schedule], at: after(0))
        var seen: [Timestamp?] = []
        for minute in 1...3 as ClosedRange<Int64> {
            let reply = try fixture.store.tick(
                [schedule],
                now: after(60 * minute),
                beatStart: StoreFixture.start,
                claim: ClaimOffer(owner: "one", places: 1, queues: ["default": 1])
            )
            seen += reply.claimed.map(\.lastSucceeded)
            for run in reply.claimed { try fixture.store.complete(run, at: after(60 * minute + 5)) }
        }
        #expect(seen == [nil, after(60), after(120)])
    }

    @Test func `a tick sees what was changed since the one before`() throws {
        let fixture = try StoreFixture()
        let other = try fixture.another()
        let schedule = try minutely(overlap: .allow)
        try fixture.store.adopt([schedule], at: after(0))
        #expect(try fixture.store.tick([schedule], at: after(60)).enqueued.count == 1)
        let pause = ScheduleState.Pause(since: after(61), until: nil, reason: "holiday")
        try other.pause(["sync"], pause: pause)
        #expect(try fixture.store.tick([schedule], at: after(120)).enqueued == [])
        try fixture.store.resume(["sync"], now: after(121))
        #expect(try fixture.store.tick([schedule], at: after(180)).enqueued.count == 1)
        try fixture.store.adopt([], at: after(181))
        #expect(try fixture.store.tick([schedule], at: after(240)).plans.isEmpty)
        try other.adopt([schedule], at: after(241))
        #expect(try fixture.store.tick([schedule], at: after(300)).enqueued.count == 1)
    }
}
