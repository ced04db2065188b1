/// What would make a simulated service punctual: each piece of advice has been simulated.
package struct SimulationAdvice: Hashable, Sendable {
    /// A change of the files.
    package enum Change: Hashable, Sendable {
        /// More runs at once in a queue.
        case queue(String, limit: Int)
        /// A schedule some minutes later; `text` is what its file would say.
        case move(schedule: String, minutes: Int, text: String)
    }

    package var change: Change
    /// Late runs with it.
    package var late: Int
    package var peakQueue: Int

    /// Beyond this many slots advice is not looked for, since each piece is a simulation.
    package static let slotsMax = 2_000_000
    private static let limitFactor = 8
    private static let movedMax = 4
    /// By how much a schedule is tried to be moved, in minutes.
    private static let moves = [5, 10, 15, 20, 30, 45]

    /// Looks for changes of one thing that leave fewer runs late; none if no run is late.
    ///
    /// First the smallest limit of one queue that leaves none late, then the schedule that is best moved
    /// off the instant at which runs waited longest.
    ///
    /// - Parameters:
    ///   - schedules: the whole configuration.
    ///   - options: as simulated.
    ///   - report: what came of it.
    /// - Returns: at most two, a move first.
    /// - Throws: `Simulation.Stuck`.
    package static func find(
        _ schedules: [Schedule],
        _ options: Simulation.Options,
        _ report: SimulationReport
    ) throws -> [SimulationAdvice] {
        guard report.late > 0, report.slots <= slotsMax else { return [] }
        let search = Search(schedules: schedules, options: options, report: report)
        return [try search.move(), try search.limit()].compactMap(\.self)
    }

    private struct Search {
        let schedules: [Schedule]
        let options: Simulation.Options
        let report: SimulationReport

        /// The least limit of the queue with most late runs that leaves none of them late.
        func limit() throws -> SimulationAdvice? {
            var late: [String: Int] = [:]
            for line in report.lines { late[line.queue, default: 0] += line.late }
            let worst = late.max { ($0.value, $1.key) < ($1.value, $0.key) }
            guard let queue = worst?.key, let before = options.queues[queue] else { return nil }
            var low = before
            var high = before
            var best: SimulationAdvice?
            while best == nil, high < before * limitFactor {
                low = high
                high *= 2
                best = try advice(queue, limit: high)
            }
            while best != nil, high - low > 1 {
                let middle = (low + high) / 2
                if let found = try advice(queue, limit: middle) {
                    (best, high) = (found, middle)
                } else {
                    low = middle
                }
            }
            return best
        }

        /// Nil if runs of the queue are still late.
        private func advice(_ queue: String, limit: Int) throws -> SimulationAdvice? {
            var changed = options
            changed.queues[queue] = limit
            var simulation = Simulation(schedules, changed)
            let report = try simulation.run()
            let late = report.lines.reduce(0) { $0 + ($1.queue == queue ? $1.late : 0) }
            guard late == 0 else { return nil }
            return SimulationAdvice(.queue(queue, limit: limit), report)
        }

        /// The move that leaves the fewest runs late, of those due when the wait was longest.
        func move() throws -> SimulationAdvice? {
            guard let crowded = report.worstDue else { return nil }
            let instant: Duration = .microseconds(1)
            let together = schedules.indices.filter { index in
                schedules[index].isEnabled
                    && schedules[index].rule.next(after: crowded - instant) == crowded
            }
            guard together.count > 1 else { return nil }
            // What takes longest is what the others wait for.
            let longest = together.sorted { left, right in
                let durations = [left, right].map {
                    options.durations.typical(of: schedules[$0].name)
                }
                return durations[0] == durations[1] ? left < right : durations[0] > durations[1]
            }
            var best: SimulationAdvice?
            for index in longest.prefix(movedMax) {
                for minutes in moves where best?.late != 0 {
                    guard let found = try advice(index, minutes),
                        found.late < best?.late ?? report.late
                    else { continue }
                    best = found
                }
            }
            return best
        }

        private func advice(_ index: Int, _ minutes: Int) throws -> SimulationAdvice? {
            guard let trigger = schedules[index].rule.trigger.later(byMinutes: minutes),
                let text = trigger.fileText
            else { return nil }
            var changed = schedules
            changed[index].rule.trigger = trigger
            var simulation = Simulation(changed, options)
            return SimulationAdvice(
                .move(schedule: schedules[index].name, minutes: minutes, text: text),
                try simulation.run()
            )
        }
    }

    private init(_ change: Change, _ report: SimulationReport) {
        self.change = change
        late = report.late
        peakQueue = report.peakQueue?.count ?? 0
    }
}
