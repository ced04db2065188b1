import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc

/// Measures what a backup's copying phase costs, and what it does to the writer of the database.
///
/// Beside it, in turn and under the same writer, stand `cp` and `sync` of the same file: no copy that
/// is on the disk can be had for much less.
struct BackupBench {
    /// Between two copies, so that the disk is quiet and the writer has caught up.
    private static let rest: Duration = .milliseconds(700)

    private struct Window {
        var began: Duration
        var ended: Duration

        var milliseconds: Double { Double((ended - began).wholeMicroseconds) / 1000 }

        func holds(_ commit: BackupBenchWriter.Commit) -> Bool {
            commit.began + commit.took >= began.wholeMicroseconds
                && commit.began <= ended.wholeMicroseconds
        }
    }

    let options: BackupBenchOptions
    private let clocks = SystemClocks()

    init(options: BackupBenchOptions) {
        self.options = options
    }

    /// Measures, and removes what it wrote.
    ///
    /// - Returns: the figures.
    /// - Throws: `SystemError`, `StoreError`, `BackupError`.
    func measure() throws -> BackupBenchFigures {
        let folder = ProcessEnvironment.workingDirectory + "/.downbeat-bench-\(getpid())"
        guard mkdir(folder, 0o700) == 0 else { throw SystemError("create", place: folder) }
        defer { Folder.remove(folder) }
        let path = folder + "/app.db"
        try BenchDatabase(path).fill(upTo: options.bytes)
        var figures = BackupBenchFigures(bytes: BackupFolder.size(path) ?? 0)
        let input = try BytePipe()
        let outputPath = folder + "/commits"
        let output = Descriptor(owning: open(outputPath, O_CREAT | O_RDWR | O_CLOEXEC, 0o600))
        let writer = try Program(
            "/proc/self/exe",
            ["bench", "backup", "--writer", path],
            input: .descriptor(input.readEnd),
            output: .descriptor(output)
        )
        var copies: [Window] = []
        var held: [Double] = []
        var plain: [Window] = []
        var quiet: [Window] = []
        for _ in 0..<options.rounds {
            quiet.append(window { Pause.wait(Self.rest) })
            plain.append(try window { try copyPlainly(path, to: folder + "/cp.db") })
            Pause.wait(Self.rest)
            var end = clocks.monotonic
            copies.append(
                try window {
                    try copy(path, to: folder + "/copy.db")
                    end = clocks.monotonic
                    try sync(folder + "/copy.db")
                }
            )
            if let began = copies.last?.began {
                held.append(Double((end - began).wholeMicroseconds) / 1000)
            }
            figures.areGood = figures.areGood && BenchDatabase.isGood(folder + "/copy.db")
        }
        input.writeEnd.close()
        guard writer.wait() == .exited(0) else {
            throw SystemError(
                "write rows",
                place: path,
                errorNumber: 0,
                reason: writer.errorText
            )
        }
        let commits = BackupBenchWriter.read(contents(of: outputPath))
        figures.copy = median(copies.map(\.milliseconds))
        figures.held = median(held)
        figures.plainCopy = median(plain.map(\.milliseconds))
        figures.commitDuringCopy = worst(commits, in: copies)
        figures.commitDuringPlainCopy = worst(commits, in: plain)
        figures.commitAlone = worst(commits, in: quiet)
        if let first = commits.first, let last = commits.last, last.began > first.began {
            let seconds = Double(last.began - first.began) / 1_000_000
            figures.rowsPerSecond = Double(commits.count) / seconds
        }
        var loads = [Double](repeating: 0, count: 1)
        figures.load = getloadavg(&loads, 1) == 1 ? loads[0] : 0
        return figures
    }

    private func window(_ body: () throws -> Void) rethrows -> Window {
        let began = clocks.monotonic
        try body()
        return Window(began: began, ended: clocks.monotonic)
    }

    private func copyPlainly(_ path: String, to target: String) throws {
        unlink(target)
        for command in [["cp", path, target], ["sync"]] {
            guard let name = command.first, let program = Program.find(name) else {
                throw BackupError.noProgram("coreutils")
            }
            let started = try Program(
                program,
                Array(command.dropFirst()),
                input: .nothing,
                output: .nothing
            )
            _ = started.wait()
        }
    }

    private func copy(_ path: String, to target: String) throws {
        unlink(target)
        let snapshot = try SQLiteSnapshot(of: path)
        try snapshot.copy(to: target, progress: { _ in }, isCancelled: { false })
        snapshot.end()
    }

    private func sync(_ path: String) throws {
        let file = Descriptor(owning: open(path, O_RDONLY | O_CLOEXEC))
        guard fsync(file.number) == 0 else { throw SystemError("sync", place: path) }
    }

    private func contents(of path: String) -> String {
        let file = Descriptor(owning: open(path, O_RDONLY | O_CLOEXEC))
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file.number, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += buffer.prefix(count)
        }
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    /// The 99th percentile, nearest rank, in milliseconds, of all commits that overlap the windows.
    private func worst(
        _ commits: [BackupBenchWriter.Commit],
        in windows: [Window]
    ) -> Double {
        let times = commits.filter { commit in windows.contains { $0.holds(commit) } }
            .map(\.took).sorted()
        guard !times.isEmpty else { return 0 }
        let index = Int((0.99 * Double(times.count)).rounded(.up)) - 1
        return Double(times[min(max(0, index), times.count - 1)]) / 1000
    }
}
