import DownbeatCore
import DownbeatStore
import Support
import Testing

/// Random sequences of requests against what must hold after each of them.
@Suite("Sequences")
struct SequenceTests {
    @Test(arguments: Medium.allCases)
    func `whatever is asked in whatever order, the invariants hold`(medium: Medium) throws {
        var chance = SeededGenerator.ofThisRun()
        let seed = chance.seed
        let fixture = try StoreFixture(medium)
        var play = try Play(fixture.store)
        for step in 0..<(TestLength.isLong ? 1200 : 250) {
            let words = try play.step(&chance)
            let comment: Comment = "seed \(seed), step \(step): \(words)"
            try #require(try fixture.store.inspect().problems == [], comment)
            try play.check(comment)
        }
    }
}

/// A simple model: what each run was last seen as, and who executes what.
private struct Play {
    let store: SQLiteStore
    let schedules: [Schedule]
    var now = after(0)
    var seen: [RunID: RunRecord] = [:]
    var fired: [String: Set<Timestamp>] = [:]
    var executing: [RunID: (run: ClaimedRun, owner: String)] = [:]

    init(_ store: SQLiteStore) throws {
        self.store = store
        let retry = RetryPolicy(times: 2, wait: .seconds(20), jitter: 0.1)
        schedules =
            try OverlapPolicy.allCases.map {
                try minutely($0.rawValue, overlap: $0, catchUp: CatchUp(policy: .all), retry: retry)
            } + [
                try minutely("once", delivery: .atMostOnce),
                try minutely("brief", retry: retry, expires: .seconds(45)),
            ]
        try store.adopt(schedules, at: now)
    }

    /// Does something at random.
    mutating func step(_ chance: inout SeededGenerator) throws -> String {
        now = now + .seconds(Int64.random(in: 0...50, using: &chance))
        let owner = Bool.random(using: &chance) ? "one" : "two"
        switch Int.random(in: 0..<100, using: &chance) {
        case 0..<15:
            try store.tick(schedules, at: now)
            return "tick"
        case 15..<30:
            let places = Int.random(in: 1...4, using: &chance)
            let reply = try store.tick(
                schedules,
                now: now,
                beatStart: StoreFixture.start,
                claim: ClaimOffer(owner: owner, places: places, queues: ["default": 6])
            )
            try #require(reply.claimed.count <= places)
            for run in reply.claimed { executing[run.id] = (run, owner) }
            try #require(executing.count <= 6, "more runs at once than the queue allows")
            return "tick that claims"
        case 30..<50:
            let limit = Int.random(in: 1...4, using: &chance)
            for run in try store.claim(owner, limit: limit, queues: ["default": 6], at: now) {
                try #require(executing[run.id] == nil, "two leases of \(run.id)")
                executing[run.id] = (run, owner)
            }
            try #require(executing.count <= 6, "more runs at once than the queue allows")
            return "claim"
        case 50..<75:
            guard let (run, owner) = executing.values.randomElement(using: &chance) else {
                return ""
            }
            executing[run.id] = nil
            let ends: [AttemptEnd] = [
                .exited(0), .exited(1), .signalled(9), .timedOut(signal: 9, killed: true),
                .notStarted("x"), .cancelled,
                .drained,
            ]
            let end = ends.randomElement(using: &chance) ?? .lost
            try #require(
                try store.complete(run, end, owner: owner, at: now).transitions.count == 1
            )
            return "complete \(end)"
        case 75..<80:
            _ = try store.recover(owner: owner, now: now)
            executing = executing.filter { $0.value.owner != owner }
            return "recover"
        case 80..<88:
            guard let id = seen.keys.sorted().randomElement(using: &chance) else { return "" }
            return "cancel: \(try store.cancel(id, now: now))"
        case 88..<94:
            guard let schedule = schedules.randomElement(using: &chance) else { return "" }
            _ = try store.enqueue(schedule, at: now)
            return "run \(schedule.name)"
        case 94..<96:
            let pause = ScheduleState.Pause(since: now, until: nil, reason: "")
            try store.pause(["skip"], pause: pause)
            return "pause"
        case 96..<98:
            try store.resume(["skip"], now: now)
            return "resume"
        default:
            var keep: [String: KeepPolicy] = [:]
            for schedule in schedules { keep[schedule.name] = KeepPolicy(atMost: 40, atLeast: 5) }
            while try store.prune(keep, now: now) {}
            let left = Set(try store.runs(RunQuery(limit: 100_000)).map(\.id))
            seen = seen.filter { left.contains($0.key) }
            return "prune"
        }
    }

    /// Compares with what was seen before: attempts only grow, final is final, a slot fires once.
    mutating func check(_ comment: Comment) throws {
        for run in try store.runs(RunQuery(limit: 100_000)) {
            if let before = seen[run.id] {
                try #require(run.attempts >= before.attempts, comment)
                if before.state.isFinal { try #require(run == before, comment) }
                if run.task == "once" { try #require(run.attempts <= 1, comment) }
            } else if let slot = run.slot {
                let isNew = fired[run.schedule, default: []].insert(slot).inserted
                try #require(isNew, comment)
            }
            try #require((run.state == .running) == (executing[run.id] != nil), comment)
            seen[run.id] = run
        }
    }
}
