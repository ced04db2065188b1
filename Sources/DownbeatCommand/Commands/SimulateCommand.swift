import ArgumentParser
import DownbeatCore

/// `downbeat simulate`: what would happen, without doing any of it.
struct SimulateCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run the schedules of the files on a clock of their own, without doing anything.",
        discussion: """
            EXAMPLES:
              downbeat simulate --days 7
              downbeat simulate --from 2026-11-23 --days 7 --workers 2
              downbeat simulate --from 2027-01-01 --to 2027-12-31 --assume 30s -v
              downbeat simulate --days 30 --assume nightly-backup=40m --workers backup=2 --json

            The beat and the pool decide as the daemon does. Runs take as long as the p95 of their \
            past successful runs, or with --seed as long as one of them; --assume says it for \
            those without. Every run is taken to succeed, and nothing to be paused. The same files, \
            options and durations give the same `trace`.
            """
    )

    @Option(help: "Begin with this instant: a date, a local time, or RFC 3339 (default: now).")
    var from: String?

    @Option(help: "End before this instant; a date is included.")
    var to: String?

    @Option(help: "So many days instead of --to (default: 7).")
    var days: Int?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Runs at once: N in the queue `default`, QUEUE=N in another (default: the files').",
            valueName: "n"
        )
    )
    var workers: [String] = []

    @Flag(help: "Every schedule in a table (also -v).")
    var all = false

    @OptionGroup var durations: DurationOptions

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let configuration = try session.configuration()
        let times = try session.times(configuration.settings)
        let range = try SimulatedRange(from: from, to: to, days: days, session, times)
        let input = try SimulationInput(durations, configuration, session: session)
        let options = Simulation.Options(
            from: range.from,
            to: range.to,
            queues: try Self.queues(workers, configuration.settings),
            durations: input.durations,
            seed: UInt64(durations.seed ?? 1)
        )
        let started = session.context.clocks.monotonic
        let report = try Self.simulate(configuration.schedules, options)
        let elapsed = session.context.clocks.monotonic - started
        let advice = try Self.advice(configuration.schedules, options, report)
        SimulationText(
            session: session,
            times: times,
            range: range,
            input: input,
            options: options,
            schedules: configuration.schedules,
            report: report,
            advice: advice,
            elapsed: elapsed,
            listsSchedules: all || global.isVerbose
        ).write()
        return ExitStatus.success.rawValue
    }

    static func simulate(
        _ schedules: [Schedule],
        _ options: Simulation.Options
    ) throws(CommandError) -> SimulationReport {
        var simulation = Simulation(schedules, options)
        do {
            return try simulation.run()
        } catch {
            throw stuck(error)
        }
    }

    private static func advice(
        _ schedules: [Schedule],
        _ options: Simulation.Options,
        _ report: SimulationReport
    ) throws(CommandError) -> [SimulationAdvice] {
        do {
            return try SimulationAdvice.find(schedules, options, report)
        } catch {
            throw stuck(error)
        }
    }

    /// A mistake of this program; it must not look like one of the user's.
    static func stuck(_ error: any Error) -> CommandError {
        CommandError(
            .failure,
            "the simulation does not come to an end",
            why: "\(error)",
            remedy: "this is a mistake of downbeat; please report it with the schedule files"
        )
    }

    /// The most runs at once that can be asked for.
    private static let placesMax = 10_000

    /// The queues' limits with what `--workers` says.
    static func queues(
        _ texts: [String],
        _ settings: ServiceSettings
    ) throws(CommandError) -> [String: Int] {
        var queues = settings.queues
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let name = parts.count > 1 ? parts[0] : "default"
            guard let number = parts.last.flatMap({ Int($0) }), (1...placesMax).contains(number)
            else {
                throw CommandError(
                    .usage,
                    "--workers `\(text)`",
                    why: "it takes a number from 1 to \(placesMax)",
                    remedy: "write --workers 3, or --workers QUEUE=3"
                )
            }
            guard queues[name] != nil else {
                throw .unknown(.missing, "no queue", name, candidates: queues.keys.sorted())
            }
            queues[name] = number
        }
        return queues
    }
}
