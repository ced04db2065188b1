import DownbeatCore
import Testing

@Suite("Progress")
struct ProgressTests {
    private static func at(_ second: Int64) -> Timestamp { Timestamp(seconds: 1000 + second) }

    private static func progress(_ phase: String, _ done: Int64) -> RunProgress {
        RunProgress(phase: phase, done: done, total: 100, unit: .bytes)
    }

    @Test func `rate and rest count from the begin of the phase`() {
        let first = ProgressReading(
            progress: Self.progress("copy", 0),
            since: Self.at(0),
            at: Self.at(0)
        )
        #expect(first.rate == nil)
        #expect(first.left == nil)
        let half = first.followed(by: Self.progress("copy", 50), at: Self.at(10))
        #expect(half.rate == 5)
        #expect(half.left == .seconds(10))
        let next = half.followed(by: Self.progress("verify", 20), at: Self.at(12))
        #expect(next.since == Self.at(12))
        let done = next.followed(by: Self.progress("verify", 100), at: Self.at(13))
        #expect(done.left == nil)
    }
}
