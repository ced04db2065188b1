import DownbeatCore
import DownbeatRuntime
import Glibc
import Testing

/// What a loop waits for.
@Suite("Loop primitives")
struct LoopTests {
    private let clocks = SystemClocks()

    @Test func `an alarm rings when its instant comes`() throws {
        let alarm = try Alarm()
        let poller = try Poller()
        try poller.watch(alarm.descriptor, for: .read)
        #expect(try alarm.takeEvent() == nil)
        try alarm.set(clocks.now + .milliseconds(20))
        let ready = try poller.wait(timeout: .seconds(20))
        #expect(ready == [Poller.Ready(descriptor: alarm.descriptor, events: .read)])
        #expect(try alarm.takeEvent() == .rang)
    }

    @Test(arguments: [true, false])
    func `an alarm in the past rings at once and one in the far future never`(
        noticing: Bool
    ) throws {
        let alarm = try Alarm(noticingClockChanges: noticing)
        for past in [Timestamp.distantPast, Timestamp(microseconds: 0), clocks.now] {
            try alarm.set(past)
            var polled = pollfd(fd: alarm.descriptor, events: Int16(POLLIN), revents: 0)
            #expect(poll(&polled, 1, 20_000) == 1)
            #expect(try alarm.takeEvent() == .rang)
        }
        try alarm.set(.distantFuture)
        #expect(!isReadable(alarm.descriptor))
    }

    @Test func `a wake-up from another thread is seen once`() async throws {
        let wakeUp = try WakeUp()
        await withTaskGroup { group in
            for _ in 0..<4 { group.addTask { wakeUp.ring() } }
        }
        #expect(isReadable(wakeUp.descriptor))
        wakeUp.clear()
        #expect(!isReadable(wakeUp.descriptor))
    }

    @Test func `a poller forgets what is unwatched`() throws {
        let wakeUp = try WakeUp()
        let poller = try Poller()
        wakeUp.ring()
        try poller.watch(wakeUp.descriptor, for: [.read, .write])
        #expect(try poller.wait(timeout: .zero).map(\.events) == [[.read, .write]])
        try poller.watch(wakeUp.descriptor, for: .read)
        #expect(try poller.wait(timeout: .zero).map(\.events) == [.read])
        poller.unwatch(wakeUp.descriptor)
        #expect(try poller.wait(timeout: .zero) == [])
        poller.unwatch(wakeUp.descriptor)
    }

    struct IdentityRow: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var facts: ProcessFacts?
        var bootID = "boot"
        var isAlive: Bool
    }

    private static func facts(start: UInt64, ended: Bool = false) -> ProcessFacts {
        ProcessFacts(parent: 1, session: 7, startTime: start, hasEnded: ended)
    }

    @Test(arguments: [
        IdentityRow(testDescription: "the same", facts: facts(start: 5), isAlive: true),
        IdentityRow(testDescription: "a later one", facts: facts(start: 6), isAlive: false),
        IdentityRow(testDescription: "ended", facts: facts(start: 5, ended: true), isAlive: false),
        IdentityRow(testDescription: "gone", facts: nil, isAlive: false),
        IdentityRow(
            testDescription: "another boot",
            facts: facts(start: 5),
            bootID: "later",
            isAlive: false
        ),
    ])
    func `a pid that is used again is another process`(_ row: IdentityRow) {
        let recorded = ProcessIdentity(pid: 7, startTime: 5, bootID: "boot")
        #expect(recorded.isAlive(bootID: row.bootID) { _ in row.facts } == row.isAlive)
    }

    @Test func `this process is alive`() {
        #expect(ProcessIdentity.current.isAlive())
        #expect(!ProcessIdentity.currentBootID.isEmpty)
    }

    @Test func `every means is named`() {
        #expect(KeeperMeans.probe().isSubset(of: .all))
        #expect(KeeperMeans.probe().lines.count == 4)
    }
}
