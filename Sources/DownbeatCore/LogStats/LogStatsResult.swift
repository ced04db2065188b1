/// What one window's lines add up to.
///
/// `WindowStatistics(_:)` is what is stored of it, `LogStatsSummary` what a run shows. Instants are
/// microseconds in the encoded form.
package struct LogStatsResult: Hashable, Sendable, Codable {
    /// Requests of one value of a field.
    package struct Group: Hashable, Sendable, Codable {
        package var by: LogField
        /// Printable text; `-` where a line has no such value, `(other)` for what is not listed.
        package var key: String
        package var count: Int64
        package var bytes: Int64

        package init(by: LogField, key: String, count: Int64, bytes: Int64) {
            self.by = by
            self.key = key
            self.count = count
            self.bytes = bytes
        }
    }

    /// Milliseconds; nearest rank within 1%, `max` exact.
    package struct Latency: Hashable, Sendable, Codable {
        package var p50: Double
        package var p95: Double
        package var p99: Double
        package var max: Double
        /// Lines with a latency; not encoded.
        package var samples: Int64 = 0

        package init(p50: Double, p95: Double, p99: Double, max: Double, samples: Int64 = 0) {
            self.p50 = p50
            self.p95 = p95
            self.p99 = p99
            self.max = max
            self.samples = samples
        }

        private enum CodingKeys: String, CodingKey { case p50, p95, p99, max }
    }

    package var windowStart: Timestamp
    /// Exclusive for hours and days; the last line's own time for `since_last` and `all`.
    package var windowEnd: Timestamp
    /// Requests counted; malformed lines are not among them.
    package var lines: Int64
    package var malformed: Int64
    /// Bytes sent.
    package var bytes: Int64
    /// By field in the order of `group_by`, then by count, bytes and key; `(other)` is the last of
    /// its field.
    package var groups: [Group]
    /// Distinct clients; nil when the lines name none.
    package var clients: Int64?
    /// Nil when no line has a latency.
    package var latency: Latency?
    /// False when a field or the clients had too many values to be counted exactly.
    package var isExact: Bool
    /// Malformed lines, printable and cut.
    package var samples: [String]

    package init(
        windowStart: Timestamp,
        windowEnd: Timestamp,
        lines: Int64,
        malformed: Int64,
        bytes: Int64,
        groups: [Group],
        clients: Int64?,
        latency: Latency?,
        isExact: Bool,
        samples: [String]
    ) {
        self.windowStart = windowStart
        self.windowEnd = windowEnd
        self.lines = lines
        self.malformed = malformed
        self.bytes = bytes
        self.groups = groups
        self.clients = clients
        self.latency = latency
        self.isExact = isExact
        self.samples = samples
    }

    private enum CodingKeys: String, CodingKey {
        case windowStart = "window_start"
        case windowEnd = "window_end"
        case lines, malformed, bytes, groups, clients
        case latency = "latency_ms"
        case isExact = "exact"
        case samples
    }
}
