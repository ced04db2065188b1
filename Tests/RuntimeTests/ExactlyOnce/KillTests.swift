import DownbeatCore
import DownbeatRuntime
import Glibc
import Support
import Testing

extension ExactlyOnce {
    /// K1 and K2: SIGKILL at random moments to whatever runs.
    @Suite("Random kills", .serialized)
    struct KillTests {
        @Test func `every slot has one run, whatever is killed`() async throws {
            let kills = TestLength.isLong ? 200 : 30
            let findings = try await OwnThread.run {
                try Ordeal(isAtMostOnce: false).undergo(kills: kills)
            }
            #expect(findings == [])
        }

        @Test func `a run that may start once never starts twice`() async throws {
            let kills = TestLength.isLong ? 200 : 8
            let findings = try await OwnThread.run {
                try Ordeal(isAtMostOnce: true).undergo(kills: kills)
            }
            #expect(findings == [])
        }
    }

    /// Thirty schedules a second, and somebody who kills.
    private final class Ordeal {
        private enum Target: CaseIterable {
            case service, serviceAtStart, group, keeper, reaper, command
            case keeperAndReapers, keeperThenService, reaperThenService

            /// How often among all.
            var weight: Int {
                switch self {
                case .service: 5
                case .group, .keeper, .reaper, .command: 3
                case .serviceAtStart, .keeperAndReapers: 2
                case .keeperThenService, .reaperThenService: 2
                }
            }
        }

        private let folder: ServiceFolder
        private let isAtMostOnce: Bool
        private let schedules = (1...30).map { "s\($0 < 10 ? "0" : "")\($0)" }
        private var generator = SeededGenerator.ofThisRun()
        private var firstReady: Timestamp?
        /// At most: commands that were killed, and reapers that may have been commands.
        private var commandsKilled = 0
        private var history: [String] = []

        init(isAtMostOnce: Bool) throws {
            self.isAtMostOnce = isAtMostOnce
            folder = try ServiceFolder()
            try folder.configure(
                schedules.enumerated().map(schedule).joined(separator: "\n"),
                defaults: """
                      catch_up: all
                      catch_up_within: 1h
                      catch_up_limit: 100000
                      overlap: allow
                    """
            )
        }

        /// Most write and end, every fifth takes its time, one leaves somebody behind, and some are
        /// repeated when they fail.
        private func schedule(index: Int, name: String) -> String {
            var steps = [Diary.note(.start)]
            if index % 5 == 4 {
                for _ in 0..<(2 + index / 10) { steps += ["sleep 0.1", Diary.note(.going)] }
            }
            if index == 29 { steps.insert("setsid sleep 100 & sleep 0.1", at: 1) }
            steps.append(Diary.note(.end))
            let retry =
                index % 2 == 0 || isAtMostOnce ? "" : "\n    retry: { times: 2, wait: 200ms }"
            return """
                  \(name):
                    every: 1s
                    delivery: \(isAtMostOnce ? "at_most_once" : "at_least_once")\(retry)
                    shell: |
                \(steps.map { "      " + $0 }.joined(separator: "\n"))
                """
        }

        /// - Returns: what is wrong afterwards, with what led to it.
        func undergo(kills: Int) -> [String] {
            do {
                let findings = try trial(kills: kills)
                return findings.isEmpty ? [] : findings + [story]
            } catch {
                return ["\(error)", story]
            }
        }

        private func trial(kills: Int) throws -> [String] {
            let start = SystemClocks().now
            try killAgainAndAgain(kills)
            let (newest, books) = try folder.finish(schedules)
            let audit = Audit(
                schedules: schedules,
                start: start,
                firstReady: firstReady ?? newest,
                lastSeen: newest,
                isAtMostOnce: isAtMostOnce
            )
            var findings = audit.findings(books, try folder.diary())
            let hasBitten = books.runs.contains {
                isAtMostOnce ? $0.state == .unknown : $0.attempts > 1
            }
            // A command that somebody killed has failed; what ends with its keeper, its reaper or the
            // service is lost, and nobody may say that it has failed.
            let failed = books.runs.filter { $0.exit_code ?? 0 != 0 || $0.signal != nil }
            if failed.count(where: { $0.state == .failed }) > commandsKilled {
                findings.append("\(commandsKilled) commands were killed, but failed: \(failed)")
            }
            if !hasBitten { findings.append("no kill has hit a run") }
            switch try folder.integrity() {
            case "ok\n": break
            case let answer?: findings.append("integrity: \(answer)")
            case nil where getenv("CI") != nil: findings.append("install sqlite3")
            // On other machines the rest of this test has to do.
            case nil: break
            }
            return findings
        }

        /// What led to this, and how to see it again.
        private var story: String {
            "DOWNBEAT_TEST_SEED=\(generator.seed): \(history.joined(separator: ", "))"
        }

        private func killAgainAndAgain(_ kills: Int) throws {
            var service: Service?
            for _ in 0..<kills {
                let target = pick()
                if let running = service, let end = running.process.end {
                    throw Service.Ended(end: end, errors: running.process.errors)
                }
                let running = try service ?? folder.start()
                let isFresh = service == nil
                service = running
                if !(isFresh && target == .serviceAtStart) {
                    try running.waitUntilReady()
                    firstReady = firstReady ?? SystemClocks().now
                }
                let wait = random(isFresh && target == .serviceAtStart ? 0...200 : 300...1000)
                history.append("\(target) after \(wait) ms")
                Patience.rest(.milliseconds(wait))
                if try kill(target, running) { service = nil }
            }
            try service?.kill()
        }

        /// - Returns: whether the service has ended.
        private func kill(_ target: Target, _ service: Service) throws -> Bool {
            switch target {
            case .service, .serviceAtStart:
                try service.kill(.service)
                return true
            case .group:
                try service.kill(.group)
                return true
            case .keeper:
                try killOne(.keeper)
                return false
            case .reaper:
                try killOne(.reaper)
                return false
            case .command:
                commandsKilled += 1
                try killOne(.command)
                return false
            case .keeperAndReapers:
                try killAllBelow()
                return false
            case .keeperThenService:
                try killOne(.keeper)
                Patience.rest(.milliseconds(random(0...30)))
                try service.kill(.service)
                return true
            case .reaperThenService:
                try killOne(.reaper)
                Patience.rest(.milliseconds(random(0...30)))
                try service.kill(.service)
                return true
            }
        }

        /// Kills the keeper and its reapers; what the commands leave is then for the service to end.
        ///
        /// Waits for the next keeper: of three that are killed at one time nobody is left to end
        /// what commands have put into sessions of their own, which is a limit of the design.
        private func killAllBelow() throws {
            // One command at least, so that there is something to leave behind.
            try killOne(.reaper)
            let old = folder.processes.all().filter { $0.kind == .keeper || $0.kind == .reaper }
            commandsKilled += old.count { $0.kind == .reaper }
            for process in old { Glibc.kill(process.pid, SIGKILL) }
            try Patience.wait(for: "another keeper") {
                folder.processes.all().contains { found in
                    found.kind == .keeper && !old.contains { $0.pid == found.pid }
                } ? () : nil
            }
        }

        private func killOne(_ kind: MarkedProcesses.Kind) throws {
            let pid = try Patience.wait(for: "a \(kind)") { () -> Int32? in
                let all = folder.processes.all().filter { $0.kind == kind }
                return all.randomElement(using: &generator)?.pid
            }
            // Until its exec a command looks like the reaper that it was born from.
            if kind == .reaper { commandsKilled += 1 }
            Glibc.kill(pid, SIGKILL)
        }

        private func pick() -> Target {
            let all = Target.allCases.flatMap { Array(repeating: $0, count: $0.weight) }
            return all.randomElement(using: &generator) ?? .service
        }

        private func random(_ range: ClosedRange<Int>) -> Int {
            Int.random(in: range, using: &generator)
        }
    }
}
