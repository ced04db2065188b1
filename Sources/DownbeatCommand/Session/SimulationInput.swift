import ArgumentParser
import DownbeatCore

/// Options that every command takes that looks ahead with durations of runs.
struct DurationOptions: ParsableArguments {
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "How long runs take: 5s for all without history, NAME=5s for one schedule.",
            valueName: "duration"
        )
    )
    var assume: [String] = []

    @Option(help: "Draw durations from past runs by this number instead of taking their p95.")
    var seed: UInt32?
}

/// Where the durations of a simulation come from.
struct SimulationInput {
    private(set) var durations: SimulatedDurations
    /// Schedules with a history.
    private(set) var fromHistory = 0
    /// Schedules that nothing is known of.
    private(set) var assumed = 0
    private let isDrawn: Bool
    private let isToldOfAll: Bool

    /// Reads `--assume` and, where a database is there, the past successful runs of each schedule.
    ///
    /// What is assumed for one schedule goes before its history, and its history before what is assumed
    /// for all.
    init(
        _ options: DurationOptions,
        _ configuration: Configuration,
        session: Session
    ) throws(CommandError) {
        let names = configuration.schedules.map(\.name)
        var standard: Duration?
        var told: [String: Duration] = [:]
        for text in options.assume {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard let value = parts.last else {
                throw CommandError(.usage, "--assume is empty", remedy: "write --assume 5s")
            }
            let duration = try session.duration(value, option: "--assume")
            if parts.count == 1 {
                standard = duration
            } else if names.contains(parts[0]) {
                told[parts[0]] = duration
            } else {
                throw .noSchedule(parts[0], among: names)
            }
        }
        durations = SimulatedDurations(standard: standard ?? SimulatedDurations.assumed)
        isDrawn = options.seed != nil
        isToldOfAll = standard != nil
        let history = try Self.history(configuration, session: session)
        for name in names {
            if let duration = told[name] {
                durations.known[name] = .fixed(duration)
            } else if let past = history[name], let p95 = SimulatedDurations.p95(past) {
                fromHistory += 1
                durations.known[name] = isDrawn ? .drawn(past) : .fixed(p95)
            } else {
                assumed += 1
            }
        }
    }

    /// How long the latest runs took that succeeded at once; empty without a database.
    private static func history(
        _ configuration: Configuration,
        session: Session
    ) throws(CommandError) -> [String: [Duration]] {
        guard let state = try session.stateIfAny(configuration.settings) else { return [:] }
        var history: [String: [Duration]] = [:]
        for schedule in configuration.schedules {
            let query = RunQuery(
                schedule: schedule.name,
                states: [.succeeded],
                limit: SimulatedDurations.runsSeen
            )
            let runs = try session.with(configuration.settings) { () throws(StoreError) in
                try state.runs(query)
            }
            history[schedule.name] = runs.compactMap { run in
                guard run.attempts == 1, let start = run.startedAt, let end = run.endedAt,
                    end >= start
                else { return nil }
                return end - start
            }
        }
        return history
    }

    /// `durations from history (p95)`, `1s a run assumed (--assume)`.
    var words: String {
        let standard = TimeText.duration(durations.standard)
        let source = isDrawn ? "drawn" : "p95"
        guard fromHistory > 0 else {
            return isToldOfAll || assumed == 0
                ? "assumed durations" : "\(standard) a run assumed (--assume)"
        }
        guard assumed > 0 else { return "durations from history (\(source))" }
        return "durations from history (\(source)), \(standard) for \(assumed) without"
    }
}
