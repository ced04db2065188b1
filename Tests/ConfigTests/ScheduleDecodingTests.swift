import DownbeatConfig
import DownbeatCore
import Testing

@Suite("Schedules in files")
struct ScheduleDecodingTests {
    private func configuration(_ text: String) throws -> Configuration {
        let reading = Fixture.read(text)
        return try #require(reading.configuration, "\(reading.diagnostics)")
    }

    private func schedule(_ text: String) throws -> Schedule {
        try #require(try configuration(text).schedules.first)
    }

    @Test func `a schedule without options has the built-in values`() throws {
        let schedule = try schedule(Fixture.schedule("every: 10m"))
        #expect(schedule.name == "hello")
        #expect(schedule.queue == "default")
        #expect(schedule.overlap == .skip)
        #expect(schedule.catchUp == CatchUp(policy: .skip))
        #expect(schedule.definition.action == .command(["date"]))
        #expect(schedule.definition.timeout == nil)
        #expect(schedule.definition.grace == .seconds(10))
        #expect(schedule.definition.retry == .none)
        #expect(schedule.definition.delivery == .atLeastOnce)
        #expect(schedule.definition.zone == "Asia/Shanghai")
        #expect(schedule.definition.revision.count == 16)
        #expect(schedule.isEnabled)
        #expect(schedule.source == SourcePlace(file: "schedules/a.yaml", line: 2, column: 3))
    }

    @Test func `all keys of this version are read`() throws {
        let schedule = try schedule(
            """
            version: 1
            timezone: UTC
            state: ../state
            drain: 1m
            queues: { backup: 3 }
            secrets:
              TOKEN: { env: APP_TOKEN }
              KEY: { file: keys/key }
            x-note: [anything]
            schedules:
              每日.备份_1:
                description: Nightly
                timezone: America/New_York
                at: ["15:30", 16:00]
                days: [mon-fri, last]
                from: 2026-12-01
                until: 2027-12-31
                command: [/bin/backup, "--since", "{{due}}", "${WAIT}"]
                env: { TZ: UTC, TOKEN: secret:TOKEN, FLAG: no, PRICE: $$5 }
                cwd: data/../work
                user: app
                success_codes: [0, 3]
                overlap: queue
                catch_up: once
                catch_up_within: 6h
                catch_up_limit: 7
                late_after: 2m
                timeout: ${WAIT}
                grace: 5s
                retry: { times: 3, wait: 1m, factor: 1.5, max_wait: 1h, jitter: 20% }
                expires: 1h
                spread: 20m
                queue: backup
                keep: { runs: 90d, output: 10d, at_most: 500, at_least: 5 }
                tags: [backup, 夜]
                enabled: false
                renamed_from: old
                x-owner: ops
            """
        )
        #expect(schedule.name == "每日.备份_1")
        #expect(
            schedule.definition.action == .command(["/bin/backup", "--since", "{{due}}", "45s"])
        )
        #expect(
            schedule.definition.environment == [
                EnvironmentVariable(name: "TZ", value: .text("UTC")),
                EnvironmentVariable(name: "TOKEN", value: .secret("TOKEN")),
                EnvironmentVariable(name: "FLAG", value: .text("no")),
                EnvironmentVariable(name: "PRICE", value: .text("$5")),
            ]
        )
        #expect(schedule.definition.workingDirectory == "/srv/schedules/work")
        #expect(schedule.definition.user == "app")
        #expect(schedule.definition.successCodes == [0, 3])
        #expect(schedule.definition.timeout == .seconds(45))
        #expect(schedule.definition.grace == .seconds(5))
        #expect(
            schedule.definition.retry
                == RetryPolicy(
                    times: 3,
                    wait: .seconds(60),
                    factor: 1.5,
                    maxWait: .seconds(3600),
                    jitter: 0.2
                )
        )
        #expect(schedule.overlap == .queue)
        #expect(
            schedule.catchUp
                == CatchUp(
                    policy: .once,
                    within: .seconds(6 * 3600),
                    limit: 7,
                    lateAfter: .seconds(120)
                )
        )
        #expect(schedule.expires == .seconds(3600))
        #expect(schedule.spread == .seconds(1200))
        #expect(schedule.queue == "backup")
        #expect(
            schedule.keep
                == KeepPolicy(
                    runs: .seconds(90 * 86_400),
                    output: .seconds(10 * 86_400),
                    atMost: 500,
                    atLeast: 5
                )
        )
        #expect(schedule.tags == ["backup", "夜"])
        #expect(!schedule.isEnabled)
        #expect(schedule.renamedFrom == "old")
        #expect(schedule.definition.zone == "America/New_York")
        #expect(schedule.rule.ruleText.contains("15:30"))
    }

    @Test func `settings of the service are read, with paths counted from their file`() throws {
        let settings = try configuration(
            """
            state: ../state
            drain: 1m
            queues: { backup: 3 }
            secrets: { TOKEN: { env: APP_TOKEN }, KEY: { file: keys/key } }
            timezone: ${ZONE}
            """
        ).settings
        #expect(settings.stateFolder == "/srv/state")
        #expect(settings.drain == .seconds(60))
        #expect(settings.queues == ["default": 2, "backup": 3])
        #expect(settings.zone == "Asia/Tokyo")
        #expect(
            settings.secrets == [
                "TOKEN": .environment("APP_TOKEN"), "KEY": .file("/srv/schedules/keys/key"),
            ]
        )
    }

    @Test(
        arguments: [
            ("at: 12:30", "daily 12:30"),
            ("at: 02:30:15", "daily 02:30:15"),
            ("cron: 0 * * * *", "0 * * * *"),
            ("cron: \"@daily\"", "@daily"),
            ("cron: \"@every 90s\"", "every 90s"),
            ("every: PT3S", "every 3s"),
        ]
    )
    func `values are read as written, never as YAML resolves them`(
        _ line: String,
        _ rule: String
    ) throws {
        #expect(try schedule(Fixture.schedule(line)).rule.ruleText == rule)
    }

    @Test(
        arguments: [
            ("cron: \"0 2 * * *\"", CatchUpPolicy.once), ("cron: \"0-59/20 * * * *\"", .skip),
            ("cron: \"*/5 * * * *\"", .skip), ("cron: \"@hourly\"", .skip),
            ("at: \"02:30\"", .once),
            ("once: 2030-01-01 08:00", .once), ("every: 1h", .skip),
            ("crontab: { hour: [7, 8], minute: 0 }", .once), ("crontab: { hour: 7 }", .skip),
        ]
    )
    func `the trigger decides the catch-up policy where none is written`(
        _ line: String,
        _ policy: CatchUpPolicy
    ) throws {
        #expect(try schedule(Fixture.schedule(line)).catchUp.policy == policy)
    }

    @Test(
        arguments: [
            ("anchor: start", Interval.Anchor.start), ("anchor: last_start", .lastStart),
            ("anchor: last_end", .lastEnd),
            ("anchor: \"00:05\"", .timeOfDay(TimeOfDay(secondOfDay: 300))),
            ("anchor: 1970-01-01T00:00:00Z", .instant(Timestamp(seconds: 0))), ("", .standard),
        ]
    )
    func `an interval takes every form of anchor`(_ line: String, _ anchor: Interval.Anchor) throws
    {
        let trigger = try schedule(Fixture.schedule("every: 10m", line)).rule.trigger
        #expect(trigger == .every(Interval(period: .seconds(600), anchor: anchor)))
    }

    @Test func `a shell script stands as written`() throws {
        let text = "schedules:\n  a:\n    every: 1m\n    shell: |\n      echo ${NOWHERE} {{x}} $$\n"
        #expect(try schedule(text).definition.action == .shell("echo ${NOWHERE} {{x}} $$\n"))
    }

    @Test func `a byte order mark and CRLF line ends are accepted`() throws {
        let text =
            "\u{FEFF}"
            + Fixture.schedule("every: 10m").split(separator: "\n").joined(separator: "\r\n")
        #expect(try schedule(text).definition.action == .command(["date"]))
        let broken = Fixture.read(text.replacing("every", with: "evrey"))
        #expect(
            broken.diagnostics.first?.place
                == SourcePlace(file: "schedules/a.yaml", line: 3, column: 5)
        )
        #expect(broken.diagnostics.first?.excerpt?.text == "    evrey: 10m")
    }

    @Test func `JSON is a schedule file`() throws {
        let text = #"{"schedules": {"a": {"every": "1m", "command": ["echo", "\u00e9"]}}}"#
        #expect(try schedule(text).definition.action == .command(["echo", "é"]))
    }

    @Test func `names are normalised, so that one name is one schedule`() throws {
        let reading = Fixture.read("schedules:\n  cafe\u{301}: { every: 1m, command: [date] }\n")
        let name = try #require(reading.configuration?.schedules.first?.name)
        #expect(Array(name.unicodeScalars) == Array("caf\u{E9}".unicodeScalars))
        let twice = Fixture.read([
            "a.yaml": "schedules:\n  cafe\u{301}: { every: 1m, command: [date] }\n",
            "b.yaml": "schedules:\n  caf\u{E9}: { every: 1m, command: [date] }\n",
        ])
        #expect(twice.diagnostics.map(\.code) == ["E0203"])
    }

    @Test func `an empty file has no schedules and a warning`() throws {
        for text in ["", "# nothing\n", "schedules:\n", "---\n"] {
            let configuration = try configuration(text)
            #expect(configuration.schedules.isEmpty)
            #expect(configuration.warnings.map(\.code) == ["W0002"])
        }
    }

    @Test(
        arguments: [
            ("once: 2020-01-01 08:00", "W0311"), ("every: 1m\n    until: 2020-01-01", "W0311"),
            ("cron: \"0 0 0 1 1 * 2020\"", "W0311"),
            ("cron: \"*/30 2 * 3 sun#2\"\n    timezone: America/New_York", "W0311"),
            (
                "cron: \"30 2 8-14 3 +sun\"\n    timezone: America/New_York\n    dst_gap: skip",
                "W0311"
            ),
            ("cron: \"0 0 29 2 *\"", "W0401"), ("cron: \"* 2 * * *\"", "W0304"),
            ("cron: \"0 0 1 * mon\"", "W0303"),
            ("every: 1d\n    timezone: America/New_York", "W0306"),
            ("every: 12h\n    timezone: America/New_York", "W0306"),
            ("cron: \"@every 1d\"\n    timezone: Europe/Berlin", "W0306"),
            ("cron: [\"0 0 * * *\", \"@daily\"]", "W0403"), ("at: [\"02:30\", 2:30]", "W0403"),
            ("crontab: { hour: 7 }", "W0305"),
            ("every: 1m\n    env: { API_TOKEN: abcdef123456 }", "W0312"),
        ]
    )
    func `what is valid but seldom meant is a warning`(_ line: String, _ code: String) throws {
        let configuration = try configuration(Fixture.schedule(line))
        #expect(configuration.warnings.map(\.code) == [code])
    }

    @Test(
        arguments: [
            "every: 1d\n    anchor: \"06:00\"", "every: 1w", "every: 12h", "cron: \"@every 2d\"",
            "every: 1h\n    timezone: America/New_York",
            "every: 5h\n    timezone: America/New_York",
            "every: 2d\n    timezone: America/New_York\n    anchor: last_end",
            "at: [\"02:30\", \"14:30\"]", "cron: [\"0 0 * * *\", \"0 0 * * mon\"]",
        ]
    )
    func `what can be meant as it stands is no warning`(_ line: String) throws {
        #expect(try configuration(Fixture.schedule(line)).warnings == [])
    }

    @Test func `the name of a schedule decides what H stands for`() throws {
        let configuration = try configuration(
            """
            schedules:
              a: { cron: "H H * * *", command: [date] }
              b: { cron: "H H * * *", command: [date] }
            """
        )
        let rules = configuration.schedules.sorted { $0.name < $1.name }.map(\.rule.trigger)
        #expect(
            try rules == ["a", "b"].map { .cron([try Crontab("H H * * *", hashedBy: $0)]) }
        )
        #expect(rules[0] != rules[1])
    }

    @Test func `changes of the clock are a policy of a file or of a schedule`() throws {
        let configuration = try configuration(
            """
            defaults: { dst_gap: skip, dst_overlap: both }
            schedules:
              a: { at: "02:30", command: [date] }
              b: { cron: "*/5 * * * *", dst_gap: shift, dst_overlap: second, command: [date] }
              c: { every: 1h, command: [date] }
              d: { crontab: { minute: "0" }, dst_gap: auto, dst_overlap: auto, command: [date] }
            """
        )
        #expect(
            configuration.schedules.sorted { $0.name < $1.name }.map(\.rule.daylight)
                == [
                    DaylightPolicy(gap: .skip, overlap: .both),
                    DaylightPolicy(gap: .shift, overlap: .second), DaylightPolicy(),
                    DaylightPolicy(),
                ]
        )
    }

    @Test func `an anchor may be a local time of the schedule's zone`() throws {
        let local = try schedule(
            Fixture.schedule("every: 36h", "timezone: Asia/Tokyo", "anchor: 2026-11-01 08:00")
        )
        let exact = try schedule(
            Fixture.schedule(
                "every: 36h",
                "timezone: Asia/Tokyo",
                "anchor: 2026-11-01T08:00:00+09:00"
            )
        )
        #expect(local.rule == exact.rule)
        #expect(local.rule.summary == "every 36h")
    }

    @Test(
        arguments: [
            "env: { API_TOKEN: hunter2hunter2, 1A: x }",
            "env: { API_TOKEN: hunter2hunter2, B: secret:NONE }",
            "env: { 1_TOKEN: hunter2hunter2 }",
            "env: { API_TOKEN: hunter2hunter2, API_TOKEN: x }",
            "env: { API_TOKEN: \"hunter2hunter2\", B: *x }", "env: { API_TOKEN: hunter2hunter2",
            "env:\n      API_TOKEN: @hunter2hunter2",
            "env: { A: \"{{duee}}\", B: sk-hunter2hunter2 }",
            "env: { PASSWORD: 'hunter2hunter2' }, user: a:b",
        ]
    )
    func `no problem shows a line with a secret`(_ line: String) {
        let reading = Fixture.read(Fixture.schedule("every: 1m", line))
        #expect(!reading.diagnostics.isEmpty)
        for diagnostic in reading.diagnostics {
            #expect(!DiagnosticRenderer().block(diagnostic).contains("hunter2"))
            #expect(!DiagnosticRenderer().line(diagnostic).contains("hunter2"))
            #expect(diagnostic.suggestion?.contains("hunter2") != true)
        }
    }

    @Test func `a warning about a secret does not show it`() throws {
        let text = Fixture.schedule("every: 1m", "env: { API_TOKEN: abcdef123456 }")
        let diagnostic = try #require(Fixture.read(text).diagnostics.first)
        #expect(!DiagnosticRenderer().block(diagnostic).contains("abcdef123456"))
        #expect(!DiagnosticRenderer().line(diagnostic).contains("abcdef123456"))
    }

    @Test func `pipes in a command list are warned about`() throws {
        let configuration = try configuration(
            Fixture.schedule("every: 1m", action: "command: [date, \"|\", cat]")
        )
        #expect(configuration.warnings.map(\.code) == ["W0313"])
    }

    @Test func `the revision follows the definition and not its place`() throws {
        let first = try schedule(Fixture.schedule("every: 10m"))
        let moved = try schedule("\n\n" + Fixture.schedule("every: 10m", "x-note: 1"))
        let changed = try schedule(Fixture.schedule("every: 10m", "timeout: 1m"))
        #expect(first.revision == moved.revision)
        #expect(first.revision != changed.revision)
        #expect(first.definition.revision == first.revision)
    }
}
