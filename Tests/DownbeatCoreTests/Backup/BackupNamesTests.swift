import DownbeatCore
import Foundation
import Testing

@Suite("Names of copies")
struct BackupNamesTests {
    static let names = [
        ("20261123T024512Z.db.zst", 1, BackupKind.sqlite, BackupCompression.zstd),
        ("20261123T024512Z.db", 1, .sqlite, .none),
        ("20261123T024512Z_2.tar", 2, .directory, .none),
        ("20261123T024512Z_9.tar.gz", 9, .directory, .gzip),
    ]

    @Test(arguments: names)
    func `a name reads back as it was written`(
        text: String,
        number: Int,
        kind: BackupKind,
        compression: BackupCompression
    ) throws {
        let now = try InstantText.parse("2026-11-23T10:45:12.9+08:00")
        let name = BackupFileName(at: now, number: number, kind: kind, compression: compression)
        #expect(name.text == text)
        #expect(BackupFileName(text) == name)
    }

    @Test(arguments: [
        "", ".db", "20261123T024512Z", "20261123T024512Z.sql", "20261323T024512Z.db",
        "20261123T246000Z.db", "20261123T024512Z_1.db", "20261123T024512Z_10.db",
        "20261123T024512.db", "x20261123T024512Z.db", "20261123T024512Z.db.zst.json",
        "20261123T024512Z.db.bz2",
    ])
    func `other names are not taken for copies`(text: String) {
        #expect(BackupFileName(text) == nil)
    }

    @Test func `names sort by time also within a second`() {
        let base = Timestamp(seconds: 1_790_000_000)
        let names = (0..<3).flatMap { second in
            [1, 2, 9].map { number in
                BackupFileName(
                    at: base + .seconds(second),
                    number: number,
                    kind: .sqlite,
                    compression: .zstd
                )
            }
        }
        #expect(names.sorted() == names)
        #expect(names.map(\.text).sorted() == names.map(\.text))
    }

    static let listings: [(String, files: [String: Int64], copies: [String], unfinished: Int)] = [
        ("a whole copy", ["A": 10, "A.json": 1], ["A"], 0),
        ("nothing but asides", [".A.lock": 1, ".A.plain": 5, ".A.partial": 4], [], 1),
        ("killed between the renames", [".A.lock": 1, "A": 10, ".A.json.partial": 1], [], 1),
        ("killed before the lock went", [".A.lock": 1, "A": 10, "A.json": 1], ["A"], 1),
        ("killed while it was deleted", ["A": 10, ".A.json.partial": 1], [], 1),
        ("a copy that was cut", ["A": 9, "A.json": 1], [], 0),
        ("a copy without a manifest", ["A": 10], [], 0),
        ("a manifest without its copy", ["A.json": 1], [], 0),
        ("files of others", ["notes.txt": 3, ".hidden.lock": 1, "x.json": 2], [], 0),
    ]

    @Test(arguments: listings)
    func `a copy counts exactly if it and its manifest are whole`(
        name: String,
        files: [String: Int64],
        copies: [String],
        unfinished: Int
    ) {
        let base = "20261123T024512Z.db.zst"
        let real = Dictionary(
            uniqueKeysWithValues: files.map {
                ($0.key.replacingOccurrences(of: "A", with: base), $0.value)
            }
        )
        var manifest = BackupManifest(
            kind: .sqlite,
            source: "/srv/app.db",
            schedule: "nightly",
            run: nil,
            takenAt: "2026-11-23T10:45:12+08:00",
            compression: .zstd
        )
        manifest.bytes = 10
        let listing = BackupListing(
            names: Array(real.keys),
            size: { real[$0] },
            manifest: { real[$0] == nil ? nil : manifest }
        )
        #expect(listing.copies.map(\.name.text) == copies.map { _ in base }, "\(name)")
        #expect(listing.unfinished.count == unfinished, "\(name)")
    }

    @Test func `a manifest reads back, and only of a version that is known`() throws {
        var manifest = BackupManifest(
            kind: .directory,
            source: "/srv/数据",
            schedule: "files",
            run: "01JD3Z0000000000000000007Q",
            takenAt: "2026-11-23T10:45:12.250+08:00",
            compression: .gzip
        )
        manifest.bytes = 7
        manifest.warn("tar: ./a: file changed as we read it")
        let json = try manifest.json()
        #expect(BackupManifest(json: json) == manifest)
        #expect(manifest.taken == Timestamp(microseconds: 1_795_401_912_250_000))
        manifest.version = 2
        #expect(BackupManifest(json: try manifest.json()) == nil)
        #expect(BackupManifest(json: Array(json.dropLast(9))) == nil)
        for _ in 0..<100 { manifest.warn(String(repeating: "数", count: 5000)) }
        #expect(try manifest.json().count < 64 * 1024)
    }

    @Test func `options have one JSON, which a stored run relies on`() throws {
        let options = BackupOptions(
            source: .directory("/srv/app"),
            destination: "/srv/backup/app",
            retention: Retention(daily: 7, weekly: 4),
            exclude: ["*.tmp"]
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(options), as: UTF8.self)
        let expected = """
            {"compress":"zstd","directory":"/srv/app","exclude":["*.tmp"],\
            "retention":{"keep_daily":7,"keep_weekly":4},"to":"/srv/backup/app","verify":true}
            """
        #expect(json == expected)
        #expect(try JSONDecoder().decode(BackupOptions.self, from: Data(json.utf8)) == options)
    }
}
