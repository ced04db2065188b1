import DownbeatCore

/// Why a run is where it is.
struct RunInquiry {
    let id: RunID
    let state: any StateAccess
    let settings: ServiceSettings?
    let times: TimeText
    let session: Session

    /// A free worker takes a ready run sooner than this.
    private static let idleAfter: Duration = .seconds(5)

    func answer() throws(CommandError) -> Answer {
        let found = try session.with(settings) { () throws(StoreError) in try state.run(id) }
        guard let detail = found else { throw CommandError(.missing, "run \(id.text) is gone") }
        let run = detail.record
        var answer = Answer(
            subject: "\(run.schedule) \(run.id.text)",
            verdict: run.state.rawValue,
            sentence: "",
            run: run.id
        )
        answer.details.append(origin(run))
        switch run.state {
        case .queued:
            answer.sentence = try waiting(detail)
        case .scheduled:
            answer.sentence = "waits after a failure: \(run.repetition(times))"
            if let note = try WorkerNote.text(session, settings, queue: run.queue) {
                answer.details.append(note)
            }
        case .running:
            let since = run.startedAt.map { " since \(times.timeOfDay($0))" } ?? ""
            answer.sentence = "is running\(since), attempt \(run.tries)"
            if run.cancelRequested { answer.details.append("it was asked to end") }
        case .succeeded, .failed, .cancelled, .expired, .unknown:
            answer.sentence = ending(run)
        }
        for attempt in detail.attempts {
            let end = attempt.end.map(RunReport.words) ?? "running"
            let start = times.timeOfDay(attempt.startedAt ?? attempt.claimedAt)
            answer.details.append("attempt \(attempt.number), \(start): \(end)")
        }
        return answer
    }

    private func origin(_ run: RunRecord) -> String {
        if let retryOf = run.retryOf { return "a retry of \(retryOf.text)" }
        guard let slot = run.slot else {
            return "asked for by hand at \(times.absolute(run.due)) \(times.zone.name)"
        }
        return "the run of the slot \(times.absolute(slot)) \(times.zone.name)"
    }

    private func ending(_ run: RunRecord) -> String {
        let when = run.endedAt.map { " \(times.relative($0))" } ?? ""
        return switch run.state {
        case .succeeded: "succeeded\(when)"
        case .failed: "failed\(when): \(run.error ?? "its attempts are used up")"
        case .cancelled: "was cancelled\(when)"
        case .expired: "expired\(when): no attempt started in time (`expires`)"
        case .unknown: "is unknown: it may start at most once, and nobody saw how the attempt ended"
        case .scheduled, .queued, .running: "has not ended"
        }
    }

    /// Why a ready run has not started.
    private func waiting(_ detail: RunDetail) throws(CommandError) -> String {
        if let behind = detail.heldBehind {
            return "waits until run \(behind.text) of its schedule is done"
        }
        let run = detail.record
        let daemons = try session.operations.daemonsOrNone(
            folder: session.stateFolder(settings)
        )
        guard daemons.contains(where: \.hasWorker) else {
            return "waits for a worker: none is running (downbeat up, or downbeat worker)"
        }
        let queues = try session.with(settings) { () throws(StoreError) in try state.queues() }
        let running = queues.first { $0.name == run.queue }?.running ?? 0
        guard let limit = settings?.queues[run.queue], running >= limit else {
            let places = daemons.filter(\.hasWorker).map(\.concurrency).reduce(0, +)
            let busy = queues.map(\.running).reduce(0, +)
            let ready = run.readyAt ?? run.enqueuedAt
            if running == 0, busy < places, session.now - ready > Self.idleAfter {
                return "waits on queue \(run.queue) although a worker is free: "
                    + "perhaps none serves it (downbeat worker --queues \(run.queue))"
            }
            return "waits for a free worker on queue \(run.queue)"
        }
        return "waits for a place: queue \(run.queue) runs \(running) of \(limit) at once"
    }
}
