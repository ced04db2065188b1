import DownbeatCore
import DownbeatRuntime
import Glibc
import Support
import Testing

extension ExactlyOnce {
    /// K3: the service ends by SIGKILL at a named place of its code; what must be true there, and
    /// what must have become of each run after another start.
    ///
    /// The places exist in debug builds only.
    @Suite("Crash points", .serialized, .needsFailpoints)
    struct CrashPointTests {
        struct Place: Sendable, CustomStringConvertible {
            var name: String
            var meaning: String
            /// Passages of which one is chosen.
            var passages: ClosedRange<Int>

            var description: String { "\(name): \(meaning)" }
        }

        static let places = [
            Place(name: "P1", meaning: "a slot is due, nothing is written", passages: 1...3),
            Place(name: "P2", meaning: "within the tick's transaction", passages: 1...3),
            Place(name: "P3", meaning: "the tick is committed", passages: 1...3),
            Place(name: "P4", meaning: "the claim is committed", passages: 1...3),
            Place(name: "P5", meaning: "the command is with the keeper", passages: 1...6),
            Place(name: "P6", meaning: "the command runs", passages: 1...6),
            Place(name: "P7", meaning: "the command has exited", passages: 1...6),
            Place(name: "P8", meaning: "its end is known", passages: 1...6),
            Place(name: "P9", meaning: "its end is committed", passages: 1...3),
            Place(name: "P10", meaning: "a repeat is being set", passages: 1...6),
        ]

        @Test(arguments: places)
        func `what was begun at a crash is gone through as promised`(place: Place) async throws {
            var generator = SeededGenerator.ofThisRun()
            var bodies: [@Sendable () throws -> [String]] = []
            for delivery in [Delivery.atLeastOnce, .atMostOnce] {
                // A run that may start once is never repeated.
                if place.name == "P10", delivery == .atMostOnce { continue }
                for _ in 0..<(TestLength.isLong ? 20 : 3) {
                    let passage = Int.random(in: place.passages, using: &generator)
                    bodies.append {
                        try CrashPass(place.name, passage, delivery).findings()
                    }
                }
            }
            let findings = try await OwnThread.run(bodies, atOnce: 3).flatMap { $0 }
            #expect(findings == [], "DOWNBEAT_TEST_SEED=\(generator.seed)")
        }
    }

    /// One crash and what comes after it.
    private struct CrashPass {
        private static let schedules = ["a", "b", "c"]
        private static let said = "said by the command"

        private let place: String
        private let passage: Int
        private let delivery: Delivery
        private let folder: ServiceFolder

        private var isAtMostOnce: Bool { delivery == .atMostOnce }

        init(_ place: String, _ passage: Int, _ delivery: Delivery) throws {
            self.place = place
            self.passage = passage
            self.delivery = delivery
            folder = try ServiceFolder()
            let fails = place == "P10" ? "[ \"$DOWNBEAT_ATTEMPT\" -ge 2 ]" : ":"
            let retry = place == "P10" ? "retry: { times: 1, wait: 100ms }" : ""
            let schedules = Self.schedules.map { name in
                """
                  \(name):
                    every: 1s
                    shell: |
                      \(Diary.note(.start))
                      sleep 0.1
                      \(fails)
                      echo \(Self.said)
                      \(Diary.note(.end))
                """
            }
            try folder.configure(
                schedules.joined(separator: "\n"),
                defaults: """
                      catch_up: all
                      overlap: allow
                      delivery: \(isAtMostOnce ? "at_most_once" : "at_least_once")
                      \(retry)
                    """
            )
        }

        /// What is not as the table of crash points says.
        func findings() throws -> [String] {
            let title = "\(place):\(passage) \(delivery)"
            do {
                return try pass().map { "\(title): \($0)" }
            } catch {
                return ["\(title): \(error)"]
            }
        }

        private func pass() throws -> [String] {
            let start = SystemClocks().now
            let service = try folder.start(failpoint: "\(place):\(passage)")
            let end = try service.process.waitForEnd()
            let death = SystemClocks().now
            guard end == .signalled(SIGKILL) else {
                throw Service.Ended(end: end, errors: service.process.errors)
            }
            try service.waitUntilTidy()
            let before = try Books(folder)
            let diaryBefore = try folder.diary()
            var found = atDeath(before, diaryBefore, death)
            let (newest, after) = try folder.finish(Self.schedules)
            let diary = try folder.diary()
            let audit = Audit(
                schedules: Self.schedules,
                start: start,
                firstReady: death,
                lastSeen: newest,
                isAtMostOnce: isAtMostOnce
            )
            found += audit.findings(after, diary)
            for run in before.runs { found += fate(of: run, diaryBefore, after, diary) }
            return found
        }

        /// The books of a service that died there.
        private func atDeath(_ books: Books, _ diary: Diary, _ death: Timestamp) -> [String] {
            let running = books.runs.filter { $0.state == .running }
            let isAsMeant: Bool
            switch place {
            case "P1", "P2":
                // A tick is prepared a little before the slot that it is for.
                let due = (death + HeadStart.most).seconds
                isAsMeant = books.slots.allSatisfy { $0.time.seconds < due }
            case "P3":
                isAsMeant = books.open.contains { $0.time == books.slots.last?.time }
            case "P4":
                isAsMeant = running.contains { diary.lines(of: $0.id).isEmpty }
            case "P7", "P8":
                isAsMeant = running.contains {
                    diary.has(.end, $0.id, attempt: $0.attempts)
                }
            case "P9":
                isAsMeant = books.runs.contains { $0.state == .succeeded }
            default:
                isAsMeant = !running.isEmpty
            }
            return isAsMeant ? [] : ["not what this place means: \(books.runs.suffix(3))"]
        }

        /// What became of a run that was known at the crash.
        private func fate(
            of run: Books.Run,
            _ diaryBefore: Diary,
            _ after: Books,
            _ diary: Diary
        ) -> [String] {
            guard let now = after.run(run.id) else { return ["\(run) is gone"] }
            let attempts = run.attempts + 1
            let isAsMeant: Bool
            switch run.state {
            case .running where isAtMostOnce:
                isAsMeant =
                    now.state == .unknown && now.attempts == run.attempts
                    && diary.lines(of: run.id) == diaryBefore.lines(of: run.id)
            case .running, .queued, .scheduled:
                isAsMeant =
                    now.state == .succeeded && now.attempts == attempts
                    && diary.has(.start, run.id, attempt: attempts)
            case .succeeded:
                isAsMeant = now == run && isOutputWhole(run.id)
            case .failed, .cancelled, .expired, .unknown:
                isAsMeant = false
            }
            return isAsMeant ? [] : ["was \(run), is \(now)"]
        }

        /// Output is stored in the commit that ends its attempt: all of it, or marked as cut.
        private func isOutputWhole(_ run: String) -> Bool {
            struct Shown: Decodable {
                var stdout: String
                var truncated: Bool
            }
            do {
                let shown: [Shown] = try Books.items(
                    folder.ask("runs", "show", run, "--json")
                )
                return shown.first.map { $0.truncated || $0.stdout == Self.said + "\n" }
                    ?? false
            } catch {
                return false
            }
        }
    }
}
