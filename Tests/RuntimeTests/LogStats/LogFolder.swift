import DownbeatCore
import DownbeatRuntime
import Foundation
import Glibc
import Testing

/// A folder with logs that are written, rotated, truncated and compressed, and the job that counts them.
final class LogFolder {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    var path: String { folder.path }

    func append(_ bytes: [UInt8], to name: String) throws {
        let number = open(path + "/" + name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        try #require(number >= 0)
        defer { close(number) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
            try #require(count > 0)
            rest = rest.dropFirst(count)
        }
    }

    func bytes(of name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path + "/" + name)))
    }

    func rename(_ old: String, _ new: String) {
        _ = Glibc.rename(path + "/" + old, path + "/" + new)
    }

    func exists(_ name: String) -> Bool { access(path + "/" + name, F_OK) == 0 }

    /// As logrotate does: a new file with the content, then the old one is emptied.
    func copyTruncate(_ name: String, to copy: String) throws {
        try append(bytes(of: name), to: copy)
        try #require(truncate(path + "/" + name, 0) == 0)
    }

    func compress(_ name: String) throws {
        let gzip = Process()
        gzip.executableURL = URL(filePath: "/usr/bin/env")
        gzip.arguments = ["gzip", path + "/" + name]
        try gzip.run()
        gzip.waitUntilExit()
        try #require(gzip.terminationStatus == 0)
    }

    func setModified(_ name: String, to time: Timestamp) throws {
        let seconds = timespec(tv_sec: Int(time.seconds), tv_nsec: 0)
        var times = [seconds, seconds]
        try #require(utimensat(AT_FDCWD, path + "/" + name, &times, 0) == 0)
    }

    func remove(_ name: String) { unlink(path + "/" + name) }

    func job(
        globs: [String] = ["access.log*"],
        window: LogWindow.Kind = .sinceLast,
        positions: [LogPosition] = [],
        nominal: Timestamp = Timestamp(seconds: 1_791_640_536),
        progress: @escaping (Int64, Int64) -> Void = { _, _ in }
    ) throws -> LogStatsOutcome {
        try LogStatsJob(
            options: LogStatsOptions(
                files: globs.map { path + "/" + $0 },
                format: .combined,
                window: window,
                groupBy: [.path]
            ),
            nominal: nominal,
            rules: .utc,
            positions: positions,
            progress: progress
        ).run()
    }
}
