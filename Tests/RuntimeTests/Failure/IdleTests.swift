import DownbeatRuntime
import Support
import Testing

extension Failure {
    /// What a service costs that has nothing to do.
    @Suite("Idle service")
    struct IdleTests {
        /// The goal is 0.1% of a core; this is for a slow build on a busy machine.
        private static let shareMax = 0.01

        @Test func `a service without work sleeps`() async throws {
            try await OwnThread.run {
                let site = try Site("  rare:\n    every: 1h\n    command: [\"/bin/true\"]")
                let service = try site.startReady()
                // What a start leaves to do is done by then.
                Patience.rest(.seconds(2))
                let time: Duration = TestLength.isLong ? .seconds(60) : .seconds(10)
                let keeper = site.processes.all().first { $0.kind == .keeper }
                let before = keeper.map { Usage(of: $0.pid) }
                let use = Usage.watch(service.pid, for: time)
                #expect(use.share < Self.shareMax)
                #expect(use.sleeps <= Int(time.components.seconds))
                let after = keeper.map { Usage(of: $0.pid) }
                #expect(before?.sleeps == after?.sleeps)
                #expect(try site.stop(service) == .exited(0))
            }
        }
    }
}
