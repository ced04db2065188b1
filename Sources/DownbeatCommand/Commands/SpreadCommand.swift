import ArgumentParser
import DownbeatCore

/// `downbeat spread`: offsets inside declared tolerances that lower the peak.
struct SpreadCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "spread",
        abstract: "Propose offsets inside each schedule's `spread` that lower the peak.",
        discussion: """
            EXAMPLES:
              downbeat spread
              downbeat spread --days 30 --assume 5m
              downbeat spread --json

            A schedule with `spread: 20m` may be moved by less than 20 minutes. The command forecasts \
            the runs of the days to come, looks for offsets with fewer runs in the fullest minute, \
            simulates them, and prints what to write. It changes nothing.
            """
    )

    @Option(help: "Days to look ahead, from now.")
    var days = 7

    @OptionGroup var durations: DurationOptions

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let configuration = try session.configuration()
        let times = try session.times(configuration.settings)
        let range = try SimulatedRange(from: nil, to: nil, days: days, session, times)
        let input = try SimulationInput(durations, configuration, session: session)
        let options = Simulation.Options(
            from: range.from,
            to: range.to,
            queues: configuration.settings.queues,
            durations: input.durations,
            seed: UInt64(durations.seed ?? 1)
        )
        let proposal: SpreadProposal
        do {
            proposal = try SpreadProposal(configuration.schedules, options)
        } catch {
            throw SimulateCommand.stuck(error)
        }
        let listing = listing(proposal, configuration.schedules, times)
        session.emit(listing) {
            write(proposal, configuration.schedules, session, times, range, input)
        }
        return ExitStatus.success.rawValue
    }

    private func write(
        _ proposal: SpreadProposal,
        _ schedules: [Schedule],
        _ session: Session,
        _ times: TimeText,
        _ range: SimulatedRange,
        _ input: SimulationInput
    ) {
        let declared = schedules.count { $0.spread != nil }
        session.line(
            "forecast of \(range.words) with \(input.words); "
                + "\(Words.count(declared, "schedule")) with `spread`"
        )
        func words(_ peak: SimulationReport.Peak?) -> String {
            guard let peak else { return "no run" }
            return "\(Words.count(peak.count, "run")) in the minute of "
                + times.brief(peak.at)
        }
        for name in proposal.unmovable {
            session.say("note: the rule of \(name) cannot be moved by whole minutes")
        }
        guard !proposal.moves.isEmpty else {
            session.line("peak \(words(proposal.peakBefore)); no offsets lower it")
            if declared == 0 {
                session.say(
                    "no schedule may be moved: declare by how much with a key like `spread: 20m`"
                )
            }
            return
        }
        session.line("peak \(words(proposal.peakBefore)) -> \(words(proposal.peakAfter))")
        let (before, after) = (proposal.before, proposal.after)
        session.line(
            "simulated: late \(Words.grouped(before.late)) -> \(Words.grouped(after.late))   "
                + "peak queue \(Words.grouped(before.peakQueue?.count ?? 0)) -> "
                + Words.grouped(after.peakQueue?.count ?? 0)
        )
        session.line()
        var table = Table([
            Table.Column("SCHEDULE", cutOrder: 1), Table.Column("SPREAD"), Table.Column("LATER"),
            Table.Column("WRITE"), Table.Column("NOW"), Table.Column("WHERE"),
        ])
        table.rows = proposal.moves.map { move in
            let schedule = schedules.first { $0.name == move.schedule }
            return [
                Table.Cell(move.schedule),
                Table.Cell(TimeText.duration(move.tolerance)),
                Table.Cell("\(move.minutes)m"),
                Table.Cell(move.text),
                Table.Cell(schedule?.rule.summary ?? ""),
                Table.Cell(schedule?.source.shown ?? ""),
            ]
        }
        session.write(table)
        session.say("nothing was changed: write these lines into the files, then `downbeat apply`")
    }

    private func listing(
        _ proposal: SpreadProposal,
        _ schedules: [Schedule],
        _ times: TimeText
    ) -> Listing {
        Listing(
            [
                "peak_before", "peak_before_at", "peak_after", "peak_after_at", "late_before",
                "late_after", "peak_queue_before", "peak_queue_after", "unmovable", "moves",
            ],
            plain: ["peak_before", "peak_after", "late_before", "late_after", "moves"],
            items: [
                [
                    .number(proposal.peakBefore?.count ?? 0),
                    times.json(proposal.peakBefore?.at),
                    .number(proposal.peakAfter?.count ?? 0),
                    times.json(proposal.peakAfter?.at),
                    .number(proposal.before.late),
                    .number(proposal.after.late),
                    .number(proposal.before.peakQueue?.count ?? 0),
                    .number(proposal.after.peakQueue?.count ?? 0),
                    .array(proposal.unmovable.map { .string($0) }),
                    .array(
                        proposal.moves.map { move in
                            let schedule = schedules.first { $0.name == move.schedule }
                            return .members([
                                "schedule": .string(move.schedule),
                                "spread_ms": .number(move.tolerance.wholeMicroseconds / 1000),
                                "minutes": .number(move.minutes),
                                "write": .string(move.text),
                                "rule": .text(schedule?.rule.ruleText),
                                "source": .text(schedule?.source.shown),
                            ])
                        }
                    ),
                ]
            ]
        )
    }
}
