import DownbeatRuntime
import Glibc

/// What a process has used so far, all threads together.
struct Usage {
    /// On a processor.
    var busy: Duration
    /// Times that a thread went to sleep by itself, so about as many wake-ups.
    var sleeps: Int

    /// Reads /proc; what has ended counts nothing.
    init(of pid: Int32) {
        var nanoseconds: Int64 = 0
        sleeps = 0
        for thread in Folder.names(in: "/proc/\(pid)/task") {
            let times = TextFile.contents("/proc/\(pid)/task/\(thread)/schedstat")
            nanoseconds += times.split(separator: " ").first.flatMap { Int64($0) } ?? 0
            let status = TextFile.contents("/proc/\(pid)/task/\(thread)/status")
            for line in status.split(separator: "\n")
            where line.hasPrefix("voluntary_ctxt_switches:") {
                sleeps += line.split(separator: "\t").last.flatMap { Int($0) } ?? 0
            }
        }
        busy = .nanoseconds(nanoseconds)
    }

    /// The share of one core that a process takes while some time passes, and its sleeps in it.
    static func watch(
        _ pid: Int32,
        for time: Duration
    ) -> (share: Double, sleeps: Int) {
        let clocks = SystemClocks()
        let (before, start) = (Usage(of: pid), clocks.monotonic)
        Patience.rest(time)
        let (after, end) = (Usage(of: pid), clocks.monotonic)
        return ((after.busy - before.busy) / (end - start), after.sleeps - before.sleeps)
    }
}
