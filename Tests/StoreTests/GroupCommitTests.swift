import Dispatch
import DownbeatCore
import DownbeatStore
import Foundation
import Synchronization
import Testing

@Suite("Group commit")
struct GroupCommitTests {
    @Test func `requests that arrive during a commit share the next one`() throws {
        let fixture = try StoreFixture()
        let store = fixture.store
        let schedule = try minutely(overlap: .allow)
        try store.adopt([schedule], at: after(0))
        let before = try store.commitCount()
        let threads = 32
        let arrived = DispatchSemaphore(value: 0)
        let ended = DispatchSemaphore(value: 0)
        let failures = Mutex(0)
        for number in 0..<threads {
            let thread = Thread {
                arrived.signal()
                do {
                    for second in 0..<10 {
                        _ = try store.enqueue(schedule, at: after(Int64(number * 10 + second)))
                    }
                } catch {
                    failures.withLock { $0 += 1 }
                }
                ended.signal()
            }
            thread.start()
        }
        let edited = try minutely(overlap: .allow, period: .seconds(30))
        // Called on the writer's thread, so it keeps the commit open until all the others are there.
        _ = try store.adopt([edited], now: after(1)) { _ in
            for _ in 0..<threads { arrived.wait() }
            return nil
        }
        for _ in 0..<threads { ended.wait() }
        #expect(failures.withLock { $0 } == 0)
        #expect(try store.runs(RunQuery(limit: 1000)).count == threads * 10)
        #expect(try store.commitCount() - before < threads * 10)
        #expect(try store.inspect().problems == [])
    }

    @Test func `a request that fails takes no other with it`() throws {
        let fixture = try StoreFixture(.memory)
        let store = fixture.store
        let schedule = try minutely(overlap: .allow)
        try store.adopt([schedule], at: after(0))
        let unknown = try #require(RunID("01JWZZZZZZZZZZZZZZZZZZZZZZ"))
        let threads = 8
        let ended = DispatchSemaphore(value: 0)
        let refused = Mutex(0)
        for number in 0..<threads {
            let thread = Thread {
                do {
                    if number.isMultiple(of: 2) {
                        _ = try store.enqueue(schedule, at: after(1))
                    } else {
                        _ = try store.cancel(unknown, now: after(1))
                    }
                } catch {
                    refused.withLock { $0 += 1 }
                }
                ended.signal()
            }
            thread.start()
        }
        for _ in 0..<threads { ended.wait() }
        #expect(refused.withLock { $0 } == threads / 2)
        #expect(try store.runs(RunQuery(limit: 99)).count == threads / 2)
    }

    @Test func `a closed store refuses instead of waiting`() throws {
        let fixture = try StoreFixture()
        fixture.store.close()
        #expect(throws: StoreError.self) { try fixture.store.tick([], at: after(1)) }
        #expect(throws: StoreError.self) { try fixture.store.scheduleStates() }
    }
}
