import DownbeatCore
import DownbeatRuntime
import Glibc
import Testing

/// Whatever a command forks belongs to its attempt and ends with it.
@Suite("Ending a command's tree", .tags(.processes))
struct CommandTreeTests {
    /// Each prints the pids of its tree in one line as soon as it is whole, and goes on for ever.
    struct Tree: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var script: String
    }

    private static let inBackground = Tree(
        testDescription: "in the background",
        script: "sleep 1000 & a=$!; sleep 1000 & echo $$ $a $!; wait"
    )
    private static let ownSession = Tree(
        testDescription: "in a session of its own",
        script: "setsid sh -c 'echo $$ '$$'; sleep 1000; :'; :"
    )
    /// The middle process ends, so that the last has lost its parent.
    private static let twiceForked = Tree(
        testDescription: "forked twice",
        script: """
            (setsid sh -c 'sleep 1000 & echo $$ $! '$$'; sleep 1000; :' &) ; sleep 1000; :
            """
    )
    private static let deaf = Tree(
        testDescription: "that ignores TERM",
        script: """
            trap '' TERM; (trap '' TERM; setsid sh -c 'trap "" TERM; echo $$ '$$'; sleep 1000; :' &)
            sleep 1000; :
            """
    )
    private static let stopped = Tree(
        testDescription: "that is stopped",
        script: "sleep 1000 & kill -STOP $!; echo $$ $!; wait"
    )
    static let all = [inBackground, ownSession, twiceForked, deaf, stopped]

    enum Ending: CaseIterable, Sendable {
        case killed, ownerGone, reaperKilled
    }

    private func grow(
        _ tree: Tree,
        in commands: KeptCommands
    ) throws -> (key: UInt64, pids: [Int32]) {
        let key = try commands.shell(tree.script)
        let line = try #require(try commands.waitForLine(of: key).first)
        let pids = line.split(separator: " ").compactMap { Int32($0) }
        try #require(pids.count >= 2)
        for pid in pids { try #require(isRunning(pid)) }
        return (key, pids)
    }

    @Test(arguments: all, Ending.allCases)
    func `nothing of a tree is left`(_ tree: Tree, _ ending: Ending) throws {
        let commands = try KeptCommands()
        let (key, pids) = try grow(tree, in: commands)
        switch ending {
        case .killed:
            commands.keeper.stop(key, .kill)
            let end = try commands.finish(key).end
            #expect(end.end == .signalled(SIGKILL))
            #expect(end.wasStopped)
        case .ownerGone:
            #expect(commands.keeper.close() == .exited(0))
        case .reaperKilled:
            for reaper in commands.reapers() { kill(reaper, SIGKILL) }
            #expect(try commands.waitForLast(of: key) == .lost(key: key))
        }
        #expect(pids.filter(isRunning) == [])
    }

    @Test(arguments: [KeeperMeans.all, [.childrenFile], [.pidfd], []])
    func `a tree ends by each means`(_ used: KeeperMeans) throws {
        let commands = try KeptCommands(without: KeeperMeans.all.subtracting(used))
        let (key, pids) = try grow(Self.twiceForked, in: commands)
        commands.keeper.stop(key, .kill)
        _ = try commands.finish(key)
        #expect(pids.filter(isRunning) == [])
    }

    @Test(arguments: [inBackground, ownSession, twiceForked, stopped])
    func `TERM reaches the whole tree`(_ tree: Tree) throws {
        let commands = try KeptCommands()
        let (key, pids) = try grow(tree, in: commands)
        commands.keeper.stop(key, .term)
        let end = try commands.finish(key).end
        #expect(end.end == .signalled(SIGTERM))
        #expect(end.wasStopped)
        #expect(pids.filter(isRunning) == [])
    }

    @Test func `each process gets TERM once`() throws {
        let commands = try KeptCommands()
        // Both say that their traps are set: a shell forgets a signal that comes before.
        let key = try commands.shell(
            "(trap 'echo term; exit 0' TERM; echo ready; while :; do sleep 0.01; done) &"
                + " trap 'echo term' TERM; echo ready; wait; wait; echo end; exit 5"
        )
        _ = try commands.waitForLine(of: key, count: 2)
        commands.keeper.stop(key, .term)
        commands.keeper.stop(key, .term)
        let (end, out, _) = try commands.finish(key)
        #expect(out == "ready\nready\nterm\nterm\nend\n")
        #expect(end.end == .exited(5))
    }

    @Test func `after TERM the grace is the owner's`() throws {
        let commands = try KeptCommands()
        let (key, pids) = try grow(Self.deaf, in: commands)
        commands.keeper.stop(key, .term)
        // A command that comes later shows that the keeper has passed the TERM on.
        _ = try commands.finish(commands.shell("exit 0"))
        #expect(pids.filter(isRunning) == pids)
        commands.keeper.stop(key, .kill)
        #expect(try commands.finish(key).end.end == .signalled(SIGKILL))
        #expect(pids.filter(isRunning) == [])
    }

    @Test func `a tree that keeps forking ends`() throws {
        let commands = try KeptCommands()
        let key = try commands.shell(
            "f() { while :; do (sleep 0.01; :) & sleep 0.005; done; }; f & f & f & echo go; wait"
        )
        _ = try commands.waitForLine(of: key)
        let session = try commands.waitForStart(of: key)
        commands.keeper.stop(key, .kill)
        _ = try commands.finish(key)
        #expect(Processes.inSession(session) == [])
    }

    @Test func `two hundred commands leave no zombie and no descriptor`() throws {
        let commands = try KeptCommands()
        _ = try commands.finish(commands.spawn(["/bin/true"]))
        let before = Processes.descriptors(of: commands.keeper.pid)
        for _ in 0..<4 {
            let keys = try (0..<50).map { _ in try commands.spawn(["/bin/true"]) }
            for key in keys { #expect(try commands.finish(key).end.end == .exited(0)) }
        }
        let key = try commands.shell("exit 0")
        _ = try commands.finish(key)
        let left = commands.reapers().filter { ProcessFacts(of: $0)?.hasEnded == true }
        // The last reaper may not have been waited for yet.
        #expect(left.count <= 1)
        #expect(Processes.descriptors(of: commands.keeper.pid) <= before + 1)
        #expect(commands.keeper.liveKeys == [])
    }
}
