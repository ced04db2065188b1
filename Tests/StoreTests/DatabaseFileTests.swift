import DownbeatCore
import DownbeatStore
import Foundation
import Testing

@Suite("Database file")
struct DatabaseFileTests {
    @Test func `files are for their owner alone, whatever they were before`() throws {
        let fixture = try StoreFixture()
        try fixture.store.adopt([try minutely()], at: after(0))
        #expect(try modes(fixture.path) == [0o600, 0o600, 0o600])
        #expect(chmod(fixture.path, 0o644) == 0)
        let other = try fixture.another(.createOrMigrate)
        #expect(try modes(fixture.path) == [0o600, 0o600, 0o600])
        #expect(other.versionBefore == other.version)
    }

    private func modes(_ path: String) throws -> [mode_t] {
        try ["", "-wal", "-shm"].map { suffix in
            var status = stat()
            try #require(lstat(path + suffix, &status) == 0)
            return status.st_mode & 0o777
        }
    }

    @Test(arguments: ["link", "hard link", "fifo", "folder", "log link"])
    func `what is not an ordinary file is refused and left alone`(kind: String) throws {
        try StoreFixture.withFolder { try refuse(kind, in: $0) }
    }

    private func refuse(_ kind: String, in folder: String) throws {
        let target = folder + "/target"
        let path = folder + "/state.db"
        try Data("precious".utf8).write(to: URL(fileURLWithPath: target))
        switch kind {
        case "link": #expect(symlink(target, path) == 0)
        case "hard link": #expect(link(target, path) == 0)
        case "fifo": #expect(mkfifo(path, 0o600) == 0)
        case "folder": #expect(mkdir(path, 0o700) == 0)
        default: #expect(symlink(target, path + "-wal") == 0)
        }
        #expect {
            try StoreFixture.open(path)
        } throws: { error in
            guard case StoreError.damaged(let text) = error else { return false }
            return text.contains(path)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == Data("precious".utf8))
    }

    @Test(arguments: [
        "PRAGMA application_id = 7; CREATE TABLE a (b)", "CREATE TABLE a (b)", "not SQL",
    ])
    func `a file of somebody else is refused and left as it is`(content: String) throws {
        try StoreFixture.withFolder { try refuseForeign(content, $0 + "/state.db") }
    }

    private func refuseForeign(_ content: String, _ path: String) throws {
        if content == "not SQL" {
            let text = String(repeating: "This is a letter to my mother.\n", count: 200)
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } else {
            try RawDatabase.execute(content, path)
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect {
            try StoreFixture.open(path)
        } throws: { error in
            guard case StoreError.damaged(let text) = error else { return false }
            return text.contains(path) && text.contains("left as it is")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func `a newer schema is refused untouched`() throws {
        let fixture = try StoreFixture()
        fixture.store.close()
        try RawDatabase.execute("PRAGMA user_version = 99", fixture.path)
        let before = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        #expect(throws: StoreError.newerSchema(found: 99, supported: fixture.store.version)) {
            try fixture.another(.createOrMigrate)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == before)
    }

    @Test func `reading never makes a database`() throws {
        try StoreFixture.withFolder { folder in
            let path = folder + "/state.db"
            #expect(throws: StoreError.missing(path: path)) {
                try StoreFixture.open(path, .existing)
            }
            #expect(throws: StoreError.missing(path: path)) {
                try StoreFixture.open(path, .existing, access: .readOnly)
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func `a read-only store reads and refuses to write`() throws {
        let fixture = try StoreFixture()
        let schedule = try minutely()
        let id = try fixture.store.enqueue(schedule, at: after(1))
        let reader = try StoreFixture.open(fixture.path, .existing, access: .readOnly)
        #expect(try reader.runs(RunQuery(limit: 1)).map(\.id) == [id])
        #expect {
            try reader.cancel(id, now: after(2))
        } throws: { error in
            if case StoreError.readOnly = error { true } else { false }
        }
    }

    @Test func `a lock of another process is reported as busy and passes`() throws {
        let fixture = try StoreFixture()
        let lock = try RawDatabase(fixture.path)
        try lock.execute("BEGIN IMMEDIATE")
        #expect {
            try fixture.store.enqueue(try minutely(), at: after(1))
        } throws: { error in
            if case StoreError.busy(let text) = error { text.contains(fixture.path) } else { false }
        }
        try lock.execute("ROLLBACK")
        _ = try fixture.store.enqueue(try minutely(), at: after(1))
        #expect(try fixture.store.runs(RunQuery(limit: 9)).count == 1)
    }

    @Test func `a damaged page keeps a service from starting and the file as it is`() throws {
        let fixture = try StoreFixture()
        let schedule = try minutely(overlap: .allow)
        for second in 1...200 as ClosedRange<Int64> {
            _ = try fixture.store.enqueue(schedule, at: after(second))
        }
        fixture.store.close()
        let url = URL(fileURLWithPath: fixture.path)
        var bytes = try Data(contentsOf: url)
        let page = 4096
        for number in 20..<30 {
            let range = number * page..<(number + 1) * page
            bytes.replaceSubrange(range, with: Data(repeating: 0x5A, count: page))
        }
        try bytes.write(to: url)
        #expect {
            try fixture.another(.createOrMigrate)
        } throws: { error in
            if case StoreError.damaged(let text) = error {
                text.contains(fixture.path)
            } else {
                false
            }
        }
        #expect(try Data(contentsOf: url) == bytes)
    }

    @Test func `a changed run is found when it is read and by inspection`() throws {
        let fixture = try StoreFixture()
        let id = try fixture.store.enqueue(try minutely(), at: after(1))
        #expect(try fixture.store.inspect().problems == [])
        try RawDatabase.execute("UPDATE runs SET due_us = due_us + 1", fixture.path)
        #expect {
            try fixture.store.run(id)
        } throws: { error in
            if case StoreError.damaged(let text) = error { text.contains(id.text) } else { false }
        }
        #expect(try fixture.store.inspect().problems.contains { $0.contains(id.text) })
    }

    @Test func `a commit that is missing shows in the count of commits`() throws {
        let fixture = try StoreFixture()
        let before = try fixture.store.commitCount()
        for second in 1...3 as ClosedRange<Int64> {
            _ = try fixture.store.enqueue(try minutely(), at: after(second))
        }
        #expect(try fixture.store.commitCount() == before + 3)
    }
}
