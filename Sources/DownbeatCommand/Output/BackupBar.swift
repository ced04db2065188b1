import DownbeatCore

/// The progress of work on copies that a command does itself.
struct BackupBar {
    private let meter: ProgressMeter
    private let session: Session

    init(_ label: String, _ session: Session) {
        meter = ProgressMeter(label, session)
        self.session = session
    }

    /// Shows the work, and stops it at Ctrl-C.
    var watch: BackupWatch {
        let clocks = session.context.clocks
        return BackupWatch(
            report: { progress in
                guard progress.done != progress.total else { return meter.clear() }
                let now = clocks.now
                meter.show(
                    ProgressReading(
                        progress: RunProgress(
                            phase: "",
                            done: progress.done,
                            total: progress.total,
                            unit: .bytes
                        ),
                        since: now - progress.elapsed,
                        at: now
                    )
                )
            },
            isCancelled: session.context.isInterrupted
        )
    }

    /// Takes the bar away.
    func clear() {
        meter.clear()
    }
}
