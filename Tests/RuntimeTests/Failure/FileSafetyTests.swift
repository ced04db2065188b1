import DownbeatRuntime
import Glibc
import Testing

extension Failure {
    /// S1 and S2: who may read what a service leaves, and what it refuses to follow.
    @Suite("Files of the service", .serialized)
    struct FileSafetyTests {
        @Test(arguments: ["000", "022", "277"])
        func `all files of the state are their owner's alone`(mask: String) async throws {
            try await OwnThread.run {
                let site = try Site()
                let script = "umask \(mask); exec \"$@\""
                let service = try site.start(through: ["/bin/sh", "-c", script, "sh"])
                try site.waitUntilReady(service)
                try Patience.wait(for: "a run") {
                    service.output.contains("succeeded") ? () : nil
                }
                Self.expectPrivate(site)
                #expect(try site.stop(service) == .exited(0))
                #expect(access(site.state + "/sequence", F_OK) == 0)
                Self.expectPrivate(site)
            }
        }

        private static func expectPrivate(_ site: Site) {
            for entry in Tree.entries(site.state) {
                let isFolder = entry.facts.st_mode & S_IFMT == S_IFDIR
                #expect(entry.facts.st_mode & 0o7777 == (isFolder ? 0o700 : 0o600), "\(entry.path)")
                #expect(entry.facts.st_uid == geteuid())
            }
        }

        /// What stands in the place of a file of ours.
        enum Trap: CaseIterable {
            case symbolicLink, hardLink, fifo, device, folder
        }

        enum Place: String, CaseIterable {
            case database = ".downbeat/state.db"
            case log = ".downbeat/state.db-wal"
            case lock = ".downbeat/beat.lock"
            case keepers = ".downbeat/keepers"
            case state = ".downbeat"
        }

        @Test(arguments: Trap.allCases, Place.allCases)
        func `nothing is opened that is not a file of ours`(trap: Trap, place: Place) async throws {
            // A folder belongs in the place of a folder.
            if trap == .folder, place == .keepers || place == .state { return }
            try await OwnThread.run {
                let site = try Site()
                let first = try site.startReady()
                #expect(try site.stop(first) == .exited(0))
                let target = site.path + "/target"
                try TextFile.write("precious\n", to: target)
                let path = "\(site.path)/\(place.rawValue)"
                guard rename(path, path + ".away") == 0 || errno == ENOENT else {
                    throw Site.Missing(program: path)
                }
                guard try Self.set(trap, at: path, to: target) else { return }
                let answer = try site.ask("up")
                let isRefused = [.exited(65), .exited(74)].contains(answer.end)
                #expect(isRefused, "\(answer)")
                #expect(answer.errors.contains(path))
                #expect(TextFile.contents(target) == "precious\n")
            }
        }

        @Test func `the note of commits is not written through a link`() async throws {
            try await OwnThread.run {
                let site = try Site()
                let first = try site.startReady()
                #expect(try site.stop(first) == .exited(0))
                let target = site.path + "/target"
                try TextFile.write("precious\n", to: target)
                for name in ["sequence", "sequence.new"] {
                    unlink("\(site.state)/\(name)")
                    #expect(symlink(target, "\(site.state)/\(name)") == 0)
                }
                let second = try site.startReady()
                #expect(try site.stop(second) == .exited(0))
                #expect(TextFile.contents(target) == "precious\n")
            }
        }

        @Test(arguments: [Trap.fifo, .device, .folder])
        func `a schedule file that is no file is refused`(trap: Trap) async throws {
            try await OwnThread.run {
                let site = try Site()
                let path = site.path + "/schedules/odd.yaml"
                guard try Self.set(trap, at: path, to: "") else { return }
                let answer = try site.ask("up")
                #expect(answer.end == .exited(78))
                #expect(answer.errors.contains("odd.yaml"))
            }
        }

        /// - Returns: whether this user may make such a thing.
        private static func set(_ trap: Trap, at path: String, to target: String) throws -> Bool {
            let outcome =
                switch trap {
                case .symbolicLink: symlink(target, path)
                case .hardLink: link(target, path)
                case .fifo: mkfifo(path, 0o600)
                case .device: mknod(path, S_IFCHR | 0o600, dev_t(0x105))  // /dev/zero
                case .folder: mkdir(path, 0o700)
                }
            if outcome != 0, trap == .device { return false }
            guard outcome == 0 else { throw Site.Missing(program: path) }
            return true
        }
    }
}
