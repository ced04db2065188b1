import DownbeatCore
import DownbeatRuntime
import Foundation
import Support
import Testing

/// `log_stats` in children of the real executable.
@Suite("Log statistics in children", .tags(.processes))
struct LogStatsRunTests {
    @Test func `50,000 lines through the daemon add up to what their generator says`() async throws
    {
        let seed = SeededGenerator.ofThisRun().seed
        try await OwnThread.run {
            let fields: [LogField] = [
                .status, .class, .method, .path, .referrer, .agent, .client,
            ]
            let list = fields.map(\.rawValue).joined(separator: ", ")
            let service = try LogStatsSite("window: all, group_by: [\(list)]")
            var source = LogLines(seed: seed, start: Timestamp(seconds: 1_790_000_000))
            try service.logs.append(source.next(25_000), to: "access.log.1")
            try service.logs.compress("access.log.1")
            try service.logs.append(source.next(25_000), to: "access.log")
            let daemon = try service.site.startReady()
            #expect(try service.site.ask("run", "log", "--wait").end == .exited(0))
            #expect(try service.site.stop(daemon) == .exited(0))
            let windows = try service.windows()
            let note: Comment = "DOWNBEAT_TEST_SEED=\(seed)"
            let window = try #require(windows.first, note)
            #expect(windows.count == 1)
            #expect(window.lines == source.lines, note)
            #expect(window.malformed == source.malformed, note)
            #expect(window.bytes == source.bytes, note)
            #expect(window.clients == Int64(source.clients.count), note)
            #expect(window.exact && window.latency_ms == nil)
            #expect(try InstantText.parse(window.window_start) == source.earliest, note)
            #expect(try InstantText.parse(window.window_end) == source.latest, note)
            for field in fields {
                let found = window.groups.filter { $0.by == field.rawValue }
                let expected = source.groups(
                    of: field,
                    limit: found.count { $0.key != "(other)" }
                ).map {
                    LogStatsSite.Window.Group(
                        by: $0.by.rawValue,
                        key: $0.key,
                        count: $0.count,
                        bytes: $0.bytes
                    )
                }
                #expect(Set(found) == Set(expected), note)
            }
        }
    }

    #if DEBUG
        @Test(arguments: RotatingLog.Way.allCases)
        func `ten rounds of rotation with a SIGKILL in each count every line once`(
            way: RotatingLog.Way
        ) async throws {
            let seed = SeededGenerator.ofThisRun().seed
            try await OwnThread.run { try Self.tenRounds(by: way, seed: seed) }
        }

        private static func waitForRuns(_ site: Site) throws {
            try Patience.wait(for: "all runs to succeed") {
                try site.runStates().allSatisfy { $0.hasPrefix("succeeded") } ? () : nil
            }
        }

        /// Where the service is killed: from the claim to the commit of the end, and the child itself.
        private static let places = ["P4", "P5", "P6", "P8", "P9", "child", "between"]

        private static func tenRounds(by way: RotatingLog.Way, seed: UInt64) throws {
            let note: Comment = "DOWNBEAT_TEST_SEED=\(seed)"
            var random = SeededGenerator(seed: seed)
            let service = try LogStatsSite(
                "window: since_last, group_by: [status, path]",
                "env: { PATH: \(LogStatsSite.programs) }\n    retry: { times: 3, wait: 1ms }"
            )
            let site = service.site
            let mark = site.path + "/killed"
            try service.replaceGzip(
                "[ -e '\(mark)' ] || { : > '\(mark)'; kill -9 $PPID; }; exec /bin/gzip \"$@\""
            )
            var log = RotatingLog(service.logs, by: way, seed: seed)
            for round in 0..<10 {
                try log.change()
                let place = places[Int(random.next() % UInt64(places.count))]
                if place == "child" { unlink(mark) } else { try TextFile.write("", to: mark) }
                let failpoint = place.hasPrefix("P") ? ["DOWNBEAT_FAILPOINT=\(place):1"] : []
                let first = try site.start(environment: failpoint)
                try site.waitUntilReady(first)
                #expect(try site.ask("run", "log").end == .exited(0))
                if place.hasPrefix("P") {
                    #expect(try first.waitForEnd() == .signalled(SIGKILL), "\(place)")
                } else {
                    try Self.waitForRuns(site)
                    first.signal(SIGKILL)
                    _ = try first.waitForEnd()
                }
                let second = try site.startReady()
                try Self.waitForRuns(site)
                #expect(try site.stop(second) == .exited(0))
                let windows = try service.windows()
                try #require(windows.count == round + 1, note)
                guard log.isWhole else { continue }
                let source = log.source
                try #require(windows.map(\.lines).reduce(0, +) == source.lines, note)
                try #require(windows.map(\.malformed).reduce(0, +) == source.malformed, note)
                try #require(windows.map(\.bytes).reduce(0, +) == source.bytes, note)
                let oks = windows.flatMap(\.groups).filter { $0.by == "status" && $0.key == "200" }
                let expected = source.sums[.status]?["200"]?.count ?? 0
                try #require(oks.map(\.count).reduce(0, +) == expected, note)
            }
            // Attempts that were killed were repeated.
            #expect(try site.query("SELECT count(*) > 10 FROM attempts") == ["1"])
            let windows = try service.windows()
            // Each goes on where the one before it ended.
            #expect(
                zip(windows, windows.dropFirst()).allSatisfy { $0.window_end == $1.window_start }
            )
        }
    #endif

    @Test func `what is counted again takes the place of its window`() async throws {
        try await OwnThread.run {
            let service = try LogStatsSite("window: all, group_by: status")
            let lines = Self.lines(every: .seconds(60), from: -3600, to: 3600)
            try service.logs.append(lines, to: "access.log")
            #expect(try service.site.ask("run", "log", "--here").end == .exited(0))
            try service.logs.append(
                Self.lines(every: .seconds(60), from: 0, to: 60),
                to: "access.log.1"
            )
            #expect(try service.site.ask("run", "log", "--here").end == .exited(0))
            let windows = try service.windows()
            #expect(windows.map(\.lines) == [121])
            #expect(windows[0].groups.map(\.count) == [121])
        }
    }

    @Test func `a manual run counts the hour before it was asked for`() async throws {
        try await OwnThread.run {
            let service = try LogStatsSite("window: previous_hour, group_by: status")
            let lines = Self.lines(every: .seconds(60), from: -4 * 3600, to: 4 * 3600)
            try service.logs.append(lines, to: "access.log")
            #expect(try service.site.ask("run", "log", "--here").end == .exited(0))
            let asked = try InstantText.parse(try service.run().enqueued_at)
            let end = Timestamp(seconds: asked.seconds / 3600 * 3600)
            let window = try #require(try service.windows().first)
            #expect(window.lines == 60)
            #expect(try InstantText.parse(window.window_start) == end - .seconds(3600))
            #expect(try InstantText.parse(window.window_end) == end)
        }
    }

    /// Lines at each step from a distance before now to one after it, in seconds.
    private static func lines(every step: Duration, from: Int64, to: Int64) -> [UInt8] {
        let now = SystemClocks().now.seconds / 60 * 60
        return stride(from: now + from, to: now + to, by: Int(step.components.seconds))
            .flatMap { second in
                let wall = CivilTime(wall: Int(second))
                let clock = [wall.hour, wall.minute, wall.second]
                    .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
                let day = "\(wall.date.day < 10 ? "0" : "")\(wall.date.day)"
                let month = months[wall.date.month - 1]
                return Array(
                    ("::1 - - [\(day)/\(month)/\(wall.date.year):\(clock) +0000]"
                        + " \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"\n").utf8
                )
            }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    @Test func `a run that is cancelled ends by itself, with what it has started`() async throws {
        try await OwnThread.run {
            let line = String(
                decoding: Self.lines(every: .seconds(1), from: 0, to: 1),
                as: UTF8.self
            )
            .dropLast()
            let service = try LogStatsSite(
                "window: all",
                "grace: 1h\n    env: { PATH: \(LogStatsSite.programs) }"
            )
            try service.replaceGzip("exec /usr/bin/yes '\(line)'")
            try service.logs.append(
                Self.lines(every: .seconds(1), from: 0, to: 1),
                to: "access.log.1"
            )
            try service.logs.compress("access.log.1")
            let daemon = try service.site.startReady()
            #expect(try service.site.ask("run", "log").end == .exited(0))
            try Patience.wait(for: "progress") {
                try service.site.query("SELECT count(*) FROM progress") == ["1"] ? () : nil
            }
            #expect(try service.site.ask("cancel", "log").end == .exited(0))
            try Patience.wait(for: "the run to end") {
                try service.site.runStates() == ["cancelled|1"] ? () : nil
            }
            #expect(try service.windows().isEmpty)
            #expect(try service.site.stop(daemon) == .exited(0))
        }
    }

    struct Failing: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var makes: @Sendable (LogFolder) throws -> Void
        var more = ""
        /// With `LOGS` for the folder.
        var error: String
        var attempts = 1
    }

    static let failing = [
        Failing(
            testDescription: "no file",
            makes: { _ in },
            error: "no file matches LOGS/access.log*; check `files`, and whether this user may list"
                + " the folder",
            attempts: 2
        ),
        Failing(
            testDescription: "no permission",
            makes: { logs in
                try logs.append(lines(every: .seconds(1), from: 0, to: 1), to: "access.log")
                chmod(logs.path + "/access.log", 0)
                chmod(logs.path, 0o755)
            },
            more: getuid() == 0 ? "user: nobody" : "",
            error:
                "cannot open LOGS/access.log: permission denied; let the daemon's user read it, on"
                + " Debian by the group adm"
        ),
        Failing(
            testDescription: "gzip is missing",
            makes: { logs in
                try logs.append(lines(every: .seconds(1), from: 0, to: 1), to: "access.log.1")
                try logs.compress("access.log.1")
            },
            more: "env: { PATH: /nowhere }",
            error:
                "cannot read LOGS/access.log.1.gz: the program gzip is missing; install the package"
                + " gzip"
        ),
    ]

    @Test(arguments: failing)
    func `a run that cannot count says what to do, and is repeated if that can help`(
        row: Failing
    ) async throws {
        try await OwnThread.run {
            let service = try LogStatsSite(
                "window: all",
                "retry: { times: 1, wait: 1ms }\n    \(row.more)"
            )
            try row.makes(service.logs)
            #expect(try service.site.ask("run", "log", "--here").end == .exited(1))
            let run = try service.run()
            #expect(run.state == "failed")
            #expect(run.error == row.error.replacing("LOGS", with: service.logs.path))
            #expect(run.attempts_list.count == row.attempts)
            #expect(try service.windows().isEmpty)
        }
    }

    @Test func `lines of another format are a warning that shows the first`() async throws {
        try await OwnThread.run {
            let service = try LogStatsSite("window: all")
            try service.logs.append(Array("hello\nworld\n".utf8), to: "access.log")
            #expect(try service.site.ask("run", "log", "--here").end == .exited(0))
            #expect(
                try service.run().stderr
                    == "warning: none of 2 lines has the format combined; the first is: hello\n"
            )
        }
    }
}
