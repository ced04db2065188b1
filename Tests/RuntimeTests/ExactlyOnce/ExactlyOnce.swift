import DownbeatCore
import DownbeatRuntime
import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// The places at which a service ends itself exist in debug builds only.
    static var needsFailpoints: Self {
        #if DEBUG
            .enabled(if: true)
        #else
            .disabled("crash points exist in debug builds only")
        #endif
    }
}

/// All tests that kill real services; one after the other, since each wants the machine for itself.
@Suite("Exactly once", .tags(.processes), .serialized)
enum ExactlyOnce {
    /// Looks for a slot that is missing or doubled, a run that is, and attempts that overlap.
    struct Audit {
        /// Every second of each of these is a slot.
        var schedules: [String]
        /// Nothing may be older: the first service was started then.
        var start: Timestamp
        /// Every slot after it must be there: the first service was ready then.
        var firstReady: Timestamp
        /// Every slot up to it must be there.
        var lastSeen: Timestamp
        var isAtMostOnce: Bool

        /// What is wrong; the first of it.
        func findings(_ books: Books, _ diary: Diary) -> [String] {
            var found: [String] = []
            let runs = Dictionary(grouping: books.runs) { $0.id }
            for schedule in schedules {
                let slots = books.slots.filter { $0.schedule == schedule }
                found += gaps(slots, of: schedule)
                for slot in slots {
                    guard let run = slot.run_id else {
                        found.append("\(schedule) \(slot.slot) \(slot.reason ?? slot.outcome)")
                        continue
                    }
                    let matching = runs[run, default: []].filter {
                        $0.schedule == schedule && $0.time == slot.time
                    }
                    if matching.count != 1 {
                        found.append("\(schedule) \(slot.slot) has \(matching.count) runs \(run)")
                    }
                }
            }
            let fired = Set(books.slots.compactMap(\.run_id))
            if fired.count != books.slots.compactMap(\.run_id).count {
                found.append("two slots have one run")
            }
            found += books.runs.filter { !fired.contains($0.id) }.map { "\($0.id) has no slot" }
            let pages = Dictionary(grouping: diary.lines) { $0.run }
            for run in books.runs { found += self.findings(run, pages[run.id, default: []]) }
            for (run, lines) in pages where runs[run] == nil {
                found.append("the diary knows \(lines[0].schedule) \(run), the books do not")
            }
            return Array(found.prefix(20))
        }

        /// Slots are whole seconds, one row each, from the first to the last.
        private func gaps(_ slots: [Books.Slot], of schedule: String) -> [String] {
            let seconds = slots.filter { $0.outcome == "fired" }.map(\.time.seconds)
            guard let first = seconds.first, let last = seconds.last else {
                return ["\(schedule) never fired"]
            }
            var found: [String] = []
            if first < start.seconds { found.append("\(schedule) fired before it was there") }
            if first > firstReady.seconds + 1 {
                found.append("\(schedule) began \(first - firstReady.seconds) s late")
            }
            if last < lastSeen.seconds { found.append("\(schedule) ended \(last) of \(lastSeen)") }
            for (before, after) in zip(seconds, seconds.dropFirst()) where after != before + 1 {
                found.append("\(schedule) fired at \(before), then at \(after)")
            }
            return found
        }

        /// A run has ended, and its attempts came one after the other.
        private func findings(_ run: Books.Run, _ lines: [Diary.Line]) -> [String] {
            var found: [String] = []
            let text = "\(run.schedule) \(run.id) \(run.state.rawValue)"
            if !run.state.isFinal { found.append("\(text) has not ended") }
            if lines.contains(where: { $0.schedule != run.schedule || $0.slot != run.time }) {
                found.append("\(text) wrote another's name or slot")
            }
            // A line of an earlier attempt after one of a later: both were alive.
            let attempts = lines.map(\.attempt)
            if attempts != attempts.sorted() { found.append("\(text) overlaps: \(attempts)") }
            if let last = attempts.last, last > run.attempts {
                found.append("\(text) has \(run.attempts) attempts, the diary \(last)")
            }
            let starts = lines.filter { $0.moment == .start }.map(\.attempt)
            if Set(starts).count != starts.count { found.append("\(text) started: \(starts)") }
            let hasEndLine = lines.contains { $0.moment == .end && $0.attempt == run.attempts }
            if run.state == .succeeded, !hasEndLine { found.append("\(text) without an end") }
            let isLost = run.state == .failed && run.exit_code == nil && run.signal == nil
            if isLost, run.attempts < AttemptVerdict.lostAttemptsMax {
                found.append("\(text) was given up: \(run)")
            }
            if isAtMostOnce {
                if starts.count > 1 || run.attempts > 1 { found.append("\(text) twice: \(starts)") }
            } else if run.state == .unknown {
                found.append("\(text), although at least once")
            }
            return found
        }
    }
}

extension ServiceFolder {
    /// Stops a service in a moment in which everything due has ended, so that nothing waits.
    ///
    /// That moment is guessed from the diary: the commands of the newest slot have ended and the next
    /// slot is not near. Where the guess was wrong a run waits for the next service, which the caller
    /// has to look for.
    ///
    /// - Parameters:
    ///   - service: is ready.
    ///   - schedules: all of them fire every second.
    /// - Returns: the slot that was the newest.
    /// - Throws: `RanOut` when there is no such moment.
    func stopInCalm(_ service: Service, _ schedules: [String]) throws -> Timestamp {
        let newest = try Patience.wait(for: "a calm moment") { () -> Timestamp? in
            if let end = service.process.end {
                throw Service.Ended(end: end, errors: service.process.errors)
            }
            let now = SystemClocks().now
            guard now.microseconds % 1_000_000 < 850_000 else { return nil }
            let slot = Timestamp(seconds: now.seconds)
            let ended = try diary().lines.suffix(schedules.count * 20).filter {
                $0.moment == .end && $0.slot == slot
            }
            guard Set(ended.map(\.schedule)).count == schedules.count else { return nil }
            service.process.signal(SIGTERM)
            return slot
        }
        let end = try service.process.waitForEnd()
        guard end == .exited(0) else {
            throw Service.Ended(end: end, errors: service.process.errors)
        }
        try service.waitUntilTidy()
        return newest
    }

    /// Starts a last service and lets everything end, then stops it.
    ///
    /// - Returns: the newest slot, and the books after the stop.
    func finish(_ schedules: [String]) throws -> (newest: Timestamp, books: Books) {
        try Patience.wait(for: "the end of all runs", within: .seconds(300)) {
            let service = try start()
            try service.waitUntilReady()
            let newest = try stopInCalm(service, schedules)
            let books = try Books(self)
            return books.open.isEmpty ? (newest, books) : nil
        }
    }
}
