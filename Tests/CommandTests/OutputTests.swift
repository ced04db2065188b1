import DownbeatCommand
import DownbeatCore
import Foundation
import Testing

@Suite("Output")
struct OutputTests {
    /// One way to ask for colour, and the answer.
    struct Wish: CustomTestStringConvertible {
        var choice: ColourChoice
        var environment: [String: String]
        var isTerminal: Bool
        var answer: Bool

        var testDescription: String { "\(choice) \(environment) terminal \(isTerminal)" }
    }

    @Test(arguments: [
        Wish(choice: .auto, environment: [:], isTerminal: true, answer: true),
        Wish(choice: .auto, environment: [:], isTerminal: false, answer: false),
        Wish(choice: .auto, environment: ["TERM": "dumb"], isTerminal: true, answer: false),
        Wish(choice: .auto, environment: ["NO_COLOR": "1"], isTerminal: true, answer: false),
        Wish(choice: .auto, environment: ["NO_COLOR": ""], isTerminal: true, answer: true),
        Wish(choice: .auto, environment: ["FORCE_COLOR": "1"], isTerminal: false, answer: true),
        Wish(choice: .auto, environment: ["CLICOLOR_FORCE": "1"], isTerminal: false, answer: true),
        Wish(choice: .auto, environment: ["FORCE_COLOR": "0"], isTerminal: false, answer: false),
        Wish(
            choice: .auto,
            environment: ["NO_COLOR": "1", "FORCE_COLOR": "1"],
            isTerminal: true,
            answer: false
        ),
        Wish(choice: .always, environment: ["NO_COLOR": "1"], isTerminal: false, answer: true),
        Wish(choice: .never, environment: ["FORCE_COLOR": "1"], isTerminal: true, answer: false),
    ])
    func `colour follows the option, then the environment, then the terminal`(wish: Wish) {
        #expect(
            wish.choice.allows(isTerminal: wish.isTerminal, environment: wish.environment)
                == wish.answer
        )
    }

    @Test func `a table with colour has the same words in the same columns`() throws {
        let downbeat = try Samples.serviceWithState()
        let bare = downbeat("schedules").output
        let coloured = downbeat("schedules", "--color", "always").output
        #expect(coloured != bare)
        #expect(coloured.replacing(/\u{1B}\[[0-9]+m/, with: "") == bare)
    }

    @Test func `wide characters take two cells, and what is too long ends in two points`() {
        let table = Table(
            [Table.Column("NAME", cutOrder: 1), Table.Column("N")],
            rows: [["每日备份与清理任务", "1"], ["short", "2"]]
        )
        #expect(
            table.render(width: 16, colour: false) == """
                NAME           N
                每日备份与..   1
                short          2

                """
        )
    }

    @Test(arguments: [
        (Duration.microseconds(400), "<1ms"), (.milliseconds(27), "27ms"), (.seconds(0), "0s"),
        (.seconds(53), "53s"), (.seconds(1133), "18m 53s"), (.seconds(3600), "1h"),
        (.seconds(187_200), "2d 4h"), (.seconds(86_460), "1d"), (.seconds(40_000_000), "1y 97d"),
    ])
    func `distances have two units at most`(duration: Duration, text: String) {
        #expect(TimeText.duration(duration) == text)
    }

    @Test func `a year is named when it is not this one, and a zone is never an abbreviation`()
        throws
    {
        let times = TimeText(zone: try Samples.zone("Asia/Shanghai"), now: CommandLine.now)
        #expect(times.absolute(try .shanghai("2026-11-23T03:00:00")) == "Mon 11-23 03:00:00")
        #expect(times.absolute(try .shanghai("2027-01-01T00:00:00")) == "Fri 2027-01-01 00:00:00")
        #expect(times.withOffset(CommandLine.now).hasSuffix(" UTC+8"))
        let island = times.inZone(try Samples.zone("Australia/Lord_Howe"))
        #expect(island.withOffset(try .shanghai("2026-07-01T00:00:00")).hasSuffix(" UTC+10:30"))
    }

    @Test func `a field of a tab-separated line stays one field`() {
        #expect(JSONValue.string("a\tb\nc\\d\u{1B}").plain == "a\\tb\\nc\\\\d\\u{1B}")
        #expect(JSONValue.string("a\"\u{1}磁盘").encoded == "\"a\\\"\\u0001磁盘\"")
        #expect(JSONValue.double(2.50049).encoded == "2.5")
    }

    @Test func `the unit passes the verifier of systemd where there is one`() throws {
        let program = "/usr/bin/systemd-analyze"
        let unit = CommandLine()("init", "--systemd", "/srv/my app").output
        #expect(
            unit.contains("ExecStart=/usr/local/bin/downbeat up --config \"/srv/my app/schedules\"")
        )
        #expect(unit.contains("\nProtectSystem=strict\n"))
        guard FileManager.default.isExecutableFile(atPath: program) else { return }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("unit-\(ProcessInfo.processInfo.globallyUniqueString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // A folder that stays behind in the temporary one does no harm.
            try? FileManager.default.removeItem(at: folder)
        }
        let file = folder.appendingPathComponent("downbeat.service")
        let runnable = unit.replacing("/usr/local/bin/downbeat", with: "/bin/true")
            .replacing("User=ops", with: "User=root")
        try runnable.write(to: file, atomically: true, encoding: .utf8)
        let verifier = Process()
        verifier.executableURL = URL(fileURLWithPath: program)
        verifier.arguments = ["verify", file.path]
        verifier.standardError = FileHandle.nullDevice
        try verifier.run()
        verifier.waitUntilExit()
        #expect(verifier.terminationStatus == 0)
    }
}
