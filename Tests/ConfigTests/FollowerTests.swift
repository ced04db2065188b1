import DownbeatConfig
import DownbeatCore
import Foundation
import Testing

@Suite("Jitter and followers in files")
struct FollowerTests {
    private static func schedule(_ text: String, _ name: String = "hello") throws -> Schedule {
        let reading = Fixture.read(text)
        return try #require(
            reading.configuration?.schedules.first { $0.name == name },
            "\(reading.diagnostics.map(DiagnosticRenderer().line))"
        )
    }

    private static let leader = "schedules:\n  export: { at: \"02:30\", command: [date] }\n"

    private static func report(_ keys: String) -> String {
        leader + "  report: { \(keys), command: [date] }\n"
    }

    // MARK: Jitter

    @Test(arguments: [
        ("jitter: 5m", Jitter(max: .seconds(300))),
        ("jitter: { max: 90s }", Jitter(max: .seconds(90))),
        ("jitter: { max: 5m, mode: stable }", Jitter(max: .seconds(300))),
        ("jitter: { mode: random, max: 5m }", Jitter(max: .seconds(300), mode: .random)),
        ("jitter: none", nil),
    ])
    func `jitter is a length or a map`(_ line: String, _ jitter: Jitter?) throws {
        #expect(try Self.schedule(Fixture.schedule("every: 10m", line)).rule.jitter == jitter)
    }

    @Test func `an inherited jitter does not apply where a trigger has no use for it`() throws {
        let text = """
            defaults: { jitter: 5m, catch_up: all, dst_gap: skip }
            schedules:
              export: { at: "02:30", command: [date] }
              once: { once: "2030-01-01 00:00", command: [date] }
              pause: { every: 10m, anchor: last_end, command: [date] }
              none: { every: 1m, jitter: none, command: [date] }
              report: { after: export, command: [date] }
            """
        let expected = ["export": Jitter(max: .seconds(300))]
        for name in ["export", "once", "pause", "none", "report"] {
            #expect(try Self.schedule(text, name).rule.jitter == expected[name], "\(name)")
        }
        let report = try Self.schedule(text, "report")
        #expect(report.overlap == .skip)
        #expect(report.inherited.keys.sorted() == [])
    }

    // MARK: Followers

    @Test func `a follower takes what is judged when it is triggered`() throws {
        let text = Self.report(
            "after: export, from: 2026-12-01, until: 2026-12-31, overlap: queue, enabled: false,"
                + " expires: 1h, timezone: UTC"
        )
        let report = try Self.schedule(text, "report")
        #expect(report.rule.trigger == .after("export"))
        #expect(report.rule.summary == "after export")
        #expect(report.rule.from == (try InstantText.parse("2026-12-01T00:00:00Z")))
        #expect(Follower(report)?.expires == .seconds(3600))
        #expect(report.isEnabled == false)
    }

    @Test func `a disabled leader in another file is fine, in whatever order`() {
        let reading = Fixture.read([
            "schedules/a.yaml": "schedules:\n  r: { after: export, command: [date] }\n",
            "schedules/b.yaml":
                "schedules:\n  export: { every: 1h, enabled: false, command: [date] }\n",
        ])
        #expect(reading.diagnostics == [])
        #expect(reading.configuration?.schedules.count == 2)
    }

    static let broken = [
        BrokenFile(key: "as long as the period", "jitter: 10m", "E0450", 13),
        BrokenFile(
            "longer than the shortest gap",
            Fixture.schedule("cron: [\"0 9 * * 1-5\", \"5 9 * * 3\"]", "jitter: 5m"),
            "E0450",
            4,
            13
        ),
        BrokenFile(
            "an inherited one that is too long",
            "defaults: { jitter: 5m }\n" + Fixture.schedule("every: 1m"),
            "E0450",
            4,
            5
        ),
        BrokenFile(
            "with an instant",
            Fixture.schedule("once: \"2030-01-01 00:00\"", "jitter: 5m"),
            "E0451",
            4,
            5
        ),
        BrokenFile(
            "with an anchor that is an event",
            Fixture.schedule("every: 10m", "anchor: last_end", "jitter: 5m"),
            "E0451",
            5,
            5
        ),
        BrokenFile("beside `after`", report("after: export, jitter: 5m"), "E0451", 3, 28),
        BrokenFile(key: "no choice", "jitter: 1s", "E0452", 13),
        BrokenFile(key: "a share", "jitter: 10%", "E0210", 13),
        BrokenFile(key: "no most", "jitter: { mode: random }", "E0416", 13),
        BrokenFile(key: "a wrong mode", "jitter: { max: 5m, mode: rnd }", "E0360", 30),
        BrokenFile(key: "an unknown key", "jitter: { max: 5m, seed: 3 }", "E0201", 24),
        BrokenFile(
            "under defaults",
            "defaults: { jitter: 5 }\n" + Fixture.schedule("every: 10m", "jitter: none"),
            "E0341",
            1,
            21
        ),
        BrokenFile("unknown", report("after: exprot"), "E0453", 3, 20, "export"),
        BrokenFile("another case", report("after: Export"), "E0453", 3, 20, "export"),
        BrokenFile(
            "renamed",
            "schedules:\n  new: { every: 1h, renamed_from: old, command: [date] }\n"
                + "  report: { after: old, command: [date] }\n",
            "E0453",
            3,
            20,
            "new"
        ),
        BrokenFile("itself", report("after: report"), "E0454", 3, 20),
        BrokenFile(
            "a cycle",
            leader + "  a: { after: c, command: [date] }\n  b: { after: a, command: [date] }\n"
                + "  c: { after: b, command: [date] }\n  d: { after: a, command: [date] }\n",
            "E0454",
            3,
            15
        ),
        BrokenFile("catch-up", report("after: export, catch_up: all"), "E0455", 3, 28),
        BrokenFile("lateness", report("after: export, late_after: 5m"), "E0455", 3, 28),
        BrokenFile("a list", report("after: [export, hello]"), "E0456", 3, 20),
        BrokenFile("a list of one", report("after: [export]"), "E0456", 3, 20, "export"),
        BrokenFile("a calendar", report("after: export, calendar: cn-workdays"), "E0427", 3, 28),
        BrokenFile("a change of clocks", report("after: export, dst_gap: skip"), "E0409", 3, 28),
        BrokenFile("another trigger", report("after: export, every: 1h"), "E0412", 3, 28),
        BrokenFile("no name", report("after: \"a b\""), "E0207", 3, 20),
    ]

    @Test(arguments: broken)
    func `one mistake gives one report with its place`(row: BrokenFile) {
        let reading = Fixture.read(row.text)
        let found = reading.diagnostics.filter { $0.severity == .error }
        #expect(
            found.map { "\($0.code) \($0.place.line):\($0.place.column)" }
                == ["\(row.code) \(row.line):\(row.column)"],
            "\(found.map(DiagnosticRenderer().line))"
        )
        #expect(found.first?.suggestion == row.suggestion)
    }

    @Test func `the whole cycle is shown in the order in which runs would start`() {
        let reading = Fixture.read(
            Self.leader + "  a: { after: c, command: [date] }\n  b: { after: a, command: [date] }\n"
                + "  c: { after: b, command: [date] }\n"
        )
        #expect(
            reading.diagnostics.map(\.message)
                == ["these schedules wait for each other: `a` -> `b` -> `c` -> `a`"]
        )
    }
}
