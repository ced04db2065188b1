import DownbeatRuntime
import Glibc
import Testing

extension Failure {
    /// D1: one beat a database.
    @Suite("Takeover")
    struct TakeoverTests {
        /// The promise is 1 s; this is for a busy machine.
        private static let refusalLimit: Duration = .seconds(8)
        /// The promise is 5 s.
        private static let takeoverLimit: Duration = .seconds(20)

        @Test(arguments: ["up", "beat"])
        func `a second beat ends with 75 and names the holder, also a frozen one`(
            command: String
        ) async throws {
            try await OwnThread.run {
                let site = try Site()
                let holder = try site.startReady()
                try Self.expectRefusal(site, command, holder)
                holder.signal(SIGSTOP)
                try Self.expectRefusal(site, command, holder)
                holder.signal(SIGCONT)
                #expect(try site.stop(holder) == .exited(0))
            }
        }

        private static func expectRefusal(
            _ site: Site,
            _ command: String,
            _ holder: StartedProcess
        ) throws {
            let answer = try site.run([site.tool, command], within: refusalLimit)
            #expect(answer.end == .exited(75))
            #expect(answer.errors.contains("pid \(holder.pid)"))
            #expect(answer.errors.contains(site.database))
        }

        @Test(.enabled(if: Programs.areUsable("sqlite3"), "needs the program sqlite3"))
        func `one that stands by takes over from a killed beat without losing a slot`() async throws
        {
            try await OwnThread.run {
                let site = try Site()
                let holder = try site.startReady()
                try site.waitForSlot()
                let second = try site.start(["up", "--standby"])
                try Patience.wait(for: "the second to stand by") {
                    second.errors.contains("pid \(holder.pid)") ? () : nil
                }
                holder.signal(SIGKILL)
                try site.waitUntilReady(second, within: Self.takeoverLimit)
                try site.waitForSlot()
                #expect(try site.stop(second) == .exited(0))
                #expect(try site.ledgerProblems() == [])
            }
        }

        @Test func `one that stands by stops in order`() async throws {
            try await OwnThread.run {
                let site = try Site()
                let holder = try site.startReady()
                let second = try site.start(["up", "--standby"])
                try Patience.wait(for: "the second to stand by") {
                    second.errors.contains("standing by") ? () : nil
                }
                #expect(try site.stop(second) == .exited(0))
                #expect(try site.stop(holder) == .exited(0))
            }
        }
    }
}
