import DownbeatRuntime
import Glibc
import Support
import Testing

extension Failure {
    /// D2: other programs at the database.
    @Suite(
        "Locked database",
        .enabled(if: Programs.areUsable("sqlite3"), "needs the program sqlite3")
    )
    struct LockedDatabaseTests {
        /// The promise is 5 s after the release.
        private static let catchUpLimit: Duration = .seconds(20)
        /// Waiting for a lock is looking at it every 2 s; spinning takes a whole core or two.
        private static let shareMax = 0.1

        @Test(arguments: ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
        func `a lock is waited for, said once, and no slot is lost`(begin: String) async throws {
            try await OwnThread.run {
                let site = try Site(Self.slow)
                let service = try site.startReady()
                try site.waitForSlot()
                let holder = try Holder(begin, of: site)
                // Runs that end now have nowhere to go.
                Patience.rest(TestLength.isLong ? .seconds(26) : .seconds(1))
                let use = Usage.watch(service.pid, for: .seconds(3))
                #expect(service.end == nil)
                #expect(use.share < Self.shareMax)
                try holder.release()
                try site.waitForSlot(within: Self.catchUpLimit)
                #expect(try site.stop(service) == .exited(0))
                #expect(service.errors.count(of: "store.trouble") <= 1)
                #expect(try site.ledgerProblems() == [])
                #expect(try site.query("SELECT count(*) FROM attempts WHERE attempt > 1") == ["0"])
            }
        }

        /// Writes and ends a moment after its start.
        private static let slow = Site.ticking + "; sleep 0.4; echo again"

        @Test func `a service stops although the database is locked`() async throws {
            try await OwnThread.run {
                let site = try Site(Self.slow)
                let service = try site.startReady()
                try site.waitForSlot()
                let holder = try Holder("BEGIN IMMEDIATE", of: site)
                service.signal(SIGTERM)
                // Drain 1 s, and what is left is lost; a second one would end it at once.
                _ = try service.waitForEnd(within: .seconds(15))
                try holder.release()
                let next = try site.startReady()
                try site.waitForSlot()
                #expect(try site.stop(next) == .exited(0))
                #expect(try site.ledgerProblems() == [])
                #expect(try site.query("SELECT * FROM leases") == [])
            }
        }

        @Test func `a start waits for a lock that passes`() async throws {
            try await OwnThread.run {
                let site = try Site()
                let first = try site.startReady()
                #expect(try site.stop(first) == .exited(0))
                let holder = try Holder("BEGIN EXCLUSIVE", of: site)
                let second = try site.start()
                Patience.rest(.seconds(1))
                try holder.release()
                try site.waitUntilReady(second)
                #expect(try site.stop(second) == .exited(0))
            }
        }

        @Test func `a log that a reader kept long is cut back when the reader has left`()
            async throws
        {
            try await OwnThread.run {
                let site = try Site(Self.wordy)
                let service = try site.startReady()
                try site.waitForSlot()
                let reader = try Holder("BEGIN; SELECT count(*) FROM runs", of: site)
                try Patience.wait(for: "a long log") { site.logBytes > Self.longLog ? () : nil }
                // Nothing more is written, so no commit gives an occasion.
                try site.configure(Site.ticking.replacing("1s", with: "1d"))
                service.signal(SIGHUP)
                try Patience.wait(for: "the new files") {
                    service.output.contains("loaded ") ? () : nil
                }
                try reader.release()
                try Patience.wait(for: "a short log") { site.logBytes <= Self.shortLog ? () : nil }
                #expect(try site.stop(service) == .exited(0))
            }
        }

        private static let longLog = 18 << 20
        /// A log that starts over is cut to this size; the promise is 64 MB.
        private static let shortLog = 16 << 20
        private static let wordy = (1...6).map { number in
            """
              wordy\(number):
                every: 1s
                overlap: allow
                shell: head -c 900000 /dev/zero | tr '\\0' 'x'
            """
        }.joined(separator: "\n")
    }

    /// Another program that holds a lock until it is told to let go.
    private final class Holder {
        private let process: StartedProcess
        private let releaseFile: String

        init(_ begin: String, of site: Site) throws {
            let heldFile = site.path + "/held"
            releaseFile = site.path + "/release"
            unlink(heldFile)
            unlink(releaseFile)
            guard let program = Programs.path("sqlite3") else {
                throw Site.Missing(program: "sqlite3")
            }
            process = try site.launch([
                program, site.database, ".timeout 20000", begin, ".shell touch '\(heldFile)'",
                ".shell while ! test -e '\(releaseFile)'; do sleep 0.05; done", "COMMIT",
            ])
            try Patience.wait(for: "the lock") { access(heldFile, F_OK) == 0 ? () : nil }
        }

        func release() throws {
            try TextFile.write("", to: releaseFile)
            #expect(try process.waitForEnd() == .exited(0))
        }
    }
}

extension Site {
    /// Bytes of the write-ahead log.
    fileprivate var logBytes: Int {
        var facts = stat()
        return stat(database + "-wal", &facts) == 0 ? Int(facts.st_size) : 0
    }
}
