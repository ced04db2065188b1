import DownbeatCore
import Testing

@Suite("Wrong use")
struct WrongUseTests {
    /// What is typed, and how it is answered.
    struct Typo: CustomTestStringConvertible {
        var arguments: [String]
        var status: Int32
        var first: String

        init(_ line: String, _ status: Int32, _ first: String) {
            arguments = line.split(separator: " ").map(String.init)
            self.status = status
            self.first = first
        }

        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test(arguments: [
        Typo("nxt", 64, "error: unknown command `nxt`; did you mean `next`?"),
        Typo("help nxt", 64, "error: unknown command `nxt`; did you mean `next`?"),
        Typo("runs shw", 64, "error: unknown command `runs shw`; did you mean `runs show`?"),
        Typo("next --wihtin 3h", 64, "error: unknown option `--wihtin`; did you mean `--within`?"),
        Typo("next -o tabel", 64, "error: unknown value `tabel` for `-o`; did you mean `table`?"),
        Typo(
            "next --color som",
            64,
            "error: unknown value `som` for `--color`; use one of `auto`, `always`, `never`"
        ),
        Typo("runs --state faild", 64, "error: unknown state `faild`; did you mean `failed`?"),
        Typo("completions fsh", 64, "error: unknown shell `fsh`; did you mean `zsh` or `fish`?"),
        Typo(
            "run log-stat",
            66,
            "error: no schedule `log-stat`; did you mean `log-stats`?   (downbeat schedules)"
        ),
        Typo(
            "next 每日备分",
            66,
            "error: no schedule `每日备分`; did you mean `每日备份`?   (downbeat schedules)"
        ),
        Typo(
            "next --zone Asia/Shangai",
            64,
            "error: unknown time zone `Asia/Shangai`; did you mean `Asia/Shanghai`?"
        ),
        Typo("next -n -1", 64, "error: -n -1 is out of range"),
        Typo("next --lang fr", 64, "error: unknown value `fr` for `--lang`; use one of `en`"),
        Typo("export icz", 64, "error: unknown command `export icz`; did you mean `export ics`?"),
        Typo("explain e101", 66, "error: no error code `E101`; did you mean `E0101`"),
        Typo("runs show 01ZZZZ", 66, "error: no run or schedule `01ZZZZ`"),
        Typo("cancel zzzzzz", 66, "error: no run or schedule `zzzzzz`"),
        Typo("logs 123456", 66, "error: no run or schedule `123456`"),
        Typo("retry nothing", 66, "error: no run or schedule `nothing`"),
        Typo("logs log-stat", 66, "error: no run or schedule `log-stat`; did you mean `log-stats`"),
        Typo("simulate --from 2027-01-02 --to 2027-01-01", 64, "error: nothing lies between"),
        Typo("simulate --days 0", 64, "error: --days 0 is out of range"),
        Typo("simulate --days 1 --to 2027-01-01", 64, "error: `--to` and `--days` say the same"),
        Typo("simulate --workers none", 64, "error: --workers `none`"),
        Typo("simulate --workers bakup=2", 66, "error: no queue `bakup`; did you mean `backup`"),
        Typo("simulate --assume log-stat=5s", 66, "error: no schedule `log-stat`; did you mean"),
        Typo("audit dst --years 0", 64, "error: --years 0 is out of range"),
        Typo("audit dst log-stat", 66, "error: no schedule `log-stat`; did you mean `log-stats`"),
        Typo("audit dst --timezone UTC", 64, "error: `--timezone` goes with an expression"),
        Typo("audit", 64, "error: `audit` needs one of its subcommands"),
        Typo("web --bind x", 64, "error: `web` is not in this version"),
        Typo("bench", 64, "error: `bench` needs one of its subcommands"),
        Typo("next --within 10", 64, "error: --within `10`"),
        Typo("run", 64, "error: missing expected argument `<name>`"),
        Typo("runs --limit 0", 64, "error: --limit 0 is out of range"),
    ])
    func `a typo gets its suggestion`(typo: Typo) throws {
        let result = try Samples.serviceWithState().run(typo.arguments)
        #expect(result.status == typo.status)
        #expect(result.output == "")
        let first = result.errors.split(separator: "\n").first.map(String.init) ?? ""
        #expect(first.hasPrefix(typo.first))
    }

    @Test(arguments: [
        (StoreError.busy("held"), Int32(75)),
        (.full("0 left"), 74),
        (.readOnly("ro"), 74),
        (.inputOutput("eio"), 74),
        (.damaged("page 3"), 65),
        (.newerSchema(found: 9, supported: 7), 65),
        (.notFound("no such run"), 66),
        (.conflict("it has ended"), 75),
    ])
    func `an error of the store has its exit status and a remedy`(
        error: StoreError,
        status: Int32
    ) throws {
        let downbeat = try Samples.serviceWithState()
        downbeat.service.set { $0.failure = error }
        let result = downbeat("runs")
        #expect(result.status == status)
        #expect(result.errors.hasPrefix("error: "))
        #expect(result.output == "")
    }

    @Test func `errors have their colour, and what they quote has none`() throws {
        var downbeat = try Samples.serviceWithState()
        downbeat.environment = ["NO_COLOR": "", "TERM": "xterm"]
        let result = downbeat("run", "a\u{1B}[31mb")
        #expect(result.errors.hasPrefix("\u{1B}[31merror:\u{1B}[0m no schedule `a\\u{1B}[31mb`"))
        #expect(downbeat("nxt", "--color", "never").errors.hasPrefix("error: "))
    }

    @Test func `what needs no database does without one that cannot be read`() throws {
        let downbeat = try Samples.serviceWithState()
        downbeat.service.set { $0.failure = .damaged("page 3") }
        for arguments in [["next"], ["explain", "log-stats"]] {
            let result = downbeat.run(arguments)
            #expect(result.status == 0)
            #expect(result.output.contains("log-stats"))
            #expect(result.errors.contains("the database is damaged"))
        }
        #expect(downbeat("schedules").status == 65)
    }

    @Test func `another user's folder is named as such`() throws {
        var downbeat = try Samples.serviceWithState()
        downbeat.service.set { $0.failure = .readOnly("it belongs to user 0") }
        // A file that everybody has stands for a folder that is none.
        downbeat.environment["DOWNBEAT_STATE"] = "/etc/passwd"
        let file = downbeat("runs")
        #expect(file.status == 74)
        #expect(file.errors.contains("the state folder /etc/passwd is not a folder"))
    }

    @Test func `reads go by the database while the files are broken`() throws {
        let downbeat = try Samples.serviceWithState()
        downbeat.service.set { content in
            content.reading = Samples.brokenReading
            content.owners = [Samples.daemon()]
        }
        let why = downbeat("why", "tidy-tmp")
        #expect(why.output.contains("does not run: paused until Mon 11-23 09:00:00"))
        #expect(why.output.contains("the schedule files have 1 error (downbeat check)"))
        let schedules = downbeat("schedules")
        #expect(schedules.status == 0)
        #expect(schedules.output.contains("tidy-tmp"))
        #expect(schedules.errors.contains("note: the schedule files have 1 error"))
        let status = downbeat("status", "--json")
        #expect(status.output.contains("\"next\":{\"schedule\":\"sync-orders\""))
        #expect(status.output.contains("{\"name\":\"backup\",\"waiting\":0"))
        #expect(status.output.contains("\"reload_error\":{\"file\":\"schedules/a.yaml\""))
        #expect(downbeat("status").output.contains("files           the files have errors: "))
    }

    @Test func `reads never make a database, and say where they looked`() throws {
        let downbeat = try Samples.serviceWithState()
        downbeat.service.set { $0.hasDatabase = false }
        for arguments in [["runs"], ["logs", "x"], ["pause", "--all"], ["retry", "x"]] {
            let result = downbeat.run(arguments)
            #expect(result.status == 66)
            #expect(result.errors.contains("no database at /srv/app/.downbeat/state.db"))
        }
        #expect(downbeat("next").status == 0)
        #expect(downbeat("schedules").status == 0)
    }

    @Test func `problems of the files are shown in full, in lines, and as json`() throws {
        let downbeat = CommandLine()
        let place = SourcePlace(file: "schedules/备份.yaml", line: 6, column: 5)
        let problem = Diagnostic(
            severity: .error,
            code: "E0201",
            message: "unknown key `tmezone`",
            place: place,
            suggestion: "timezone",
            excerpt: Diagnostic.Excerpt(
                place: place,
                text: "    tmezone: Asia/Shanghai",
                length: 7,
                label: "did you mean `timezone`?"
            )
        )
        downbeat.service.set { content in
            content.reading = ConfigurationReading(
                configuration: nil,
                diagnostics: [problem],
                files: ["schedules/备份.yaml"],
                scheduleCount: 1
            )
        }
        let full = downbeat("check")
        #expect(full.status == 78)
        #expect(
            full.output == """
                error[E0201]: unknown key `tmezone`
                  --> schedules/备份.yaml:6:5
                   |
                 6 |     tmezone: Asia/Shanghai
                   |     ^^^^^^^ did you mean `timezone`?

                1 error, 0 warnings in 1 file     downbeat explain E0201

                """
        )
        let line =
            "schedules/备份.yaml:6:5: error[E0201]: unknown key `tmezone`; did you mean `timezone`?\n"
        #expect(downbeat.piped("check").output == line)
        #expect(
            downbeat("check", "--json").output == """
                {"v":1,"items":[{"file":"schedules/备份.yaml","line":6,"column":5,"severity":"error",\
                "code":"E0201","message":"unknown key `tmezone`","suggestion":"timezone"}]}

                """
        )
        let next = downbeat("next")
        #expect(next.status == 78)
        #expect(next.errors.hasPrefix(line))
    }

    @Test func `warnings pass, unless they are to be strict`() throws {
        let downbeat = CommandLine()
        var reading = Samples.reading(try Samples.hello())
        reading.diagnostics = [
            Diagnostic(
                severity: .warning,
                code: "W0401",
                message: "rarely fires",
                place: SourcePlace(file: "a.yaml", line: 1, column: 1)
            )
        ]
        let warned = reading
        downbeat.service.set { $0.reading = warned }
        #expect(downbeat("check").status == 0)
        #expect(downbeat("check").output.hasSuffix("ok  2 files, 1 schedule, 1 warning\n"))
        #expect(downbeat("check", "--strict").status == 78)
        downbeat.service.set { $0.reading = ConfigurationReading(configuration: nil, missing: "x") }
        #expect(downbeat("check", "x").status == 66)
    }

    @Test func `every command has three examples before its options`() {
        let names = [
            "init", "check", "next", "explain", "up", "beat", "worker", "status", "schedules",
            "runs", "logs", "run", "retry", "cancel", "pause", "resume", "skip", "plan", "apply",
            "why", "export", "migrate", "doctor", "version", "completions", "bench",
        ]
        for name in names {
            let help = CommandLine()(name, "--help")
            #expect(help.status == 0)
            let head = help.output.split(separator: "USAGE:").first ?? ""
            let examples = head.split(separator: "\n").filter { $0.contains("downbeat ") }
            #expect(examples.count >= 3, "\(name)")
        }
    }

    @Test func `doctor counts failures and says how to mend them`() throws {
        let downbeat = try Samples.serviceWithState()
        downbeat.service.set { $0.facts.problems = ["page 3 is damaged"] }
        let result = downbeat("doctor")
        #expect(result.status == 1)
        #expect(
            result.output.contains("FAIL  ./.downbeat/state.db: page 3 is damaged\n      fix: ")
        )
        #expect(result.output.contains("ok    zone data 2026b, Asia/Shanghai known\n"))
        #expect(result.output.contains("ok    keeper uses pidfd, close_range, timerfd\n"))
    }

    @Test func `doctor finds users and folders that are not there`() throws {
        let downbeat = try Samples.serviceWithState()
        var schedules = try Samples.several()
        schedules[0].definition.user = "no-such-user"
        schedules[1].definition.workingDirectory = "/no/such/folder"
        schedules[2].definition.user = "root"
        schedules[2].definition.workingDirectory = "/"
        let changed = schedules
        downbeat.service.set { $0.reading = Samples.reading(changed) }
        let result = downbeat("doctor")
        #expect(result.status == 1)
        let output = result.output
        #expect(output.contains("FAIL  sync-orders runs as user `no-such-user`"))
        #expect(output.contains("FAIL  log-stats starts in `/no/such/folder`"))
        #expect(output.contains("fix: make the folder, or correct `cwd:` at schedules/logs.yaml"))
        #expect(!output.contains("ny-report"))
    }
}
