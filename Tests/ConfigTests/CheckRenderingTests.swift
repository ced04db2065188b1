import DownbeatConfig
import DownbeatCore
import Testing

@Suite("Rendering of problems")
struct CheckRenderingTests {
    private func blocks(_ files: [String: String]) -> String {
        let renderer = DiagnosticRenderer()
        return Fixture.read(files).diagnostics.map(renderer.block).joined(separator: "\n\n")
    }

    private func lines(_ files: [String: String]) -> [String] {
        Fixture.read(files).diagnostics.map(DiagnosticRenderer().line)
    }

    private let backup = [
        "schedules/backup.yaml": """
        schedules:
          backup:
            at: "02:30"
            command: [backup]

            tmezone: Asia/Shanghai
        """
    ]

    @Test func `an unknown key is shown with its line and a suggestion`() {
        #expect(
            blocks(backup) == """
                error[E0201]: unknown key `tmezone`
                  --> schedules/backup.yaml:6:5
                   |
                 6 |     tmezone: Asia/Shanghai
                   |     ^^^^^^^ did you mean `timezone`?
                """
        )
        #expect(
            lines(backup) == [
                "schedules/backup.yaml:6:5: error[E0201]: unknown key `tmezone`; did you mean `timezone`?"
            ]
        )
    }

    @Test func `an unquoted rule is shown with the line to write`() {
        let files = [
            "schedules/logs.yaml": "schedules:\n  logs:\n    cron: */5 * * * *\n    shell: date\n"
        ]
        #expect(
            blocks(files) == """
                error[E0101]: a cron rule that starts with `*` must be quoted
                  --> schedules/logs.yaml:3:11
                   |
                 3 |     cron: */5 * * * *
                   |           ^ YAML reads `*` as an alias
                help: write it as
                 3 |     cron: "*/5 * * * *"
                """
        )
        #expect(
            lines(files) == [
                "schedules/logs.yaml:3:11: error[E0101]: a cron rule that starts with `*` must be quoted;"
                    + " YAML reads `*` as an alias; write it as cron: \"*/5 * * * *\""
            ]
        )
    }

    @Test func `carets stand inside a rule`() {
        let files = [
            "schedules/report.yaml": Fixture.schedule("cron: \"0 25 * * mon-fri\"")
        ]
        #expect(
            blocks(files) == """
                error[E0305]: hour 25 is out of range 0-23
                  --> schedules/report.yaml:3:14
                   |
                 3 |     cron: "0 25 * * mon-fri"
                   |              ^^
                """
        )
    }

    @Test func `a duplicate in another file shows both places under Chinese text`() {
        let files = [
            "schedules/a.yaml": """
            x-note: 1



            schedules:

              每日备份:
                { every: 1m, command: [date] }
            """,
            "schedules/b.yaml": """
            schedules:
              每日备份:
                every: 1m
                command: [date]
            """,
        ]
        #expect(
            blocks(files) == """
                error[E0203]: duplicate schedule `每日备份`
                  --> schedules/b.yaml:2:3
                   |
                 2 |   每日备份:
                   |   ^^^^^^^^ also defined here
                  ::: schedules/a.yaml:7:3
                   |
                 7 |   每日备份:
                   |   -------- first definition
                """
        )
        #expect(
            lines(files) == [
                "schedules/b.yaml:2:3: error[E0203]: duplicate schedule `每日备份`;"
                    + " first definition at schedules/a.yaml:7:3"
            ]
        )
    }

    @Test func `carets stand right behind Chinese text and under lines of two digits`() {
        let files = [
            "a.yaml": String(repeating: "\n", count: 9)
                + "schedules: { 备份🚀: { every: 1m, command: [date], enabled: yes } }\n"
        ]
        #expect(
            blocks(files) == """
                error[E0207]: `备份🚀` cannot be the name of a schedule: `🚀` is not allowed
                   --> a.yaml:10:14
                    |
                 10 | schedules: { 备份🚀: { every: 1m, command: [date], enabled: yes } }
                    |              ^^^^^^ letters of any script, digits, `-`, `_`, `.`

                error[E0204]: `enabled` is true or false, not `yes`
                   --> a.yaml:10:58
                    |
                 10 | schedules: { 备份🚀: { every: 1m, command: [date], enabled: yes } }
                    |                                                             ^^^ write `true`
                """
        )
    }

    @Test func `a time that does not exist is told in one place line`() {
        let files = [
            "schedules/ny.yaml": Fixture.schedule("timezone: America/New_York", "at: \"02:30\"")
        ]
        #expect(
            blocks(files) == """
                warning[W0402]: 02:30 does not exist on 2027-03-14 in America/New_York
                  --> schedules/ny.yaml:4:9   runs at 03:00 that day
                """
        )
    }

    @Test func `control and direction characters of a file do not reach the terminal`() {
        let files = ["a.yaml": "schedules: { \"a\u{202E}b\": { every: 1m, command: [date] } }\n"]
        #expect(!blocks(files).unicodeScalars.contains("\u{202E}"))
        #expect(!lines(files)[0].unicodeScalars.contains("\u{202E}"))
    }

    @Test func `a long line is cut around the carets`() {
        let long = String(repeating: "x", count: 1000)
        let files = [
            "a.yaml": Fixture.schedule("description: \(long)", "every: 1m", "description_: 1")
        ]
        let shown = blocks(["a.yaml": "schedules: { a: { description: \(long), nope: 1 } }\n"])
        #expect(shown.split(separator: "\n").allSatisfy { $0.count < 240 })
        #expect(shown.contains("…"))
        #expect(blocks(files).contains("^^^^^^^^^^^^"))
    }

    @Test func `colours are used only when asked for`() throws {
        let diagnostic = try #require(Fixture.read(backup).diagnostics.first)
        #expect(DiagnosticRenderer(colouring: .coloured).block(diagnostic).contains("\u{1B}[1;31m"))
        #expect(!DiagnosticRenderer().block(diagnostic).contains("\u{1B}"))
    }

    @Test func `the summary counts and names a code to explain`() {
        let diagnostics = Fixture.read(backup).diagnostics
        #expect(
            DiagnosticRenderer().summary(diagnostics, fileCount: 5)
                == "1 error, 0 warnings in 5 files     downbeat explain E0201"
        )
    }

    @Test func `problems come in order of file, line and column`() {
        let reading = Fixture.read([
            "b.yaml": "schedules:\n  x: { every: 1m, command: [date], bad2: 1, bad1: 1 }\n",
            "a.yaml":
                "bogus: 1\nschedules:\n  y: { every: 1q }\n  z: { every: 1m, command: date }\n",
        ])
        let places = reading.diagnostics.map {
            "\($0.place.file):\($0.place.line):\($0.place.column)"
        }
        #expect(
            places == [
                "a.yaml:1:1", "a.yaml:3:3", "a.yaml:3:16", "a.yaml:4:28", "b.yaml:2:36",
                "b.yaml:2:45",
            ]
        )
    }
}
