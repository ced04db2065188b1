import Foundation
import Testing

/// `downbeat import crontab`, as a person meets it.
@Suite("Import command")
struct ImportTests {
    /// Standard input with a text.
    private static func run(
        _ text: String,
        _ arguments: String...,
        systemZone: String? = "Asia/Shanghai"
    ) -> CommandLine.Result {
        var downbeat = CommandLine()
        downbeat.input = text
        downbeat.systemZone = systemZone
        return downbeat.run(["import", "crontab"] + arguments)
    }

    private static let head = """
        #
        # Each command runs as cron ran it: by the shell, in the home folder, side by side with
        # one that still runs, and never later than its time. New here: PATH has the folders of
        # `sbin` and /usr/local as well, and output is kept (downbeat logs NAME), not mailed.

        """

    private static let cronWays = """
        defaults:
          overlap: allow      # as cron does; `skip`, the default: not while one still runs
          catch_up: skip      # as cron does; `once`: one that was missed runs at the next start

        """

    private static let proof =
        ", read as cron (Debian's and cronie's ways with daylight saving) and as Downbeat\n"

    @Test func `a user's crontab becomes a file, with notes and a proof`() {
        let result = Self.run(
            """
            MAILTO=ops@example.com
            # Nightly backup
            30 2 * * * tar czf /backup/$(date +\\%F).tgz data
            0 9 1-7 * 1 mail -s ${SUBJECT} ops%Good morning,%{{name}}
            @reboot /opt/start

            """,
            systemZone: "UTC"
        )
        #expect(result.status == 1)
        #expect(
            result.output == """
                # Imported from standard input: 2 of 3 lines.
                \(Self.head)timezone: Asia/Shanghai
                \(Self.cronWays)  cwd: "${HOME:-/}"
                schedules:
                  tar-czf:
                    description: Nightly backup
                    cron: "30 2 * * *"   # line 3
                    command: [/bin/sh, -c, "tar czf /backup/$(date +%F).tgz data"]

                  mail:
                    cron: "0 9 1-7 * 1"   # line 4
                    command: [/bin/sh, -c, "mail -s $${SUBJECT} ops"]
                    stdin: |
                      Good morning,
                      {{name}}

                  # line 5 is left out: `@reboot` has no time: have the system start it, with a systemd \
                unit (`WantedBy=multi-user.target`)
                  #   @reboot /opt/start

                """
        )
        #expect(
            result.errors == """
                note  read as a user's crontab (crontab -l); --system if the sixth field is the user
                note  line 1: MAILTO is not a schedule: output is kept with each run (downbeat logs \
                NAME); `on_failure` can send word
                warn  line 4: `0 9 1-7 * 1`: both day fields are set, so either one matches: on days \
                1-7 of the month, or on any Monday; kept as is
                note  line 4: an unescaped `%` is a newline in cron and begins the input: it became \
                `stdin`
                error line 5: `@reboot` has no time: have the system start it, with a systemd unit \
                (`WantedBy=multi-user.target`); the line is left out
                proof: 1,000 fire times of each of 2 lines agree\(Self.proof)\
                imported 2 of 3 lines, zone Asia/Shanghai (this system says UTC: times were NOT \
                shifted, use --from-zone)

                """
        )
    }

    @Test func `a system's crontab has users, and the zone that was named`() {
        let result = Self.run(
            """
            SHELL=/bin/bash
            PATH=/sbin:/bin
            17 * * * * root cd / && run-parts --report /etc/cron.hourly
            0 5 * * sun ana /home/ana/bin/clean

            """,
            "--system",
            "--from-zone",
            "America/New_York"
        )
        #expect(result.status == 0)
        #expect(
            result.output == """
                # Imported from standard input: 2 of 2 lines.
                \(Self.head)timezone: America/New_York
                \(Self.cronWays)  env:
                    PATH: "/sbin:/bin"
                schedules:
                  run-parts-hourly:
                    cron: "17 * * * *"   # line 3
                    command: [/bin/bash, -c, "cd / && run-parts --report /etc/cron.hourly"]
                    user: root
                    cwd: /root

                  clean:
                    cron: "0 5 * * sun"   # line 4
                    command: [/bin/bash, -c, "/home/ana/bin/clean"]
                    user: ana
                    cwd: /home/ana

                """
        )
        #expect(
            result.errors == """
                note  read in the system form, as --system says
                note  `user:` needs a daemon that runs as root
                proof: 1,000 fire times of each of 2 lines agree\(Self.proof)\
                imported 2 of 2 lines, zone America/New_York

                """
        )
    }

    @Test func `when asked to be quiet it says what did not come over and no more`() {
        let result = Self.run("0 1 * * * one\n@reboot two\n", "-q")
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("error line 2: `@reboot` "))
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text = ""
        var arguments: [String]
        var status: Int32
        var words: String
    }

    @Test(arguments: [
        Refusal(
            testDescription: "no such file",
            arguments: ["/no/such"],
            status: 66,
            words: "no file /no/such\nhelp: for your own crontab: crontab -l |"
        ),
        Refusal(testDescription: "a folder", arguments: ["/usr"], status: 66, words: "is a folder"),
        Refusal(testDescription: "empty", arguments: ["-"], status: 65, words: "input is empty"),
        Refusal(
            testDescription: "a program",
            text: "\u{7F}ELF\u{0}\u{1}",
            arguments: [],
            status: 65,
            words: "not a text in UTF-8 (line 1)"
        ),
        Refusal(
            testDescription: "both forms",
            text: "* * * * * x\n",
            arguments: ["--system", "--user"],
            status: 64,
            words: "exclude each other"
        ),
        Refusal(
            testDescription: "lines of both forms",
            text: "* * * * * root /bin/x\n* * * * * /bin/y\n",
            arguments: [],
            status: 64,
            words: "say which it is: --system or --user"
        ),
        Refusal(
            testDescription: "no such zone",
            text: "* * * * * x\n",
            arguments: ["--from-zone", "America/New_Yrok"],
            status: 64,
            words: "America/New_York"
        ),
    ])
    func `what is no crontab is refused with the way out`(_ refusal: Refusal) {
        var downbeat = CommandLine()
        downbeat.input = refusal.text
        let result = downbeat.run(["import", "crontab"] + refusal.arguments)
        #expect(result.status == refusal.status)
        #expect(result.output == "")
        #expect(result.errors.contains(refusal.words), "\(result.errors)")
    }
}
