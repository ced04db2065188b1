package import DownbeatCore

/// Tells how far a backup is, not too often, and stops it when asked to.
package final class BackupMeter {
    /// Between two reports: often enough for the eye, rare enough for a pipe and a database.
    private static let interval: Duration = .milliseconds(250)

    private let clocks: any Clocks
    private let report: (BackupProgress) -> Void
    private let isCancelled: () -> Bool
    private var phase = BackupProgress.Phase.copying
    private var done: Int64 = 0
    private var total: Int64?
    private var began: Duration
    private var reported: Duration

    package init(
        clocks: any Clocks,
        report: @escaping (BackupProgress) -> Void = { _ in },
        isCancelled: @escaping () -> Bool = { false }
    ) {
        self.clocks = clocks
        self.report = report
        self.isCancelled = isCancelled
        began = clocks.monotonic
        reported = began
    }

    var shallStop: Bool { isCancelled() }

    /// A phase begins, with so many bytes; nil: nobody knows.
    func begin(_ phase: BackupProgress.Phase, total: Int64?) {
        self.phase = phase
        self.total = total
        done = 0
        began = clocks.monotonic
        reported = began
    }

    /// So many bytes of the phase are done.
    func set(_ bytes: Int64) {
        done = bytes
        let now = clocks.monotonic
        guard now - reported >= Self.interval else { return }
        reported = now
        tell(now)
    }

    func add(_ bytes: Int) throws(BackupError) {
        if isCancelled() { throw .cancelled }
        set(done + Int64(bytes))
    }

    /// The phase has ended; what was estimated is known now.
    func finish() {
        total = done
        tell(clocks.monotonic)
    }

    private func tell(_ now: Duration) {
        report(BackupProgress(phase: phase, done: done, total: total, elapsed: now - began))
    }
}
