import Downbeat
import DownbeatCore
import DownbeatRuntime
import Foundation
import Support
import Synchronization
import Testing

/// A source, a folder for copies and a clock that a test moves.
final class BackupSite {
    /// A clock that stands still but when it is told.
    final class StandingClocks: Clocks {
        private let instant = Mutex(Timestamp(seconds: 1_790_000_000))

        var now: Timestamp {
            get { instant.withLock { $0 } }
            set { instant.withLock { $0 = newValue } }
        }

        var monotonic: Duration { SystemClocks().monotonic }
    }

    static let schedule = "nightly"

    let folder: TemporaryFolder
    let clocks = StandingClocks()
    private let warned = Mutex<[String]>([])

    init() throws {
        folder = try TemporaryFolder()
    }

    var destination: String { folder.path + "/copies" }
    var database: String { folder.path + "/app.db" }
    var tree: String { folder.path + "/tree" }
    var warnings: [String] { warned.withLock { $0 } }
    var collection: BackupCollection {
        BackupCollection(destination, schedule: Self.schedule)
    }

    /// Makes a database with rows; random content does not become smaller by packing.
    func makeDatabase(kilobytes: Int = 400) throws {
        try sqlite(
            """
            PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER PRIMARY KEY, content BLOB);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(kilobytes))
            INSERT INTO t SELECT i, randomblob(1000) FROM n;
            """
        )
    }

    @discardableResult
    func sqlite(_ sql: String, _ path: String? = nil) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
        process.arguments = [path ?? database, sql]
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }

    func write(_ text: String, to path: String) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    func options(
        _ kind: BackupKind,
        _ compression: BackupCompression = .zstd,
        retention: Retention = Retention(),
        exclude: [String] = []
    ) -> BackupOptions {
        BackupOptions(
            source: kind == .sqlite ? .sqlite(database) : .directory(tree),
            destination: destination,
            compression: compression,
            retention: retention,
            exclude: exclude
        )
    }

    func meter(isCancelled: @escaping () -> Bool = { false }) -> BackupMeter {
        BackupMeter(clocks: clocks, isCancelled: isCancelled)
    }

    /// Makes a backup, a second after the one before.
    @discardableResult
    func back(
        up options: BackupOptions,
        stateFolder: String? = nil,
        isCancelled: @escaping () -> Bool = { false }
    ) throws(BackupError) -> BackupJob.Outcome {
        clocks.now = clocks.now + .seconds(1)
        return try BackupJob(
            options,
            schedule: Self.schedule,
            zone: .utc,
            clocks: clocks,
            stateFolder: stateFolder,
            meter: meter(isCancelled: isCancelled),
            warn: { text in self.warned.withLock { $0.append(text) } }
        ).run()
    }

    /// All verdicts of a check, by the names of the files.
    func verify() throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        try collection.verify(scratch: folder.path, meter: meter()) {
            found[($0.path as NSString).lastPathComponent] = $0.problems
        }
        return found
    }

    func restore(
        _ copy: BackupListing.Copy,
        to path: String,
        replacing: BackupRestore.Replacement = .never
    ) throws(BackupError) {
        try BackupRestore(copy, of: collection, meter: meter())
            .restore(to: path, replacing: replacing)
    }

    var names: [String] { Folder.names(in: destination).sorted() }
}

/// A file system of a few megabytes, for as long as the object lives.
final class SmallMount {
    let path: String

    init(at path: String, options: String) throws {
        self.path = path
        mkdir(path, 0o700)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/mount")
        process.arguments = ["-t", "tmpfs", "-o", options, "tmpfs", path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    deinit {
        // MNT_DETACH: in use only while a failed test ends.
        umount2(path, 2)
    }
}

/// Everything of a tree that a restore must bring back.
struct TreeFacts: Equatable {
    struct Entry: Hashable {
        var mode: UInt32
        var seconds: Int
        var nanoseconds: Int
        var content: Data
    }

    var entries: [String: Entry] = [:]

    init(_ root: String) throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: root)
        for name in names + ["."] {
            let path = root + "/" + name
            var facts = stat()
            guard lstat(path, &facts) == 0 else { throw CocoaError(.fileReadUnknown) }
            let content: Data =
                switch facts.st_mode & S_IFMT {
                case S_IFLNK:
                    Data(try FileManager.default.destinationOfSymbolicLink(atPath: path).utf8)
                case S_IFREG: try Data(contentsOf: URL(fileURLWithPath: path))
                default: Data()
                }
            entries[name] = Entry(
                mode: facts.st_mode,
                seconds: facts.st_mtim.tv_sec,
                nanoseconds: facts.st_mtim.tv_nsec,
                content: content
            )
        }
    }
}
