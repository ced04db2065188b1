import DownbeatCore

/// Announces a new run, and waits for its end where that is asked for.
struct RunWaiter {
    let id: RunID
    let state: any StateAccess
    let settings: ServiceSettings?
    let times: TimeText
    let session: Session

    /// How often the database is asked: short, since most waits are of short commands.
    private static let interval: Duration = .milliseconds(50)

    /// Says what was made and where it comes from, then waits if told to.
    func finish(note: String, _ waiting: WaitArguments.Wait?) throws(CommandError) -> Int32 {
        guard let waiting else {
            let record = try detail().record
            let listing = Listing(
                RunListing.fields,
                items: [RunListing.values(record, times: times)]
            )
            session.emit(listing) {
                session.line("\(record.state.rawValue)  \(id.text)  (\(note))")
            }
            try warnWithoutWorker()
            return ExitStatus.success.rawValue
        }
        if session.isTable { session.line("queued  \(id.text)  (\(note))") }
        try warnWithoutWorker()
        guard try wait(waiting.limit) else {
            throw CommandError(
                .timeout,
                "run \(id.text) has not ended in \(waiting.limit.map(TimeText.duration) ?? "time")",
                remedy: "it goes on; follow it with: downbeat logs \(id.text) -f"
            )
        }
        return try report(propagate: waiting.propagate)
    }

    private func detail() throws(CommandError) -> RunDetail {
        let found = try session.with(settings) { () throws(StoreError) in try state.run(id) }
        guard let found else { throw CommandError(.missing, "run \(id.text) is gone") }
        return found
    }

    private func warnWithoutWorker() throws(CommandError) {
        let daemons = try session.operations.daemonsOrNone(
            folder: session.stateFolder(settings)
        )
        let record = try detail().record
        guard daemons.contains(where: \.hasWorker) else {
            let here = "downbeat run \(record.schedule) --here"
            return session.say(
                "no worker is running: it waits until one starts (downbeat up); \(here) needs none"
            )
        }
        let queue = record.queue
        guard !daemons.contains(where: { $0.serves(queue) }) else { return }
        session.say(
            "no worker serves queue \(queue): it waits until one does"
                + " (downbeat worker --queues \(queue))"
        )
    }

    /// Whether the run ended within the limit.
    private func wait(_ limit: Duration?) throws(CommandError) -> Bool {
        let begin = session.context.clocks.monotonic
        let meter = ProgressMeter(try detail().record.task, session)
        defer { meter.clear() }
        while true {
            let seen = try detail()
            if seen.record.state.isFinal { return true }
            if let progress = seen.progress { meter.show(progress) }
            if session.context.isInterrupted() {
                throw CommandError(
                    .interrupted,
                    "interrupted; run \(id.text) goes on",
                    remedy: "follow it with: downbeat logs \(id.text) -f\n"
                        + "end it with: downbeat cancel \(id.text)"
                )
            }
            if let limit, session.context.clocks.monotonic - begin >= limit { return false }
            session.context.pause(Self.interval)
        }
    }

    /// Says how a run in the foreground ended: on stderr, as stdout has what its command wrote.
    func reportHere(_ outcome: HereOutcome, propagate: Bool) throws(CommandError) -> Int32 {
        let ended = try detail()
        let run = ended.record
        if session.format.isForMachines {
            _ = try report(propagate: propagate)
        } else {
            session.say(summary(ended))
            RunReport.failureNote(of: ended, times: times).map(session.say)
        }
        // A run that was faster than the signal has its own status.
        if outcome == .interrupted, run.state == .cancelled {
            return ExitStatus.interrupted.rawValue
        }
        return status(run, propagate: propagate)
    }

    private func summary(_ detail: RunDetail) -> String {
        let run = detail.record
        var text = run.state.rawValue
        if let duration = run.duration { text += "  \(TimeText.duration(duration))" }
        if let error = run.error { text += "  \(error)" }
        if let line = ResultText.lines(of: detail, times: times, session)?.first {
            text += "  \(line)"
        }
        if run.state != .succeeded { text += "   -> downbeat logs \(id.text)" }
        return text
    }

    /// Says how the run ended.
    func report(propagate: Bool) throws(CommandError) -> Int32 {
        let ended = try detail()
        if session.isTable {
            session.line(summary(ended))
            RunReport.failureNote(of: ended, times: times).map { session.line($0) }
        } else {
            try RunReport(id: id, state: state, settings: settings, times: times, session: session)
                .write()
        }
        return status(ended.record, propagate: propagate)
    }

    private func status(_ run: RunRecord, propagate: Bool) -> Int32 {
        if propagate, let code = run.exitCode { return code }
        return (run.state == .succeeded ? ExitStatus.success : .failure).rawValue
    }
}
