import DownbeatCore

/// Why a schedule that neither the files nor the daemon have any more did what its history says.
struct RemovedInquiry {
    let name: String
    let state: any StateAccess
    let settings: ServiceSettings?
    let times: TimeText
    let session: Session

    /// The answer from what is kept; nil when nothing is: there is no such schedule.
    func answer(at text: String?) throws(CommandError) -> Answer? {
        let latest = try runs(RunQuery(schedule: name, limit: 1))
        let rows = try ledger(LedgerQuery(schedule: name, limit: 1))
        guard latest != nil || rows != nil else { return nil }
        var answer = Answer(
            subject: name,
            verdict: "removed",
            sentence: "does not run: it was removed from the schedule files"
        )
        if let text { try addSlot(text, to: &answer) }
        if let latest {
            let slot = latest.slot.map { "slot \(named($0))" } ?? "by hand"
            let what = latest.retryOf.map { "retry of \($0.text)" } ?? slot
            answer.details.append("latest run \(latest.id.text), \(what): \(latest.state.rawValue)")
            answer.run = answer.run ?? latest.id
        }
        answer.details.append("its history: downbeat runs --schedule \(name)")
        return answer
    }

    private func addSlot(_ text: String, to answer: inout Answer) throws(CommandError) {
        let instant = try session.instant(text, option: "TIME", zone: times.zone)
        let query = LedgerQuery(
            schedule: name,
            since: instant,
            before: instant + .microseconds(1),
            limit: 1
        )
        guard let row = try ledger(query) else {
            answer.details.append("the ledger has no slot at \(named(instant)) for it")
            return
        }
        var sentence =
            "the slot \(named(instant)) \(row.outcome == .fired ? "fired" : "was skipped")"
        if let reason = row.reason { sentence += ": \(reason.rawValue)" }
        if row.count > 1 { sentence += ", one of \(Words.grouped(row.count)) slots" }
        if let id = row.runID, let run = try run(id) {
            sentence += "; its run \(id.text) \(run.state.isFinal ? "ended" : "is") "
            sentence += run.state.rawValue
            answer.run = id
        }
        answer.details.append(sentence)
    }

    private func named(_ instant: Timestamp) -> String {
        "\(times.absolute(instant)) \(times.zone.name)"
    }

    private func runs(_ query: RunQuery) throws(CommandError) -> RunRecord? {
        try session.with(settings) { () throws(StoreError) in try state.runs(query).first }
    }

    private func run(_ id: RunID) throws(CommandError) -> RunRecord? {
        try session.with(settings) { () throws(StoreError) in try state.run(id)?.record }
    }

    private func ledger(_ query: LedgerQuery) throws(CommandError) -> LedgerRow? {
        try session.with(settings) { () throws(StoreError) in try state.ledger(query).first }
    }
}
