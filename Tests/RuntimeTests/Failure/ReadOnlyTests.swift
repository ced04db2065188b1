import DownbeatRuntime
import Glibc
import Testing

extension Failure {
    /// D6: a state that cannot be written.
    @Suite("Read-only state")
    struct ReadOnlyTests {
        /// The promise is 1 s; this is for a busy machine.
        private static let limit: Duration = .seconds(8)
        private static let nobody: UInt32 = 65_534

        enum Place: CaseIterable {
            case file, folder, emptyFolder
        }

        @Test(
            .enabled(if: Programs.areRoot, "needs root, to become a user without rights"),
            .enabled(if: Programs.areUsable("setpriv"), "needs the program setpriv"),
            arguments: Place.allCases
        )
        func `a service says what cannot be written, and what is there can be read`(
            place: Place
        ) async throws {
            try await OwnThread.run {
                let site = try Self.used(place == .emptyFolder ? .empty : .filled)
                for entry in Tree.entries(site.state) {
                    guard chown(entry.path, Self.nobody, Self.nobody) == 0 else {
                        throw Site.Missing(program: "chown")
                    }
                }
                switch place {
                case .file: chmod(site.database, 0o400)
                case .folder, .emptyFolder: chmod(site.state, 0o500)
                }
                try Self.expectRefusal(site, through: Self.asNobody)
                guard place != .emptyFolder else { return }
                let runs = try site.ask("runs", through: Self.asNobody)
                #expect(runs.end == .exited(0))
                #expect(runs.output.contains("succeeded"))
                let pause = try site.ask("pause", "tick", through: Self.asNobody)
                #expect(pause.end == .exited(74))
            }
        }

        @Test(.enabled(if: Programs.canMount, "needs root that may mount"))
        func `a read-only mount is refused for writing and can be read`() async throws {
            try await OwnThread.run {
                let site = try Self.used(.filled)
                // In a name space of its own, which ends with the command.
                let script = """
                    mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"
                    """
                let wrapper = ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, site.state]
                try Self.expectRefusal(site, through: wrapper)
                #expect(try site.ask("runs", through: wrapper).output.contains("succeeded"))
                #expect(try site.ask("schedules", through: wrapper).end == .exited(0))
                #expect(try site.ask("run", "tick", through: wrapper).end == .exited(74))
            }
        }

        private static func expectRefusal(_ site: Site, through wrapper: [String]) throws {
            let answer = try site.run(wrapper + [site.tool, "up"], within: limit)
            #expect(answer.end == .exited(74))
            #expect(answer.errors.contains(site.state))
            #expect(answer.errors.contains("permission denied") || answer.errors.contains("read"))
        }

        private static let asNobody = [
            "/usr/bin/setpriv", "--reuid=\(nobody)", "--regid=\(nobody)", "--clear-groups",
        ]

        private enum Content { case empty, filled }

        /// A site that everybody may enter, with runs or an empty state folder.
        private static func used(_ content: Content) throws -> Site {
            let site = try Site()
            chmod(site.path, 0o755)
            chmod(site.scheduleFile, 0o644)
            switch content {
            case .empty: mkdir(site.state, 0o700)
            case .filled:
                let service = try site.startReady()
                try Patience.wait(for: "a run") {
                    service.output.contains("succeeded") ? () : nil
                }
                #expect(try site.stop(service) == .exited(0))
            }
            return site
        }
    }
}
