import DownbeatConfig
import DownbeatCore
import Testing

/// A text with one mistake, and what is to be said about it.
struct BrokenFile: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    var code: String
    var line: Int
    var column: Int
    var suggestion: String?

    var testDescription: String { name }

    init(
        _ name: String,
        _ text: String,
        _ code: String,
        _ line: Int,
        _ column: Int,
        _ suggestion: String? = nil
    ) {
        self.name = name
        self.text = text
        self.code = code
        self.line = line
        self.column = column
        self.suggestion = suggestion
    }

    /// A mistake on the third line, in a schedule `hello` that is well otherwise.
    init(
        key name: String,
        _ line: String,
        _ code: String,
        _ column: Int,
        _ suggestion: String? = nil
    ) {
        let trigger =
            line.hasPrefix("cron") || line.hasPrefix("at:") || line.hasPrefix("every")
                || line.hasPrefix("once") || line.hasPrefix("crontab") ? "" : "every: 10m"
        let action = line.hasPrefix("command") || line.hasPrefix("shell") ? "" : "command: [date]"
        self.init(
            name,
            Fixture.schedule(line, trigger, action: action),
            code,
            3,
            column,
            suggestion
        )
    }
}

@Suite("Broken files")
struct BrokenFileTests {
    static let yaml: [BrokenFile] = [
        BrokenFile(
            "unquoted star",
            "schedules:\n  a:\n    cron: */5 * * * *\n    command: [date]\n",
            "E0101",
            3,
            11,
            "cron: \"*/5 * * * *\""
        ),
        BrokenFile(
            "unquoted stars",
            "schedules:\n  a:\n    cron: * * * * *  # often\n    command: [date]\n",
            "E0101",
            3,
            11,
            "cron: \"* * * * *\"  # often"
        ),
        BrokenFile(
            "unquoted star in a list",
            "schedules:\n  a:\n    cron: [* 4 * * *, \"0 5 * * *\"]\n    command: [date]\n",
            "E0101",
            3,
            12,
            "cron: [\"* 4 * * *\", \"0 5 * * *\"]"
        ),
        BrokenFile(
            "unquoted at sign",
            "schedules:\n  a:\n    cron: @daily\n    command: [date]\n",
            "E0113",
            3,
            11,
            "cron: \"@daily\""
        ),
        BrokenFile("tab", "schedules:\n\ta:\n    every: 1m\n", "E0102", 2, 1),
        BrokenFile(
            "tab behind blanks",
            "schedules:\n  a:\n  \tevery: 1m\n    command: [date]\n",
            "E0102",
            3,
            3
        ),
        BrokenFile(
            "too little indentation",
            "schedules:\n  a:\n    every: 1m\n   command: [date]\n",
            "E0103",
            4,
            4
        ),
        BrokenFile(
            "too much indentation",
            "schedules:\n  a:\n    every: 1m\n      command: [date]\n",
            "E0103",
            4,
            7
        ),
        BrokenFile("undefined alias", "defaults: *base\n", "E0105", 1, 11),
        BrokenFile("second document", "schedules: {}\n---\nschedules: {}\n", "E0108", 2, 1),
        BrokenFile(
            "list as a key",
            "schedules:\n  ? [a]\n  : { every: 1m, command: [date] }\n",
            "E0109",
            2,
            5
        ),
        BrokenFile("map as a key", "{{a: 1}: 2}\n", "E0109", 1, 2),
        BrokenFile(
            "tag",
            "schedules:\n  a:\n    every: !seconds 10m\n    command: [date]\n",
            "E0110",
            3,
            12
        ),
        BrokenFile(
            "open quote",
            "schedules:\n  a:\n    cron: \"* * * * *\n    command: [date]\n",
            "E0111",
            3,
            11
        ),
        BrokenFile(
            "colon in text",
            "schedules:\n  a:\n    description: note: at night\n",
            "E0112",
            3,
            22
        ),
        BrokenFile(
            "open bracket",
            "schedules:\n  a:\n    command: [date\n    every: 1m\n",
            "E0114",
            3,
            14
        ),
        BrokenFile(
            "no blank behind the colon",
            "schedules:\n  a:\n    timeout:10m\n    every: 1m\n",
            "E0115",
            3,
            5
        ),
    ]

    static let keys: [BrokenFile] = [
        BrokenFile(key: "typo", "tmezone: Asia/Shanghai", "E0201", 5, "timezone"),
        BrokenFile(key: "key in upper case", "Timeout: 10m", "E0201", 5, "timeout"),
        BrokenFile(key: "key of nothing", "frobnicate: 10m", "E0201", 5),
        BrokenFile("unknown key at the top", "shedules: {}\n", "E0201", 1, 1, "schedules"),
        BrokenFile(key: "typo under retry", "retry: { time: 2 }", "E0201", 14, "times"),
        BrokenFile(key: "typo under crontab", "crontab: { minut: 0 }", "E0201", 16, "minute"),
        BrokenFile(key: "later key", "memory: 20m", "E0202", 5),
        BrokenFile(key: "later action", "task: reports.daily", "E0202", 5),
        BrokenFile(
            "later key at the top",
            "web: { bind: 127.0.0.1 }\nschedules: {}\n",
            "E0202",
            1,
            1
        ),
        BrokenFile(
            "duplicate key",
            Fixture.schedule("every: 1m", "timeout: 5m", "timeout: 6m"),
            "E0203",
            5,
            5
        ),
        BrokenFile(
            "duplicate key in braces",
            "schedules:\n  a: { every: 1m, command: [date], every: 2m }\n",
            "E0203",
            2,
            36
        ),
        BrokenFile(
            "duplicate schedule",
            "schedules:\n  每日: { every: 1m, command: [date] }\n  每日: { every: 2m, command: [date] }\n",
            "E0203",
            3,
            3
        ),
        BrokenFile(key: "quoted true", "enabled: \"true\"", "E0204", 14, "true"),
        BrokenFile(key: "yes", "enabled: yes", "E0204", 14, "true"),
        BrokenFile(key: "off", "enabled: off", "E0204", 14, "false"),
        BrokenFile(key: "True", "enabled: True", "E0204", 14, "true"),
        BrokenFile("trigger at the top", "cron: \"0 * * * *\"\n", "E0205", 1, 1),
        BrokenFile(key: "queues in a schedule", "queues: { default: 2 }", "E0205", 5),
        BrokenFile(key: "times in a schedule", "max_wait: 2m", "E0205", 5),
        BrokenFile(
            "schedule at the top",
            "hello:\n  every: 1m\n  command: [date]\n",
            "E0205",
            1,
            1
        ),
        BrokenFile(
            "zone in defaults",
            "defaults: { timezone: UTC }\nschedules: {}\n",
            "E0205",
            1,
            13
        ),
        BrokenFile(
            "names by case",
            "schedules:\n  a: { every: 1m, command: [date] }\n  A: { every: 1m, command: [date] }\n",
            "E0206",
            3,
            3
        ),
        BrokenFile(
            "blank in a name",
            "schedules:\n  a b: { every: 1m, command: [date] }\n",
            "E0207",
            2,
            3
        ),
        BrokenFile(
            "dash before a name",
            "schedules:\n  -b: { every: 1m, command: [date] }\n",
            "E0207",
            2,
            3
        ),
        BrokenFile(
            "long name",
            "schedules:\n  \(String(repeating: "长", count: 65)): { every: 1m, command: [date] }\n",
            "E0207",
            2,
            3
        ),
        BrokenFile(key: "cmd", "cmd: date", "E0208", 5, "command"),
        BrokenFile(
            key: "concurrencyPolicy",
            "concurrencyPolicy: Forbid",
            "E0208",
            5,
            "overlap: skip"
        ),
        BrokenFile(key: "suspend", "suspend: true", "E0208", 5, "enabled: false"),
        BrokenFile(key: "tz", "tz: UTC", "E0208", 5, "timezone"),
        BrokenFile("jobs", "jobs: {}\n", "E0208", 1, 1, "schedules"),
        BrokenFile(
            "merge of a text",
            "schedules:\n  a: { <<: b, every: 1m, command: [date] }\n",
            "E0209",
            2,
            12
        ),
        BrokenFile("list of schedules", "schedules:\n  - every: 1m\n", "E0210", 2, 3),
        BrokenFile("root is a list", "- a\n", "E0210", 1, 1),
        BrokenFile(key: "tags as text", "tags: backup nightly", "E0210", 11, "[backup, nightly]"),
        BrokenFile(key: "retry as a number", "retry: 3", "E0210", 12, "{ times: 3 }"),
        BrokenFile("newer format", "version: 2\nnew_key: 1\n", "E0212", 1, 10),
        BrokenFile(key: "no value", "timeout:", "E0215", 13),
    ]

    static let values: [BrokenFile] = [
        BrokenFile(key: "hour 25", "cron: \"0 25 * * mon-fri\"", "E0305", 14),
        BrokenFile(key: "hour 25 unquoted", "cron: 0 25 * * mon-fri", "E0305", 13),
        BrokenFile(
            key: "second rule of a list",
            "cron: [\"0 4 * * *\", \"0 4 * 13 *\"]",
            "E0305",
            32
        ),
        BrokenFile(key: "Celery hour", "crontab: { minute: 0, hour: \"7,24\" }", "E0305", 36),
        BrokenFile(key: "time of day", "at: [\"02:30\", \"2.30\"]", "E0330", 20),
        BrokenFile(key: "bare number", "timeout: 10", "E0341", 14),
        BrokenFile(key: "interval of nothing", "every: 0s", "E0343", 12),
        BrokenFile(key: "no such date", "until: 2027-02-30", "E0351", 12),
        BrokenFile(key: "once without time", "once: 2027-02-03", "E0353", 11),
        BrokenFile(key: "word", "overlap: skp", "E0360", 14, "skip"),
        BrokenFile(
            "gap word",
            Fixture.schedule("at: \"02:30\"", "dst_gap: skp"),
            "E0360",
            4,
            14,
            "skip"
        ),
        BrokenFile(
            "overlap of an interval",
            Fixture.schedule("every: 5m", "dst_overlap: both"),
            "E0409",
            4,
            5
        ),
        BrokenFile(
            "anchor without time",
            Fixture.schedule("every: 5m", "anchor: 2026-11-01"),
            "E0353",
            4,
            13
        ),
        BrokenFile(
            "anchor",
            Fixture.schedule("every: 5m", "anchor: last_ends"),
            "E0360",
            4,
            13,
            "last_end"
        ),
        BrokenFile(key: "octal", "catch_up_limit: 010", "E0361", 21, "10"),
        BrokenFile(
            "key without a colon",
            "schedules:\n  a:\n    timeout 10m\n    every: 1m\n",
            "E0115",
            3,
            5
        ),
        BrokenFile(key: "exponent", "catch_up_limit: 1e3", "E0361", 21),
        BrokenFile(key: "underscore", "catch_up_limit: 1_000", "E0361", 21),
        BrokenFile(key: "exit status", "success_codes: [0, 256]", "E0362", 24),
        BrokenFile(key: "jitter of retry", "retry: { jitter: 0.1 }", "E0363", 22, "10%"),
        BrokenFile(key: "factor", "retry: { factor: two }", "E0364", 22),
        BrokenFile(
            key: "command as text",
            "command: sync --since \"a b\"",
            "E0365",
            14,
            "[\"sync\", \"--since\", \"a b\"]"
        ),
        BrokenFile(key: "command with a pipe", "command: date | cat", "E0365", 14),
        BrokenFile(key: "empty command", "command: []", "E0366", 14),
        BrokenFile(key: "placeholder", "command: [sync, \"--on={{duee}}\"]", "E0367", 27),
        BrokenFile(key: "later placeholder", "command: [sync, \"{{window.start}}\"]", "E0368", 22),
        BrokenFile(key: "open placeholder", "env: { A: \"{{due\" }", "E0369", 16),
        BrokenFile(key: "unset variable", "description: at ${NOWHERE}", "E0370", 21),
        BrokenFile(key: "bad variable", "description: ${NO WHERE}", "E0371", 18),
        BrokenFile(key: "undeclared secret", "env: { A: secret:TOKEN }", "E0372", 15),
        BrokenFile(key: "variable name", "env: { 1A: x }", "E0375", 12),
        BrokenFile(key: "taken variable", "env: { DOWNBEAT_SLOT: x }", "E0375", 12),
        BrokenFile(key: "home", "cwd: ~/data", "E0376", 10),
        BrokenFile(key: "NUL", "command: [echo, \"a\\0b\"]", "E0377", 21),
        BrokenFile(key: "user", "user: app:app", "E0378", 11),
        BrokenFile(key: "zone", "timezone: Asia/Shanghia", "E0379", 15, "Asia/Shanghai"),
        BrokenFile(key: "Local", "timezone: Local", "E0379", 15),
        BrokenFile(key: "CST", "timezone: CST", "E0380", 15),
        BrokenFile(key: "zero grace", "grace: 0s", "E0383", 12),
        BrokenFile(key: "spread of seconds", "spread: 30s", "E0465", 13),
        BrokenFile(key: "spread over days", "spread: 2d", "E0465", 13),
        BrokenFile(
            "secret without source",
            "secrets: { TOKEN: abc }\nschedules: {}\n",
            "E0374",
            1,
            19
        ),
        BrokenFile("queue width", "queues: { default: 0 }\nschedules: {}\n", "E0362", 1, 20),
        BrokenFile(
            "queue as a map",
            "queues: { backup: { workers: 1 } }\nschedules: {}\n",
            "E0210",
            1,
            11,
            "backup: 1"
        ),
    ]

    static let contradictions: [BrokenFile] = [
        BrokenFile(key: "never", "cron: \"0 0 30 2 *\"", "E0401", 11),
        BrokenFile(
            "never within bounds",
            Fixture.schedule("at: \"02:30\"", "days: 15", "from: 2027-01-16", "until: 2027-01-20"),
            "E0401",
            3,
            9
        ),
        BrokenFile(
            "bounds",
            Fixture.schedule("every: 1m", "from: 2027-02-01", "until: 2027-01-01"),
            "E0402",
            5,
            12
        ),
        BrokenFile(key: "queue", "queue: defualt", "E0403", 12, "default"),
        BrokenFile(
            "catch-up",
            Fixture.schedule("every: 1m", "catch_up: all", "overlap: skip"),
            "E0404",
            5,
            5
        ),
        BrokenFile(
            "catch-up in defaults",
            "defaults: { overlap: replace, catch_up: all }\nschedules: {}\n",
            "E0404",
            1,
            31
        ),
        BrokenFile(
            "at most once",
            Fixture.schedule("every: 1m", "delivery: at_most_once", "retry: { times: 1 }"),
            "E0405",
            5,
            14
        ),
        BrokenFile(
            "renamed from one that exists",
            "schedules:\n  a: { every: 1m, command: [date] }\n  b: { every: 1m, command: [date], renamed_from: a }\n",
            "E0406",
            3,
            50
        ),
        BrokenFile(
            "renamed from itself",
            Fixture.schedule("every: 1m", "renamed_from: hello"),
            "E0407",
            4,
            19
        ),
        BrokenFile(
            "renamed twice",
            "schedules:\n  a: { every: 1m, command: [date], renamed_from: c }\n  b: { every: 1m, command: [date], renamed_from: c }\n",
            "E0408",
            3,
            50
        ),
        BrokenFile("days alone", Fixture.schedule("every: 1m", "days: mon"), "E0409", 4, 5),
        BrokenFile("keep", Fixture.schedule("every: 1m", "keep: { at_most: 5 }"), "E0410", 4, 13),
        BrokenFile("no trigger", Fixture.schedule(), "E0411", 2, 3),
        BrokenFile(
            "two triggers",
            Fixture.schedule("every: 1m", "cron: \"0 * * * *\""),
            "E0412",
            4,
            5
        ),
        BrokenFile("no action", Fixture.schedule("every: 1m", action: ""), "E0413", 2, 3),
        BrokenFile("two actions", Fixture.schedule("every: 1m", "shell: date"), "E0414", 5, 5),
    ]

    @Test(arguments: yaml + keys + values + contradictions)
    func `a mistake is named with its code, place and remedy`(_ row: BrokenFile) throws {
        let reading = Fixture.read(row.text)
        #expect(reading.outcome == .invalid)
        #expect(reading.configuration == nil)
        let errors = reading.diagnostics.filter { $0.severity == .error }
        let first = try #require(errors.first { $0.code == row.code }, "\(errors)")
        #expect(first.place.line == row.line)
        #expect(first.place.column == row.column)
        if let suggestion = row.suggestion { #expect(first.suggestion == suggestion) }
        #expect(errors.count == 1, "\(errors.map { "\($0.code) \($0.message)" })")
    }

    @Test(
        arguments: [
            (
                """
                queues: { backup: 0 }
                secrets: { TOKEN: abc }
                schedules:
                  a: { every: 1m, command: [date], queue: bakup, env: { A: secret:TOKN } }
                  b: { every: 1m, command: [date], queue: backup, env: { A: secret:TOKEN } }
                  c: { every: nix, command: date, queue: other }
                """,
                ["E0362", "E0374", "E0403", "E0372", "E0340", "E0365", "E0403"]
            ),
            (
                "queues: 2\nsecrets: [A]\nschedules:\n"
                    + "  a: { every: 1m, command: [date], queue: b, env: { A: secret:B } }\n",
                ["E0210", "E0210"]
            ),
            (
                "schedules:\n  a:\n    crontab: { minut: 0, hour: 99, day_of_week: mn }\n"
                    + "    command: [date]\n",
                ["E0201", "E0305", "E0310"]
            ),
            (
                "schedules:\n  a: { at: [25:00, 02:60], days: [mn, 32], command: [date] }\n",
                ["E0330", "E0330", "E0335", "E0335"]
            ),
        ]
    )
    func `all mistakes are named at once`(_ text: String, _ codes: [String]) {
        #expect(Fixture.read(text).diagnostics.map(\.code) == codes)
    }

    @Test func `every code has an entry in the catalog`() {
        for code in DiagnosticCode.allCases {
            #expect(ErrorCatalog.entry(code.rawValue) != nil, "\(code)")
        }
        #expect(Set(ErrorCatalog.all.map(\.code)).count == ErrorCatalog.all.count)
        #expect(ErrorCatalog.entry("e0201")?.title == "an unknown key")
        #expect(ErrorCatalog.entry("E9999") == nil)
    }
}
