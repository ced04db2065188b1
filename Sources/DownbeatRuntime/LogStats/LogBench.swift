package import DownbeatCore
import Glibc

/// Measures how fast logs are counted, beside mawk on the same file in the same run.
///
/// The file lies in a folder of its own, in the page cache, and is removed. Each figure is the best of
/// a few rounds, in which the contestants take turns, so that a neighbour's load hits all of them.
package struct LogBench {
    private static let rounds = 3
    /// Written at once.
    private static let linesPerBlock = 1000
    /// A prime, so that columns do not repeat together.
    private static let multiplier: UInt64 = 6_364_136_223_846_793_005

    private let bytes: Int
    private let clocks = SystemClocks()

    /// - Parameter bytes: how large the log becomes, at least.
    package init(bytes: Int) {
        self.bytes = bytes
    }

    /// Measures, and removes what it wrote.
    ///
    /// - Throws: `SystemError`, `LogStatsFailure`.
    package func measure() throws -> LogBenchFigures {
        let base = ProcessEnvironment.variables["TMPDIR"] ?? "/tmp"
        let folder = base + "/downbeat-bench-log-\(getpid())"
        guard mkdir(folder, 0o700) == 0 else { throw SystemError("create", place: folder) }
        defer { Folder.remove(folder) }
        let path = folder + "/access.log"
        let size = try write(to: path)
        var all = Duration.seconds(3600)
        var status = all
        var mawk: Duration? = all
        var lines: Int64 = 0
        for _ in 0..<Self.rounds {
            let fields: [LogField] = [.status, .class, .method, .path, .agent, .referrer, .client]
            let whole = try count(path, by: fields)
            lines = whole.lines
            all = min(all, whole.time)
            status = min(status, try count(path, by: [.status]).time)
            if let best = mawk { mawk = try runMawk(path).map { min(best, $0) } }
        }
        return LogBenchFigures(
            bytes: Int64(size),
            lines: lines,
            allFields: rate(size, all),
            status: rate(size, status),
            mawk: mawk.map { rate(size, $0) }
        )
    }

    /// Megabytes a second.
    private func rate(_ bytes: Int, _ time: Duration) -> Double {
        Double(bytes) / Double(max(1, time.wholeMicroseconds))
    }

    private func count(
        _ path: String,
        by fields: [LogField]
    ) throws -> (time: Duration, lines: Int64) {
        let job = LogStatsJob(
            options: LogStatsOptions(
                files: [path],
                format: .combined,
                window: .all,
                groupBy: fields
            ),
            nominal: clocks.now,
            rules: .utc,
            positions: [],
            progress: { _, _ in }
        )
        let start = clocks.monotonic
        let outcome = try job.run()
        return (clocks.monotonic - start, outcome.result.lines)
    }

    /// Nil when mawk is not installed.
    private func runMawk(_ path: String) throws -> Duration? {
        let start = clocks.monotonic
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        let program = "{ n[$9]++ } END { for (s in n) print s, n[s] }"
        var arguments: [UnsafeMutablePointer<CChar>?] =
            [strdup("mawk"), strdup(program), strdup(path), nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let error = posix_spawnp(&pid, "mawk", &actions, nil, &arguments, environ)
        guard error != ENOENT else { return nil }
        guard error == 0 else { throw SystemError("start mawk", errorNumber: error) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else {
            throw SystemError("count by mawk", errorNumber: 0, reason: "it ended with \(status)")
        }
        return clocks.monotonic - start
    }

    /// Writes lines as a busy site has them: some thousand paths and clients, a few dozen agents.
    private func write(to path: String) throws(SystemError) -> Int {
        let number = open(path, O_CREAT | O_WRONLY | O_CLOEXEC | O_EXCL, 0o600)
        guard number >= 0 else { throw SystemError("create", place: path) }
        let file = Descriptor(owning: number)
        var state: UInt64 = 1
        var written = 0
        var second = 0
        while written < bytes {
            var text = ""
            for _ in 0..<Self.linesPerBlock { text += Self.line(&state, second: &second) }
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.write(file.number, $0.baseAddress, $0.count)
                }
                guard count > 0 else { throw SystemError("write", place: path) }
                rest = rest.dropFirst(count)
                written += count
            }
        }
        return written
    }

    private static func line(_ state: inout UInt64, second: inout Int) -> String {
        func draw(_ limit: UInt64) -> Int {
            state = state &* multiplier &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % limit)
        }
        if draw(50) == 0 { second = (second + 1) % 86_400 }
        let client = "10.\(draw(4)).\(draw(100)).\(draw(250))"
        // The smaller number of two is drawn more often, as some pages are.
        let page = min(draw(5000), draw(5000))
        let status = [200, 200, 200, 200, 200, 200, 301, 304, 404, 500][draw(10)]
        let method = draw(8) == 0 ? "POST" : "GET"
        let time = [second / 3600, second / 60 % 60, second % 60].map {
            $0 < 10 ? "0\($0)" : "\($0)"
        }
        return "\(client) - - [10/Oct/2026:\(time.joined(separator: ":")) +0800] "
            + "\"\(method) /shop/items/\(page)?ref=\(draw(100)) HTTP/1.1\" \(status) \(draw(50_000)) "
            + "\"https://www.example.com/shop/\(draw(40))\" "
            + "\"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Chrome/1\(draw(40)).0.0.0 Safari/537.36\"\n"
    }
}
