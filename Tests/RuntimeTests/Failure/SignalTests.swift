import DownbeatRuntime
import Glibc
import Support
import Testing

extension Failure {
    /// K5: signals while starting, at work and stopping, with a terminal and without.
    @Suite(
        "Signals",
        .enabled(if: Programs.areUsable("sqlite3"), "needs the program sqlite3")
    )
    struct SignalTests {
        /// Drain 1 s, grace 1 s and one second more; the rest is for a busy machine.
        private static let stopLimit: Duration = .seconds(15)

        /// One that ends at TERM, and one that does not.
        private static let endless = """
              polite:
                every: 1d
                grace: 1s
                shell: sleep 300
              stubborn:
                every: 1d
                grace: 1s
                shell: trap '' TERM; echo ready; while :; do sleep 1; done
            """

        @Test(arguments: [SIGTERM, SIGINT])
        func `a stop ends what runs by TERM and KILL, and the runs are queued again`(
            signal: Int32
        ) async throws {
            try await OwnThread.run {
                let site = try Site(Self.endless)
                let service = try site.startReady()
                try Self.startEndless(site, service)
                service.signal(signal)
                #expect(try service.waitForEnd(within: Self.stopLimit) == .exited(0))
                #expect(try site.runStates() == ["queued|2"])
                let kinds = try site.query("SELECT end_kind, count(*) FROM attempts GROUP BY 1")
                #expect(kinds == ["drained|2"])
                #expect(site.processes.all().isEmpty)
            }
        }

        @Test func `a second TERM ends everything at once`() async throws {
            try await OwnThread.run {
                let site = try Site(Self.endless, settings: "drain: 5m")
                let service = try site.startReady()
                try Self.startEndless(site, service)
                service.signal(SIGTERM)
                try Patience.wait(for: "the stop to begin") {
                    service.output.contains("stopping") ? () : nil
                }
                service.signal(SIGTERM)
                #expect(try service.waitForEnd(within: Self.stopLimit) == .exited(0))
                #expect(try site.runStates() == ["queued|2"])
                #expect(site.processes.all().isEmpty)
            }
        }

        @Test func `a stop waits for what ends within the drain time`() async throws {
            try await OwnThread.run {
                let schedule = "  short:\n    every: 1d\n    shell: sleep 1; echo done"
                let site = try Site(schedule, settings: "drain: 1m")
                let service = try site.startReady()
                _ = try site.ask("run", "short")
                try Patience.wait(for: "the start") {
                    service.output.contains("started") ? () : nil
                }
                #expect(try site.stop(service) == .exited(0))
                #expect(try site.runStates() == ["succeeded|1"])
            }
        }

        @Test func `a TERM at any moment of a start ends it in order`() async throws {
            try await OwnThread.run {
                let site = try Site()
                for milliseconds in [0, 2, 5, 10, 20, 40, 80, 160] {
                    let service = try site.start()
                    Patience.rest(.milliseconds(milliseconds))
                    service.signal(SIGTERM)
                    let end = try service.waitForEnd(within: Self.stopLimit)
                    // Before it listens, a signal ends it as any program.
                    #expect([.exited(0), .signalled(SIGTERM)].contains(end))
                    #expect(site.processes.all().isEmpty)
                }
                let service = try site.startReady()
                try site.waitForSlot()
                #expect(try site.stop(service) == .exited(0))
                #expect(try site.ledgerProblems() == [])
            }
        }

        @Test func `HUP without a terminal loads the files again and loses nothing`() async throws {
            try await OwnThread.run {
                let site = try Site()
                let service = try site.startReady()
                for count in 1...(TestLength.isLong ? 1000 : 100) {
                    service.signal(SIGHUP)
                    try Patience.wait(for: "the files to be loaded") {
                        service.output.count(of: "\nloaded ") >= count ? () : nil
                    }
                }
                try site.waitForSlot()
                #expect(try site.stop(service) == .exited(0))
                #expect(service.errors == "")
                #expect(try site.ledgerProblems() == [])
            }
        }

        @Test func `a file with an error leaves the configuration in force`() async throws {
            try await OwnThread.run {
                let site = try Site()
                let service = try site.startReady()
                try site.configure(Site.ticking + "\n    colour: red")
                service.signal(SIGHUP)
                try Patience.wait(for: "the refusal") {
                    service.errors.contains("the configuration before stays in force") ? () : nil
                }
                #expect(service.errors.contains("colour"))
                let status = try site.ask("status", "--json")
                #expect(status.end == .exited(1))
                #expect(status.output.contains(#""reload_error":{"file":"schedules/"#))
                #expect(try site.ask("apply").end == .exited(78))
                try site.waitForSlot()
                try site.configure(Site.ticking)
                #expect(try site.ask("apply").end == .exited(0))
                let after = try site.ask("status", "--json")
                #expect(after.end == .exited(0))
                #expect(after.output.contains(#""reload_error":null"#))
                #expect(try site.stop(service) == .exited(0))
                #expect(try site.ledgerProblems() == [])
            }
        }

        // MARK: Terminals and pipes

        @Test(.enabled(if: Programs.areUsable("script"), "needs the program script"))
        func `HUP with a terminal stops in order`() async throws {
            try await OwnThread.run {
                let site = try Site()
                let terminal = try Self.inTerminal(site, "exec \(site.tool) up")
                let pid = try Self.service(of: site)
                try site.waitForSlot()
                kill(pid, SIGHUP)
                #expect(try terminal.waitForEnd(within: Self.stopLimit) == .exited(0))
                #expect(try site.query("SELECT * FROM owners") == [])
            }
        }

        @Test(.enabled(if: Programs.areUsable("script"), "needs the program script"))
        func `a terminal that is closed stops the service in order`() async throws {
            try await OwnThread.run {
                let site = try Site()
                let terminal = try Self.inTerminal(site, "exec \(site.tool) up")
                _ = try Self.service(of: site)
                try site.waitForSlot()
                terminal.signal(SIGKILL)
                _ = try terminal.waitForEnd()
                try Patience.wait(for: "the end of the service", within: Self.stopLimit) {
                    site.processes.all().isEmpty ? () : nil
                }
                #expect(try site.query("SELECT * FROM owners") == [])
                #expect(try site.ledgerProblems() == [])
            }
        }

        @Test(.enabled(if: Programs.areUsable("script"), "needs the program script"))
        func `a service under nohup survives the end of its terminal`() async throws {
            try await OwnThread.run {
                let site = try Site()
                let command = "nohup \(site.tool) up >up.out 2>&1 & echo; sleep 300"
                let terminal = try Self.inTerminal(site, command)
                let pid = try Self.service(of: site)
                try site.waitForSlot()
                terminal.signal(SIGKILL)
                _ = try terminal.waitForEnd()
                try site.waitForSlot()
                kill(pid, SIGTERM)
                try Patience.wait(for: "the end of the service", within: Self.stopLimit) {
                    site.processes.all().allSatisfy { $0.kind == .starting } ? () : nil
                }
                #expect(try site.ledgerProblems() == [])
            }
        }

        @Test func `a pipe that was closed does not stop the service`() async throws {
            try await OwnThread.run {
                let site = try Site()
                let shell = try site.start(through: [
                    "/bin/sh", "-c", "\"$@\" 2>&1 | head -n 1", "sh",
                ])
                let pid = try Self.service(of: site)
                try site.waitForSlot()
                try site.waitForSlot()
                kill(pid, SIGTERM)
                _ = try shell.waitForEnd(within: Self.stopLimit)
                #expect(try site.query("SELECT * FROM owners") == [])
                #expect(try site.ledgerProblems() == [])
            }
        }

        @Test func `a pipe that nobody reads does not hold the service up`() async throws {
            try await OwnThread.run {
                let site = try Site()
                let pipe = site.path + "/pipe"
                #expect(mkfifo(pipe, 0o600) == 0)
                let number = open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
                defer { close(number) }
                let block = [UInt8](repeating: 10, count: 4096)
                while write(number, block, block.count) > 0 {}
                let script = "exec \"$@\" >\(pipe) 2>&1"
                let service = try site.start(through: ["/bin/sh", "-c", script, "sh"])
                _ = try Self.service(of: site)
                try site.waitForSlot()
                try site.waitForSlot()
                #expect(try site.stop(service) == .exited(0))
                #expect(try site.ledgerProblems() == [])
            }
        }

        /// A shell with a controlling terminal of its own.
        private static func inTerminal(_ site: Site, _ command: String) throws -> StartedProcess {
            guard let script = Programs.path("script") else {
                throw Site.Missing(program: "script")
            }
            return try site.launch([script, "-qefc", command, "/dev/null"])
        }

        /// The pid of the service, once its database is there.
        private static func service(of site: Site) throws -> Int32 {
            try Patience.wait(for: "a service") {
                guard access(site.database, F_OK) == 0 else { return nil }
                return site.processes.all().first { $0.kind == .service }?.pid
            }
        }

        private static func startEndless(_ site: Site, _ service: StartedProcess) throws {
            for name in ["polite", "stubborn"] {
                #expect(try site.ask("run", name).end == .exited(0))
            }
            try Patience.wait(for: "both to run") {
                service.output.count(of: "started") == 2 ? () : nil
            }
            // It ignores TERM from now on.
            try Patience.wait(for: "the first word of a command") {
                try site.query("SELECT count(*) FROM output") == ["1"] ? () : nil
            }
        }
    }
}
