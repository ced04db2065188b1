import DownbeatRuntime
import Foundation
import Support
import Testing

extension Failure {
    /// Backups by the real executable: children, commands, and what happens to them.
    @Suite(
        "Backups of a service",
        .enabled(if: Programs.areUsable("sqlite3", "zstd", "tar"), "needs sqlite3, zstd and tar")
    )
    struct BackupCommandTests {
        /// A run that was killed is in nobody's way: at most one attempt, and overlap for one that was
        /// killed before its attempt.
        private static let schedules = """
              db:
                every: 1d
                anchor: "00:00"
                delivery: at_most_once
                overlap: allow
                backup: { sqlite: ../app.db, to: ../copies, retention: { keep_last: 3 } }
              tree:
                every: 1d
                anchor: "00:00"
                backup: { directory: ../tree, to: ../copies, compress: gzip }
              own:
                every: 1d
                anchor: "00:00"
                backup: { sqlite: ../.downbeat/state.db, to: ../own }
              lame:
                every: 1d
                anchor: "00:00"
                env: { PATH: /nowhere }
                backup: { sqlite: ../app.db, to: ../lame }
              tick:
                every: 1s
                shell: echo hello
            """

        private func site(kilobytes: Int = 200) throws -> Site {
            let site = try Site(Self.schedules)
            try fill(site, kilobytes: kilobytes)
            return site
        }

        private func fill(_ site: Site, kilobytes: Int) throws {
            // Random content does not become smaller by packing.
            _ = try site.query(
                """
                PRAGMA journal_mode = WAL; DROP TABLE IF EXISTS t;
                CREATE TABLE t (n INTEGER PRIMARY KEY, content BLOB);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(kilobytes))
                INSERT INTO t SELECT i, randomblob(1000) FROM n;
                """,
                of: site.path + "/app.db"
            )
        }

        /// The files of a schedule's copies, the newest first.
        private func copies(_ site: Site, _ name: String) throws -> [String] {
            let answer = try site.ask("backup", "list", name, "-o", "plain")
            return answer.output.split(separator: "\n").dropFirst().map {
                String($0.split(separator: "\t")[1])
            }
        }

        private func backUp(_ site: Site, _ name: String) throws {
            let answer = try site.ask("run", name, "--here")
            #expect(answer.end == .exited(0), "\(answer)")
            #expect(answer.errors.contains("  verified"), "\(answer)")
        }

        @Test func `a backup is listed, verified, and restored byte for byte`() async throws {
            try await OwnThread.run {
                let site = try site()
                let tree = site.path + "/tree"
                try FileManager.default.createDirectory(
                    atPath: tree + "/empty",
                    withIntermediateDirectories: true
                )
                try TextFile.write("text", to: tree + "/a name\nwith ünd 中")
                chmod(tree + "/a name\nwith ünd 中", 0o751)
                symlink("nowhere", tree + "/link")
                try backUp(site, "db")
                try backUp(site, "tree")
                let verified = try site.ask("backup", "verify", "db", "-o", "table")
                #expect(verified.end == .exited(0))
                #expect(verified.output.hasSuffix("1 copy good, 0 bad\n"), "\(verified)")
                #expect(try site.ask("backup", "restore", "tree", "--to", "back").end == .exited(0))
                #expect(try TreeFacts(site.path + "/back") == TreeFacts(tree))
                #expect(try site.ask("backup", "restore", "db", "--to", "r.db").end == .exited(0))
                let rows = "SELECT n, hex(content) FROM t"
                #expect(
                    try site.query(rows, of: site.path + "/r.db")
                        == site.query(rows, of: site.path + "/app.db")
                )
                for (name, place) in [("db", "r.db"), ("tree", "back")] {
                    let again = try site.ask("backup", "restore", name, "--to", place)
                    #expect(again.end == .exited(73), "\(again)")
                    let forced = try site.ask("backup", "restore", name, "--to", place, "--force")
                    #expect(forced.end == .exited(0), "\(forced)")
                }
                #expect(try TreeFacts(site.path + "/back") == TreeFacts(tree))
            }
        }

        struct Wrong: CustomTestStringConvertible, Sendable {
            var words: [String]
            var status: Int32
            var error: String

            var testDescription: String { words.joined(separator: " ") }
        }

        @Test(arguments: [
            Wrong(words: ["list", "dbb"], status: 66, error: "did you mean `db`?"),
            Wrong(words: ["list", "tick"], status: 66, error: "its action is `shell`"),
            Wrong(words: ["verify", "tree"], status: 66, error: "copies"),
            Wrong(words: ["restore", "tree", "--to", "x"], status: 66, error: "copies"),
            Wrong(
                words: ["restore", "db", "--to", "x", "--at", "2001-01-01"],
                status: 66,
                error: "the first one is of"
            ),
            Wrong(
                words: ["restore", "db", "--to", "x", "--after", "skip"],
                status: 64,
                error: "Downbeat's own state"
            ),
            Wrong(words: ["restore", "db"], status: 64, error: "--to"),
        ])
        func `what cannot be done says why`(row: Wrong) async throws {
            try await OwnThread.run {
                let site = try site()
                // The other one shares its folder, or has none.
                if row.words[1] == "db" { try backUp(site, "db") }
                let answer = try site.run([site.tool, "backup"] + row.words)
                #expect(answer.end == .exited(row.status), "\(answer)")
                #expect(answer.errors.contains(row.error), "\(answer)")
                #expect(access(site.path + "/x", F_OK) != 0)
            }
        }

        @Test func `a copy that was changed is found bad, and is not restored`() async throws {
            try await OwnThread.run {
                let site = try site()
                try backUp(site, "db")
                let copy = try #require(try copies(site, "db").first)
                let number = open(copy, O_WRONLY | O_CLOEXEC)
                #expect(pwrite(number, "x", 1, 5000) == 1)
                close(number)
                let verified = try site.ask("backup", "verify", "--json")
                #expect(verified.end == .exited(1))
                #expect(verified.output.contains(#""good":false"#), "\(verified)")
                #expect(try site.ask("backup", "restore", "db", "--to", "x").end == .exited(65))
                #expect(access(site.path + "/x", F_OK) != 0)
            }
        }

        @Test func `a program that is missing fails the run with its package`() async throws {
            try await OwnThread.run {
                let site = try site()
                let answer = try site.ask("run", "lame", "--here")
                #expect(answer.end == .exited(1))
                #expect(answer.errors.contains("install it: apt install zstd"), "\(answer)")
            }
        }

        @Test func `SIGKILL at any moment leaves no bad copy and harms no good one`() async throws {
            try await OwnThread.run {
                let site = try site(kilobytes: 6000)
                var generator = SeededGenerator.ofThisRun()
                let clocks = SystemClocks()
                let began = clocks.monotonic
                try backUp(site, "db")
                let whole = clocks.monotonic - began
                for round in 0..<(TestLength.isLong ? 100 : 10) {
                    let before = try copies(site, "db")
                    let process = try site.start(["run", "db", "--here"])
                    let part = Double.random(in: 0...1.1, using: &generator)
                    Patience.rest(whole * part)
                    // The child alone, or the process that owns the run.
                    let children = site.processes.all().filter { $0.kind == .command }
                    if round.isMultiple(of: 2), let child = children.first {
                        kill(child.pid, SIGKILL)
                    } else {
                        process.signal(SIGKILL)
                    }
                    _ = try process.waitForEnd()
                    #expect(!process.errors.contains("cannot start now"))
                    try Patience.wait(for: "all processes to end") {
                        site.processes.all().isEmpty ? () : nil
                    }
                    let after = try copies(site, "db")
                    let verified = try site.ask("backup", "verify", "db", "--json")
                    let bad = verified.output.components(separatedBy: "},{").filter { item in
                        item.contains(#""good":false"#)
                            && after.contains { item.contains("\"path\":\"\($0)\"") }
                    }
                    #expect(bad == [], "seed \(generator.seed), round \(round)")
                    let kept = after.contains(before[0]) || after.count == 3
                    #expect(kept, "seed \(generator.seed), round \(round): \(before) \(after)")
                }
                try backUp(site, "db")
                let names = Folder.names(in: site.path + "/copies")
                #expect(names.filter { $0.hasPrefix(".") } == [])
                let verified = try site.ask("backup", "verify", "db")
                #expect(verified.end == .exited(0), "\(verified)")
            }
        }

        @Test(
            .enabled(if: Programs.canMount, "needs root that may mount a tmpfs"),
            arguments: ["size=8m,mode=700", "size=8m,mode=700,ro"]
        )
        func `a destination without room or rights fails the run alone`(
            options: String
        ) async throws {
            try await OwnThread.run {
                let site = try site()
                let isReadOnly = options.hasSuffix("ro")
                let disk = try SmallMount(at: site.path + "/copies", options: options)
                if !isReadOnly { try backUp(site, "db") }
                let before = isReadOnly ? [] : try copies(site, "db")
                try fill(site, kilobytes: 12_000)
                let answer = try site.ask("run", "db", "--here")
                #expect(answer.end == .exited(1))
                let words = isReadOnly ? "read-only file system" : "too little space"
                #expect(answer.errors.contains(words), "\(answer)")
                if !isReadOnly {
                    #expect(try copies(site, "db") == before)
                    #expect(try site.ask("backup", "verify", "db").end == .exited(0))
                }
                withExtendedLifetime(disk) {}
            }
        }

        @Test func `a database that another program writes is copied as of one instant`()
            async throws
        {
            try await OwnThread.run {
                let site = try site()
                let shell = try #require(Programs.path("sh"))
                let sqlite = try #require(Programs.path("sqlite3"))
                let script = """
                    i=1000; while :; do i=$((i+1)); echo "INSERT INTO t VALUES ($i, 'x');"; done |
                      \(sqlite) -cmd '.timeout 20000' app.db
                    """
                let writer = try site.launch([shell, "-c", script])
                let count = "SELECT count(*) FROM t WHERE n > 1000"
                try Patience.wait(for: "the writer") {
                    try site.query(count, of: site.path + "/app.db") == ["0"] ? nil : ()
                }
                for _ in 0..<3 { try backUp(site, "db") }
                #expect(writer.end == nil)
                writer.signal(SIGKILL)
                #expect(try site.ask("backup", "restore", "db", "--to", "r.db").end == .exited(0))
                let holes = "SELECT max(n) - 1000 - count(*) FROM t WHERE n > 1000"
                #expect(try site.query(holes, of: site.path + "/r.db") == ["0"])
                for process in site.processes.all() { kill(process.pid, SIGKILL) }
            }
        }

        // MARK: Downbeat's own state

        @Test func `own state is copied under a daemon, and not replaced under it`() async throws {
            try await OwnThread.run {
                let site = try site()
                let service = try site.startReady()
                try site.waitForSlot()
                #expect(try site.ask("run", "own", "--wait").end == .exited(0))
                #expect(try site.ask("backup", "verify", "own").end == .exited(0))
                let restore = try site.ask(
                    "backup",
                    "restore",
                    "own",
                    "--to",
                    ".downbeat/state.db",
                    "--force",
                    "--after",
                    "skip"
                )
                #expect(restore.end == .exited(75), "\(restore)")
                #expect(restore.errors.contains("pid \(service.pid)"))
                let aside = try site.ask("backup", "restore", "own", "--to", "x.db")
                #expect(aside.end == .exited(64), "\(aside)")
                #expect(aside.errors.contains("--after skip"))
                #expect(access(site.path + "/x.db", F_OK) != 0)
                #expect(try site.stop(service) == .exited(0))
            }
        }

        @Test(arguments: ["skip", "replay"])
        func `slots after the copy are skipped or left to catch-up`(after: String) async throws {
            try await OwnThread.run {
                let site = try site()
                let service = try site.startReady()
                try site.waitForSlot()
                #expect(try site.ask("run", "own", "--wait").end == .exited(0))
                try site.waitForSlot()
                try site.waitForSlot()
                #expect(try site.stop(service) == .exited(0))
                let last = try site.newestSlot()
                let restore = try site.ask(
                    "backup",
                    "restore",
                    "own",
                    "--to",
                    ".downbeat/state.db",
                    "--force",
                    "--after",
                    after
                )
                #expect(restore.end == .exited(0), "\(restore)")
                #expect(restore.errors.contains("tick"), "\(restore)")
                let mark = "SELECT mark_us / 1000000 >= \(last) FROM schedules WHERE name = 'tick'"
                #expect(try site.query(mark) == [after == "skip" ? "1" : "0"])
                let ranges = try site.query(
                    "SELECT reason, last_us / 1000000 >= \(last) FROM slot_ranges ORDER BY 2"
                )
                #expect(ranges.last == (after == "skip" ? "catch_up|1" : nil))
                let next = try site.startReady()
                try site.waitForSlot()
                // Nobody misses the commits after the copy.
                #expect(!next.errors.contains("rows.missing"))
                // The run that made the copy is not repeated.
                #expect(try site.runStates().contains("cancelled|1"))
                #expect(try site.stop(next) == .exited(0))
                #expect(try site.query("PRAGMA integrity_check") == ["ok"])
            }
        }
    }
}
