import DownbeatCore
import DownbeatStore
import Foundation
import Testing

@Suite("Snapshot of a database")
struct SQLiteSnapshotTests {
    /// Pages that make a copy take several steps.
    private static let padding = """
        CREATE TABLE padding (content BLOB);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
        INSERT INTO padding SELECT randomblob(3000) FROM n;
        CREATE TABLE numbers (n INTEGER PRIMARY KEY)
        """

    @Test func `a copy beside a busy writer is one instant, and the writer goes on`() throws {
        try StoreFixture.withFolder { folder in
            let path = folder + "/app.db"
            #expect(try Self.answer("PRAGMA journal_mode = WAL; \(Self.padding)", path) == "wal")
            let writer = try RawDatabase(path)
            try writer.execute("INSERT INTO numbers VALUES (1)")
            let snapshot = try SQLiteSnapshot(of: path)
            #expect(snapshot.journal == .writeAheadLog)
            var number = 1
            var seen: [Int64] = []
            var problem: (any Error)?
            try snapshot.copy(
                to: folder + "/copy.db",
                progress: { bytes in
                    seen.append(bytes)
                    do {
                        // Another process commits between any two steps.
                        for _ in 0..<20 {
                            number += 1
                            try writer.execute("INSERT INTO numbers VALUES (\(number))")
                        }
                    } catch {
                        problem = error
                    }
                },
                isCancelled: { false }
            )
            snapshot.end()
            #expect(problem == nil)
            #expect(seen.count > 3)
            // It never started over.
            #expect(seen == seen.sorted())
            #expect(seen.last == snapshot.bytes)
            #expect(SQLiteFileCheck.problems(of: folder + "/copy.db") == [])
            let copied = "SELECT count(*) || ' ' || max(n) FROM numbers"
            #expect(try Self.answer(copied, folder + "/copy.db") == "1 1")
            #expect(try Self.answer(copied, path) == "\(number) \(number)")
        }
    }

    @Test func `writers of a rollback journal wait for the end of the copy`() throws {
        try StoreFixture.withFolder { folder in
            let path = folder + "/app.db"
            try RawDatabase.execute("\(Self.padding); INSERT INTO numbers VALUES (1)", path)
            let snapshot = try SQLiteSnapshot(of: path)
            #expect(snapshot.journal == .rollback)
            try snapshot.copy(
                to: folder + "/copy.db",
                progress: { _ in },
                isCancelled: { false }
            )
            #expect(try Self.answer("INSERT INTO numbers VALUES (2)", path) == nil)
            snapshot.end()
            #expect(try Self.answer("INSERT INTO numbers VALUES (2)", path) == "")
            #expect(SQLiteFileCheck.problems(of: folder + "/copy.db") == [])
            #expect(try Self.answer("SELECT max(n) FROM numbers", folder + "/copy.db") == "1")
        }
    }

    @Test func `a copy that is stopped ends at once`() throws {
        try StoreFixture.withFolder { folder in
            try RawDatabase.execute(Self.padding, folder + "/app.db")
            let snapshot = try SQLiteSnapshot(of: folder + "/app.db")
            var steps = 0
            let error = #expect(throws: BackupError.self) {
                try snapshot.copy(
                    to: folder + "/copy.db",
                    progress: { _ in steps += 1 },
                    isCancelled: { steps == 2 }
                )
            }
            #expect(error?.kind == .cancelled)
            #expect(steps == 2)
        }
    }

    @Test func `what cannot be copied is named with its reason`() throws {
        try StoreFixture.withFolder { folder in
            let text = folder + "/notes.txt"
            try Data(String(repeating: "no database\n", count: 600).utf8)
                .write(to: URL(fileURLWithPath: text))
            let cases: [(String, BackupError.Kind)] = [
                (folder + "/none.db", .missing), (folder, .missing), (text, .damaged),
            ]
            for (path, kind) in cases {
                let error = #expect(throws: BackupError.self) { try SQLiteSnapshot(of: path) }
                #expect(error?.kind == kind)
                #expect(error?.place == path)
            }
        }
    }

    @Test func `a damaged copy is found`() throws {
        try StoreFixture.withFolder { folder in
            let path = folder + "/app.db"
            try RawDatabase.execute(Self.padding, path)
            #expect(SQLiteFileCheck.problems(of: path) == [])
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try file.seek(toOffset: 4096 * 100)
            try file.write(contentsOf: Data(repeating: 0x5A, count: 4096 * 3))
            try file.close()
            #expect(SQLiteFileCheck.problems(of: path) != [])
        }
    }

    /// What another process gets for an answer; nil: an error, such as that the file is locked.
    private static func answer(_ sql: String, _ path: String) throws -> String? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
        process.arguments = [path, sql]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
