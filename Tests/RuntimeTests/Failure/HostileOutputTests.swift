import DownbeatRuntime
import Glibc
import Support
import Testing

extension Failure {
    /// F2: commands that write what nobody expects, and how they leave.
    @Suite("Hostile output", .serialized)
    struct HostileOutputTests {
        /// What a command does, and what is to be seen of it.
        struct Row: CustomTestStringConvertible, Sendable {
            var testDescription: String
            var script: String
            /// Part of what `logs` shows.
            var shown: String
            /// Not part of it.
            var hidden = "\u{0}"
            var exit: Int32 = 0
        }

        private static let lineBytes = TestLength.isLong ? 100_000_000 : 10_000_000
        /// Head and tail of the output of one run, and what is said around it.
        private static let shownBytesMax = 1_500_000
        /// The promise is 2 s after the command's own end.
        private static let endLimit: Duration = .seconds(15)

        static let rows = [
            Row(testDescription: "NUL", script: #"printf 'a\000b'"#, shown: #"a\u{0}b"#),
            Row(
                testDescription: "invalid UTF-8",
                script: #"printf 'a\377\300\200b'"#,
                shown: "a\u{FFFD}"
            ),
            Row(
                testDescription: "escape sequences",
                script: #"printf '\033[2Jclear\033]0;title\007 \033[31mred\r\b\177end\302\233x'"#,
                shown: #"\u{1B}[2Jclear"#,
                hidden: "\u{1B}"
            ),
            Row(
                testDescription: "one endless line",
                script: "head -c \(lineBytes) /dev/zero | tr '\\0' x",
                shown: "xxxxxxxx"
            ),
            Row(
                testDescription: "closed descriptors",
                script: "echo before; exec >&- 2>&-; sleep 0.2; exit 3",
                shown: "before",
                exit: 1
            ),
            Row(
                testDescription: "writes after its end",
                script: "(trap '' TERM HUP; sleep 300; echo late) & echo early",
                shown: "early",
                hidden: "late"
            ),
            Row(
                testDescription: "writes after its end, from elsewhere",
                script: "setsid sh -c 'while :; do echo late; sleep 0.05; done' & echo early",
                shown: "early"
            ),
            Row(
                testDescription: "no output and no line end",
                script: "printf 'no end'",
                shown: "no end"
            ),
        ]

        @Test(arguments: rows)
        func `output is kept within its bounds and shown safely`(row: Row) async throws {
            try await OwnThread.run {
                let script = row.script.replacing("'", with: "''")
                let site = try Site("  odd:\n    every: 1d\n    shell: '\(script)'")
                let service = try site.startReady()
                let answer = try site.run(
                    [site.tool, "run", "odd", "--wait"],
                    within: Self.endLimit
                )
                #expect(answer.end == .exited(row.exit))
                for format in ["table", "plain"] {
                    let logs = try site.ask("logs", "odd", "-o", format)
                    try Self.check(logs, row)
                    #expect(logs.output.contains(row.shown))
                    try Self.check(site.ask("runs", "show", "odd", "-o", format), row)
                }
                for format in ["json"] {
                    try Self.check(site.ask("logs", "odd", "-o", format), row)
                    try Self.check(site.ask("runs", "show", "odd", "-o", format), row)
                }
                #expect(try site.stop(service) == .exited(0))
            }
        }

        private static func check(_ answer: Site.Answer, _ row: Row) throws {
            #expect(answer.end == .exited(0))
            #expect(!answer.output.contains(row.hidden))
            #expect(answer.output.utf8.count < shownBytesMax)
            let controls = answer.output.unicodeScalars.filter {
                $0 != "\n" && $0 != "\t" && ($0.value < 0x20 || (0x7F...0x9F).contains($0.value))
            }
            #expect(
                controls.isEmpty,
                "\(controls.prefix(4).map(\.value)) in \(answer.output.prefix(200))"
            )
        }
    }
}
