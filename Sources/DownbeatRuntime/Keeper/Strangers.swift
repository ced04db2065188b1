import CDownbeat
package import DownbeatCore
import Glibc

/// Processes that came to the daemon because their parents ended: what a killed keeper left, and,
/// when the daemon is PID 1, every orphan of the container.
///
/// They are told from the daemon's own children by their session: everything below a keeper lives
/// in the keeper's session or in one of its own, and a process can never enter another's session.
package enum Strangers {
    /// A rescan finds what was forked during the kill before it.
    private static let pause: Duration = .milliseconds(2)

    /// Makes orphaned descendants come to this process; call it before the first keeper is started.
    package static func adopt() throws(SystemError) {
        let error = downbeat_subreaper_set(1)
        guard error == 0 else {
            throw SystemError("become the parent of orphans", errorNumber: error)
        }
    }

    /// Kills all strangers and what is below them, and waits until they are gone.
    ///
    /// Call it after `.keeperDied`, before another keeper starts. It blocks for as long as that
    /// takes, normally a few milliseconds.
    ///
    /// - Parameters:
    ///   - limit: how long to try; a process in an uninterruptible wait cannot be killed.
    ///   - clocks: measures the limit.
    ///   - isMeant: which strangers; as PID 1 spare those that did not come from the keeper.
    /// - Returns: the pids that are still there when the time is over.
    package static func end(
        within limit: Duration = .seconds(5),
        clocks: some Clocks = SystemClocks(),
        where isMeant: (Int32) -> Bool = { _ in true }
    ) -> [Int32] {
        let deadline = clocks.monotonic + limit
        while true {
            reap(where: isMeant)
            let left = living().filter(isMeant)
            guard !left.isEmpty, clocks.monotonic < deadline else { return left }
            for pid in left { downbeat_tree_kill(pid) }
            Pause.wait(pause)
        }
    }

    /// Waits for strangers that have ended; call it on SIGCHLD.
    ///
    /// - Returns: how many there were.
    @discardableResult
    package static func reap(where isMeant: (Int32) -> Bool = { _ in true }) -> Int {
        all().count { pid, facts in
            guard facts.hasEnded, isMeant(pid) else { return false }
            var status: Int32 = 0
            return downbeat_reap(pid, &status) == 1
        }
    }

    private static func living() -> [Int32] {
        all().filter { !$0.facts.hasEnded }.map(\.pid)
    }

    private static func all() -> [(pid: Int32, facts: ProcessFacts)] {
        let ours = getsid(0)
        let keepers = Keeper.livePids
        return ProcessFacts.children(of: getpid()).compactMap { pid in
            guard !keepers.contains(pid), let facts = ProcessFacts(of: pid), facts.session != ours
            else { return nil }
            return (pid, facts)
        }
    }
}
