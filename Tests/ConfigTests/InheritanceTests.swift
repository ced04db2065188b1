import DownbeatConfig
import DownbeatCore
import Testing

@Suite("Defaults and merges")
struct InheritanceTests {
    private func schedules(_ files: [String: String]) throws -> [String: Schedule] {
        let reading = Fixture.read(files)
        let configuration = try #require(reading.configuration, "\(reading.diagnostics)")
        return Dictionary(uniqueKeysWithValues: configuration.schedules.map { ($0.name, $0) })
    }

    private func schedule(_ defaults: String, _ lines: String) throws -> Schedule {
        let text =
            "defaults: { \(defaults) }\nschedules:\n  a: { every: 1m, command: [date], \(lines) }\n"
        return try #require(try schedules(["a.yaml": text])["a"])
    }

    @Test func `defaults of the service file reach all files, those of another file its own`()
        throws
    {
        let found = try schedules([
            "downbeat.yaml":
                "timezone: Asia/Tokyo\nqueues: { q: 1 }\ndefaults: { timeout: 10m, queue: q }\n",
            "a.yaml":
                "timezone: UTC\ndefaults: { timeout: 5m }\nschedules: { a: { every: 1m, command: [date] } }\n",
            "b.yaml": "schedules: { b: { every: 1m, command: [date], timezone: Europe/Berlin } }\n",
            "c.yaml": "schedules: { c: { every: 1m, command: [date] } }\n",
        ])
        #expect(found["a"]?.definition.timeout == .seconds(300))
        #expect(found["b"]?.definition.timeout == .seconds(600))
        #expect(found["a"]?.queue == "q")
        #expect(
            found.mapValues(\.definition.zone) == [
                "a": "UTC", "b": "Europe/Berlin", "c": "Asia/Tokyo",
            ]
        )
        #expect(
            found["a"]?.inherited["timeout"] == SourcePlace(file: "a.yaml", line: 2, column: 13)
        )
        #expect(found["a"]?.inherited["queue"]?.file == "downbeat.yaml")
    }

    @Test func `maps merge key by key, lists and scalars replace`() throws {
        let found = try schedule(
            "retry: { times: 2, wait: 5s }, env: { A: 1, B: 2 }, tags: [x, y], keep: { runs: 9d }",
            "retry: { wait: 7s }, env: { B: 3, C: 4 }, tags: [z], keep: { at_least: 1 }"
        )
        #expect(found.definition.retry.times == 2)
        #expect(found.definition.retry.wait == .seconds(7))
        #expect(found.definition.environment.map(\.name) == ["A", "B", "C"])
        #expect(found.definition.environment[1].value == .text("3"))
        #expect(found.tags == ["z"])
        #expect(found.keep.runs == .seconds(9 * 86_400))
        #expect(found.keep.atLeast == 1)
        #expect(found.inherited.keys.sorted() == ["env.A", "keep.runs", "retry.times"])
    }

    @Test func `none undoes an inherited limit`() throws {
        let found = try schedule("timeout: 1m, expires: 1m", "timeout: none")
        #expect(found.definition.timeout == nil)
        #expect(found.expires == .seconds(60))
    }

    @Test(
        arguments: [
            ("", "catch_up: all", OverlapPolicy.queueAll, CatchUpPolicy.all, 0),
            ("", "catch_up: all, overlap: allow", .allow, .all, 0),
            ("", "catch_up: once, overlap: queue", .queue, .once, 0),
            ("overlap: skip", "catch_up: all", .queueAll, .all, 1),
            ("overlap: allow", "catch_up: all", .allow, .all, 0),
            ("catch_up: all", "overlap: replace", .replace, .skip, 1),
            ("catch_up: all", "overlap: queue_all", .queueAll, .all, 0),
            ("catch_up: all", "catch_up: once", .skip, .once, 0),
        ]
    )
    func `of a written and an inherited policy the written one wins, with a remark`(
        _ defaults: String,
        _ lines: String,
        _ overlap: OverlapPolicy,
        _ catchUp: CatchUpPolicy,
        _ remarks: Int
    ) throws {
        let found = try schedule(defaults, lines)
        #expect(found.overlap == overlap)
        #expect(found.catchUp.policy == catchUp)
        #expect(found.remarks.count == remarks)
    }

    @Test func `inherited retry does not apply to at most once`() throws {
        let found = try schedule("retry: { times: 2 }", "delivery: at_most_once")
        #expect(found.definition.retry == .none)
        #expect(found.remarks.count == 1)
        let zero = try schedule(
            "retry: { times: 2 }",
            "delivery: at_most_once, retry: { times: 0 }"
        )
        #expect(zero.definition.retry.times == 0)
        #expect(zero.remarks.isEmpty)
    }

    @Test func `a wrong default is reported once, though every schedule inherits it`() {
        let text =
            "defaults: { timeout: 10 }\nschedules:\n"
            + (1...20).map { "  s\($0): { every: 1m, command: [date] }\n" }.joined()
        #expect(Fixture.read(text).diagnostics.map(\.code) == ["E0341"])
        #expect(Fixture.read("defaults: { timeout: 10 }\n").diagnostics.map(\.code) == ["E0341"])
    }

    @Test func `merge keys and anchors work, own keys win`() throws {
        let text = """
            x-base: &base { timeout: 5m, every: 1m, command: [date] }
            x-other: &other { timeout: 9m, grace: 3s }
            schedules:
              a: { <<: *base }
              b: { <<: [*base, *other], timeout: 1m }
            """
        let found = try schedules(["a.yaml": text])
        #expect(found["a"]?.definition.timeout == .seconds(300))
        #expect(found["b"]?.definition.timeout == .seconds(60))
        #expect(found["b"]?.definition.grace == .seconds(3))
    }

    @Test func `settings of the service in two files name both`() {
        let reading = Fixture.read(["a.yaml": "queues: { x: 1 }\n", "b.yaml": "drain: 5s\n"])
        #expect(reading.diagnostics.map(\.code) == ["E0211"])
        #expect(reading.diagnostics.first?.place.file == "b.yaml")
        #expect(reading.diagnostics.first?.related?.place.file == "a.yaml")
    }

    @Test func `an unreadable file does not make the others look wrong`() {
        let reading = Fixture.read([
            "a.yaml": "queues: { q: 1 }\nsecrets: { T: { env: T } }\nbroken: [\n",
            "b.yaml":
                "schedules: { b: { every: 1m, command: [date], queue: q, env: { T: secret:T } } }\n",
        ])
        #expect(reading.diagnostics.map(\.place.file) == ["a.yaml"])
    }
}
