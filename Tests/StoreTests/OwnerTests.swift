import DownbeatCore
import DownbeatStore
import Testing

@Suite("Owners")
struct OwnerTests {
    private func owner(_ id: String, pid: Int32, at start: Timestamp) -> OwnerRecord {
        OwnerRecord(
            id: id,
            kind: .worker,
            pid: pid,
            processStart: 12,
            bootID: "boot",
            startedAt: start,
            version: "1.0",
            concurrency: 2,
            queues: ["default", "备份"]
        )
    }

    @Test(arguments: Medium.allCases)
    func `owners see each other until they leave`(medium: Medium) throws {
        let fixture = try StoreFixture(medium)
        let one = owner("one", pid: 1, at: after(1))
        let two = owner("two", pid: 2, at: after(2))
        try fixture.store.register(one)
        try fixture.store.register(two)
        #expect(try fixture.store.otherOwners(than: "one") == [two])
        #expect(try fixture.store.owners() == [one, two])
        try fixture.store.noteStopping(owner: "two", now: after(3))
        try fixture.store.noteStopping(owner: "two", now: after(4))
        #expect(try fixture.store.owners().map(\.stoppingSince) == [nil, after(3)])
        try fixture.store.unregister(owner: "two")
        #expect(try fixture.store.otherOwners(than: "one") == [])
    }

    @Test func `events come back newest first`() throws {
        let fixture = try StoreFixture(.memory)
        for number in 1...3 as ClosedRange<Int64> {
            try fixture.store.record(
                EventRecord(
                    time: after(number),
                    name: "config.rejected",
                    schedule: nil,
                    detail: "E0201",
                    isError: number == 2
                )
            )
        }
        let events = try fixture.store.events(limit: 2)
        #expect(events.map(\.time) == [after(3), after(2)])
        #expect(events.map(\.isError) == [false, true])
    }
}
