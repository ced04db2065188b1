/// A delay by hash, added to a slot's nominal time, so that many schedules with one time do not all
/// start at once.
///
/// The nominal time stays the slot's identity; only when it is due moves. The delay is a whole number
/// of seconds, so that every time shown is exact, and it needs no memory: a crash does not change it,
/// and two machines with the same files agree. It is FNV-1a 64 of the schedule's name (of name and
/// nominal time for `random`), spread, modulo the seconds below `max`. A renamed schedule keeps the
/// name that it is worked out by.
package struct Jitter: Hashable, Sendable {
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        /// One delay for all slots of a schedule.
        case stable
        /// Another delay for each slot.
        case random
    }

    /// Delays are shorter than this.
    package var max: Duration
    package var mode: Mode

    /// `max` of this and less would leave no choice but no delay.
    package static let shortestMax = Duration.seconds(1)

    package init(max: Duration, mode: Mode = .stable) {
        self.max = max
        self.mode = mode
    }

    /// The delay of a slot.
    ///
    /// - Parameters:
    ///   - slot: its nominal time.
    ///   - name: what the schedule is called, or was first called.
    /// - Returns: whole seconds in [0, `max`).
    package func offset(of slot: Timestamp, name: String) -> Duration {
        var hash = FNV1a64(name)
        if mode == .random { hash.combine(slot.microseconds) }
        let second = Duration.seconds(1).wholeMicroseconds
        let choices = Swift.max(1, (max.wholeMicroseconds + second - 1) / second)
        return .seconds(Int64(hash.spread % UInt64(choices)))
    }

    /// As the file says it: `5m`, `random 5m`.
    package var words: String {
        (mode == .random ? "random " : "") + DurationText.format(max)
    }
}
