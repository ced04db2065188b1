import DownbeatCore
import DownbeatRuntime
import Glibc
import Support
import Testing

@Suite("Log rotation", .tags(.processes))
struct LogRotationTests {
    @Test(arguments: RotatingLog.Way.allCases)
    func `nothing is counted twice and nothing is lost over ten rounds`(way: RotatingLog.Way) throws
    {
        var random = SeededGenerator.ofThisRun()
        for _ in 0..<5 {
            var log = RotatingLog(try LogFolder(), by: way, seed: random.next())
            let logs = log.folder
            var positions: [LogPosition] = []
            var lines: Int64 = 0
            var malformed: Int64 = 0
            var bytes: Int64 = 0
            for round in 0..<10 {
                try log.change()
                // A run that dies before its outcome is stored leaves nothing behind.
                if random.next().isMultiple(of: 3) { _ = try logs.job(positions: positions) }
                let outcome = try logs.job(positions: positions)
                positions = outcome.positions
                lines += outcome.result.lines
                malformed += outcome.result.malformed
                bytes += outcome.result.bytes
                if log.isWhole {
                    let note: Comment = "DOWNBEAT_TEST_SEED=\(random.seed), round \(round)"
                    try #require(lines == log.source.lines, note)
                    try #require(malformed == log.source.malformed, note)
                    try #require(bytes == log.source.bytes, note)
                }
            }
            try log.finishLine()
            let outcome = try logs.job(positions: positions)
            #expect(lines + outcome.result.lines == log.source.lines)
            #expect(malformed + outcome.result.malformed == log.source.malformed)
            #expect(try logs.job(positions: outcome.positions).result.lines == 0)
        }
    }

    private static func lines(_ count: Int, _ path: String) -> [UInt8] {
        (0..<count).flatMap { number in
            Array(
                ("::1 - - [10/Oct/2026:13:55:36 +0000] \"GET /\(path)/\(number) HTTP/1.1\" 200 5 "
                    + "\"-\" \"-\"\n").utf8
            )
        }
    }

    @Test func `two logs that begin alike stay two`() throws {
        let logs = try LogFolder()
        let banner = Self.lines(40, "banner")
        try logs.append(banner + Self.lines(30, "one"), to: "access.log")
        try logs.append(banner + Self.lines(50, "two"), to: "access.log.other")
        let first = try logs.job()
        #expect(first.result.lines == 160)
        try logs.append(Self.lines(1, "three"), to: "access.log")
        // A new log with the old beginning and the old inode, longer than the old one.
        logs.remove("access.log.other")
        try logs.append(banner + Self.lines(60, "four"), to: "access.log.other")
        #expect(try logs.job(positions: first.positions).result.lines == 101)
    }

    @Test func `a copy beside its original is not counted`() throws {
        let logs = try LogFolder()
        let lines = Self.lines(100, "a")
        try logs.append(lines, to: "access.log")
        try logs.append(Array(lines.dropLast(700)), to: "access.log.1")
        let first = try logs.job()
        #expect(first.result.lines == 100)
        // The copy is finished, then the original is emptied and written to.
        try logs.append(Array(lines.suffix(700)) + Self.lines(3, "b"), to: "access.log.1")
        logs.remove("access.log")
        try logs.append(Self.lines(2, "c"), to: "access.log")
        let second = try logs.job(positions: first.positions)
        #expect(second.result.lines == 5)
    }

    @Test func `a hard link, two globs and a compressed file in the making count once`() throws {
        let logs = try LogFolder()
        try logs.append(Self.lines(100, "a"), to: "access.log")
        _ = link(logs.path + "/access.log", logs.path + "/access.log.link")
        symlink("access.log", logs.path + "/access.log.soft")
        try logs.append([0x1F, 0x8B, 0x08], to: "access.log.gz")
        try logs.append([], to: "access.log.empty")
        for window in [LogWindow.Kind.sinceLast, .all] {
            let outcome = try logs.job(globs: ["access.log*", "*.log"], window: window)
            #expect(outcome.result.lines == 100)
            #expect(outcome.notes.count == 1)
        }
    }

    @Test func `a window of time leaves out what was not written since`() throws {
        let logs = try LogFolder()
        let nominal = try InstantText.parse("2026-10-10T14:00:00Z")
        try logs.append(Self.lines(10, "a"), to: "access.log.1")
        try logs.compress("access.log.1")
        try logs.append(Self.lines(20, "b"), to: "access.log")
        try logs.append(Self.lines(40, "c"), to: "access.log.2")
        try logs.setModified("access.log.1.gz", to: nominal)
        try logs.setModified("access.log", to: nominal - .seconds(3600))
        try logs.setModified("access.log.2", to: nominal - .seconds(3601))
        var last: (done: Int64, total: Int64) = (0, 0)
        let outcome = try logs.job(window: .previousHour, nominal: nominal) { last = ($0, $1) }
        #expect(outcome.result.lines == 30)
        #expect(outcome.positions.isEmpty)
        #expect(last.done == last.total && last.total > 0)
    }

    @Test func `what cannot be read is an error that says what to do`() throws {
        let logs = try LogFolder()
        let none = #expect(throws: LogStatsFailure.self) { try logs.job() }
        #expect(none?.description.hasPrefix("no file matches \(logs.path)/access.log*; ") == true)
        try logs.append(Self.lines(500, "a"), to: "access.log.1")
        try logs.compress("access.log.1")
        let packed = try logs.bytes(of: "access.log.1.gz")
        logs.remove("access.log.1.gz")
        try logs.append(Array(packed.dropLast(20)), to: "access.log.1.gz")
        let damaged = #expect(throws: LogStatsFailure.self) { try logs.job() }
        #expect(damaged == .damaged(path: logs.path + "/access.log.1.gz", status: 1))
        try logs.append([0x28, 0xB5, 0x2F, 0xFD], to: "access.log.0.zst")
        let foreign = #expect(throws: LogStatsFailure.self) { try logs.job() }
        #expect(
            foreign == .foreignCompression(path: logs.path + "/access.log.0.zst", kind: "zstd")
        )
    }
}
