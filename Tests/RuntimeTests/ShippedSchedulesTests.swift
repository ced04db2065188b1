import Foundation
import Testing

/// The examples in `schedules/` as a newcomer meets them: unchanged, on the real binary.
@Suite("Shipped schedules", .tags(.processes))
struct ShippedSchedulesTests {
    private static let shipped = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "schedules")

    private func folder() throws -> ServiceFolder {
        let folder = try ServiceFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.shipped.path) {
            try FileManager.default.copyItem(
                at: Self.shipped.appending(path: name),
                to: URL(filePath: folder.path + "/schedules/" + name)
            )
        }
        return folder
    }

    @Test func `every shipped file is valid and warns of nothing`() throws {
        let folder = try folder()
        let count = try FileManager.default.contentsOfDirectory(atPath: Self.shipped.path)
            .count { $0.hasSuffix(".yaml") }
        #expect(try folder.ask("check") == "ok  \(count) files, 4 schedules, 0 warnings\n")
    }

    @Test func `one run of each succeeds, and next lists what comes`() throws {
        let folder = try folder()
        let service = try folder.start()
        try service.waitUntilReady()
        let names = ["disk-space", "log-stats", "nightly-backup", "nightly-files"]
        for name in names {
            _ = try folder.ask("run", name, "--wait", "--timeout", "60s")
        }
        #expect(
            try folder.ask("stats", "log-stats", "--by", "status").contains(
                "\t200\t479\t11486788\n"
            )
        )
        let backups = try folder.ask("backup", "list").split(separator: "\n").dropFirst()
        #expect(backups.map { $0.prefix { $0 != "\t" } } == ["nightly-backup", "nightly-files"])
        #expect(try folder.ask("backup", "verify").count(of: "\ttrue\t") == 2)
        let next = try folder.ask("next").split(separator: "\n").dropFirst()
        #expect(
            Set(next.map { String($0.split(separator: "\t")[1]) }) == Set(names)
        )
        service.process.signal(SIGTERM)
        #expect(try service.process.waitForEnd() == .exited(0))
    }
}
