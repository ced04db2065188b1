import CDownbeat

/// Which of the kernel's newer means work here; each has a fallback.
package struct KeeperMeans: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    /// Signals to exactly one process; else its parent is read again just before.
    package static let pidfd = KeeperMeans(rawValue: UInt32(DOWNBEAT_MEANS_PIDFD))
    /// Closing all descriptors in one call; else those listed in /proc.
    package static let closeRange = KeeperMeans(rawValue: UInt32(DOWNBEAT_MEANS_CLOSE_RANGE))
    /// The kernel's list of children; else a look at every process.
    package static let childrenFile = KeeperMeans(rawValue: UInt32(DOWNBEAT_MEANS_CHILDREN))
    /// Being told when the clock is set; else a look at the clock every 30 s.
    package static let clockChanges = KeeperMeans(rawValue: UInt32(DOWNBEAT_MEANS_CANCEL_ON_SET))

    package static let all: KeeperMeans = [.pidfd, .closeRange, .childrenFile, .clockChanges]

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Tries each of them.
    package static func probe() -> KeeperMeans {
        KeeperMeans(rawValue: downbeat_means())
    }

    /// One line each for `doctor`: a name, and what is in use.
    package var lines: [(name: String, use: String)] {
        [
            ("pidfd_open", contains(.pidfd) ? "in use" : "not here: parents are read from /proc"),
            ("close_range", contains(.closeRange) ? "in use" : "not here: descriptors one by one"),
            (
                "/proc/PID/task/TID/children",
                contains(.childrenFile) ? "in use" : "not here: all processes are read"
            ),
            (
                "TFD_TIMER_CANCEL_ON_SET",
                contains(.clockChanges) ? "in use" : "not here: wakes up every 30 s"
            ),
        ]
    }
}
