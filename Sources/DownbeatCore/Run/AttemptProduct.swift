/// What a built-in's attempt leaves behind when its run has succeeded: all of it is committed with the
/// success, or nothing.
package struct AttemptProduct: Hashable, Sendable {
    /// JSON, at most `resultBytesMax`; nil: none.
    package var result: [UInt8]?
    /// Windows that replace those of the same schedule, start and end.
    package var statistics: [WindowStatistics]
    /// What the schedule's next run is to be told; nil: what is stored stays.
    package var positions: [UInt8]?

    /// The largest result; larger ones fail the attempt.
    package static let resultBytesMax = 65_536
    /// The largest positions: some ten thousand files.
    package static let positionsBytesMax = 1 << 20
    /// Windows of one attempt.
    package static let windowsMax = 10_000
    /// Groups of one attempt, in all windows: about 100 MB in the worker.
    package static let groupsMax = 1_000_000

    package init(
        result: [UInt8]? = nil,
        statistics: [WindowStatistics] = [],
        positions: [UInt8]? = nil
    ) {
        self.result = result
        self.statistics = statistics
        self.positions = positions
    }
}

/// Figures of one stretch of time, kept by schedule, start and end.
package struct WindowStatistics: Hashable, Sendable {
    /// One value of one field: `status` 404.
    package struct Group: Hashable, Sendable {
        /// The field: `status`, `path`.
        package var by: String
        package var key: String
        package var count: Int64
        package var bytes: Int64

        package init(by: String, key: String, count: Int64, bytes: Int64) {
            self.by = by
            self.key = key
            self.count = count
            self.bytes = bytes
        }
    }

    /// Latencies in microseconds.
    package struct Latency: Hashable, Sendable {
        package var samples: Int64
        package var p50: Int64
        package var p95: Int64
        package var p99: Int64
        package var max: Int64

        package init(samples: Int64, p50: Int64, p95: Int64, p99: Int64, max: Int64) {
            self.samples = samples
            self.p50 = p50
            self.p95 = p95
            self.p99 = p99
            self.max = max
        }
    }

    package var start: Timestamp
    /// Exclusive; never before `start`.
    package var end: Timestamp
    /// Well-formed lines.
    package var lines: Int64
    package var malformed: Int64
    package var bytes: Int64
    /// Distinct clients; nil: the lines name none.
    package var clients: Int64?
    /// Whether counts and clients are exact.
    package var isExact: Bool
    package var latency: Latency?
    package var groups: [Group]

    package init(
        start: Timestamp,
        end: Timestamp,
        lines: Int64,
        malformed: Int64,
        bytes: Int64,
        clients: Int64?,
        isExact: Bool,
        latency: Latency?,
        groups: [Group]
    ) {
        self.start = start
        self.end = end
        self.lines = lines
        self.malformed = malformed
        self.bytes = bytes
        self.clients = clients
        self.isExact = isExact
        self.latency = latency
        self.groups = groups
    }

    /// Whether the store's constraints hold: no negative figure, no end before its start.
    package var isSound: Bool {
        var figures = [lines, malformed, bytes, clients ?? 0]
        if let latency {
            figures += [latency.samples, latency.p50, latency.p95, latency.p99, latency.max]
        }
        return start <= end && figures.allSatisfy { $0 >= 0 }
            && groups.allSatisfy { $0.count >= 0 && $0.bytes >= 0 }
    }
}
