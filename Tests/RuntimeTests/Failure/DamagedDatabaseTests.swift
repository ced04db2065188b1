import DownbeatRuntime
import Glibc
import Support
import Testing

extension Failure {
    /// D5: a database that is not what it was.
    @Suite(
        "Damaged database",
        .enabled(if: Programs.areUsable("sqlite3"), "needs the program sqlite3")
    )
    struct DamagedDatabaseTests {
        private static let pageBytes = 4096

        /// What a start must refuse, and what it says.
        struct Refused: CustomTestStringConvertible, Sendable {
            var testDescription: String
            var words: [String]
            var damage: @Sendable (Site) throws -> Void
        }

        static let refusals = [
            Refused(testDescription: "zeroed header", words: ["not a database", ".recover"]) {
                try overwrite($0, at: 0, with: [UInt8](repeating: 0, count: 100))
            },
            Refused(testDescription: "not a database", words: ["not a database"]) {
                try Bytes.write(Array("dear diary\n".utf8), to: $0.database)
            },
            Refused(testDescription: "another program's", words: ["not a Downbeat database"]) {
                unlink($0.database)
                _ = try $0.query("CREATE TABLE cats (name TEXT)")
            },
            Refused(testDescription: "a newer version's", words: ["schema 99", "newer version"]) {
                _ = try $0.query("PRAGMA user_version = 99")
            },
        ]

        @Test(arguments: refusals)
        func `a start refuses a database that is not sound and leaves it alone`(
            refused: Refused
        ) async throws {
            try await OwnThread.run {
                let site = try Self.used()
                try refused.damage(site)
                let before = Bytes.of(site.database)
                let answer = try site.ask("up")
                #expect(answer.end == .exited(65))
                #expect(answer.errors.contains(site.database) || refused.words[0].contains("99"))
                for words in refused.words { #expect(answer.errors.contains(words)) }
                #expect(Bytes.of(site.database) == before)
                #expect(try site.ask("runs").end == .exited(65))
            }
        }

        @Test func `a start finds any damaged page and leaves it alone`() async throws {
            try await OwnThread.run {
                let site = try Self.used()
                let sound = Bytes.of(site.database)
                var generator = SeededGenerator.ofThisRun()
                for _ in 0..<(TestLength.isLong ? 200 : 20) {
                    let page = Int.random(
                        in: 1..<sound.count / Self.pageBytes,
                        using: &generator
                    )
                    var damaged = sound
                    for offset in 0..<Self.pageBytes {
                        damaged[page * Self.pageBytes + offset] = UInt8.random(
                            in: 0...255,
                            using: &generator
                        )
                    }
                    try Bytes.write(damaged, to: site.database)
                    let answer = try site.ask("up")
                    let place: Comment = "page \(page), DOWNBEAT_TEST_SEED=\(generator.seed)"
                    #expect(answer.end == .exited(65), place)
                    #expect(answer.errors.contains(".recover"), place)
                    #expect(Bytes.of(site.database) == damaged, place)
                }
            }
        }

        @Test func `a flipped bit never makes a service crash`() async throws {
            try await OwnThread.run {
                let site = try Self.used()
                let sound = Bytes.of(site.database)
                var generator = SeededGenerator.ofThisRun()
                for _ in 0..<(TestLength.isLong ? 200 : 12) {
                    let bit = Int.random(in: 0..<sound.count * 8, using: &generator)
                    var damaged = sound
                    damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                    try Bytes.write(damaged, to: site.database)
                    let service = try site.start()
                    try Patience.wait(for: "a service or its end") {
                        service.end != nil || service.output.contains("scheduled ") ? () : nil
                    }
                    let end = try site.stop(service)
                    let isDefined = [.exited(0), .exited(65), .exited(74)].contains(end)
                    #expect(
                        isDefined,
                        "\(end) with bit \(bit), DOWNBEAT_TEST_SEED=\(generator.seed)"
                    )
                    for left in ["-wal", "-shm"] { unlink(site.database + left) }
                    unlink(site.state + "/sequence")
                }
            }
        }

        /// What can happen to a log that nobody had the time to bring into the database.
        enum LogDamage: CaseIterable {
            case cut, flipped, deleted
        }

        @Test(arguments: LogDamage.allCases)
        func `commits that a damaged log has lost are noticed`(damage: LogDamage) async throws {
            try await OwnThread.run {
                let site = try Site()
                let first = try site.startReady()
                try site.waitForSlot()
                first.signal(SIGKILL)
                _ = try first.waitForEnd()
                // What the daemon itself notes once a minute; read from a copy, since whoever opens
                // a database last brings its log into it.
                let copy = site.path + "/copy"
                try Bytes.write(Bytes.of(site.database), to: copy)
                try Bytes.write(Bytes.of(site.database + "-wal"), to: copy + "-wal")
                let count = try site.query(
                    "SELECT value FROM counters WHERE name = 'commits'",
                    of: copy
                )
                try TextFile.write(count[0] + "\n", to: site.state + "/sequence")
                try Self.apply(damage, to: site.database + "-wal")
                unlink(site.database + "-shm")
                try Self.expectNotice(site)
            }
        }

        private static func apply(_ damage: LogDamage, to log: String) throws {
            var bytes = Bytes.of(log)
            switch damage {
            case .cut: bytes.removeLast(bytes.count / 3)
            case .flipped: bytes[bytes.count / 2] ^= 1
            case .deleted: bytes = []
            }
            if bytes.isEmpty { unlink(log) } else { try Bytes.write(bytes, to: log) }
        }

        @Test func `an older copy in place of the database is noticed`() async throws {
            try await OwnThread.run {
                let site = try Self.used()
                let copy = Bytes.of(site.database)
                let second = try site.startReady()
                try site.waitForSlot()
                #expect(try site.stop(second) == .exited(0))
                try Bytes.write(copy, to: site.database)
                try Self.expectNotice(site)
            }
        }

        private static func expectNotice(_ site: Site) throws {
            let service = try site.startReady()
            #expect(service.errors.contains("rows.missing"))
            let status = try site.ask("status")
            #expect(status.end == .exited(1))
            #expect(status.output.contains("lacks the newest"))
            #expect(try site.stop(service) == .exited(0))
            // Once is enough.
            let next = try site.startReady()
            #expect(!next.errors.contains("rows.missing"))
            #expect(try site.stop(next) == .exited(0))
        }

        /// A database with some runs, whole in its file.
        private static func used() throws -> Site {
            let site = try Site()
            let service = try site.startReady()
            try site.waitForSlot()
            #expect(try site.stop(service) == .exited(0))
            return site
        }

        private static func overwrite(_ site: Site, at offset: Int, with new: [UInt8]) throws {
            var bytes = Bytes.of(site.database)
            bytes.replaceSubrange(offset..<offset + new.count, with: new)
            try Bytes.write(bytes, to: site.database)
        }
    }
}
