import DownbeatCore
import DownbeatRuntime
import Glibc
import Support
import Testing

extension ExactlyOnce {
    /// A chain of schedules under SIGKILL: what ends a run and what makes the next one is one commit.
    @Suite("Followers", .serialized)
    struct FollowerTests {
        private static let chain = ["a", "b", "c"]

        private static func configure(_ folder: ServiceFolder) throws {
            let texts = zip(chain, ["every: 1s", "after: a", "after: b"]).map { name, trigger in
                """
                  \(name):
                    \(trigger)
                    shell: |
                      \(Diary.note(.start))
                      sleep 0.1
                      \(Diary.note(.end))
                """
            }
            try folder.configure(
                texts.joined(separator: "\n"),
                defaults: "  catch_up: all\n  overlap: allow"
            )
        }

        /// What is not as it should be: each slot that succeeded has one run of each follower.
        private static func findings(_ books: Books, _ diary: Diary, isOver: Bool) -> [String] {
            var found: [String] = []
            for (leader, name) in zip(chain, chain.dropFirst()) {
                let succeeded = books.runs.filter {
                    $0.schedule == leader && $0.state == .succeeded
                }
                .compactMap(\.time)
                let fired = books.slots.filter { $0.schedule == name && $0.outcome == "fired" }
                    .map(\.time)
                let runs = books.runs.filter { $0.schedule == name }.compactMap(\.time)
                if Set(fired) != Set(succeeded) || fired.count != succeeded.count {
                    found.append("\(name): \(succeeded.count) succeeded, \(fired.count) fired")
                }
                if runs.count != fired.count { found.append("\(name): \(runs.count) runs") }
            }
            guard isOver else { return found }
            for run in books.runs where !diary.has(.end, run.id, attempt: run.attempts) {
                found.append("\(run) left no word of its end")
            }
            return found
        }

        @Test(.needsFailpoints, arguments: ["P9", "P17"])
        func `a crash around the end of a run neither loses nor doubles what follows`(
            place: String
        ) async throws {
            var generator = SeededGenerator.ofThisRun()
            var bodies: [@Sendable () throws -> [String]] = []
            for _ in 0..<(TestLength.isLong ? 20 : 3) {
                let passage = Int.random(in: 1...6, using: &generator)
                bodies.append {
                    let folder = try ServiceFolder()
                    try Self.configure(folder)
                    let service = try folder.start(failpoint: "\(place):\(passage)")
                    let end = try service.process.waitForEnd()
                    guard end == .signalled(SIGKILL) else {
                        throw Service.Ended(end: end, errors: service.process.errors)
                    }
                    try service.waitUntilTidy()
                    let atDeath = Self.findings(
                        try Books(folder),
                        try folder.diary(),
                        isOver: false
                    )
                    let (_, books) = try folder.finish(Self.chain)
                    return (atDeath + Self.findings(books, try folder.diary(), isOver: true))
                        .map { "\(place):\(passage): \($0)" }
                }
            }
            let findings = try await OwnThread.run(bodies, atOnce: 3).flatMap { $0 }
            #expect(findings == [], "DOWNBEAT_TEST_SEED=\(generator.seed)")
        }

        @Test func `kills at any time leave the chain whole`() async throws {
            var generator = SeededGenerator.ofThisRun()
            let pauses = (0..<(TestLength.isLong ? 100 : 5)).map { _ in
                Int.random(in: 200...2500, using: &generator)
            }
            let findings = try await OwnThread.run {
                let folder = try ServiceFolder()
                try Self.configure(folder)
                for pause in pauses {
                    let service = try folder.start()
                    try service.waitUntilReady()
                    let clocks = SystemClocks()
                    let until = clocks.monotonic + .milliseconds(pause)
                    try Patience.wait(for: "the time of the kill") {
                        clocks.monotonic >= until ? () : nil
                    }
                    try service.kill()
                }
                let (_, books) = try folder.finish(Self.chain)
                return Self.findings(books, try folder.diary(), isOver: true)
            }
            #expect(findings == [], "DOWNBEAT_TEST_SEED=\(generator.seed)")
        }
    }
}
