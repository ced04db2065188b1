package import DownbeatCore
import Glibc

/// Processes that outlived their daemon, its keeper and their reaper, all killed at once.
///
/// Nobody is left who knows them, and a process in a session of its own got no signal: it is told by
/// run and attempt in its environment, which it has from the attempt. One that has removed those
/// variables, or of a user whose processes we may not look into, is not found.
package enum Leftovers {
    /// How long one look tries: a process that is killed is gone within milliseconds, and who waits
    /// for one that is not looks again.
    package static let limit: Duration = .milliseconds(100)
    /// Between two rounds, the second of which finds what was forked during the first; it doubles.
    private static let pause: Duration = .milliseconds(2)
    /// As large as the kernel lets an environment be by default, and more.
    private static let environmentBytesMax = 4 << 20

    /// Kills what is left of attempts, and waits a little until it is gone.
    ///
    /// Call it for attempts whose owner's lock is free: then nobody executes them. A later attempt of the
    /// same run is not touched, nor is this process, which one of them may have started. Costs a walk
    /// through /proc for each round, normally two.
    ///
    /// - Parameters:
    ///   - attempts: what the dead owner executed.
    ///   - clocks: measures the limit.
    /// - Returns: the pids that are still there.
    package static func end(
        of attempts: [ExecutedAttempt],
        clocks: some Clocks = SystemClocks()
    ) -> [Int32] {
        guard !attempts.isEmpty else { return [] }
        let wanted = Set(attempts)
        let spared = getpid()
        let deadline = clocks.monotonic + limit
        var pause = Self.pause
        while true {
            let left = Folder.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
                guard pid != spared, let attempt = attempt(of: pid), wanted.contains(attempt),
                    ProcessFacts(of: pid).map({ !$0.hasEnded }) ?? false
                else { return false }
                // At once, so that the number still means this process.
                kill(pid, SIGKILL)
                return true
            }
            guard !left.isEmpty, clocks.monotonic < deadline else { return left }
            Pause.wait(pause)
            pause *= 2
        }
    }

    /// Which attempt a process belongs to by its environment; nil: none, or it cannot be read.
    private static func attempt(of pid: Int32) -> ExecutedAttempt? {
        let path = "/proc/\(pid)/environ"
        guard let environment = SmallFile.read(path, atMost: environmentBytesMax) else {
            return nil
        }
        var run: RunID?
        var number: Int?
        for variable in environment.utf8.split(separator: 0) {
            if let value = value(of: "DOWNBEAT_RUN_ID=", in: variable) { run = RunID(value) }
            if let value = value(of: "DOWNBEAT_ATTEMPT=", in: variable) { number = Int(value) }
        }
        guard let run, let number else { return nil }
        return ExecutedAttempt(run: run, attempt: number)
    }

    private static func value(of name: String, in variable: Substring.UTF8View) -> String? {
        guard variable.starts(with: name.utf8) else { return nil }
        return String(Substring(variable.dropFirst(name.utf8.count)))
    }
}
