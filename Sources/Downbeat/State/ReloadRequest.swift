import DownbeatCore
import DownbeatRuntime
import DownbeatStore

/// Asks a daemon to load its files again, by an event in the store and a ring, and waits for its word.
///
/// A signal would not do: with a terminal SIGHUP stops the daemon, and a signal has no answer.
struct ReloadRequest {
    /// Between two looks for the answer; the asking process lives for that long only.
    private static let lookEvery: Duration = .milliseconds(20)
    private static let eventsLookedAt = 20

    let store: SQLiteStore
    let folder: StateFolder

    /// Makes the request and waits.
    func make(timeout: Duration) throws(StoreError) -> ReloadOutcome {
        let clocks = SystemClocks()
        let id = RunID(at: clocks.now, drawing: SystemRandom()).text
        let request = EventRecord(
            time: clocks.now,
            name: ReloadReport.Event.requested,
            schedule: nil,
            detail: id,
            isError: false
        )
        try LockedStore.wait { () throws(StoreError) in try store.record(request) }
        Doorbell.ring(in: folder)
        let deadline = clocks.monotonic + timeout
        while clocks.monotonic < deadline {
            for event in try store.events(limit: Self.eventsLookedAt) {
                guard let report = ReloadReport(event), report.request == id else { continue }
                return report.problem.map { .rejected($0) } ?? .applied(schedules: report.schedules)
            }
            Pause.wait(Self.lookEvery)
        }
        return .timedOut
    }
}
