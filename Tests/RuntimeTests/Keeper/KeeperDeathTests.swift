import DownbeatCore
import DownbeatRuntime
import Glibc
import Testing

/// What is left when the keeper is killed, and what the owner's lock says meanwhile.
@Suite("Death of the keeper", .tags(.processes), .serialized)
struct KeeperDeathTests {
    private static let script =
        "(setsid sh -c 'trap \"\" TERM; echo $$ '$$'; sleep 1000; :' &) ; sleep 1000; :"

    private func grow(in commands: KeptCommands) throws -> (key: UInt64, pids: [Int32]) {
        let key = try commands.shell(Self.script)
        let line = try #require(try commands.waitForLine(of: key).first)
        let pids = line.split(separator: " ").compactMap { Int32($0) }
        try #require(pids.count == 2)
        return (key, pids)
    }

    /// Only those of this test: other suites have children here, too.
    private func endStrangers(_ pids: [Int32], sessions: [Int32]) -> [Int32] {
        Strangers.end(within: KeptCommands.limit) { pid in
            pids.contains(pid)
                || ProcessFacts(of: pid).map { sessions.contains($0.session) } ?? false
        }
    }

    @Test func `reapers outlive the keeper until their trees have ended`() throws {
        let commands = try KeptCommands()
        let (key, pids) = try grow(in: commands)
        kill(commands.keeper.pid, SIGKILL)
        let death = try commands.waitForDeath()
        #expect(pids.filter(isRunning) == [])
        // The reaper's own KILL is no end of the command: it would count as a failure.
        #expect(!commands.events.contains { $0.key == key && $0.isLast })
        #expect(death == .keeperDied(unfinished: [key], why: "the keeper was ended by signal 9"))
        let next = try KeptCommands()
        #expect(try next.finish(next.shell("exit 0")).end.end == .exited(0))
    }

    @Test func `what keeper and reapers leave when both are killed is ended by the daemon`() throws
    {
        try Strangers.adopt()
        let commands = try KeptCommands()
        let (_, pids) = try grow(in: commands)
        // Stopped first, so that neither sees the other's end.
        let all = commands.reapers() + [commands.keeper.pid]
        for pid in all { kill(pid, SIGSTOP) }
        for pid in all { kill(pid, SIGKILL) }
        _ = try commands.waitForDeath()
        let left = endStrangers(all, sessions: pids)
        #expect(left == [])
        #expect(pids.filter(isRunning) == [])
        #expect(pids.flatMap(Processes.inSession) == [])
    }

    @Test func `reapers that hang when the keeper is dead are killed`() throws {
        try Strangers.adopt()
        let commands = try KeptCommands()
        let (_, pids) = try grow(in: commands)
        let reapers = commands.reapers()
        #expect(commands.keeper.checkLife(at: .zero) == nil)
        for reaper in reapers { kill(reaper, SIGSTOP) }
        kill(commands.keeper.pid, SIGKILL)
        // Its end is seen when its reapers have become ours.
        while ProcessFacts.children(of: getpid()).allSatisfy({ !reapers.contains($0) }) {
            sched_yield()
        }
        #expect(commands.keeper.checkLife(at: .seconds(100)) == .seconds(105))
        #expect(commands.keeper.checkLife(at: .seconds(104)) == .seconds(105))
        #expect(pids.filter(isRunning) == pids)
        #expect(commands.keeper.checkLife(at: .seconds(105)) == .seconds(110))
        _ = try commands.waitForDeath()
        let left = endStrangers(reapers, sessions: pids)
        #expect(left == [])
        #expect(pids.filter(isRunning) == [])
        #expect(pids.flatMap(Processes.inSession) == [])
    }

    @Test func `the owner's lock is free only when nothing is left`() throws {
        let temporary = try TemporaryFolder()
        let folder = try StateFolder(temporary.path + "/state", mode: .create)
        let holder = LockHolder(
            process: .current,
            kind: "worker",
            since: Timestamp(seconds: 1_000_000)
        )
        let lock = try OwnerLock(owner: "OWNER1", in: folder, as: holder)
        let commands = try KeptCommands(lock: lock)
        let (_, pids) = try grow(in: commands)
        lock.lock.release()
        #expect(try OwnerLock.status(of: "OWNER1", in: folder) == .held(holder))
        #expect(OwnerLock.owners(in: folder) == ["OWNER1"])
        // Other tests of this process start programs: their children have all descriptors until exec.
        let holders = (commands.reapers() + [commands.keeper.pid]).sorted()
        try Patience.wait(for: "the lock to be held by \(holders) alone") {
            OwnerLock.processesHolding("OWNER1", in: folder) == holders ? () : nil
        }
        #expect(try OwnerLock.removeIfFree("OWNER1", in: folder) == false)
        commands.keeper.close()
        #expect(pids.filter(isRunning) == [])
        #expect(try OwnerLock.status(of: "OWNER1", in: folder) == .free(holder))
        #expect(try OwnerLock.removeIfFree("OWNER1", in: folder))
        #expect(try OwnerLock.status(of: "OWNER1", in: folder) == .missing)
    }

    @Test func `the keeper does not hear the signals that stop the daemon`() throws {
        let commands = try KeptCommands()
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGQUIT] { kill(commands.keeper.pid, signal) }
        #expect(try commands.finish(commands.shell("exit 0")).end.end == .exited(0))
        #expect(commands.keeper.close() == .exited(0))
    }
}
