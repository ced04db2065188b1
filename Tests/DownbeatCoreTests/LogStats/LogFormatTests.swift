import DownbeatCore
import Support
import Testing

@Suite("Log formats")
struct LogFormatTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var format: LogFormat = .combined
        var line: String
        var query = LogStatsOptions.Query.cut
        /// Keys by field; nil: the line is malformed.
        var keys: [LogField: String]?
        var bytes: Int64 = 0
        var seconds: Int64 = 1_791_640_536
        /// The largest latency in milliseconds.
        var latency: Double?
    }

    private static let combined: [Row] = [
        Row(
            testDescription: "the usual line",
            line:
                #"10.0.0.1 - frank [10/Oct/2026:13:55:36 +0000] "GET /a?b HTTP/1.0" 200 23 "r" "a""#,
            keys: [.status: "200", .method: "GET", .path: "/a", .referrer: "r", .agent: "a"],
            bytes: 23
        ),
        Row(
            testDescription: "a query that is kept",
            line: #"::1 - - [10/Oct/2026:13:55:36 +0000] "GET /a?b HTTP/1.0" 200 - "-" "-""#,
            query: .keep,
            keys: [.path: "/a?b", .client: "::1", .agent: "-"]
        ),
        Row(
            testDescription: "another offset, a user with a blank, escapes",
            line:
                #"::1 - a b [10/Oct/2026:19:25:36 +0530] "GET /\"x\" HTTP/1.1" 500 1 "\\" "\"" 9"#,
            keys: [.path: #"/\"x\""#, .referrer: #"\\"#, .agent: #"\""#, .class: "5xx"],
            bytes: 1
        ),
        Row(
            testDescription: "a connection that said nothing",
            line: #"::1 - - [10/Oct/2026:13:55:36 +0000] "-" 408 - "-" "-""#,
            keys: [.status: "408", .method: "-", .path: "-"]
        ),
        Row(
            testDescription: "no status",
            line: #"::1 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" - 5 "-" "-""#,
            keys: [.status: "-", .class: "-"],
            bytes: 5
        ),
        Row(
            testDescription: "a leap second",
            line: #"::1 - - [10/Oct/2026:13:55:60 +0000] "GET / HTTP/1.1" 200 5 "-" "-""#,
            keys: [.status: "200"],
            bytes: 5,
            seconds: 1_791_640_560
        ),
        Row(
            testDescription: "no agent",
            line: #"::1 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 5"#
        ),
        Row(
            testDescription: "hour 24",
            line: #"::1 - - [10/Oct/2026:24:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "-""#
        ),
        Row(
            testDescription: "text behind a quote",
            line: #"::1 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "-"x"#
        ),
    ]

    private static let fields: [LogRole: String] = [
        .client: "remote_addr", .time: "time", .method: "http.method", .path: "http.url.path",
        .status: "status", .bytes: "sent", .latency: "took", .host: "host", .agent: "http.agent",
    ]

    private static let json: [Row] = [
        Row(
            testDescription: "nested objects and escapes",
            format: .json(fields: fields),
            line:
                #"{"time":"2026-10-10T21:55:36.25+08:00","x":[{"status":1},"}"],"status":404,"#
                + #""http":{"method":"GET","url":{"path":"/\u56fe\/\ud83d\ude00?q"},"agent":"\"q\""},"#
                + #""remote_addr":"1.2.3.4","sent":"7","took":0.25,"host":null}"#,
            keys: [.status: "404", .method: "GET", .path: "/图/😀", .agent: "\"q\"", .host: "-"],
            bytes: 7,
            latency: 250
        ),
        Row(
            testDescription: "keys with dots, seconds with a fraction",
            format: .json(fields: fields),
            line:
                #" { "time" : 1791640536.25 , "http.method" : "PUT", "http": {"url.path":"/p"} } "#,
            keys: [.method: "PUT", .path: "/p", .status: "-"]
        ),
        Row(
            testDescription: "milliseconds",
            format: .json(fields: fields),
            line: #"{"time":1791640536250,"status":"200"}"#,
            keys: [.status: "200"]
        ),
        Row(
            testDescription: "nginx time, the last of two keys",
            format: .json(fields: fields),
            line: #"{"status":1,"time":"10/Oct/2026:13:55:36 +0000","status":201}"#,
            keys: [.status: "201"]
        ),
        Row(
            testDescription: "no time",
            format: .json(fields: fields),
            line: #"{"status":200}"#
        ),
        Row(
            testDescription: "cut off",
            format: .json(fields: fields),
            line: #"{"time":1791640536,"status":200"#
        ),
        Row(
            testDescription: "a list",
            format: .json(fields: fields),
            line: #"[1791640536]"#
        ),
        Row(
            testDescription: "a status that is none",
            format: .json(fields: fields),
            line: #"{"time":1791640536,"status":"ok"}"#
        ),
    ]

    private static let virtualHost = LogFormat.pattern(
        #"(?<host>[^ :]+)(?::\d+)? (?<client>\S+) \S+ .*? \[(?<time>[^\]]+)\] "#
            + #""(?<method>[A-Z]{3,7}) (?<path>.*?)(?: HTTP/[\d.]+)?" (?<status>\d{3}) (?<bytes>\d+|-)"#
            + #"(?: (?<latency>[\d.]+|-))?$"#
    )

    private static let pattern: [Row] = [
        Row(
            testDescription: "a virtual host in front, a latency behind",
            format: virtualHost,
            line:
                #"a.org:443 ::1 - x y [10/Oct/2026:13:55:36 +0000] "GET /a b?c HTTP/2.0" 200 5 0.5"#,
            keys: [.host: "a.org", .client: "::1", .path: "/a b", .method: "GET"],
            bytes: 5,
            latency: 500
        ),
        Row(
            testDescription: "without what is optional",
            format: virtualHost,
            line: #"a.org ::1 - - [10/Oct/2026:13:55:36 +0000] "POST /" 200 -"#,
            keys: [.host: "a.org", .path: "/", .method: "POST"]
        ),
        Row(
            testDescription: "behind the end",
            format: virtualHost,
            line: #"a.org ::1 - - [10/Oct/2026:13:55:36 +0000] "POST /" 200 - x"#
        ),
        Row(
            testDescription: "a local time, a comma, classes and escapes",
            format: .pattern(#"\[?(?<time>\d{4}-\d\d-\d\d [^ ]+)[\]\-] (?<path>\x2f[^\s"]*)"#),
            line: "[2026-10-10 21:55:36,250] /x rest",
            keys: [.path: "/x"]
        ),
    ]

    @Test(arguments: combined + json + pattern)
    func `a line is taken apart`(row: Row) throws {
        let fields = Array((row.keys ?? [:]).keys).sorted { $0.rawValue < $1.rawValue }
        let result = try LogCount.of(
            row.line + "\n",
            LogCount.options(row.format, by: fields, query: row.query),
            zone: try ZoneFiles().zone(named: "Asia/Shanghai")
        )
        guard let keys = row.keys else {
            #expect(result.lines == 0)
            #expect(result.malformed == 1)
            return
        }
        #expect(result.lines == 1, "\(result.samples)")
        for group in result.groups { #expect(group.key == keys[group.by]) }
        #expect(result.groups.count == keys.count)
        #expect(result.bytes == row.bytes)
        #expect(result.windowStart.seconds == row.seconds)
        #expect(result.latency?.max == row.latency)
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        var pattern: String
        var offset: Int
        var message: String

        var testDescription: String { pattern }
    }

    static let refusals = [
        Refusal(pattern: "", offset: 0, message: "the pattern is empty"),
        Refusal(pattern: "(?<time>a", offset: 0, message: "`(` is not closed"),
        Refusal(pattern: "a)", offset: 1, message: "`)` closes nothing"),
        Refusal(pattern: "(?<when>a)", offset: 3, message: "no part of a line is called `when`"),
        Refusal(
            pattern: "(?<time>a)(?<time>b)",
            offset: 10,
            message: "two groups are named `time`"
        ),
        Refusal(pattern: "(?=a)", offset: 0, message: "this kind of group is not supported"),
        Refusal(pattern: "a\\b", offset: 1, message: "`\\b` is not supported"),
        Refusal(pattern: "(a)\\1", offset: 3, message: "`\\1` is not supported"),
        Refusal(pattern: "*a", offset: 0, message: "`*` repeats nothing"),
        Refusal(pattern: "a**", offset: 1, message: "a repetition is repeated"),
        Refusal(pattern: "[a", offset: 0, message: "`[` is not closed"),
        Refusal(pattern: "[z-a]", offset: 1, message: "this is no range of characters"),
        Refusal(pattern: "[é]", offset: 1, message: "a character beyond ASCII stands in brackets"),
        Refusal(pattern: "a{2", offset: 1, message: "this is no count of repetitions"),
        Refusal(pattern: "a{300}", offset: 1, message: "this is no count of repetitions"),
        Refusal(pattern: "(?:a{200}){200}", offset: 0, message: "the pattern is too large"),
        Refusal(pattern: "a^", offset: 1, message: "`^` stands inside the pattern"),
        Refusal(pattern: "a\\", offset: 1, message: "the pattern ends with a backslash"),
    ]

    @Test(arguments: refusals)
    func `a pattern that is not understood is refused at its place`(refusal: Refusal) throws {
        let failure = try #require(throws: LinePattern.Failure.self) {
            try LinePattern(refusal.pattern)
        }
        #expect(failure.message == refusal.message)
        #expect(failure.offset == refusal.offset)
    }

    @Test(
        arguments: [
            #"(?<path>a*)(?<agent>[ab]*)"#, #"(?<path>[^"]*)"(?<agent>.*?)""#,
            #"(?<path>(?:a|ab)+)(?<agent>b*)-"#, #"(?<path>a+?)(?<agent>.*)b$"#,
            #"(?<path>\S+) (?<agent>\S+ ?|)-?"#, #"(?:a*|(?<path>b+)) ?(?<agent>[ab-]{2,4}?)[^a]"#,
            #"(?<path>(?:ab?)*?)(?<agent>-|"| )+"#,
        ]
    )
    func `a pattern finds what Swift's own expressions find`(pattern: String) throws {
        var random = SeededGenerator.ofThisRun()
        let signs = Array("aab b-\"")
        let regex = try Regex(pattern)
        let options = LogCount.options(.pattern("(?<time>1) " + pattern), by: [.path, .agent])
        for _ in 0..<300 {
            let text = String((0..<(random.next() % 12)).map { _ in signs[Int(random.next() % 7)] })
            let result = try LogCount.of("1 \(text)\n", options)
            let match = text.prefixMatch(of: regex)
            let found = ["path", "agent"].compactMap { name in
                match.map { $0[name]?.substring.map(String.init) ?? "" }
            }.map { $0.isEmpty ? "-" : $0 }
            let note: Comment = "DOWNBEAT_TEST_SEED=\(random.seed), \(text)"
            #expect(result.groups.map(\.key) == found, note)
        }
    }

    @Test func `a pattern that would make others go back for ever takes linear time`() throws {
        let line = "2026-10-10T00:00:00Z " + String(repeating: "a", count: 20_000) + "\n"
        let options = LogCount.options(.pattern("(?<time>\\S+) (?:a*)*(?:a|aa)+b"))
        #expect(try LogCount.of(line, options).malformed == 1)
    }

    @Test func `what does not fit together is named by its key`() throws {
        var options = LogCount.options(.common, by: [.path, .agent, .path, .host], top: 0)
        options.files = ["", "a"]
        #expect(
            options.problems.map(\.key) == [
                "files[0]", "group_by[1]", "group_by[2]", "group_by[3]", "top",
            ]
        )
        options = LogCount.options(.json(fields: [.status: "a..b"]), by: [.host])
        #expect(options.problems.map(\.key) == ["fields", "fields.status", "group_by[0]"])
        options = LogCount.options(.pattern("(?<status>\\d+"), by: [.host])
        #expect(options.problems.map(\.key) == ["pattern"])
        #expect(options.problems.first?.offset == 0)
        #expect(LogCount.options(Self.virtualHost, by: [.host, .path]).problems.isEmpty)
    }
}
