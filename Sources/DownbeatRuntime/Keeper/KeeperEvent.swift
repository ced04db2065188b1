import CDownbeat
package import DownbeatCore
import Glibc

/// What the keeper tells its owner.
package enum KeeperEvent: Hashable, Sendable {
    /// The command executes; `pid` is also its session.
    case started(key: UInt64, pid: Int32)
    /// It could not be started; nothing of it is left.
    case notStarted(key: UInt64, SpawnFailure)
    /// The main process and everything below it have ended; its pipes hold all it wrote.
    case ended(key: UInt64, CommandEnd)
    /// Its reaper was killed, so nobody knows how it ended; nothing of it is left.
    case lost(key: UInt64)
    /// The keeper and all reapers have ended. The end of these attempts was not seen, and what they
    /// left may still run: call `Strangers.end` before anything else is started.
    case keeperDied(unfinished: [UInt64], why: String)
}

/// How a command ended.
package struct CommandEnd: Hashable, Sendable {
    /// `.exited` or `.signalled`, of the main process.
    package var end: AttemptEnd
    /// Of the main process and everything below it.
    ///
    /// The peak is that of the largest process.
    package var usage: ResourceUsage
    /// A `.term` or `.kill` reached the attempt before its main process had ended.
    package var wasStopped: Bool
    /// The main process left others behind, which were ended.
    package var hadLeftovers: Bool

    package init(end: AttemptEnd, usage: ResourceUsage, wasStopped: Bool, hadLeftovers: Bool) {
        self.end = end
        self.usage = usage
        self.wasStopped = wasStopped
        self.hadLeftovers = hadLeftovers
    }
}

extension CommandEnd {
    init(_ report: downbeat_report) {
        let stops = UInt32(DOWNBEAT_ENDED_AFTER_TERM) | UInt32(DOWNBEAT_ENDED_AFTER_KILL)
        self.init(
            end: AttemptEnd(waitStatus: report.status),
            usage: ResourceUsage(
                userMicroseconds: report.user_microseconds,
                systemMicroseconds: report.system_microseconds,
                peakMemory: report.peak_bytes
            ),
            wasStopped: report.flags & stops != 0,
            hadLeftovers: report.flags & UInt32(DOWNBEAT_ENDED_LEFTOVERS) != 0
        )
    }
}

extension AttemptEnd {
    /// Decodes what waitpid gives for a process that has ended.
    init(waitStatus status: Int32) {
        let signal = status & 0x7f
        self = signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
    }
}
