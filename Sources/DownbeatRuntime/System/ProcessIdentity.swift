import CDownbeat
import Glibc

/// A process, told apart from a later one with the same pid: pid, start time and boot.
package struct ProcessIdentity: Hashable, Sendable, Codable {
    package var pid: Int32
    /// Clock ticks since boot.
    package var startTime: UInt64
    /// The kernel's id of this boot; empty where it gives none.
    package var bootID: String

    package init(pid: Int32, startTime: UInt64, bootID: String) {
        self.pid = pid
        self.startTime = startTime
        self.bootID = bootID
    }

    /// The process with this pid now; nil: there is none.
    package init?(of pid: Int32, bootID: String = ProcessIdentity.currentBootID) {
        guard let facts = ProcessFacts(of: pid) else { return nil }
        self.init(pid: pid, startTime: facts.startTime, bootID: bootID)
    }

    /// This process.
    package static var current: ProcessIdentity {
        let pid = getpid()
        // Without /proc every start time is 0, and two processes are told apart by pid and boot.
        return ProcessIdentity(of: pid)
            ?? ProcessIdentity(pid: pid, startTime: 0, bootID: currentBootID)
    }

    /// The id of this boot.
    package static let currentBootID: String = {
        let path = "/proc/sys/kernel/random/boot_id"
        let text = SmallFile.read(path)
        return text.map { String($0.prefix { !$0.isWhitespace }) } ?? ""
    }()

    /// Whether this very process still runs.
    ///
    /// A zombie does not run. A process of another boot never does.
    package func isAlive(
        bootID: String = ProcessIdentity.currentBootID,
        reading facts: (Int32) -> ProcessFacts? = { ProcessFacts(of: $0) }
    ) -> Bool {
        guard self.bootID == bootID, let found = facts(pid) else { return false }
        return found.startTime == startTime && !found.hasEnded
    }
}

/// What /proc says of a process.
package struct ProcessFacts: Hashable, Sendable {
    package var parent: Int32
    package var session: Int32
    /// Clock ticks since boot.
    package var startTime: UInt64
    /// It has ended and waits to be reaped.
    package var hasEnded: Bool

    package init(parent: Int32, session: Int32, startTime: UInt64, hasEnded: Bool) {
        self.parent = parent
        self.session = session
        self.startTime = startTime
        self.hasEnded = hasEnded
    }

    /// Reads a process; nil: there is none with this pid.
    package init?(of pid: Int32) {
        var process = downbeat_process()
        guard downbeat_process_read(pid, &process) == 0 else { return nil }
        let state = UInt8(bitPattern: process.state)
        self.init(
            parent: process.parent,
            session: process.session,
            startTime: process.start_time,
            hasEnded: state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")
        )
    }

    /// The children of a process, ended ones included, those of all its threads.
    package static func children(of pid: Int32) -> [Int32] {
        var capacity = 256
        while true {
            var pids = [pid_t](repeating: 0, count: capacity)
            let count = downbeat_children(pid, &pids, capacity)
            if count <= capacity { return Array(pids.prefix(count)) }
            capacity = count * 2
        }
    }
}
