/// The counts of a simulation as it goes on.
struct SimulationTally {
    private var lines: [SimulationReport.Line]
    private var lateAfter: [Duration]
    private var indexes: [String: Int] = [:]
    private var peakQueue: SimulationReport.Peak?
    private var peakRunning: SimulationReport.Peak?
    private var worst: (due: Timestamp, delay: Duration)?
    private var trace = FNV1a64()

    init(_ schedules: [Schedule]) {
        lines = schedules.map { SimulationReport.Line(name: $0.name, queue: $0.queue) }
        lateAfter = schedules.map(\.catchUp.lateAfter)
        for (index, schedule) in schedules.enumerated() { indexes[schedule.name] = index }
    }

    /// What is written into the trace, so that no two kinds look alike.
    private enum Mark: Int64 { case fired = 1, skipped, replaced, started, ended }

    private mutating func write(_ mark: Mark, _ index: Int, _ instant: Timestamp, _ more: Int64) {
        trace.combine(mark.rawValue << 32 | Int64(index))
        trace.combine(instant.microseconds)
        trace.combine(more)
    }

    /// Counts what was decided about slots.
    mutating func take(
        _ plans: [(schedule: String, plan: SlotPlan)],
        at now: Timestamp,
        _ observe: ((Simulation.Decision) -> Void)?
    ) {
        for (name, plan) in plans {
            guard !plan.items.isEmpty, let index = indexes[name] else { continue }
            for item in plan.items {
                count(item, index)
                observe?(Simulation.Decision(schedule: name, at: now, item: item))
            }
        }
    }

    private mutating func count(_ item: SlotPlan.Item, _ index: Int) {
        switch item {
        case .fire(let slot, let due):
            lines[index].slots += 1
            lines[index].runs += 1
            write(.fired, index, slot, due.microseconds)
        case .skip(let slot, let reason, _):
            skip(1, reason, index, slot)
        case .skipRange(let first, _, let count, let reason):
            skip(count, reason, index, first)
        case .replaceActive:
            write(.replaced, index, .distantPast, 0)
        }
    }

    private mutating func skip(
        _ count: Int,
        _ reason: SkipReason,
        _ index: Int,
        _ slot: Timestamp
    ) {
        lines[index].slots += count
        lines[index].skipped[reason, default: 0] += count
        write(.skipped, index, slot, Int64(count))
    }

    /// A run's command starts.
    mutating func started(_ run: ClaimedRun, at now: Timestamp) {
        guard let index = indexes[run.schedule] else { return }
        write(.started, index, now, run.slot?.microseconds ?? 0)
        guard run.attempt == 1 else { return }
        delayed(index, due: run.due, by: now - run.due)
    }

    private mutating func delayed(_ index: Int, due: Timestamp, by delay: Duration) {
        guard delay > .zero else { return }
        lines[index].delayMax = max(lines[index].delayMax, delay)
        if delay > lateAfter[index] { lines[index].late += 1 }
        if delay > worst?.delay ?? .zero { worst = (due, delay) }
    }

    /// An attempt has ended.
    mutating func ended(_ transition: WorkReply.Transition, at now: Timestamp) {
        guard let index = indexes[transition.schedule] else { return }
        let state = RunState.allCases.firstIndex(of: transition.state) ?? 0
        write(.ended, index, now, Int64(state))
    }

    /// How full it is, once an instant is over.
    mutating func note(waiting: Int, running: Int, at now: Timestamp) {
        if waiting > peakQueue?.count ?? 0 {
            peakQueue = SimulationReport.Peak(count: waiting, at: now)
        }
        if running > peakRunning?.count ?? 0 {
            peakRunning = SimulationReport.Peak(count: running, at: now)
        }
    }

    /// The counts at the end, with what still waits.
    func report(_ store: SimulatedStore, at end: Timestamp) -> SimulationReport {
        var result = self
        let left = store.activeRuns
        let ends = store.ends
        for run in left where run.startedAt == nil && run.state != .running {
            result.delayed(run.schedule, due: run.due, by: end - run.due)
        }
        for index in result.lines.indices {
            result.lines[index].ends = ends[result.lines[index].name] ?? [:]
        }
        return SimulationReport(
            lines: result.lines,
            peakQueue: peakQueue,
            peakRunning: peakRunning,
            worstDue: result.worst?.due,
            unfinished: left.count,
            trace: trace.hexadecimal
        )
    }
}
