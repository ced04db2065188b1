#if DEBUG
    import DownbeatCore
    import DownbeatRuntime
    import Foundation
    import Testing

    extension Failure {
        /// Built-ins in children of the real executable, by the built-in that only debug builds have.
        @Suite("Children", .enabled(if: Programs.areUsable("sqlite3"), "needs the program sqlite3"))
        struct ChildTests {
            /// A schedule whose runs do these steps.
            private static func schedule(_ steps: String, _ more: String = "") -> String {
                """
                  test:
                    every: 1d
                    self_test: '[\(steps)]'
                    \(more)
                """
            }

            private struct Shown: Decodable {
                struct Attempt: Decodable {
                    var end: String?
                }

                struct Result: Decodable, Equatable {
                    var n: Int
                }

                var state: String
                var error: String?
                var exit_code: Int?
                var signal: Int?
                var attempts_list: [Attempt]
                var result: Result?
                var stdout: String
                var stderr: String
            }

            private static func show(_ site: Site) throws -> Shown {
                struct Items: Decodable {
                    var items: [Shown]
                }
                let answer = try site.ask("runs", "show", "test", "--json")
                let items = try JSONDecoder().decode(Items.self, from: Data(answer.output.utf8))
                return try #require(items.items.first)
            }

            /// What the database holds of statistics, groups and positions.
            private static func kept(_ site: Site) throws -> [String] {
                try site.query(
                    """
                    SELECT (SELECT count(*) FROM statistics), (SELECT count(*) FROM statistic_groups),
                      (SELECT body FROM positions), (SELECT count(*) FROM progress)
                    """
                )
            }

            private static let product =
                #"{"windows": [3, 2]}, {"positions": true}, {"result": "{\"n\": 5}"}"#

            @Test func `a run leaves its result, rows and positions, and its output`() async throws
            {
                try await OwnThread.run {
                    let steps = #"{"print": "hello"}, {"warn": "careful"}, "# + Self.product
                    let site = try Site(Self.schedule(steps))
                    let service = try site.startReady()
                    #expect(try site.ask("run", "test", "--wait").end == .exited(0))
                    let shown = try Self.show(site)
                    #expect(shown.state == "succeeded")
                    #expect(shown.result == Shown.Result(n: 5))
                    #expect(shown.stdout == "hello\n")
                    #expect(shown.stderr == "warning: careful\n")
                    #expect(try Self.kept(site) == ["2|5|a|0"])
                    // In place of the first, and told what it left.
                    #expect(try site.ask("run", "test", "--wait").end == .exited(0))
                    #expect(try Self.kept(site) == ["2|5|aa|0"])
                    #expect(try site.stop(service) == .exited(0))
                    #expect(try site.ask("run", "test", "--here").output == "hello\n")
                    #expect(try Self.kept(site) == ["2|5|aaa|0"])
                }
            }

            struct Bad: Sendable, CustomTestStringConvertible {
                var testDescription: String
                var steps: String
                var error: String
                var more = ""
                var attempts = 1
            }

            static let bad = [
                Bad(
                    testDescription: "an exit without a result",
                    steps: #"{"exit": 0}"#,
                    error: "the child ended without a result"
                ),
                Bad(testDescription: "an exit", steps: #"{"exit": 3}"#, error: "exit 3"),
                Bad(
                    testDescription: "a signal",
                    steps: #"{"raise": 9}"#,
                    error: "signal 9 (SIGKILL)"
                ),
                Bad(
                    testDescription: "a failure that is repeated",
                    steps: #"{"fail": "no space left"}"#,
                    error: "no space left",
                    more: "retry: { times: 1, wait: 1ms }",
                    attempts: 2
                ),
                Bad(
                    testDescription: "a final failure",
                    steps: #"{"final": "no such file"}"#,
                    error: "no such file",
                    more: "retry: { times: 3, wait: 1ms }"
                ),
                Bad(
                    testDescription: "a garbled frame",
                    steps: #"{"garble": [20, 0, 0, 0, 99, 1, 1]}, {"hang": false}"#,
                    error: "the child sent a frame of version 99, not 1 and was ended"
                ),
                Bad(
                    testDescription: "a huge frame",
                    steps: #"{"garble": [255, 255, 255, 127]}, {"hang": false}"#,
                    error: "the child sent a frame of 2147483647 bytes and was ended"
                ),
                Bad(
                    testDescription: "a result that is not JSON",
                    steps: #"{"result": "{{"}"#,
                    error: "the result of the child is not JSON"
                ),
                Bad(
                    testDescription: "a timeout that is obeyed",
                    steps: #"{"hang": true}"#,
                    error: "timed out after 300ms",
                    more: "timeout: 300ms"
                ),
                Bad(
                    testDescription: "a timeout that is not obeyed",
                    steps: #"{"hang": false}"#,
                    error: "timed out after 300ms, killed 100ms later",
                    more: "timeout: 300ms\n    grace: 100ms"
                ),
            ]

            @Test(arguments: bad)
            func `an attempt that goes wrong fails and leaves nothing`(row: Bad) async throws {
                try await OwnThread.run {
                    // What it has to give is complete before it goes wrong.
                    let steps = #"{"windows": [3]}, {"positions": true}, "# + row.steps
                    let site = try Site(Self.schedule(steps, row.more))
                    #expect(try site.ask("run", "test", "--here").end == .exited(1))
                    let shown = try Self.show(site)
                    #expect(shown.state == "failed")
                    #expect(shown.error == row.error)
                    #expect(shown.attempts_list.count == row.attempts)
                    #expect(shown.result == nil)
                    #expect(try Self.kept(site) == ["0|0||0"])
                    #expect(site.processes.all().isEmpty)
                }
            }

            @Test func `a trap fails one attempt, and its words are in the output`() async throws {
                try await OwnThread.run {
                    let site = try Site(Self.schedule(#"{"trap": true}"#))
                    let service = try site.startReady()
                    #expect(try site.ask("run", "test", "--wait").end == .exited(1))
                    let shown = try Self.show(site)
                    #expect(shown.signal != nil)
                    #expect(shown.stderr.contains("a self test traps"))
                    #expect(try site.stop(service) == .exited(0))
                }
            }

            @Test(arguments: [true, false])
            func `a cancelled run ends, whether it listens or not`(listens: Bool) async throws {
                try await OwnThread.run {
                    let steps = #"{"touch": "begun"}, {"hang": \#(listens)}"#
                    let site = try Site(Self.schedule(steps, "grace: 200ms"))
                    let service = try site.startReady()
                    #expect(try site.ask("run", "test").end == .exited(0))
                    try Patience.wait(for: "the job to begin") {
                        access(site.path + "/begun", F_OK) == 0 ? () : nil
                    }
                    #expect(try site.ask("cancel", "test").end == .exited(0))
                    try Patience.wait(for: "the end of the run") {
                        try Self.show(site).state == "cancelled" ? () : nil
                    }
                    #expect(try site.stop(service) == .exited(0))
                    #expect(site.processes.all().isEmpty)
                }
            }

            @Test func `progress is seen from outside while the run goes on`() async throws {
                try await OwnThread.run {
                    let steps = #"{"progress": [1700000, 3400000]}, {"wait": "go"}"#
                    let site = try Site(Self.schedule(steps))
                    let service = try site.startReady()
                    #expect(try site.ask("run", "test").end == .exited(0))
                    try Patience.wait(for: "progress") {
                        try site.ask("runs", "show", "test", "-o", "table").output
                            .contains("progress  copy 1.7 of 3.4 MB") ? () : nil
                    }
                    #expect(
                        try site.ask("status", "-o", "table").output.contains("copy 1.7 of 3.4 MB")
                    )
                    try TextFile.write("", to: site.path + "/go")
                    try Patience.wait(for: "the end of the run") {
                        try Self.show(site).state == "succeeded" ? () : nil
                    }
                    #expect(try Self.kept(site) == ["0|0||0"])
                    #expect(try site.stop(service) == .exited(0))
                }
            }

            @Test func `a daemon that is killed repeats the run, and nothing doubles`() async throws
            {
                try await OwnThread.run {
                    let steps = Self.product + #", {"touch": "begun"}, {"wait": "go"}"#
                    let site = try Site(Self.schedule(steps))
                    let service = try site.startReady()
                    #expect(try site.ask("run", "test").end == .exited(0))
                    try Patience.wait(for: "the job to begin") {
                        access(site.path + "/begun", F_OK) == 0 ? () : nil
                    }
                    service.signal(SIGKILL)
                    _ = try service.waitForEnd()
                    try Patience.wait(for: "the end of all") {
                        site.processes.all().isEmpty ? () : nil
                    }
                    #expect(try Self.kept(site) == ["0|0||0"])
                    try TextFile.write("", to: site.path + "/go")
                    let next = try site.startReady()
                    try Patience.wait(for: "the end of the run") {
                        try Self.show(site).state == "succeeded" ? () : nil
                    }
                    #expect(try Self.show(site).attempts_list.map(\.end) == ["lost", "exit 0"])
                    #expect(try Self.kept(site) == ["2|5|a|0"])
                    #expect(try site.stop(next) == .exited(0))
                }
            }

            /// The mark alone does not make a child: the channel must be there.
            @Test func `a variable set by hand changes nothing`() async throws {
                try await OwnThread.run {
                    let site = try Site()
                    let process = try site.start(["version"], environment: ["DOWNBEAT_CHILD=3"])
                    #expect(try process.waitForEnd() == .exited(0))
                }
            }
        }
    }
#endif
