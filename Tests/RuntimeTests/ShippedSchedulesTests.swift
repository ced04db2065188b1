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
        #expect(try folder.ask("check") == "ok  \(count) files, 3 schedules, 0 warnings\n")
    }

    @Test func `one run of each succeeds, and next lists what comes`() throws {
        let folder = try folder()
        let service = try folder.start()
        try service.waitUntilReady()
        for name in ["disk-space", "log-stats", "nightly-backup"] {
            _ = try folder.ask("run", name, "--wait", "--timeout", "60s")
        }
        #expect(
            try folder.ask("stats", "log-stats", "--by", "status").contains(
                "\t200\t479\t11486788\n"
            )
        )
        let backups = try FileManager.default
            .contentsOfDirectory(atPath: folder.path + "/.downbeat/backups")
        #expect(backups.count == 1 && backups[0].hasSuffix(".tar.gz"))
        let next = try folder.ask("next").split(separator: "\n").dropFirst()
        #expect(
            Set(next.map { String($0.split(separator: "\t")[1]) })
                == ["disk-space", "log-stats", "nightly-backup"]
        )
        service.process.signal(SIGTERM)
        #expect(try service.process.waitForEnd() == .exited(0))
    }
}
