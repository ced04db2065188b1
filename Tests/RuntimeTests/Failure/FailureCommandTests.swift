import DownbeatCore
import DownbeatRuntime
import Glibc
import Testing

extension Failure {
    /// `on_failure` under real services: once for each failed run, whatever dies.
    @Suite("Failure commands", .enabled(if: Programs.areUsable("sqlite3"), "needs sqlite3"))
    struct FailureCommandTests {
        /// Writes a line for each start.
        private static let note = """
            [/bin/sh, -c, "echo $DOWNBEAT_SCHEDULE $DOWNBEAT_STATE $DOWNBEAT_ATTEMPT \
            $DOWNBEAT_RUN_ID ${DOWNBEAT_SLOT:-none} $DOWNBEAT_ERROR >> noted; read x || exit 0"]
            """

        private static let schedules = """
              breaks:
                every: 1d
                retry: { times: 1, wait: 10ms }
                shell: exit 3
                on_failure: \(note.replacing("${", with: "$${"))
              works:
                every: 1d
                shell: "true"
                on_failure: [touch, worked]
              deaf:
                every: 1d
                shell: exit 1
                on_failure: [/bin/sh, -c, "echo no route >&2; exit 7"]
              missing:
                every: 1d
                shell: exit 1
                on_failure: [/no/such/program]
            """

        private static func noted(_ site: Site) throws -> [String] {
            guard access(site.path + "/noted", F_OK) == 0 else { return [] }
            return try site.run(["/bin/cat", "noted"]).output.split(separator: "\n").map(
                String.init
            )
        }

        private static func rows(_ site: Site) throws -> [String] {
            try site.query(
                """
                SELECT started_us IS NOT NULL, ended_us IS NOT NULL, coalesce(problem, '')
                FROM failure_commands ORDER BY run
                """
            )
        }

        @Test(arguments: [true, false])
        func `it runs once, after the last attempt`(isHere: Bool) async throws {
            try await OwnThread.run {
                let site = try Site(Self.schedules)
                let service = isHere ? nil : try site.startReady()
                let how = isHere ? "--here" : "--wait"
                #expect(try site.ask("run", "breaks", how).end == .exited(1))
                #expect(try site.ask("run", "works", how).end == .exited(0))
                try Patience.wait(for: "the end of the command") {
                    try Self.rows(site) == ["1|1|"] ? () : nil
                }
                let noted = try Self.noted(site)
                let id = try site.query("SELECT id FROM runs WHERE state = 'failed'").first ?? ""
                #expect(noted == ["breaks failed 2 \(id) none exit 3"])
                #expect(access(site.path + "/worked", F_OK) != 0)
                let shown = try site.ask("runs", "show", "breaks", "-o", "table").output
                #expect(shown.contains("  after     on_failure ") && shown.contains(", done\n"))
                let explained = try site.ask("explain", "works", "-o", "table").output
                #expect(explained.contains("failed    then once touch worked\n"))
                if let service { #expect(try site.stop(service) == .exited(0)) }
            }
        }

        @Test func `its own failure is recorded and not repeated`() async throws {
            try await OwnThread.run {
                let site = try Site(Self.schedules)
                #expect(try site.ask("run", "deaf", "--here").end == .exited(1))
                #expect(try site.ask("run", "missing", "--here").end == .exited(1))
                let rows = try Self.rows(site)
                #expect(rows.first == "1|1|exit 7: no route")
                #expect(rows.last?.hasPrefix("1|1|not started: ") == true)
                let shown = try site.ask("runs", "show", "deaf", "--json").output
                #expect(shown.contains(#""problem":"exit 7: no route""#))
                let events = try site.query("SELECT name, schedule FROM events ORDER BY n")
                #expect(events == ["on_failure.failed|deaf", "on_failure.failed|missing"])
                let service = try site.startReady()
                #expect(try site.ask("status", "-o", "table").output.contains("exit 7: no route"))
                #expect(try site.stop(service) == .exited(0))
                #expect(try Self.rows(site) == rows)
            }
        }

        struct Place: Sendable, CustomTestStringConvertible {
            var point: String
            var meaning: String
            /// How often the command may have begun at the end.
            var starts: ClosedRange<Int>
            var problem: String

            var testDescription: String { "\(point): \(meaning)" }
        }

        @Test(
            .needsFailpoints,
            arguments: [
                Place(
                    point: "P8:2",
                    meaning: "the end of the run is known",
                    starts: 1...1,
                    problem: ""
                ),
                Place(
                    point: "P15",
                    meaning: "the claim is committed",
                    starts: 0...0,
                    problem: "lost"
                ),
                Place(
                    point: "P16",
                    meaning: "it is with the keeper",
                    starts: 0...1,
                    problem: "lost"
                ),
            ]
        )
        func `it starts at most once when the service dies`(place: Place) async throws {
            try await OwnThread.run {
                let site = try Site(Self.schedules)
                let service = try site.start(environment: ["DOWNBEAT_FAILPOINT=\(place.point)"])
                try site.waitUntilReady(service)
                _ = try site.ask("run", "breaks")
                #expect(try service.waitForEnd() == .signalled(SIGKILL))
                let next = try site.startReady()
                try Patience.wait(for: "the command to be judged") {
                    let rows = try Self.rows(site)
                    return rows.count == 1 && rows[0].hasPrefix("1|1|\(place.problem)") ? () : nil
                }
                #expect(try site.stop(next) == .exited(0))
                #expect(place.starts.contains(try Self.noted(site).count))
                #expect(try site.runStates() == ["failed|1"])
            }
        }

        @Test func `it ends as a tree with the service`() async throws {
            try await OwnThread.run {
                let site = try Site(
                    """
                      breaks:
                        every: 1d
                        shell: exit 3
                        on_failure: [/bin/sh, -c, "setsid sleep 300 & sleep 300"]
                    """,
                    settings: "drain: 100ms"
                )
                let service = try site.startReady()
                _ = try site.ask("run", "breaks")
                try Patience.wait(for: "the command to stand") {
                    site.processes.all().count { $0.kind == .command } >= 3 ? () : nil
                }
                #expect(try site.stop(service) == .exited(0))
                #expect(site.processes.all().isEmpty)
                #expect(try Self.rows(site) == ["1|1|ended because the service stopped"])
            }
        }
    }
}
