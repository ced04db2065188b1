import ArgumentParser
import DownbeatCore

/// `downbeat why`: why it did, did not, or will run.
struct WhyCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say why a schedule did, did not or will run, or what a run waits for.",
        discussion: """
            EXAMPLES:
              downbeat why nightly-backup                   now
              downbeat why nightly-backup "2026-11-23 02:30"
              downbeat why 6C7D8A                           a run
            """
    )

    @Argument(
        help: "A schedule's name, or a run's id or its last six characters.",
        completion: ValueCompletion.runs.kind
    )
    var subject: String

    @Argument(help: "A slot: a local time in the schedule's zone, or RFC 3339.")
    var time: String?

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let known = session.knownSchedulesIfAny()
        let settings = known?.configuration.settings
        var answer: Answer
        if let known, known.configuration.schedules.contains(where: { $0.name == subject }) {
            let state = try session.stateIfAny(settings)
            answer = try answerSchedule(known.configuration, state, session)
            if let problem = known.problem { answer.details.append(problem) }
        } else {
            answer = try answerOther(settings, try session.state(settings), session)
        }
        answer.write(session)
        return ExitStatus.success.rawValue
    }

    private func answerSchedule(
        _ configuration: Configuration,
        _ state: (any StateAccess)?,
        _ session: Session
    ) throws(CommandError) -> Answer {
        let views = try ScheduleView.all(configuration, state: state, session: session)
        guard let view = try ScheduleView.pick([subject], from: views).first else {
            throw .noSchedule(subject, among: views.map(\.schedule.name))
        }
        let inquiry = SlotInquiry(
            view: view,
            state: state,
            settings: configuration.settings,
            times: try session.times(configuration.settings),
            session: session
        )
        guard let time else { return try inquiry.answerNow() }
        return try inquiry.answer(at: time)
    }

    /// A schedule that the files no longer have, or a run.
    private func answerOther(
        _ settings: ServiceSettings?,
        _ state: any StateAccess,
        _ session: Session
    ) throws(CommandError) -> Answer {
        let summaries = try session.with(settings) { () throws(StoreError) in
            try state.schedules()
        }
        if let summary = summaries.first(where: { $0.state.name == subject }),
            let schedule = session.adopted(summary)
        {
            let last = Configuration(settings: settings ?? ServiceSettings(), schedules: [schedule])
            var answer = try answerSchedule(last, state, session)
            answer.details.append(
                "the files no longer have it; the daemon drops it at `downbeat apply`"
            )
            return answer
        }
        let removed = RemovedInquiry(
            name: subject,
            state: state,
            settings: settings,
            times: try session.times(settings),
            session: session
        )
        if let answer = try removed.answer(at: time) { return answer }
        let record = try RunReference.resolve(
            subject,
            state: state,
            settings: settings,
            session: session
        )
        if time != nil {
            throw CommandError(
                .usage,
                "`\(subject)` is a run, which has one slot",
                remedy: "leave TIME out, or name a schedule"
            )
        }
        return try RunInquiry(
            id: record.id,
            state: state,
            settings: settings,
            times: session.times(settings),
            session: session
        ).answer()
    }
}

/// What `why` says: one verdict, and sentences that support it.
struct Answer {
    var subject: String
    /// A word for machines, such as `fired`, `skipped`, `not_a_slot` or `will_fire`.
    var verdict: String
    /// The answer in a sentence.
    var sentence: String
    var details: [String] = []
    var run: RunID?

    func write(_ session: Session) {
        let listing = Listing(
            ["subject", "verdict", "sentence", "details", "run_id"],
            items: [
                [
                    .string(subject), .string(verdict), .string(sentence),
                    .array(details.map(JSONValue.string)), .text(run?.text),
                ]
            ]
        )
        switch session.format {
        case .table, .plain:
            // Sentences are for people, in a pipe as well.
            session.line("\(subject)  \(sentence)")
            for detail in details { session.line("  \(detail)") }
        case .json, .jsonl:
            session.write(listing.render(session.format))
        }
    }
}
