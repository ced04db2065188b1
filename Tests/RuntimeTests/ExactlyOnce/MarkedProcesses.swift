import DownbeatRuntime
import Glibc

/// The processes of one service and of all it has started, found by a variable in their environment.
///
/// The service gets the variable from the test, its keeper and reapers inherit it, and the commands'
/// `env` names it. States count, not pids: one that has ended and waits to be reaped is no process.
struct MarkedProcesses {
    enum Kind: Hashable {
        case service, keeper, reaper, command
        /// Between fork and exec, or just after.
        case starting
    }

    struct Found: Hashable, CustomStringConvertible {
        var pid: Int32
        var kind: Kind
        var parent: Int32

        var description: String { "\(kind) \(pid) below \(parent)" }
    }

    /// `NAME=value`.
    let mark: String

    /// All of them that run now.
    func all() -> [Found] {
        Folder.names(in: "/proc").compactMap { Int32($0) }.compactMap(look)
    }

    private func look(_ pid: Int32) -> Found? {
        let variables = TextFile.contents("/proc/\(pid)/environ").utf8.split(separator: 0)
        guard variables.contains(where: { $0.elementsEqual(mark.utf8) }),
            let facts = ProcessFacts(of: pid), !facts.hasEnded
        else { return nil }
        let isCommand = variables.contains { $0.starts(with: "DOWNBEAT_RUN_ID=".utf8) }
        let name = TextFile.contents("/proc/\(pid)/comm").prefix { $0 != "\n" }
        let kind: Kind =
            switch name {
            case _ where isCommand: .command
            case "downbeat": .service
            case "downbeat-keeper": .keeper
            case "downbeat-reaper": .reaper
            default: .starting
            }
        return Found(pid: pid, kind: kind, parent: facts.parent)
    }
}
