import DownbeatRuntime
import Glibc
import Testing

extension Failure {
    /// S4: what a command gets from the service: nothing but what is listed.
    @Suite("What commands inherit")
    struct InheritanceTests {
        @Test func `a command inherits what is listed and nothing else`() async throws {
            try await OwnThread.run {
                let site = try Site(Self.lookers)
                // A shell that ignores signals, blocks none and has files open.
                let script = "trap '' INT QUIT USR1 PIPE; exec 7</dev/null 8>&1; exec \"$@\""
                let service = try site.start(
                    through: ["/bin/sh", "-c", script, "sh"],
                    environment: ["UNLISTED=1", "TZ=UTC", "LD_LIBRARY_PATH=/nowhere"]
                )
                try site.waitUntilReady(service)
                try Self.expectThreeDescriptors(site)
                try Self.expectDefaultSignals(site)
                try Self.expectOwnSession(site, service)
                try Self.expectListedEnvironment(site)
                #expect(try site.stop(service) == .exited(0))
            }
        }

        private static let lookers = """
              descriptors:
                every: 1d
                command: ["/bin/ls", "/proc/self/fd"]
              signals:
                every: 1d
                command: ["/bin/cat", "/proc/self/status"]
              session:
                every: 1d
                command: ["/bin/cat", "/proc/self/stat"]
              environment:
                every: 1d
                command: ["/usr/bin/env"]
            """

        private static func lines(_ site: Site, _ name: String) throws -> [String] {
            #expect(try site.ask("run", name, "--wait").end == .exited(0))
            let rows = try site.ask("logs", name, "-o", "plain").output.split(separator: "\n")
            return rows.dropFirst().compactMap {
                $0.split(separator: "\t", maxSplits: 2).last.map(String.init)
            }
        }

        private static func expectThreeDescriptors(_ site: Site) throws {
            // The fourth is the folder that `ls` reads.
            #expect(try lines(site, "descriptors") == ["0", "1", "2", "3"])
        }

        private static func expectDefaultSignals(_ site: Site) throws {
            let status = try lines(site, "signals")
            for name in ["SigBlk:", "SigIgn:", "SigPnd:", "ShdPnd:"] {
                let line = status.first { $0.hasPrefix(name) }
                #expect(line?.hasSuffix("0000000000000000") == true, "\(line ?? name)")
            }
            #expect(status.contains { $0.hasPrefix("Umask:") && $0.hasSuffix("0022") })
        }

        private static func expectOwnSession(_ site: Site, _ service: StartedProcess) throws {
            let stat = try lines(site, "session").first ?? ""
            let fields = stat.split(separator: " ")
            try #require(fields.count > 7)
            // pid, process group, session; no terminal.
            #expect(fields[4] == fields[0])
            #expect(fields[5] == fields[0])
            #expect(fields[6] == "0")
        }

        private static func expectListedEnvironment(_ site: Site) throws {
            let environment = try lines(site, "environment")
            let names = environment.map { String($0.prefix { $0 != "=" }) }
            #expect(
                names.sorted() == [
                    "DOWNBEAT_ATTEMPT", "DOWNBEAT_QUEUE", "DOWNBEAT_RUN_ID", "DOWNBEAT_SCHEDULE",
                    "DOWNBEAT_SLOT", "FAILURE_SITE", "HOME", "LANG", "LOGNAME", "PATH", "TZ",
                    "USER",
                ]
            )
            #expect(environment.contains("TZ=Asia/Shanghai"))
            #expect(
                environment.contains(
                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
                )
            )
        }
    }
}
