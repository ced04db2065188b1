extension WindowStatistics {
    /// The row that is stored for a result.
    package init(_ result: LogStatsResult) {
        self.init(
            start: result.windowStart,
            end: result.windowEnd,
            lines: result.lines,
            malformed: result.malformed,
            bytes: result.bytes,
            clients: result.clients,
            isExact: result.isExact,
            latency: result.latency.map { latency in
                Latency(
                    samples: latency.samples,
                    p50: Self.microseconds(latency.p50),
                    p95: Self.microseconds(latency.p95),
                    p99: Self.microseconds(latency.p99),
                    max: Self.microseconds(latency.max)
                )
            },
            groups: result.groups.map {
                Group(by: $0.by.rawValue, key: $0.key, count: $0.count, bytes: $0.bytes)
            }
        )
    }

    private static func microseconds(_ milliseconds: Double) -> Int64 {
        Int64((milliseconds * 1000).rounded())
    }
}
