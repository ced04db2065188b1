import DownbeatRuntime
import Glibc
import Testing

extension Failure {
    /// O1 and O6: what commands leave behind, and those that do not want to end.
    @Suite("Commands that do not end")
    struct CommandEndTests {
        /// The promise is 2 s after the end of the service.
        private static let tidyLimit: Duration = .seconds(6)

        enum Blow: CaseIterable {
            case term, kill, killGroup
        }

        /// Each leaves a process that its shell no longer knows of.
        private static let trees = """
              background:
                every: 1d
                shell: "sleep 300 & sleep 300"
              session:
                every: 1d
                shell: "setsid sleep 300 & sleep 300"
              daemon:
                every: 1d
                shell: "(setsid sh -c 'sleep 300 & sleep 300' &); sleep 300"
              deaf:
                every: 1d
                grace: 500ms
                shell: "trap '' TERM; sleep 300 & while :; do sleep 300; done"
            """

        @Test(arguments: Blow.allCases)
        func `nothing that commands have started outlives the service`(blow: Blow) async throws {
            try await OwnThread.run {
                let site = try Site(Self.trees, settings: "drain: 100ms")
                let service = try site.startReady()
                for name in ["background", "session", "daemon", "deaf"] {
                    #expect(try site.ask("run", name).end == .exited(0))
                }
                // Four shells and six that sleep, at least.
                try Patience.wait(for: "the trees to stand") {
                    site.processes.all().count { $0.kind == .command } >= 10 ? () : nil
                }
                switch blow {
                case .term: service.signal(SIGTERM)
                case .kill: service.signal(SIGKILL)
                case .killGroup: service.signalGroup(SIGKILL)
                }
                let end = try service.waitForEnd()
                #expect(end == (blow == .term ? .exited(0) : .signalled(SIGKILL)))
                try Patience.wait(for: "the end of all", within: Self.tidyLimit) {
                    site.processes.all().isEmpty ? () : nil
                }
            }
        }

        @Test(.enabled(if: Programs.areUsable("sqlite3"), "needs the program sqlite3"))
        func `a command that ignores TERM is killed after timeout and grace`() async throws {
            try await OwnThread.run {
                let site = try Site(
                    """
                      deaf:
                        every: 1d
                        timeout: 1s
                        grace: 1s
                        shell: "trap '' TERM; while :; do sleep 0.1; done"
                    """
                )
                let service = try site.startReady()
                let clocks = SystemClocks()
                let start = clocks.monotonic
                #expect(try site.ask("run", "deaf", "--wait").end == .exited(1))
                // The promise is 0.5 s more; the rest is for a busy machine.
                #expect(clocks.monotonic - start < .seconds(10))
                let show = try site.ask("runs", "show", "deaf")
                #expect(show.output.contains("failed"))
                #expect(show.output.contains("timed out"))
                let took = try site.query(
                    "SELECT (ended_us - started_us) / 1000 >= 1900 FROM attempts"
                )
                #expect(took == ["1"])
                #expect(try site.stop(service) == .exited(0))
            }
        }
    }
}
