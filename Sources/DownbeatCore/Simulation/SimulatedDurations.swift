/// How long the runs of each schedule take in a simulation.
package struct SimulatedDurations: Hashable, Sendable {
    /// What is known of one schedule.
    package enum Known: Hashable, Sendable {
        /// Every run takes as long.
        case fixed(Duration)
        /// Each run takes as long as one of these, by the seed; not empty.
        case drawn([Duration])
    }

    /// What a run takes of which nothing is known.
    package static let assumed: Duration = .seconds(1)
    /// Of this many newest runs the durations are taken.
    package static let runsSeen = 200

    /// For schedules that are not in `known`.
    package var standard: Duration
    package var known: [String: Known]

    package init(standard: Duration = assumed, known: [String: Known] = [:]) {
        self.standard = standard
        self.known = known
    }

    /// The duration that at least 95 of 100 runs stay within; nil: there are none.
    package static func p95(_ durations: [Duration]) -> Duration? {
        guard !durations.isEmpty else { return nil }
        return durations.sorted()[(durations.count * 95 + 99) / 100 - 1]
    }

    /// The duration that a plan counts with where one figure is wanted: the 95th percentile.
    package func typical(of schedule: String) -> Duration {
        switch known[schedule] {
        case nil: standard
        case .fixed(let duration): duration
        case .drawn(let durations): Self.p95(durations) ?? standard
        }
    }

    /// How long one attempt takes: the same for the same seed, schedule, slot and attempt, whatever
    /// else is simulated.
    func duration(of schedule: String, slot: Timestamp?, attempt: Int, seed: UInt64) -> Duration {
        switch known[schedule] {
        case nil: return standard
        case .fixed(let duration): return duration
        case .drawn(let durations):
            var hash = FNV1a64(schedule)
            hash.combine(slot?.microseconds ?? 0)
            hash.combine(Int64(attempt))
            let chance = SeededChance.mixed(hash.value ^ SeededChance.mixed(seed))
            return durations[Int(chance % UInt64(durations.count))]
        }
    }
}
