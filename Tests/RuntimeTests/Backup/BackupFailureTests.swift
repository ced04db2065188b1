import Downbeat
import DownbeatCore
import DownbeatRuntime
import Foundation
import Testing

@Suite("Backups that fail", .tags(.processes))
struct BackupFailureTests {
    struct Case: CustomStringConvertible, Sendable {
        var kind: BackupKind
        var compression: BackupCompression

        var description: String { "\(kind) \(compression)" }
    }

    static let cases = BackupKind.allCases.flatMap { kind in
        BackupCompression.allCases.map { Case(kind: kind, compression: $0) }
    }

    @Test(
        .enabled(if: Programs.canMount, "needs root that may mount a tmpfs"),
        arguments: cases
    )
    func `a full disk fails the backup and harms no copy`(row: Case) async throws {
        try await OwnThread.run {
            let site = try BackupSite()
            let disk = try SmallMount(at: site.destination, options: "size=8m,mode=700")
            try Self.fill(site, kilobytes: 1000)
            let options = site.options(row.kind, row.compression, retention: Retention(last: 1))
            let good = try site.back(up: options)
            let before = site.names
            try Self.fill(site, kilobytes: 12_000)
            let error = #expect(throws: BackupError.self) { try site.back(up: options) }
            #expect(error?.kind == .full, "\(error.map { "\($0)" } ?? "")")
            #expect(site.names == before)
            #expect(try site.verify() == [good.copy.name.text: []])
            withExtendedLifetime(disk) {}
        }
    }

    @Test(.enabled(if: Programs.canMount, "needs root that may mount a tmpfs"))
    func `a disk that fills up on the way is told from a damaged source`() async throws {
        try await OwnThread.run {
            let site = try BackupSite()
            let disk = try SmallMount(at: site.destination, options: "size=8m,mode=700")
            try Self.fill(site, kilobytes: 6000)
            var isFilled = false
            let error = #expect(throws: BackupError.self) {
                // After the look at the free space, before the first page is written.
                try site.back(up: site.options(.sqlite, .none)) {
                    if !isFilled {
                        isFilled = true
                        let filling = site.destination + "/filling"
                        _ = FileManager.default.createFile(
                            atPath: filling,
                            contents: Data(count: 5 << 20)
                        )
                    }
                    return false
                }
            }
            #expect(error?.kind == .full)
            #expect(site.names == ["filling"])
            withExtendedLifetime(disk) {}
        }
    }

    @Test(.enabled(if: Programs.canMount, "needs root that may mount a tmpfs"))
    func `a read-only destination is named`() async throws {
        try await OwnThread.run {
            let site = try BackupSite()
            try Self.fill(site, kilobytes: 4)
            let disk = try SmallMount(at: site.destination, options: "size=1m,ro")
            let error = #expect(throws: BackupError.self) {
                try site.back(up: site.options(.sqlite))
            }
            #expect(error?.kind == .inputOutput)
            #expect(error?.place == site.destination)
            withExtendedLifetime(disk) {}
        }
    }

    @Test func `a destination or a source that is not there is named`() async throws {
        try await OwnThread.run {
            let site = try BackupSite()
            let missing = #expect(throws: BackupError.self) {
                try site.back(up: site.options(.directory))
            }
            #expect(missing?.kind == .missing)
            #expect(missing?.place == site.tree)
            try Self.fill(site, kilobytes: 4)
            var options = site.options(.sqlite)
            options.destination = site.folder.path + "/no/disk"
            let unmounted = #expect(throws: BackupError.self) { try site.back(up: options) }
            #expect(unmounted?.kind == .missing)
            #expect(unmounted?.place == options.destination)
            options.destination = site.database
            let file = #expect(throws: BackupError.self) { try site.back(up: options) }
            #expect(file?.place == site.database)
        }
    }

    @Test(arguments: cases)
    func `a backup that is stopped leaves nothing`(row: Case) async throws {
        try await OwnThread.run {
            let site = try BackupSite()
            try Self.fill(site, kilobytes: 2000)
            var looks = 0
            // Stopped at every look in turn, until one goes through.
            for stop in 1...400 {
                looks = 0
                do {
                    try site.back(up: site.options(row.kind, row.compression)) {
                        looks += 1
                        return looks >= stop
                    }
                    #expect(site.names.count == 2)
                    return
                } catch {
                    #expect((error as? BackupError)?.kind == .cancelled)
                    #expect(site.names == [])
                }
            }
            Issue.record("it never went through")
        }
    }

    @Test func `what a killed backup has left is removed by the next, unless it still runs`()
        async throws
    {
        try await OwnThread.run {
            let site = try BackupSite()
            try Self.fill(site, kilobytes: 4)
            let good = try site.back(up: site.options(.sqlite)).copy
            let dead = "20200101T000000Z.db.zst"
            let doomed = "20200102T000000Z.tar"
            for name in [
                ".\(dead).lock", ".\(dead).plain", ".\(dead).partial", ".\(dead).json.partial",
                dead, ".\(doomed).json.partial", doomed, ".20200103T000000Z.db.partial",
                "notes.txt", ".other.partial", "20200104T000000Z.db",
            ] {
                try site.write("left over", to: site.destination + "/" + name)
            }
            let running = ".20200105T000000Z.db"
            let holder = LockHolder(process: .current, kind: "test", since: site.clocks.now)
            let lock = try FileLock.acquire("\(site.destination)/\(running).lock", as: holder)
            try site.write("in work", to: "\(site.destination)/\(running).partial")
            #expect(try site.collection.copies() == [good])
            let next = try site.back(up: site.options(.sqlite)).copy
            #expect(
                Set(site.names)
                    == [
                        "notes.txt", ".other.partial", "20200104T000000Z.db",
                        "\(running).lock", "\(running).partial", good.name.text,
                        good.name.manifest, next.name.text, next.name.manifest,
                    ]
            )
            #expect(site.warnings.filter { $0.hasPrefix("removed what") }.count == 3)
            withExtendedLifetime(lock) {}
        }
    }

    @Test func `a damaged database is not taken for a good backup`() async throws {
        try await OwnThread.run {
            let site = try BackupSite()
            try Self.fill(site, kilobytes: 1000)
            try site.sqlite("PRAGMA journal_mode = DELETE")
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: site.database))
            try file.seek(toOffset: 4096 * 100)
            try file.write(contentsOf: Data(repeating: 0x5A, count: 4096 * 3))
            try file.close()
            let error = #expect(throws: BackupError.self) {
                try site.back(up: site.options(.sqlite))
            }
            #expect(error?.kind == .damaged)
            #expect(site.names == [])
        }
    }

    @Test func `a source with a rollback journal, or an empty one, is warned of`() async throws {
        try await OwnThread.run {
            let site = try BackupSite()
            try Self.fill(site, kilobytes: 4)
            try site.sqlite("PRAGMA journal_mode = DELETE")
            let manifest = try site.back(up: site.options(.sqlite)).copy.manifest
            #expect(manifest.warnings.count == 1)
            #expect(site.warnings == manifest.warnings)
            #expect(manifest.warnings.first?.contains("rollback journal") == true)
            truncate(site.database, 0)
            let empty = try site.back(up: site.options(.sqlite)).copy.manifest
            #expect(empty.warnings.map { $0.contains("is empty (0 bytes)") } == [true])
        }
    }

    /// A database and a folder that do not become smaller by packing.
    private static func fill(_ site: BackupSite, kilobytes: Int) throws {
        let inTree = site.tree + "/app.db"
        for path in [site.database, inTree] where access(path, F_OK) == 0 {
            try FileManager.default.removeItem(atPath: path)
        }
        try site.makeDatabase(kilobytes: kilobytes)
        try FileManager.default.createDirectory(
            atPath: site.tree,
            withIntermediateDirectories: true
        )
        try FileManager.default.copyItem(atPath: site.database, toPath: inTree)
    }
}
