import DownbeatConfig
import DownbeatCore
import FoundationEssentials
import Testing

@Suite("log_stats in files")
struct LogStatsKeyTests {
    private static func file(_ value: String, _ lines: String...) -> String {
        Fixture.schedule(
            "every: 1h",
            lines.joined(separator: "\n    "),
            action: "log_stats: \(value)"
        )
    }

    private static func builtIn(_ text: String) throws -> BuiltIn {
        let reading = Fixture.read(text)
        #expect(reading.diagnostics.isEmpty)
        let schedule = try #require(reading.configuration?.schedules.first)
        guard case .builtIn(let builtIn) = schedule.definition.action else {
            throw NotBuiltIn()
        }
        return builtIn
    }

    private struct NotBuiltIn: Error {}

    private static func options(_ text: String) throws -> LogStatsOptions {
        try JSONDecoder().decode(
            LogStatsOptions.self,
            from: Data(try builtIn(text).options.utf8)
        )
    }

    @Test func `three keys are enough, and paths count from the file's folder`() throws {
        let builtIn = try Self.builtIn(
            Self.file("{ files: logs/access.log*, format: combined, window: previous_hour }")
        )
        #expect(builtIn.name == "log_stats")
        #expect(builtIn.words == "/srv/schedules/logs/access.log*, combined, previous hour")
        let text = """
            { files: ["../a.log", "/var/log/${EMPTY:-nginx}/*.log", b], format: common,
              window: since_last, group_by: [status, path, client], query: keep, top: 50 }
            """
        #expect(
            try Self.options(Self.file(text))
                == LogStatsOptions(
                    files: ["/srv/a.log", "/var/log/nginx/*.log", "/srv/schedules/b"],
                    format: .common,
                    window: .sinceLast,
                    groupBy: [.status, .path, .client],
                    query: .keep,
                    top: 50
                )
        )
        #expect(
            try Self.builtIn(Self.file(text)).words
                == "/srv/a.log and 2 more patterns, common, since the last run, by status, path and client"
        )
    }

    @Test func `a pattern and fields are read, the pattern as it stands`() throws {
        let pattern = #"(?<client>\S+) (?<time>[^$]+) (?<latency>[\d.]+)$"#
        let options = try Self.options(
            Self.file(
                "{ files: a, format: pattern, pattern: '\(pattern)', window: all, latency_unit: us }"
            )
        )
        #expect(options.format == .pattern(pattern))
        #expect(options.latencyUnit == .microseconds)
        let fields = try Self.options(
            Self.file(
                "{ files: a, format: json, fields: { time: \"@t\", status: r.s }, window: all }"
            )
        )
        #expect(fields.format == .json(fields: [.time: "@t", .status: "r.s"]))
    }

    @Test func `characters of the folder's name match themselves`() throws {
        let source = SourceBytes(
            path: "a.yaml",
            folder: "/srv/a[1]*",
            bytes: Array(Self.file("{ files: x*, format: common, window: all }").utf8)
        )
        let reading = Fixture.reader().decode([source], now: Fixture.now)
        let schedule = try #require(reading.configuration?.schedules.first)
        guard case .builtIn(let builtIn) = schedule.definition.action else { throw NotBuiltIn() }
        #expect(builtIn.options.contains(#""/srv/a\\[1]\\*/x*""#))
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var value: String
        var lines: [String]
        var more = ""

        var testDescription: String { value }

        init(_ value: String, _ lines: String..., more: String = "") {
            self.value = value
            self.lines = lines
            self.more = more
        }
    }

    private static let good = "files: a, format: combined, window: all"

    static let bad = [
        Bad(
            "x.log",
            "5:16: error[E0210]: `log_stats` takes a map, not text; write `{ files: \"x.log\", format: combined, window: previous_hour }`"
        ),
        Bad(
            "{ files: a }",
            "5:16: error[E0416]: `log_stats` needs `format` and `window`; add `format: combined, window: previous_hour`"
        ),
        Bad(
            "{ file: a, format: combined, window: all }",
            "5:18: error[E0208]: `file` is a key of other tools; write `files`"
        ),
        Bad(
            "{ files: a, format: combined, windw: all }",
            "5:46: error[E0201]: unknown key `windw`; did you mean `window`?"
        ),
        Bad(
            "{ \(good), timezone: UTC }",
            "5:59: error[E0205]: `timezone` is in the wrong place; `timezone` belongs beside `log_stats`"
        ),
        Bad(
            "{ \(good), group_by: [status, path, status] }",
            "5:84: error[E0417]: `status` stands twice; leave one of them out"
        ),
        Bad(
            "{ \(good), group_by: host }",
            "5:69: error[E0417]: lines of format combined carry no host; leave it out of `group_by`, or describe the lines with `format: pattern`"
        ),
        Bad(
            "{ \(good), group_by: [stauts] }",
            "5:70: error[E0360]: `group_by` has no value `stauts`; did you mean `status`?"
        ),
        Bad(
            "{ \(good), top: 1001 }",
            "5:64: error[E0362]: `top` is 1 to 1000, not 1001"
        ),
        Bad(
            "{ \(good), pattern: x }",
            "5:59: error[E0409]: `pattern` goes with `format: pattern`; remove it, or write `format: pattern`"
        ),
        Bad(
            "{ \(good), latency_unit: ms }",
            "5:59: error[E0409]: `latency_unit` goes with `format: json` or `pattern`; remove it, or write `format: json` or `pattern`"
        ),
        Bad(
            "{ files: \"~/a\", format: combind, window: al, query: cutt }",
            "5:25: error[E0376]: `~` has no meaning here: the daemon's home may be another's; write the whole path, or `${HOME}`",
            "5:40: error[E0360]: `format` has no value `combind`; did you mean `combined`?",
            "5:57: error[E0360]: `window` has no value `al`; did you mean `all`?",
            "5:68: error[E0360]: `query` has no value `cutt`; did you mean `cut`?"
        ),
        Bad(
            "{ files: [], format: json, fields: { time: a..b, statuss: s }, window: all }",
            "5:25: error[E0366]: `files` is an empty list",
            "5:65: error[E0201]: unknown key `statuss`; did you mean `status`?"
        ),
        Bad(
            "{ files: a, format: json, fields: { status: s.. }, window: all }",
            "5:50: error[E0417]: no field is the time; name it: `fields: { time: \"@timestamp\" }`",
            "5:60: error[E0417]: `s..` is no path of a value; write its keys, joined by dots: `http.response.status`"
        ),
        Bad(
            "{ files: a, format: json, window: all }",
            "5:36: error[E0416]: `format: json` needs `fields`; add `fields: { time: \"@timestamp\", status: status }`"
        ),
        Bad(
            "{ files: a, format: pattern, pattern: 'é(?<time>[^ ]+) (a**)', window: all }",
            "5:73: error[E0417]: a repetition is repeated; put the first one into a group: `(?:a*)+`"
        ),
        Bad(
            "{ files: a, format: combined, window: since_last }",
            "4:5: error[E0418]: `overlap: allow` contradicts `window: since_last`: two runs at once would count the same lines; goes on where the last run ended at schedules/a.yaml:5:46",
            more: "overlap: allow"
        ),
        Bad(
            "{ \(good) }",
            "4:5: error[E0205]: `group_by` is in the wrong place; `group_by` belongs under `log_stats`",
            more: "group_by: status"
        ),
        Bad(
            "{ \(good) }",
            "4:5: error[E0415]: `cwd` is for commands, not for `log_stats`; the action at schedules/a.yaml:5:5",
            more: "cwd: /srv"
        ),
    ]

    @Test(arguments: bad)
    func `each mistake is shown at its place with its remedy`(row: Bad) {
        let reading = Fixture.read(
            Self.file(row.value, row.more.isEmpty ? "enabled: true" : row.more)
        )
        let renderer = DiagnosticRenderer(colouring: .plain)
        #expect(
            reading.diagnostics.map { renderer.line($0) }
                == row.lines.map { "schedules/a.yaml:" + $0 }
        )
    }

    @Test func `an inherited overlap gives way to runs that follow one another`() throws {
        let value = "{ files: a, format: common, window: since_last }"
        let allow = "defaults: { overlap: allow }\n"
        let rows = [("enabled: true", OverlapPolicy.skip), ("catch_up: all", .queueAll)]
        for (line, overlap) in rows {
            let reading = Fixture.read(allow + Self.file(value, line))
            let schedule = try #require(reading.configuration?.schedules.first)
            #expect(schedule.overlap == overlap)
            #expect(schedule.remarks.contains { $0.contains("became `\(overlap.rawValue)`") })
        }
        let other = Fixture.read(allow + Self.file("{ files: a, format: common, window: all }"))
        #expect(other.configuration?.schedules.first?.overlap == .allow)
    }
}
