import DownbeatCore
import Support
import Testing

@Suite("Log estimates")
struct LogEstimateTests {
    @Test func `a percentile of the histogram is within one percent of the true one`() throws {
        var random = SeededGenerator.ofThisRun()
        for _ in 0..<20 {
            let spread = 1 + Int(random.next() % 40)
            let values = (0..<2000).map { _ in
                Int64(random.next() >> UInt64(63 - Int(random.next() % UInt64(spread))))
            }.sorted()
            var halves = (LatencyHistogram(), LatencyHistogram())
            for (index, value) in values.enumerated() {
                if index.isMultiple(of: 2) {
                    halves.0.insert(value)
                } else {
                    halves.1.insert(value)
                }
            }
            halves.0.merge(halves.1)
            #expect(halves.0.max == values.last)
            for share in [0.001, 0.5, 0.9, 0.95, 0.99, 1] {
                let rank = max(1, Int((share * Double(values.count)).rounded(.up)))
                let expected = Double(values[rank - 1])
                let value = try #require(halves.0.value(at: share))
                #expect(
                    abs(value - expected) <= expected * 0.01,
                    "seed \(random.seed), \(share) of spread \(spread): \(value), not \(expected)"
                )
            }
        }
        #expect(LatencyHistogram().value(at: 0.5) == nil)
    }

    /// Five standard errors: the hash is fixed, so this holds or it does not.
    @Test(arguments: [0, 10, 20_000, 1_500_000])
    func `distinct values are estimated within two percent`(count: Int) {
        var halves = (HyperLogLog(), HyperLogLog())
        for number in 0..<count {
            var text = "2001:db8::\(number)"
            text.withUTF8 { bytes in
                halves.0.insert(bytes)
                if number < 5 { halves.1.insert(bytes) }
            }
        }
        halves.0.merge(halves.1)
        #expect(abs(Double(halves.0.estimate) - Double(count)) <= Double(count) * 0.02)
    }

    @Test func `a result survives its encoded form and its summary stays small`() throws {
        let groups = LogField.allCases.flatMap { field in
            (0..<100).map { number in
                LogStatsResult.Group(
                    by: field,
                    key: "/\(number)" + String(repeating: "\"", count: 900),
                    count: Int64(100 - number),
                    bytes: 1
                )
            }
        }
        let result = LogStatsResult(
            windowStart: Timestamp(seconds: 0),
            windowEnd: Timestamp(seconds: 3600),
            lines: 800,
            malformed: 1,
            bytes: 800,
            groups: groups,
            clients: 5,
            latency: LogStatsResult.Latency(p50: 0.5, p95: 1, p99: 2, max: 3.25),
            isExact: true,
            samples: ["x"]
        )
        let text = try LogStatsSummary.json(result, zone: .utc)
        #expect(text.utf8.count <= LogStatsSummary.bytesMax)
        #expect(text.contains(#""window_end":"1970-01-01T01:00:00+00:00","window_start""#))
        #expect(text.contains(#""latency_ms":{"max":3.25,"p50":0.5,"p95":1,"p99":2}"#))
        let whole = LogStatsSummary(result, zone: .utc)
        #expect(whole.groups.count == LogStatsSummary.topMax * LogField.allCases.count)
    }
}
