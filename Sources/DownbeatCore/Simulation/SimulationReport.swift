/// What came of a simulation.
package struct SimulationReport: Hashable, Sendable {
    /// One schedule.
    package struct Line: Hashable, Sendable {
        package var name: String
        package var queue: String
        /// Slots that were judged.
        package var slots = 0
        /// Slots that fired.
        package var runs = 0
        package var skipped: [SkipReason: Int] = [:]
        /// Runs that started more than `late_after` after they were due, or still waited at the end.
        package var late = 0
        /// The longest time from due to start.
        package var delayMax: Duration = .zero
        /// How runs ended.
        package var ends: [RunState: Int] = [:]
    }

    /// The most of something, and when it was reached first.
    package struct Peak: Hashable, Sendable {
        package var count: Int
        package var at: Timestamp
    }

    /// In the order of the configuration.
    package var lines: [Line]
    /// Runs that were ready and waited for a place; nil: none ever did.
    package var peakQueue: Peak?
    /// Runs at once; nil: none ran.
    package var peakRunning: Peak?
    /// When the run was due that started the latest; nil: all started when they were due.
    package var worstDue: Timestamp?
    /// Runs that were not done at the end.
    package var unfinished = 0
    /// A hash of every decision with its time: 16 hexadecimal digits.
    package var trace = ""

    package var slots: Int { lines.reduce(0) { $0 + $1.slots } }
    package var runs: Int { lines.reduce(0) { $0 + $1.runs } }
    package var late: Int { lines.reduce(0) { $0 + $1.late } }

    /// Slots skipped for a reason.
    package func skipped(_ reason: SkipReason) -> Int {
        lines.reduce(0) { $0 + ($1.skipped[reason] ?? 0) }
    }

    /// Runs that ended in a state.
    package func ended(_ state: RunState) -> Int {
        lines.reduce(0) { $0 + ($1.ends[state] ?? 0) }
    }
}
