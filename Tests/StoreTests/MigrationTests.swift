import DownbeatCore
import DownbeatStore
import Foundation
import Testing

@Suite("Migrations")
struct MigrationTests {
    @Test func `a database of version 1 keeps all it holds and goes on`() throws {
        try StoreFixture.withFolder { folder in
            let path = folder + "/state.db"
            try RawDatabase.execute(SchemaVersion1.dump, path)
            #expect {
                try StoreFixture.open(path, .existing)
            } throws: { error in
                guard case StoreError.conflict(let text) = error else { return false }
                return text.contains("downbeat migrate")
            }
            let store = try StoreFixture.open(path)
            defer { store.close() }
            #expect(store.versionBefore == 1)
            #expect(try store.inspect().problems == [])
            let details = try SchemaVersion1.runs.map { text in
                let id = try #require(RunID(text))
                return try #require(try store.run(id))
            }
            #expect(
                details.map(\.record.error) == [nil, "exit 3", "timed out after 200ms", nil]
            )
            let ends: [AttemptEnd] = [.exited(0), .exited(3), .timedOut(signal: SIGTERM)]
            #expect(details.flatMap { $0.attempts.map(\.end) } == ends)
            #expect(details.map(\.result) == [nil, nil, nil, nil])
            let now = Timestamp(seconds: 1_795_526_700)
            let run = try #require(try store.claim(at: now).first)
            #expect(run.definition.action == .command(["true"]))
            try store.complete(run, at: now)
            #expect(try store.run(run.id)?.record.state == .succeeded)
            #expect(try store.inspect().problems == [])
        }
    }
}
