import Glibc
import Testing

extension Failure {
    /// A run in the foreground: its signals, its output, its environment.
    @Suite(
        "Runs in the foreground",
        .enabled(if: Programs.areUsable("sqlite3"), "needs the program sqlite3")
    )
    struct ForegroundTests {
        private static let endLimit: Duration = .seconds(15)

        private static let schedules = """
              polite:
                every: 1d
                shell: echo ready; exec sleep 300
              stubborn:
                every: 1d
                grace: 1m
                shell: trap '' TERM; echo ready; while :; do sleep 1; done
              backoff:
                every: 1d
                retry: { times: 3, wait: 1h }
                shell: echo ready; exit 1
              both:
                every: 1d
                shell: echo out; echo err >&2
              slow:
                every: 1d
                shell: echo first; sleep 1
              late:
                every: 1d
                timeout: 1s
                grace: 1s
                shell: trap '' TERM; while :; do sleep 1; done
              other:
                every: 1d
                user: nobody
                shell: echo "$HOME $USER $LOGNAME"
            """

        private func start(_ site: Site, _ name: String) throws -> StartedProcess {
            let process = try site.start(["run", name, "--here"])
            try Patience.wait(for: "the command to run") {
                process.output.contains("ready") ? () : nil
            }
            return process
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
        func `a signal cancels the run and ends with 130`(signal: Int32) async throws {
            try await OwnThread.run {
                let site = try Site(Self.schedules)
                let process = try start(site, "polite")
                process.signal(signal)
                #expect(try process.waitForEnd(within: Self.endLimit) == .exited(130))
                #expect(process.errors.contains("cancelled"))
                #expect(try site.runStates() == ["cancelled|1"])
                #expect(site.processes.all().isEmpty)
            }
        }

        @Test func `a second signal does not wait for the grace`() async throws {
            try await OwnThread.run {
                let site = try Site(Self.schedules)
                let process = try start(site, "stubborn")
                process.signal(SIGINT)
                try Patience.wait(for: "the request to cancel") {
                    try site.query("SELECT cancel_requested FROM runs") == ["1"] ? () : nil
                }
                process.signal(SIGINT)
                #expect(try process.waitForEnd(within: Self.endLimit) == .exited(130))
                #expect(try site.runStates() == ["cancelled|1"])
                #expect(site.processes.all().isEmpty)
            }
        }

        @Test func `a signal ends a run that waits for its next attempt`() async throws {
            try await OwnThread.run {
                let site = try Site(Self.schedules)
                let process = try start(site, "backoff")
                try Patience.wait(for: "the backoff") {
                    try site.runStates() == ["scheduled|1"] ? () : nil
                }
                process.signal(SIGTERM)
                #expect(try process.waitForEnd(within: Self.endLimit) == .exited(130))
                #expect(try site.runStates() == ["cancelled|1"])
            }
        }

        @Test func `the report stays out of the command's output`() async throws {
            try await OwnThread.run {
                let site = try Site(Self.schedules)
                let plain = try site.ask("run", "both", "--here")
                #expect(plain.end == .exited(0))
                #expect(plain.output == "out\n")
                #expect(plain.errors.hasPrefix("err\nsucceeded"))
                let json = try site.ask("run", "both", "--here", "--json")
                #expect(json.output.hasPrefix(#"{"v":1,"items":[{"id":"#))
                #expect(json.output.count(of: "\n") == 1)
                #expect(["out\nerr\n", "err\nout\n"].contains(json.errors))
            }
        }

        @Test func `output that was stored early is whole`() async throws {
            try await OwnThread.run {
                let site = try Site(Self.schedules)
                let here = try site.ask("run", "slow", "--here", "--json")
                #expect(here.output.contains(#""truncated":false"#))
                let service = try site.startReady()
                let queued = try site.ask("run", "slow", "--wait", "--json")
                #expect(queued.output.contains(#""stdout":"first\n""#))
                #expect(queued.output.contains(#""truncated":false"#))
                #expect(try site.stop(service) == .exited(0))
            }
        }

        @Test func `a timeout that needs KILL says so`() async throws {
            try await OwnThread.run {
                let site = try Site(Self.schedules)
                let answer = try site.ask("run", "late", "--here", "--json")
                #expect(answer.end == .exited(1))
                #expect(answer.output.contains(#""error":"timed out after 1s, killed 1s later""#))
                #expect(answer.output.contains(#""signal":9"#))
            }
        }

        @Test(.enabled(if: geteuid() == 0, "needs to be root"))
        func `a command of another user has that user's home and name`() async throws {
            try await OwnThread.run {
                let site = try Site(Self.schedules)
                // So that the other user may work here.
                #expect(chmod(site.path, 0o755) == 0)
                let answer = try site.ask("run", "other", "--here")
                #expect(answer.output == "/nonexistent nobody nobody\n")
            }
        }
    }
}
