import Downbeat
import DownbeatCore
import DownbeatRuntime
import Foundation
import Testing

@Suite("Backups", .tags(.processes))
struct BackupTests {
    @Test(arguments: BackupCompression.allCases)
    func `a database comes back as it was`(compression: BackupCompression) async throws {
        try await OwnThread.run {
            let site = try BackupSite()
            try site.makeDatabase()
            let before = try site.sqlite("SELECT n, hex(content) FROM t")
            let outcome = try site.back(up: site.options(.sqlite, compression))
            try site.sqlite("DELETE FROM t")
            #expect(outcome.copy.manifest.isVerified)
            #expect(try site.collection.copies() == [outcome.copy])
            #expect(try site.verify().values.allSatisfy { $0.isEmpty })
            #expect(site.names == [outcome.copy.name.text, outcome.copy.name.manifest].sorted())
            for name in site.names {
                var facts = stat()
                #expect(lstat(site.destination + "/" + name, &facts) == 0)
                #expect(facts.st_mode & 0o777 == 0o600)
            }
            let restored = site.folder.path + "/restored.db"
            try site.restore(outcome.copy, to: restored)
            #expect(try site.sqlite("SELECT n, hex(content) FROM t", restored) == before)
            #expect(try site.sqlite("PRAGMA integrity_check", restored) == "ok\n")
        }
    }

    @Test(arguments: BackupCompression.allCases)
    func `a folder comes back byte for byte, mode for mode, time for time`(
        compression: BackupCompression
    ) async throws {
        try await OwnThread.run {
            let site = try BackupSite()
            let root = site.tree
            let long = String(repeating: "ab/", count: 60) + String(repeating: "n", count: 200)
            for name in [
                "plain", "with space ", "line\nbreak", "数据/备份.txt", "-rf", "*?[x]", "\\n", long,
            ] {
                try site.write("content of \(name)", to: root + "/" + name)
            }
            try site.write(String(repeating: "x", count: 700_000), to: root + "/large")
            try FileManager.default.createDirectory(
                atPath: root + "/empty",
                withIntermediateDirectories: true
            )
            symlink("../nowhere/数据", root + "/link")
            link(root + "/plain", root + "/hard")
            chmod(root + "/plain", 0o4751)
            chmod(root + "/数据", 0o711)
            chmod(root + "/empty", 0o1777)
            mkfifo(root + "/fifo", 0o640)
            var times = [
                timespec(tv_sec: 1, tv_nsec: 5), timespec(tv_sec: 1_234, tv_nsec: 567_891),
            ]
            for name in ["empty", "link", "large"] {
                utimensat(AT_FDCWD, root + "/" + name, &times, AT_SYMLINK_NOFOLLOW)
            }
            chmod(root, 0o750)
            let before = try TreeFacts(root)
            let outcome = try site.back(up: site.options(.directory, compression))
            #expect(outcome.copy.manifest.isVerified)
            #expect(outcome.copy.manifest.warnings == [])
            #expect(try site.verify().values.allSatisfy { $0.isEmpty })
            let restored = site.folder.path + "/restored"
            mkdir(restored, 0o700)
            try site.restore(outcome.copy, to: restored + "/")
            let after = try TreeFacts(restored)
            #expect(after.entries.keys.sorted() == before.entries.keys.sorted())
            for (name, entry) in before.entries {
                #expect(after.entries[name] == entry, "\(name)")
            }
        }
    }

    @Test func `the copies, the state and what a pattern names stay out`() async throws {
        try await OwnThread.run {
            let site = try BackupSite()
            for name in [
                "a.txt", "a.tmp", "b/c.tmp", "b/keep", "cache/x", "b/cache/y", "build", "b/build",
                "odd.tmp\nmore", "gone\n.tmp", ".downbeat/state.db", "inside/copies/old",
            ] {
                try site.write("x", to: site.tree + "/" + name)
            }
            var options = site.options(.directory, exclude: ["*.tmp", "cache/", "/build"])
            options.destination = site.tree + "/inside/copies"
            let outcome = try site.back(up: options, stateFolder: site.tree + "/.downbeat")
            let restored = site.folder.path + "/restored"
            let collection = BackupCollection(options.destination, schedule: BackupSite.schedule)
            try BackupRestore(outcome.copy, of: collection, meter: site.meter())
                .restore(to: restored, replacing: .never)
            #expect(
                try TreeFacts(restored).entries.keys.sorted()
                    == [".", "a.txt", "b", "b/build", "b/keep", "inside", "odd.tmp\nmore"]
            )
            options.destination = site.tree
            let error = #expect(throws: BackupError.self) { try site.back(up: options) }
            #expect(error?.kind == .refused)
        }
    }

    @Test func `copies of one second stand side by side, and a restore finds its time`()
        async throws
    {
        try await OwnThread.run {
            let site = try BackupSite()
            try site.makeDatabase(kilobytes: 4)
            var copies: [BackupListing.Copy] = []
            for _ in 0..<3 {
                copies.append(try site.back(up: site.options(.sqlite)).copy)
                site.clocks.now = site.clocks.now - .seconds(1)
            }
            #expect(copies.map(\.name.number) == [1, 2, 3])
            let taken = try #require(copies.first).takenAt
            let later = try site.back(up: site.options(.sqlite)).copy
            #expect(later.name.number == 4)
            #expect(try site.collection.copies().map(\.name.number) == [1, 2, 3, 4])
            #expect(try site.collection.copy(at: nil) == later)
            #expect(try site.collection.copy(at: taken).name.number == 4)
            let error = #expect(throws: BackupError.self) {
                try site.collection.copy(at: taken - .seconds(1))
            }
            #expect(error?.kind == .missing)
        }
    }

    @Test func `retention lets go of old copies after a good backup, never after a bad one`()
        async throws
    {
        try await OwnThread.run {
            let site = try BackupSite()
            try site.makeDatabase(kilobytes: 4)
            let keepTwo = site.options(.sqlite, .none, retention: Retention(last: 2))
            var paths: [String] = []
            for _ in 0..<3 { paths.append(try site.back(up: keepTwo).path) }
            let last = try site.back(up: keepTwo)
            #expect(last.deleted == [paths[1]])
            let before = site.names
            try FileManager.default.removeItem(atPath: site.database)
            let error = #expect(throws: BackupError.self) { try site.back(up: keepTwo) }
            #expect(error?.kind == .missing)
            #expect(site.names == before)
            // A copy of another schedule is none of its business.
            let other = BackupCollection(site.destination, schedule: "other")
            #expect(try other.copies() == [])
        }
    }

    enum Damage: CaseIterable {
        case flippedByte, cut, noManifest, noCopy
    }

    @Test(arguments: Damage.allCases)
    func `a check finds a copy that is bad`(damage: Damage) async throws {
        try await OwnThread.run {
            let site = try BackupSite()
            try site.makeDatabase(kilobytes: 40)
            let good = try site.back(up: site.options(.sqlite)).copy
            let bad = try site.back(up: site.options(.sqlite))
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: bad.path))
            switch damage {
            case .flippedByte:
                try file.seek(toOffset: 20_000)
                let byte = try #require(try file.read(upToCount: 1)?.first)
                try file.seek(toOffset: 20_000)
                try file.write(contentsOf: Data([byte ^ 1]))
            case .cut: try file.truncate(atOffset: 20_000)
            case .noManifest: unlink(bad.path + ".json")
            case .noCopy: unlink(bad.path)
            }
            try file.close()
            let verdicts = try site.verify()
            #expect(verdicts[good.name.text] == [])
            #expect(verdicts[bad.copy.name.text]?.count == 1)
            let target = site.folder.path + "/restored.db"
            if damage == .flippedByte {
                let error = #expect(throws: BackupError.self) {
                    try site.restore(bad.copy, to: target)
                }
                #expect(error?.kind == .damaged)
                #expect(access(target, F_OK) != 0)
            } else {
                #expect(try site.collection.copy(at: nil) == good)
            }
        }
    }

    @Test func `a restore overwrites nothing unless it is told to`() async throws {
        try await OwnThread.run {
            let site = try BackupSite()
            try site.makeDatabase(kilobytes: 4)
            try site.write("old", to: site.tree + "/file")
            let database = try site.back(up: site.options(.sqlite)).copy
            let tree = try site.back(up: site.options(.directory)).copy
            let target = site.folder.path + "/used"
            try site.write("mine", to: target + "/mine")
            try site.write("stale log", to: site.folder.path + "/new.db-wal")
            let refusals: [(BackupListing.Copy, String)] = [
                (database, site.database), (database, target),
                (database, site.folder.path + "/new.db"), (tree, target), (tree, site.database),
            ]
            for (copy, path) in refusals {
                let error = #expect(throws: BackupError.self) { try site.restore(copy, to: path) }
                #expect(error?.kind == .wouldOverwrite)
            }
            #expect(try TreeFacts(target).entries.keys.sorted() == [".", "mine"])
            try site.restore(database, to: site.folder.path + "/new.db", replacing: .always)
            #expect(access(site.folder.path + "/new.db-wal", F_OK) != 0)
            try site.restore(tree, to: target, replacing: .always)
            #expect(try TreeFacts(target).entries.keys.sorted() == [".", "file"])
            let left = Folder.names(in: site.folder.path).filter { $0.hasPrefix(".") }
            #expect(left == [])
        }
    }

    @Test func `a folder of odd names and locked folders is replaced without a rest`() async throws
    {
        try await OwnThread.run {
            let site = try BackupSite()
            try site.write("good", to: site.tree + "/file")
            let copy = try site.back(up: site.options(.directory)).copy
            let target = site.folder.path + "/used"
            for round in 1...2 {
                try site.write("mine", to: target + "/locked/inner/mine")
                let odd = Array((target + "/locked/bad-").utf8CString.dropLast()) + [-1, 0]
                close(open(odd, O_CREAT | O_WRONLY, 0o600))
                chmod(target + "/locked", 0o500)
                try site.restore(copy, to: target, replacing: .always)
                #expect(try TreeFacts(target).entries.keys.sorted() == [".", "file"], "\(round)")
                #expect(Folder.names(in: site.folder.path).sorted() == ["copies", "tree", "used"])
            }
            // Killed between its two renames.
            rename(target, site.folder.path + "/.used.restoring.old")
            let error = #expect(throws: BackupError.self) { try site.restore(copy, to: target) }
            #expect(error?.kind == .wouldOverwrite)
            #expect(try TreeFacts(target).entries.keys.sorted() == [".", "file"])
        }
    }
}
