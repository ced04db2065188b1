/// A plan that moves schedules inside their tolerances, proved by simulating it.
package struct SpreadProposal: Sendable {
    /// One schedule that is to move.
    package struct Move: Hashable, Sendable {
        package var schedule: String
        package var tolerance: Duration
        package var minutes: Int
        /// What its file would say: `at: "03:05"`.
        package var text: String
    }

    /// Empty: nothing is to be gained.
    package var moves: [Move]
    /// Runs in the fullest minute; nil: nothing runs.
    package var peakBefore: SimulationReport.Peak?
    package var peakAfter: SimulationReport.Peak?
    package var before: SimulationReport
    package var after: SimulationReport
    /// Schedules that declare a tolerance but have a rule that cannot be moved.
    package var unmovable: [String]

    private static let minute: Int64 = 60_000_000
    /// The longest tolerance, and with it the most offsets that are tried.
    package static let toleranceMax: Duration = .seconds(86_400)
    package static let toleranceMin: Duration = .seconds(60)

    /// Forecasts a range by simulating it, plans, and simulates the plan.
    ///
    /// A plan after which more runs are late than before is dropped: what is counted by the minute is
    /// not what a pool with limits does.
    ///
    /// - Throws: `Simulation.Stuck`.
    package init(_ schedules: [Schedule], _ options: Simulation.Options) throws {
        // Minutes are those of the clock, wherever the range begins.
        let minutes = options.from.seconds / 60
        let origin = Timestamp(seconds: (options.from.seconds < 0 ? minutes - 1 : minutes) * 60)
        var dues: [String: [Timestamp]] = [:]
        var simulation = Simulation(schedules, options)
        before = try simulation.run { decision in
            if case .fire(_, let due) = decision.item {
                dues[decision.schedule, default: []].append(due)
            }
        }
        after = before
        moves = []
        unmovable = []
        var loads: [SpreadPlanner.Load] = []
        for schedule in schedules {
            let offsets = Self.offsets(of: schedule)
            if schedule.spread != nil, offsets.count == 1 { unmovable.append(schedule.name) }
            let duration = options.durations.typical(of: schedule.name)
            let runs = (dues[schedule.name] ?? []).map { due in
                Self.minutes(from: due, duration, since: origin)
            }
            loads.append(SpreadPlanner.Load(runs: runs, offsets: offsets))
        }
        let plan = SpreadPlanner(loads).plan()
        func peak(_ peak: SpreadPlanner.Peak?) -> SimulationReport.Peak? {
            peak.map { peak in
                SimulationReport.Peak(
                    count: peak.runs,
                    at: origin + .microseconds(Int64(peak.minute) * Self.minute)
                )
            }
        }
        peakBefore = peak(plan.before)
        peakAfter = peakBefore
        var moved = schedules
        var found: [Move] = []
        for (index, offset) in plan.offsets.enumerated() where offset > 0 {
            guard let trigger = schedules[index].rule.trigger.later(byMinutes: offset),
                let text = trigger.fileText, let tolerance = schedules[index].spread
            else { continue }
            moved[index].rule.trigger = trigger
            found.append(
                Move(
                    schedule: schedules[index].name,
                    tolerance: tolerance,
                    minutes: offset,
                    text: text
                )
            )
        }
        guard !found.isEmpty else { return }
        var proof = Simulation(moved, options)
        let report = try proof.run()
        guard report.late <= before.late else { return }
        after = report
        moves = found
        peakAfter = peak(plan.after)
    }

    /// The whole minutes below the tolerance by which the rule can be moved.
    static func offsets(of schedule: Schedule) -> [Int] {
        guard let tolerance = schedule.spread, schedule.isEnabled else { return [0] }
        let count = min(tolerance, toleranceMax).wholeMicroseconds
        return (0..<Int((count + minute - 1) / minute)).filter { offset in
            schedule.rule.trigger.later(byMinutes: offset)?.fileText != nil || offset == 0
        }
    }

    /// The minutes in which a run goes on; one that takes no time fills that of its start.
    private static func minutes(
        from due: Timestamp,
        _ duration: Duration,
        since start: Timestamp
    ) -> ClosedRange<Int> {
        let first = (due - start).wholeMicroseconds
        let last = first + max(0, duration.wholeMicroseconds - 1)
        return Int(first / minute)...Int(last / minute)
    }
}
