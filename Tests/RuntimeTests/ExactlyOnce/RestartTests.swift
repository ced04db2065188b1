import DownbeatCore
import DownbeatRuntime
import Glibc
import Testing

extension ExactlyOnce {
    /// Stops, starts and what happens between them.
    @Suite("Restarts", .serialized)
    struct RestartTests {
        private static let schedules = ["a", "b", "c"]

        private static func configure(
            _ folder: ServiceFolder,
            seconds: [String: Int] = [:],
            more: String = ":"
        ) throws {
            let texts = schedules.map { name in
                """
                  \(name):
                    every: \(seconds[name] ?? 1)s
                    shell: |
                      \(Diary.note(.start))
                      sleep 0.1
                      \(more)
                      \(Diary.note(.end))
                """
            }
            try folder.configure(
                texts.joined(separator: "\n"),
                defaults: "  catch_up: all\n  overlap: allow"
            )
        }

        /// Lets everything end and gives what is not as it should be.
        private static func audit(
            _ folder: ServiceFolder,
            start: Timestamp,
            firstReady: Timestamp,
            among names: [String] = schedules
        ) throws -> [String] {
            let (newest, books) = try folder.finish(names)
            let audit = Audit(
                schedules: names,
                start: start,
                firstReady: firstReady,
                lastSeen: newest,
                isAtMostOnce: false
            )
            return audit.findings(books, try folder.diary())
        }

        @Test(.needsFailpoints, arguments: 1...2)
        func `a crash in an orderly stop loses nothing`(passage: Int) async throws {
            let findings = try await OwnThread.run {
                let folder = try ServiceFolder()
                try Self.configure(folder)
                let start = SystemClocks().now
                let service = try folder.start(failpoint: "P14:\(passage)")
                try service.waitUntilReady()
                let ready = SystemClocks().now
                try Patience.wait(for: "a running command") {
                    folder.processes.all().contains { $0.kind == .command } ? () : nil
                }
                service.process.signal(SIGTERM)
                let end = try service.process.waitForEnd()
                try service.waitUntilTidy()
                return try (end == .signalled(SIGKILL) ? [] : ["\(end)"])
                    + Self.audit(folder, start: start, firstReady: ready)
            }
            #expect(findings == [])
        }

        @Test(.needsFailpoints)
        func `a crash while the database is made leaves one that can be made`()
            async throws
        {
            let findings = try await OwnThread.run {
                let folder = try ServiceFolder()
                try Self.configure(folder)
                let start = SystemClocks().now
                let end = try folder.start(failpoint: "P12:1").process.waitForEnd()
                return try (end == .signalled(SIGKILL) ? [] : ["\(end)"])
                    + Self.audit(folder, start: start, firstReady: SystemClocks().now)
            }
            #expect(findings == [])
        }

        @Test(.needsFailpoints)
        func `a crash while files are loaded again leaves the old or the new schedules`()
            async throws
        {
            let findings = try await OwnThread.run {
                let folder = try ServiceFolder()
                try Self.configure(folder)
                let start = SystemClocks().now
                let service = try folder.start(failpoint: "P11:2")
                try service.waitUntilReady()
                let ready = SystemClocks().now
                try Patience.wait(for: "a slot of each") {
                    try Books(folder).slots.count >= 6 ? () : nil
                }
                try Self.configure(folder, seconds: ["c": 2])
                service.process.signal(SIGHUP)
                let end = try service.process.waitForEnd()
                try service.waitUntilTidy()
                var found = end == .signalled(SIGKILL) ? [] : ["\(end)"]
                found += try Self.audit(
                    folder,
                    start: start,
                    firstReady: ready,
                    among: ["a", "b"]
                )
                let slots = try Books(folder).slots.filter { $0.schedule == "c" }
                let steps = zip(slots, slots.dropFirst()).map {
                    $1.time.seconds - $0.last.seconds
                }
                // Every second up to the edit, then every other; the seconds that fell due while
                // nobody was there belong to the old rule, and are counted as edited once.
                let later = steps.drop { $0 == 1 }
                if !later.allSatisfy({ $0 == 2 }) { found.append("c: \(slots)") }
                if slots.count(where: { $0.reason == "edited" }) > 1 {
                    found.append("c was edited twice: \(slots)")
                }
                return found
            }
            #expect(findings == [])
        }

        @Test(.needsFailpoints, arguments: 1...2)
        func `a crash while the log is moved into the database loses nothing`(
            passage: Int
        ) async throws {
            let findings = try await OwnThread.run {
                let folder = try ServiceFolder()
                // The log is moved when it has reached 4 MB: output fills it.
                try Self.configure(folder, more: "head -c 900000 /dev/zero")
                let start = SystemClocks().now
                let service = try folder.start(failpoint: "P13:\(passage)")
                try service.waitUntilReady()
                let ready = SystemClocks().now
                let end = try service.process.waitForEnd()
                try service.waitUntilTidy()
                return try (end == .signalled(SIGKILL) ? [] : ["\(end)"])
                    + Self.audit(folder, start: start, firstReady: ready)
            }
            #expect(findings == [])
        }

        @Test func `of services that start together one beats and the others leave`() async throws {
            let findings = try await OwnThread.run {
                let folder = try ServiceFolder()
                try Self.configure(folder)
                let start = SystemClocks().now
                let first = try folder.start()
                try first.waitUntilReady()
                let ready = SystemClocks().now
                var found: [String] = []
                var current = first
                for _ in 0..<3 {
                    try Patience.wait(for: "a running command") {
                        folder.processes.all().contains { $0.kind == .command } ? () : nil
                    }
                    // The next ones start before what it has left is gone.
                    current.process.signal(SIGKILL)
                    let rivals = try (0..<3).map { _ in try folder.start() }
                    let left = try Patience.wait(for: "two of three to leave") {
                        let left = rivals.filter { $0.process.end != nil }
                        return left.count >= 2 ? left : nil
                    }
                    for service in left where service.process.end != .exited(75) {
                        found.append("a rival left: \(String(describing: service.process.end))")
                    }
                    guard let winner = rivals.first(where: { $0.process.end == nil }) else {
                        return found + ["no rival stayed"]
                    }
                    try winner.waitUntilReady()
                    current = winner
                }
                try current.kill()
                return try found + Self.audit(folder, start: start, firstReady: ready)
            }
            #expect(findings == [])
        }

        @Test func `what outlived service, keeper and reapers ends before its run is repeated`()
            async throws
        {
            let findings = try await OwnThread.run {
                let folder = try ServiceFolder()
                try folder.configure(
                    """
                      long:
                        every: 24h
                        shell: |
                          setsid sh -c 'while :; do \(Diary.note(.going)); sleep 0.1; done' &
                          wait
                    """
                )
                let first = try folder.start()
                try first.waitUntilReady()
                _ = try folder.ask("run", "long")
                try Patience.wait(for: "the command") {
                    try folder.diary().lines.count > 2 ? () : nil
                }
                let before = folder.processes.all()
                let keepers = before.filter { $0.kind == .keeper || $0.kind == .reaper }
                // Stopped, they cannot do anything about each other's deaths.
                for process in keepers { kill(process.pid, SIGSTOP) }
                first.process.signal(SIGKILL)
                for process in keepers { kill(process.pid, SIGKILL) }
                _ = try first.process.waitForEnd()
                let second = try folder.start()
                try second.waitUntilReady()
                try Patience.wait(for: "the second attempt") {
                    try folder.diary().lines.last?.attempt == 2 ? () : nil
                }
                let attempts = try folder.diary().lines.map(\.attempt)
                let old = Set(before.filter { $0.kind == .command }.map(\.pid))
                let left = folder.processes.all().filter { old.contains($0.pid) }
                try second.kill()
                return (attempts == attempts.sorted() ? [] : ["overlap: \(attempts)"])
                    + left.map { "left: \($0)" }
            }
            #expect(findings == [])
        }

        @Test func `a run is left alone while something of its dead service lives`() async throws {
            let findings = try await OwnThread.run {
                let folder = try ServiceFolder()
                try folder.configure(
                    """
                      long:
                        every: 24h
                        shell: |
                          \(Diary.note(.start))
                          while :; do \(Diary.note(.going)); sleep 0.1; done
                    """
                )
                let first = try folder.start()
                try first.waitUntilReady()
                _ = try folder.ask("run", "long")
                try Patience.wait(for: "the command") {
                    try folder.diary().lines.count > 2 ? () : nil
                }
                // They cannot end the command while they are stopped, and hold their owner's lock.
                let keepers = folder.processes.all().filter {
                    $0.kind == .keeper || $0.kind == .reaper
                }
                for process in keepers { kill(process.pid, SIGSTOP) }
                first.process.signal(SIGKILL)
                _ = try first.process.waitForEnd()
                let second = try folder.start()
                try second.waitUntilReady()
                var found: [String] = []
                if !keepers.allSatisfy({ second.process.errors.contains("\($0.pid)") }) {
                    found.append("it does not name what is left: \(second.process.errors)")
                }
                for process in keepers { kill(process.pid, SIGCONT) }
                try Patience.wait(for: "the second attempt") {
                    try folder.diary().lines.last?.attempt == 2 ? () : nil
                }
                let attempts = try folder.diary().lines.map(\.attempt)
                if attempts != attempts.sorted() { found.append("overlap: \(attempts)") }
                try second.kill()
                return found
            }
            #expect(findings == [])
        }

        @Test func `slots of a stop are caught up as each schedule says`() async throws {
            let findings = try await OwnThread.run {
                let folder = try ServiceFolder()
                let policies = ["skip", "once", "all"]
                try folder.configure(
                    policies.map { "  \($0): { every: 1s, catch_up: \($0), command: [\"true\"] }" }
                        .joined(separator: "\n"),
                    defaults: "  overlap: allow\n  catch_up_limit: 2"
                )
                let first = try folder.start()
                try first.waitUntilReady()
                try Patience.wait(for: "a slot of each") {
                    try Books(folder).slots.count >= 6 ? () : nil
                }
                first.process.signal(SIGTERM)
                guard try first.process.waitForEnd() == .exited(0) else { return ["no clean end"] }
                let before = try Books(folder).slots
                let stop = SystemClocks().now
                try Patience.wait(for: "downtime") {
                    SystemClocks().now - stop > .seconds(4) ? () : nil
                }
                let second = try folder.start()
                try second.waitUntilReady()
                let after = try Patience.wait(for: "a slot after the catch-up") {
                    let all = try Books(folder).slots
                    return all.count >= before.count + 12 ? all : nil
                }
                second.process.signal(SIGTERM)
                guard try second.process.waitForEnd() == .exited(0) else { return ["no clean end"] }
                var found: [String] = []
                // At one tick: `skip` and `once` fire the newest, `all` the newest two.
                let caught = ["skip": 1, "once": 1, "all": 2]
                var missed: Set<Int> = []
                for policy in policies {
                    let last = before.last { $0.schedule == policy }?.time ?? .distantPast
                    let fresh = after.filter { $0.schedule == policy && $0.time > last }
                    found += Self.catchUpFindings(fresh, after: last)
                    missed.insert((fresh.first?.count ?? 0) + caught[policy, default: 0])
                }
                if missed.count != 1 { found.append("missed, counted differently: \(missed)") }
                return found
            }
            #expect(findings == [])
        }

        /// One counted row, then fired slots without a gap.
        private static func catchUpFindings(
            _ slots: [Books.Slot],
            after last: Timestamp
        ) -> [String] {
            guard let counted = slots.first, counted.reason == "catch_up", counted.count >= 2,
                counted.time.seconds == last.seconds + 1,
                counted.last.seconds == last.seconds + Int64(counted.count),
                slots.dropFirst().allSatisfy({ $0.outcome == "fired" }),
                zip(slots, slots.dropFirst()).allSatisfy({
                    $1.time.seconds == $0.last.seconds + 1
                })
            else { return ["after \(last.seconds): \(slots)"] }
            return []
        }
    }
}
