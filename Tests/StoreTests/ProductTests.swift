import DownbeatCore
import DownbeatStore
import Testing

/// What built-ins leave behind.
@Suite("Products of built-ins")
struct ProductTests {
    static func builtIn(
        _ name: String = "stats",
        retry: RetryPolicy = .none,
        renamedFrom: String? = nil
    ) throws -> Schedule {
        var schedule = try minutely(name, overlap: .allow, retry: retry, renamedFrom: renamedFrom)
        schedule.definition.action = .builtIn(BuiltIn(name: "test", options: "{}", words: "it"))
        return schedule
    }

    static func window(
        _ number: Int64,
        lines: Int64 = 1,
        groups: [WindowStatistics.Group] = []
    ) -> WindowStatistics {
        WindowStatistics(
            start: after(number * 3600),
            end: after(number * 3600 + 3600),
            lines: lines,
            malformed: 0,
            bytes: lines * 10,
            clients: number == 0 ? nil : number,
            isExact: true,
            latency: number == 0
                ? nil : WindowStatistics.Latency(samples: 5, p50: 1, p95: 2, p99: 3, max: 4),
            groups: groups
        )
    }

    static func group(_ key: String, _ count: Int64) -> WindowStatistics.Group {
        WindowStatistics.Group(by: "path", key: key, count: count, bytes: count)
    }

    /// Hands in an end with a product.
    private func complete(
        _ run: ClaimedRun,
        _ end: AttemptEnd,
        _ product: AttemptProduct,
        in store: SQLiteStore,
        at now: Timestamp
    ) throws {
        let completion = WorkRequest.Completion(
            run: run.id,
            attempt: run.attempt,
            end: end,
            endedAt: now,
            usage: nil,
            product: product
        )
        _ = try store.exchange(WorkRequest(owner: "one", now: now, completions: [completion]))
    }

    private func all(_ schedule: String = "stats") -> StatisticsQuery {
        StatisticsQuery(schedule: schedule, limit: 100)
    }

    private let product = AttemptProduct(
        result: Array(#"{"lines":1}"#.utf8),
        statistics: [
            window(0, groups: [group("/a", 2), group("/b", 3)]), window(1, lines: 7),
        ],
        positions: [1, 2]
    )

    @Test(arguments: Medium.allCases)
    func `a success leaves result, statistics and positions`(medium: Medium) throws {
        let fixture = try StoreFixture(medium)
        let schedule = try Self.builtIn()
        let id = try fixture.store.enqueue(schedule, at: after(1))
        let run = try #require(try fixture.store.claim(at: after(2)).first)
        #expect(run.positions == nil)
        try complete(run, .exited(0), product, in: fixture.store, at: after(3))
        #expect(try fixture.store.run(id)?.result == #"{"lines":1}"#)
        let stored = try fixture.store.statistics(all())
        #expect(stored.map(\.lines) == [1, 7])
        #expect(stored.map(\.latency) == product.statistics.map(\.latency))
        #expect(stored.map(\.clients) == [nil, 1])
        #expect(stored[0].groups == [Self.group("/b", 3), Self.group("/a", 2)])
        #expect(try fixture.store.positions(of: "stats") == [1, 2])
        // The next run is told, also one that the beat claims.
        _ = try fixture.store.enqueue(schedule, at: after(4))
        #expect(try fixture.store.claim(at: after(5)).map(\.positions) == [[1, 2]])
        try fixture.store.adopt([schedule], at: after(6))
        let ticked = try fixture.store.tick(
            [schedule],
            now: after(60),
            beatStart: after(0),
            claim: ClaimOffer(owner: "one", places: 5, queues: ["default": 5])
        )
        #expect(ticked.claimed.map(\.positions) == [[1, 2]])
        #expect(try fixture.store.inspect().problems == [])
    }

    static let unsuccessful: [AttemptEnd] = [
        .exited(1), .signalled(9), .timedOut(signal: 15), .failed("no", mayRepeat: true),
        .failed("no", mayRepeat: false), .cancelled, .drained, .lost, .notStarted("no"),
    ]

    @Test(arguments: unsuccessful)
    func `an attempt that did not succeed leaves nothing`(end: AttemptEnd) throws {
        let fixture = try StoreFixture(.memory)
        let id = try fixture.store.enqueue(try Self.builtIn(), at: after(1))
        let run = try #require(try fixture.store.claim(at: after(2)).first)
        try complete(run, end, product, in: fixture.store, at: after(3))
        #expect(try fixture.store.run(id)?.result == nil)
        #expect(try fixture.store.statistics(all()) == [])
        #expect(try fixture.store.positions(of: "stats") == nil)
        #expect(try fixture.store.run(id)?.attempts.map(\.end) == [end])
    }

    @Test func `a window that is computed again is replaced with its groups`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try Self.builtIn()
        for (number, key) in ["/old", "/new"].enumerated() {
            let now = after(Int64(number) * 10)
            _ = try fixture.store.enqueue(schedule, at: now)
            let run = try #require(try fixture.store.claim(at: now).first)
            let group = Self.group(key, 5)
            let window = Self.window(3, lines: Int64(number), groups: [group, group])
            let product = AttemptProduct(statistics: [window])
            try complete(run, .exited(0), product, in: fixture.store, at: now)
        }
        #expect(
            try fixture.store.statistics(all())
                == [Self.window(3, lines: 1, groups: [Self.group("/new", 5)])]
        )
    }

    @Test func `a lost attempt is repeated and counts once`() throws {
        let fixture = try StoreFixture(.memory)
        _ = try fixture.store.enqueue(try Self.builtIn(), at: after(1))
        let first = try #require(try fixture.store.claim(at: after(2)).first)
        _ = try fixture.store.recover(owner: "one", now: after(3))
        let second = try #require(try fixture.store.claim(at: after(4)).first)
        #expect(second.attempt == 2)
        // Too late: it was judged when its owner was given up.
        try complete(first, .exited(0), product, in: fixture.store, at: after(5))
        #expect(try fixture.store.statistics(all()) == [])
        try complete(second, .exited(0), product, in: fixture.store, at: after(6))
        #expect(try fixture.store.statistics(all()).count == 2)
    }

    @Test func `a failure that is final is not repeated`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try Self.builtIn(retry: RetryPolicy(times: 3, wait: .zero))
        let ends: [(mayRepeat: Bool, state: RunState)] = [(true, .queued), (false, .failed)]
        let id = try fixture.store.enqueue(schedule, at: after(1))
        for (number, row) in ends.enumerated() {
            let now = after(Int64(number) + 2)
            let run = try #require(try fixture.store.claim(at: now).first)
            let end = AttemptEnd.failed("no space left", mayRepeat: row.mayRepeat)
            try fixture.store.complete(run, end, at: now)
            let record = try #require(try fixture.store.run(id)).record
            #expect(record.state == row.state)
            #expect(record.error == "no space left")
            #expect(record.exitCode == nil)
        }
    }

    @Test func `ranges select windows, and the newest when there are too many`() throws {
        let fixture = try StoreFixture(.memory)
        _ = try fixture.store.enqueue(try Self.builtIn(), at: after(1))
        let run = try #require(try fixture.store.claim(at: after(2)).first)
        let product = AttemptProduct(statistics: (0..<5).map { Self.window($0, lines: $0) })
        try complete(run, .exited(0), product, in: fixture.store, at: after(3))
        func lines(_ from: Int64?, _ to: Int64?, _ limit: Int = 9) throws -> [Int64] {
            let query = StatisticsQuery(
                schedule: "stats",
                from: from.map { after($0 * 3600) },
                to: to.map { after($0 * 3600) },
                limit: limit
            )
            return try fixture.store.statistics(query).map(\.lines)
        }
        #expect(try lines(nil, nil) == [0, 1, 2, 3, 4])
        #expect(try lines(1, 3) == [1, 2])
        #expect(try lines(nil, 4, 2) == [2, 3])
    }

    @Test func `statistics and positions follow a rename and outlive runs`() throws {
        let fixture = try StoreFixture(.memory)
        let schedule = try Self.builtIn()
        try fixture.store.adopt([schedule], at: after(0))
        let id = try fixture.store.enqueue(schedule, at: after(1))
        let run = try #require(try fixture.store.claim(at: after(2)).first)
        try complete(run, .exited(0), product, in: fixture.store, at: after(3))
        try fixture.store.adopt([try Self.builtIn("figures", renamedFrom: "stats")], at: after(4))
        #expect(try fixture.store.statistics(all("figures")).count == 2)
        #expect(try fixture.store.positions(of: "figures") == [1, 2])
        let keep = KeepPolicy(runs: .zero, output: .zero, atMost: 0, atLeast: 0)
        while try fixture.store.prune(["figures": keep], now: after(9)) {}
        #expect(try fixture.store.run(id) == nil)
        #expect(try fixture.store.statistics(all("figures")).count == 2)
        try fixture.store.adopt([], at: after(10))
        #expect(try fixture.store.statistics(all("figures")).count == 2)
        #expect(try fixture.store.inspect().problems == [])
    }

    @Test func `progress is that of the attempt that runs`() throws {
        let fixture = try StoreFixture(.memory)
        let id = try fixture.store.enqueue(try Self.builtIn(), at: after(1))
        let run = try #require(try fixture.store.claim(at: after(2)).first)
        let reading = ProgressReading(
            progress: RunProgress(phase: "copy", done: 5, total: 9, unit: .bytes),
            since: after(2),
            at: after(3)
        )
        func say(_ owner: String, attempt: Int) throws {
            let progress = WorkRequest.Progress(run: id, attempt: attempt, reading: reading)
            _ = try fixture.store.exchange(
                WorkRequest(owner: owner, now: after(3), progress: [progress])
            )
        }
        try say("two", attempt: 1)
        try say("one", attempt: 2)
        #expect(try fixture.store.run(id)?.progress == nil)
        try say("one", attempt: 1)
        #expect(try fixture.store.run(id)?.progress == reading)
        try fixture.store.complete(run, at: after(4))
        #expect(try fixture.store.run(id)?.progress == nil)
    }
}
