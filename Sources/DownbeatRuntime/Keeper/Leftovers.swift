import CDownbeat
package import DownbeatCore
import Glibc

/// Processes that outlived their daemon, its keeper and their reaper, all killed at once.
///
/// Nobody is left who knows them, and a process in a session of its own got no signal: it is told by
/// the id of its run in its environment, which it has from the attempt. One that has removed that
/// variable, or of a user whose processes we may not look into, is not found.
package enum Leftovers {
    /// A rescan finds what was forked during the kill before it.
    private static let pause: Duration = .milliseconds(2)

    /// Kills what is left of runs, and waits until it is gone.
    ///
    /// Call it for runs whose owner's lock is free: then nobody executes them. It reads /proc once for
    /// each round, normally two.
    ///
    /// - Parameters:
    ///   - runs: the runs that the dead owner had.
    ///   - limit: how long to try; a process in an uninterruptible wait cannot be killed.
    ///   - clocks: measures the limit.
    /// - Returns: the pids that are still there when the time is over.
    package static func end(
        of runs: [RunID],
        within limit: Duration = .seconds(5),
        clocks: some Clocks = SystemClocks()
    ) -> [Int32] {
        guard !runs.isEmpty else { return [] }
        let marks = Set(runs.map { "DOWNBEAT_RUN_ID=\($0.text)" })
        let deadline = clocks.monotonic + limit
        while true {
            let left = living(marks)
            guard !left.isEmpty, clocks.monotonic < deadline else { return left }
            for pid in left { kill(pid, SIGKILL) }
            Pause.wait(pause)
        }
    }

    private static func living(_ marks: Set<String>) -> [Int32] {
        Folder.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
            guard let environment = SmallFile.read("/proc/\(pid)/environ"),
                environment.split(separator: "\0").contains(where: { marks.contains(String($0)) })
            else { return false }
            return ProcessFacts(of: pid).map { !$0.hasEnded } ?? false
        }
    }
}
