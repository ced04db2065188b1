import DownbeatRuntime
import Glibc

/// Counting what lives, by /proc.
enum Processes {
    static func inSession(_ session: Int32) -> [Int32] {
        Folder.names(in: "/proc").compactMap { Int32($0) }.filter {
            guard let facts = ProcessFacts(of: $0) else { return false }
            return facts.session == session && !facts.hasEnded
        }
    }

    static func descriptors(of pid: Int32) -> Int {
        Folder.names(in: "/proc/\(pid)/fd").count
    }
}
