import DownbeatCore
import Support
import Testing

/// Delays before repeats.
@Suite("Backoff")
struct BackoffTests {
    @Test func `waits grow by the factor up to the limit`() {
        let policy = RetryPolicy(
            times: 9,
            wait: .seconds(30),
            factor: 2,
            maxWait: .seconds(600),
            jitter: 0
        )
        let waits = (1...8).map { Backoff.wait(policy, repeatNumber: $0, run: .fixture(1)) }
        #expect(waits == [30, 60, 120, 240, 480, 600, 600, 600].map { Duration.seconds($0) })
    }

    @Test func `jitter stays within its fraction, differs by run and repeat, and is repeatable`() {
        let policy = RetryPolicy(times: 9, wait: .seconds(100), factor: 1, jitter: 0.1)
        var seen: Set<Duration> = []
        for run in 0..<100 {
            for number in 1...3 {
                let id = RunID.fixture(UInt64(run))
                let wait = Backoff.wait(policy, repeatNumber: number, run: id)
                #expect(wait >= .seconds(90) && wait <= .seconds(110))
                #expect(wait == Backoff.wait(policy, repeatNumber: number, run: id))
                seen.insert(wait)
            }
        }
        #expect(seen.count > 290)
        #expect(seen.contains { $0 < .seconds(95) } && seen.contains { $0 > .seconds(105) })
    }

    @Test(arguments: [Int.min, 0, 1, 64, .max])
    func `extremes do not trap`(_ number: Int) {
        let longest = RetryPolicy(
            times: .max,
            wait: DurationText.longest,
            factor: 1e300,
            maxWait: DurationText.longest,
            jitter: 1
        )
        let none = RetryPolicy(times: 1, wait: .zero, factor: 0, maxWait: .zero, jitter: 1)
        let wait = Backoff.wait(longest, repeatNumber: number, run: .fixture(1))
        #expect(wait >= .zero && wait <= DurationText.longest * 2)
        #expect(Backoff.wait(none, repeatNumber: number, run: .fixture(1)) == .zero)
    }
}
