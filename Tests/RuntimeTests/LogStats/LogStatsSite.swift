import DownbeatCore
import Foundation
import Testing

/// A service that counts logs with the real executable, and what its commands say of it.
final class LogStatsSite {
    /// One item of `stats --json`.
    struct Window: Decodable {
        struct Group: Decodable, Hashable {
            var by: String
            var key: String
            var count: Int64
            var bytes: Int64
        }

        struct Latency: Decodable, Hashable {
            var p50: Double
            var p95: Double
            var p99: Double
            var max: Double
        }

        var window_start: String
        var window_end: String
        var lines: Int64
        var malformed: Int64
        var bytes: Int64
        var groups: [Group]
        var clients: Int64?
        var latency_ms: Latency?
        var exact: Bool
    }

    /// What `runs show --json` says.
    struct Run: Decodable {
        struct Attempt: Decodable {
            var end: String?
        }

        var state: String
        var error: String?
        var enqueued_at: String
        var attempts_list: [Attempt]
        var stderr: String
    }

    private struct Items<Item: Decodable>: Decodable {
        var items: [Item]
    }

    static let name = "log"

    let site: Site
    let logs: LogFolder

    /// The folder of `replaceGzip`, as `more` names it.
    static let programs = "PROGRAMS"

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - keys: of `log_stats` beside `files` and `format`.
    ///   - more: lines of the schedule.
    /// - Throws: when the disk does not let it.
    init(_ keys: String, _ more: String = "") throws {
        logs = try LogFolder()
        site = try Site()
        try site.configure(
            """
              \(Self.name):
                every: 1d
                log_stats: { files: "\(logs.path)/access.log*", format: combined, \(keys) }
                \(more.replacing(Self.programs, with: site.path + "/bin"))
            """
        )
    }

    func windows() throws -> [Window] { try items("stats", Self.name, "--limit", "1000", "--json") }

    func run() throws -> Run {
        let runs: [Run] = try items("runs", "show", Self.name, "--json")
        return try #require(runs.first)
    }

    private func items<Item: Decodable>(_ arguments: String...) throws -> [Item] {
        let answer = try site.run([site.tool] + arguments)
        try #require(answer.end == .exited(0), "\(answer)")
        return try JSONDecoder().decode(Items<Item>.self, from: Data(answer.output.utf8)).items
    }

    /// A script that runs where the schedule's PATH is `programs`, in place of the real gzip.
    func replaceGzip(_ script: String) throws {
        let folder = site.path + "/bin"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        try TextFile.write("#!/bin/sh\n" + script + "\n", to: folder + "/gzip")
        try #require(chmod(folder + "/gzip", 0o755) == 0)
    }
}
