import DownbeatCore
import DownbeatStore
import Foundation
import Testing

/// Schedules with `after`: what the commit that ends a run makes of them.
@Suite("Followers in the store")
struct FollowerTests {
    static func follower(
        _ name: String = "report",
        after leader: String = "sync",
        overlap: OverlapPolicy = .allow,
        queue: String = "default",
        expires: Duration? = nil,
        renamedFrom: String? = nil
    ) throws -> Schedule {
        var schedule = try minutely(
            name,
            overlap: overlap,
            queue: queue,
            expires: expires,
            renamedFrom: renamedFrom
        )
        schedule.rule = Rule(trigger: .after(leader), zone: schedule.rule.zone)
        return schedule
    }

    /// The leader's run of a minute, claimed.
    static func run(_ store: SQLiteStore, _ leader: Schedule, minute: Int64) throws -> ClaimedRun {
        try store.tick([leader], at: after(60 * minute))
        return try #require(
            try store.claim(at: after(60 * minute)).first { $0.schedule == leader.name }
        )
    }

    static func rows(_ store: SQLiteStore, _ name: String = "report") throws -> [String] {
        try store.ledger(LedgerQuery(schedule: name, limit: 100)).reversed().map { row in
            let minute = (row.slot - StoreFixture.start).wholeMicroseconds / 60_000_000
            return "\(minute) \(row.reason?.rawValue ?? row.outcome.rawValue)"
                + (row.count > 1 ? " x\(row.count)" : "")
        }
    }

    @Test(arguments: Medium.allCases)
    func `a run that succeeds for a slot makes the follower's run for the same slot`(
        medium: Medium
    ) throws {
        let fixture = try StoreFixture(medium)
        let store = fixture.store
        let leader = try minutely(overlap: .allow)
        let report = try Self.follower(queue: "other", expires: .seconds(600))
        try store.adopt([leader, report], at: after(0))
        let run = try Self.run(store, leader, minute: 1)
        let reply = try store.complete(run, at: after(75))
        let made = try #require(try store.runs(RunQuery(schedule: "report", limit: 9)).first)
        #expect(reply.followed == [made.id])
        #expect(made.slot == after(60))
        #expect(made.due == after(75))
        #expect(made.state == .queued)
        #expect(made.queue == "other")
        #expect(try Self.rows(store) == ["1 fired"])
        // The same commit gives it away where there is a place.
        let second = try Self.run(store, leader, minute: 2)
        let end = WorkRequest.Completion(
            run: second.id,
            attempt: 1,
            end: .exited(0),
            endedAt: after(130),
            usage: nil
        )
        let both = try store.exchange(
            WorkRequest(
                owner: "one",
                now: after(131),
                completions: [end],
                claimLimit: 9,
                queues: ["other": 9]
            )
        )
        #expect(both.claimed.map(\.slot) == [after(60), after(120)])
        #expect(
            both.claimed.map(\.definition.revision).allSatisfy {
                $0 == report.definition.revision
            }
        )
        // Due when it was committed, not when the attempt had ended.
        #expect(both.claimed.last?.due == after(131))
        #expect(both.followed == [])
        #expect(try store.inspect().problems == [])
    }

    @Test func `failed, cancelled and manual runs trigger nothing, a retry does`() throws {
        let fixture = try StoreFixture(.memory)
        let store = fixture.store
        let leader = try minutely(overlap: .allow)
        try store.adopt([leader, try Self.follower()], at: after(0))
        let failing = try Self.run(store, leader, minute: 1)
        try store.complete(failing, .exited(3), at: after(61))
        let cancelled = try Self.run(store, leader, minute: 2)
        _ = try store.cancel(cancelled.id, now: after(121))
        try store.complete(cancelled, .cancelled, at: after(122))
        let manual = try store.enqueue(leader, at: after(123))
        let byHand = try #require(try store.claim(at: after(124)).first { $0.id == manual })
        try store.complete(byHand, at: after(125))
        let again = try store.retry(manual, request: nil, now: after(126))
        try store.complete(
            try #require(try store.claim(at: after(127)).first { $0.id == again }),
            at: after(128)
        )
        #expect(try Self.rows(store) == [])
        let retry = try store.retry(failing.id, request: nil, now: after(130))
        let retried = try #require(try store.claim(at: after(131)).first { $0.id == retry })
        try store.complete(retried, at: after(132))
        #expect(try Self.rows(store) == ["1 fired"])
        // A slot triggers once, however often its run succeeds.
        let thrice = try store.retry(failing.id, request: nil, now: after(140))
        let last = try #require(try store.claim(at: after(141)).first { $0.id == thrice })
        try store.complete(last, at: after(142))
        #expect(try Self.rows(store) == ["1 fired"])
        #expect(try store.runs(RunQuery(schedule: "report", limit: 9)).count == 1)
    }

    @Test func `a chain passes the slot on`() throws {
        let fixture = try StoreFixture(.memory)
        let store = fixture.store
        let leader = try minutely(overlap: .allow)
        let schedules = [
            try Self.follower("c", after: "b"), leader, try Self.follower("b", after: "sync"),
            try Self.follower("d", after: "sync"),
        ]
        try store.adopt(schedules, at: after(0))
        try store.complete(try Self.run(store, leader, minute: 1), at: after(61))
        let next = try store.claim(at: after(62))
        #expect(next.map(\.schedule) == ["b", "d"])
        for run in next { try store.complete(run, at: after(63)) }
        let last = try store.claim(at: after(64))
        #expect(last.map(\.schedule) == ["c"])
        #expect(last.map(\.slot) == [after(60)])
    }

    @Test func `disabled, paused and skipped triggers leave rows that are counted`() throws {
        let fixture = try StoreFixture(.memory)
        let store = fixture.store
        let leader = try minutely(overlap: .allow)
        var report = try Self.follower()
        func succeed(_ minutes: ClosedRange<Int64>) throws {
            for minute in minutes {
                try store.complete(
                    try Self.run(store, leader, minute: minute),
                    at: after(60 * minute + 1)
                )
            }
        }
        report.isEnabled = false
        try store.adopt([leader, report], at: after(0))
        try succeed(1...3)
        report.isEnabled = true
        try store.adopt([leader, report], at: after(200))
        try store.skip("report", triggers: 2)
        try store.skip("report", triggers: 1)
        try succeed(4...6)
        try store.pause(
            ["report"],
            pause: ScheduleState.Pause(since: after(370), until: after(500), reason: "")
        )
        try succeed(7...8)
        try succeed(9...9)
        try store.skip("report", triggers: 1)
        try store.resume(["report"], now: after(550))
        try succeed(10...10)
        #expect(
            try Self.rows(store) == [
                "1 disabled x3", "4 skip_next", "5 skip_next", "6 fired", "7 paused x2",
                "9 fired", "10 fired",
            ]
        )
        #expect(try store.scheduleStates().first { $0.name == "report" }?.skipTriggers == 0)
    }

    @Test func `overlap judges the follower's own runs`() throws {
        for overlap in OverlapPolicy.allCases {
            let fixture = try StoreFixture(.memory)
            let store = fixture.store
            let leader = try minutely(overlap: .allow)
            let report = try Self.follower(overlap: overlap, queue: "other")
            try store.adopt([leader, report], at: after(0))
            for minute in 1...3 as ClosedRange<Int64> {
                let run = try Self.run(store, leader, minute: minute)
                try store.complete(run, at: after(60 * minute + 1))
            }
            let states = try store.runs(RunQuery(schedule: "report", limit: 9)).reversed()
                .map(\.state)
            let expected: [RunState] =
                switch overlap {
                case .skip: [.queued]
                case .queue: [.queued, .queued]
                case .queueAll, .allow: [.queued, .queued, .queued]
                case .replace: [.cancelled, .cancelled, .queued]
                }
            #expect(states == expected, "\(overlap)")
            let claimable = try store.claim(queues: ["other": 9], at: after(200)).count
            #expect(claimable == (overlap == .allow ? 3 : 1), "\(overlap)")
            #expect(try store.inspect().problems == [])
        }
    }

    @Test func `a leader that is renamed keeps its followers, and one that changes loses them`()
        throws
    {
        let fixture = try StoreFixture(.memory)
        let store = fixture.store
        let leader = try minutely(overlap: .allow)
        try store.adopt([leader, try Self.follower()], at: after(0))
        let run = try Self.run(store, leader, minute: 1)
        let renamed = try minutely("export", overlap: .allow, renamedFrom: "sync")
        try store.adopt([renamed, try Self.follower(after: "export")], at: after(70))
        // The run began under the old name.
        try store.complete(run, at: after(80))
        #expect(try Self.rows(store) == ["1 fired"])
        let other = try minutely("other", overlap: .allow)
        try store.adopt([renamed, other, try Self.follower(after: "other")], at: after(90))
        try store.complete(try Self.run(store, renamed, minute: 2), at: after(121))
        #expect(try Self.rows(store) == ["1 fired"])
        try store.complete(try Self.run(store, other, minute: 3), at: after(181))
        #expect(try Self.rows(store) == ["1 fired", "3 fired"])
        try store.adopt([renamed, other], at: after(190))
        try store.complete(try Self.run(store, other, minute: 4), at: after(241))
        #expect(try Self.rows(store) == ["1 fired", "3 fired"])
    }

    @Test func `jitter goes on from the first name of a renamed schedule`() throws {
        let fixture = try StoreFixture(.memory)
        let store = fixture.store
        var first = try minutely("first", period: .seconds(3600))
        first.rule.jitter = Jitter(max: .seconds(1800))
        try store.adopt([first], at: after(0))
        for (name, old, second) in [("second", "first", 10), ("third", "second", 20)] {
            first.name = name
            first.renamedFrom = old
            let states = try store.adopt([first], at: after(Int64(second)))
            #expect(states.map(\.jitterName) == ["first"])
            #expect(states.map(\.mark) == [after(0)])
        }
        let due = first.rule.due(of: after(3600), name: "first")
        #expect(due > after(3600))
        try store.tick([first], at: due - .microseconds(1))
        #expect(try Self.rows(store, "third") == [])
        try store.tick([first], at: due)
        let run = try #require(try store.runs(RunQuery(schedule: "third", limit: 9)).first)
        #expect(run.slot == after(3600))
        #expect(run.due == due)
    }
}
