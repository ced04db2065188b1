import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc

/// The other process of a measurement of backups: 1,000 commits a second.
///
/// It writes a line for each commit once its input has ended: when it began and how long it took, in
/// microseconds of the monotonic clock, which all processes share.
enum BackupBenchWriter {
    struct Commit {
        var began: Int64
        var took: Int64
    }

    private static let interval: Duration = .milliseconds(1)
    /// Ten minutes of commits; the measurement is shorter.
    private static let commitsMax = 600_000

    static func run(_ path: String) throws {
        let database = try BenchDatabase(path)
        let clocks = SystemClocks()
        var commits: [Commit] = []
        var next = clocks.monotonic
        while !isInputAtEnd, commits.count < commitsMax {
            let began = clocks.monotonic
            try database.addRow()
            let ended = clocks.monotonic
            commits.append(
                Commit(
                    began: began.wholeMicroseconds,
                    took: (ended - began).wholeMicroseconds
                )
            )
            next += interval
            // After a long commit it catches up, as users who wait would.
            if next > ended { Pause.wait(next - ended) }
        }
        let text = commits.map { "\($0.began) \($0.took)\n" }.joined()
        let output = Descriptor(owning: dup(STDOUT_FILENO))
        try Transfer.write(Array(text.utf8), to: output, named: "standard output")
    }

    static func read(_ text: String) -> [Commit] {
        text.split(separator: "\n").compactMap { line in
            let numbers = line.split(separator: " ").compactMap { Int64($0) }
            return numbers.count == 2 ? Commit(began: numbers[0], took: numbers[1]) : nil
        }
    }

    private static var isInputAtEnd: Bool {
        var entry = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) != 0
    }
}
