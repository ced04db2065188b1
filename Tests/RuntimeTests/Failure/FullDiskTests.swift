import DownbeatRuntime
import Glibc
import Support
import Testing

extension Failure {
    /// D3: no space left.
    @Suite("Full disk")
    struct FullDiskTests {
        /// The promise is 5% of a core; the build is a slow one.
        private static let shareMax = 0.1
        /// The promise is 10 s.
        private static let resumeLimit: Duration = .seconds(30)
        private static let logBytesMax = 1 << 20

        @Test(
            .enabled(if: Programs.canMount, "needs root that may mount a tmpfs"),
            .enabled(if: Programs.areUsable("sqlite3"), "needs the program sqlite3")
        )
        func `a full disk is waited for in peace, and no slot is lost`() async throws {
            try await OwnThread.run {
                let site = try Site(Site.ticking + "; sleep 0.3; echo again")
                let disk = try SmallDisk(at: site.state, of: site)
                let service = try site.startReady()
                for _ in 0..<(TestLength.isLong ? 5 : 2) {
                    try site.waitForSlot(within: Self.resumeLimit)
                    try disk.fill()
                    Patience.rest(.seconds(1))
                    let use = Usage.watch(service.pid, for: .seconds(2))
                    #expect(use.share < Self.shareMax)
                    #expect(service.end == nil)
                    disk.free()
                }
                try site.waitForSlot(within: Self.resumeLimit)
                #expect(service.errors.contains("is full"))
                #expect(service.errors.utf8.count + service.output.utf8.count < Self.logBytesMax)
                try disk.fill()
                Patience.rest(.seconds(1))
                service.signal(SIGTERM)
                // In order, or because it could not hand in what it had.
                let end = try service.waitForEnd(within: .seconds(15))
                #expect([.exited(0), .exited(74)].contains(end))
                disk.free()
                let next = try site.startReady()
                try site.waitForSlot()
                #expect(try site.stop(next) == .exited(0))
                #expect(try site.ledgerProblems() == [])
                #expect(try site.query("PRAGMA integrity_check") == ["ok"])
            }
        }
    }

    /// A file system of 8 MB.
    private final class SmallDisk {
        private let path: String
        private let site: Site
        private var filling: String { path + "/filling" }

        init(at path: String, of site: Site) throws {
            self.path = path
            self.site = site
            guard mkdir(path, 0o700) == 0, let mount = Programs.path("mount") else {
                throw Site.Missing(program: "mount")
            }
            let options = "size=8m,mode=700"
            let answer = try site.run([mount, "-t", "tmpfs", "-o", options, "tmpfs", path])
            guard answer.end == .exited(0) else { throw Site.EndedEarly(answer: answer) }
        }

        deinit {
            // In use only while a failed test ends; then it goes with its last user.
            umount2(path, Int32(MNT_DETACH))
        }

        /// Writes until nothing more fits.
        func fill() throws {
            let number = open(filling, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard number >= 0 else {
                throw StartedProcess.NotStarted(program: filling, errorNumber: errno)
            }
            defer { close(number) }
            let block = [UInt8](repeating: 0, count: 4096)
            while write(number, block, block.count) > 0 {}
        }

        func free() {
            unlink(filling)
        }
    }
}
