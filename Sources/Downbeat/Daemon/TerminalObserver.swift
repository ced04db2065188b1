import DownbeatCore
import DownbeatRuntime
import Glibc
import Logging
import Synchronization

/// Shows what a service does: a line for each start and end on stdout, trouble in the log.
///
/// Neither a terminal that has been closed or stopped nor a pipe that nobody reads stops the service.
final class TerminalObserver: ServiceObserver {
    private let zone: ZoneRules
    private let verbosity: DaemonOptions.Verbosity
    private let log: Logger
    /// Cells of the name column; grows with the longest name seen.
    private let nameWidth: Mutex<Int>

    private let trouble = Mutex<(saidAt: Timestamp?, isOn: Bool)>((nil, false))

    private static let nameWidthMin = 6
    private static let nameWidthMax = 32
    /// As wide as `succeeded`.
    private static let stateWidth = 9

    init(zone: ZoneRules, verbosity: DaemonOptions.Verbosity, log: Logger) {
        self.zone = zone
        self.verbosity = verbosity
        self.log = log
        nameWidth = Mutex(Self.nameWidthMin)
    }

    /// Makes the name column wide enough for these schedules.
    func fit(_ names: [String]) {
        let longest = names.map { DisplayWidth.of($0) }.max() ?? 0
        nameWidth.withLock { $0 = min(max(Self.nameWidthMin, longest), Self.nameWidthMax) }
    }

    /// A line on stdout, unless the service is quiet.
    func say(_ text: String) {
        guard verbosity > .quiet else { return }
        LineOutput.standardOutput.write(text)
    }

    func observe(_ event: ServiceEvent) {
        switch event {
        case .runClaimed:
            return
        case .runStarted(let run, let now):
            let again = run.attempt > 1 ? "  attempt \(run.attempt)" : ""
            line(run.schedule, "started", run.id.text + again, at: now)
        case .runEnded(let transition, let now, let took):
            ended(transition, at: now, took: took)
        case .failureCommandEnded(let schedule, let problem, let now):
            line(schedule, "on_failure", problem ?? "done", at: now)
        case .skipped(let schedule, let item, let now):
            skipped(schedule, item, at: now)
        case .storeTrouble(let error, let now):
            guard isNews(at: now) else { return }
            log.error("store.trouble", metadata: ["why": "\(DaemonFailure(error).message)"])
        case .storeRecovered:
            guard troubleIsOver() else { return }
            log.notice("store.recovered")
        case .clockMovedBack(let schedule, let from, _):
            log.error(
                "beat.clock_moved",
                metadata: [
                    "schedule": "\(schedule)",
                    "mark": "\(InstantText.format(from, zone: zone))",
                ]
            )
        case .keeperDied(let why, _):
            log.error("keeper.died", metadata: ["why": "\(why)"])
        case .leftovers(let owner, let pids, _):
            log.error(
                "owner.leftovers",
                metadata: [
                    "owner": "\(owner)",
                    "pids": "\(pids.map { "\($0)" }.joined(separator: " "))",
                    "remedy":
                        "end these processes; until then the runs of that owner stay as they are",
                ]
            )
        }
    }

    /// Says what loading the files again came to: problems on stderr, one line each.
    func noteReload(applied: Bool, _ diagnostics: [Diagnostic]) {
        let renderer = DiagnosticRenderer(colouring: .plain)
        for diagnostic in diagnostics where !applied || verbosity > .quiet {
            LineOutput.standardError.write(renderer.line(diagnostic))
        }
        guard !applied else { return }
        LineOutput.standardError.write(
            "error: the files were not loaded; the configuration before stays in force"
        )
    }

    private func ended(_ transition: WorkReply.Transition, at now: Timestamp, took: Duration?) {
        var facts: [String] = []
        if let error = transition.error { facts.append(error) }
        if let readyAt = transition.readyAt {
            facts.append("again at " + TimeText(zone: zone, now: now).timeOfDay(readyAt))
        }
        if let took { facts.append(TimeText.duration(took)) }
        line(transition.schedule, transition.state.rawValue, facts.joined(separator: ", "), at: now)
    }

    /// Beat and worker meet the same trouble; one word of it a minute is enough.
    private func isNews(at now: Timestamp) -> Bool {
        trouble.withLock { trouble in
            if let said = trouble.saidAt, now >= said, now - said < StoreTrouble.speakEvery {
                return false
            }
            trouble.saidAt = now
            trouble.isOn = true
            return true
        }
    }

    private func troubleIsOver() -> Bool {
        trouble.withLock { trouble in
            defer { trouble.isOn = false }
            return trouble.isOn
        }
    }

    private func skipped(_ schedule: String, _ item: SlotPlan.Item, at now: Timestamp) {
        let times = TimeText(zone: zone, now: now)
        switch item {
        case .skip(let slot, let reason, let blocker):
            let why = blocker.map { ", \($0) is not done" } ?? ""
            line(schedule, "skipped", "\(times.near(slot)) \(reason.rawValue)\(why)", at: now)
        case .skipRange(let first, let last, let count, let reason):
            // A pause is known, and would be said at every slot.
            guard reason != .paused || verbosity == .verbose else { return }
            let range =
                count == 1 ? times.near(first) : "\(times.near(first)) to \(times.near(last))"
            line(schedule, "skipped", "\(count) from \(range) \(reason.rawValue)", at: now)
        case .fire, .replaceActive:
            return
        }
    }

    private func line(_ name: String, _ state: String, _ rest: String, at now: Timestamp) {
        let clock = TimeText(zone: zone, now: now).timeOfDayWithMilliseconds(now)
        let width = nameWidth.withLock { $0 }
        let gap = String(repeating: " ", count: max(0, width - DisplayWidth.of(name)) + 2)
        let pad = String(repeating: " ", count: max(0, Self.stateWidth - state.count) + 2)
        say("\(clock)  \(name)\(gap)\(state)\(rest.isEmpty ? "" : pad)\(rest)")
    }
}
