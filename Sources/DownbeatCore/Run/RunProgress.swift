/// How far a run has come, as the run itself says.
package struct RunProgress: Hashable, Sendable {
    /// What `done` and `total` count.
    package enum Unit: String, Sendable, Codable, CaseIterable {
        case bytes
        case items
    }

    /// What it does now: `copy`, `verify`.
    ///
    /// A word or two; empty if there is only one thing it does. Each phase counts from 0.
    package var phase: String
    package var done: Int64
    /// Nil: not known.
    package var total: Int64?
    package var unit: Unit

    package init(phase: String, done: Int64, total: Int64?, unit: Unit) {
        self.phase = phase
        self.done = done
        self.total = total
        self.unit = unit
    }
}

/// Progress with the times that tell how fast it goes.
package struct ProgressReading: Hashable, Sendable {
    package var progress: RunProgress
    /// When its phase began.
    package var since: Timestamp
    /// When it was said.
    package var at: Timestamp

    package init(progress: RunProgress, since: Timestamp, at: Timestamp) {
        self.progress = progress
        self.since = since
        self.at = at
    }

    /// The reading after this one: the phase goes on, or a new one begins at `now`.
    package func followed(by next: RunProgress, at now: Timestamp) -> ProgressReading {
        let goesOn = next.phase == progress.phase && next.done >= progress.done
        return ProgressReading(progress: next, since: goesOn ? since : now, at: now)
    }

    /// Units a second since the phase began; nil: too early to say.
    package var rate: Double? {
        let seconds = Double((at - since).wholeMicroseconds) / 1_000_000
        guard seconds > 0, progress.done > 0 else { return nil }
        return Double(progress.done) / seconds
    }

    /// The time that the rest of the phase takes at this rate, in whole seconds; nil: not known.
    package var left: Duration? {
        guard let rate, let total = progress.total, total > progress.done else { return nil }
        let seconds = (Double(total - progress.done) / rate).rounded(.up)
        // Beyond that the figure means nothing, and a clock that was set may have made it.
        guard seconds < Self.leftSecondsMax else { return nil }
        return .seconds(Int64(seconds))
    }

    /// 30 days.
    private static let leftSecondsMax = 2_592_000.0
}
