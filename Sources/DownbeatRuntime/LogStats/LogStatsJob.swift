package import DownbeatCore

/// What a run of log statistics gives: stored in one commit, or not at all.
package struct LogStatsOutcome: Hashable, Sendable {
    package var result: LogStatsResult
    /// Where the next `since_last` run goes on; empty for the other windows.
    package var positions: [LogPosition]
    /// What was left out and why, in sentences without a full stop.
    package var notes: [String]

    package init(result: LogStatsResult, positions: [LogPosition], notes: [String]) {
        self.result = result
        self.positions = positions
        self.notes = notes
    }
}

/// Told after each block: bytes of files as stored, done and in all.
///
/// It ends the run by throwing `LogStatsFailure.cancelled`.
package typealias LogStatsProgress =
    (_ bytesDone: Int64, _ bytesTotal: Int64) throws(LogStatsFailure) -> Void

/// One run of log statistics: lists, plans, reads and counts.
///
/// It blocks, so it belongs into a process or a thread of its own. It writes nothing: a run that is
/// ended in the middle is repeated from the positions it was given.
package struct LogStatsJob {
    private let options: LogStatsOptions
    private let nominal: Timestamp
    private let rules: ZoneRules
    private let positions: [LogPosition]
    private let limits: LogStatsLimits
    private let progress: LogStatsProgress

    /// - Parameters:
    ///   - options: without problems.
    ///   - nominal: the slot's nominal time; of a manual run, when it was asked for.
    ///   - rules: the schedule's zone.
    ///   - positions: of the last run's outcome; used by `since_last` alone.
    ///   - limits: what bounds memory.
    ///   - progress: told how far it is.
    package init(
        options: LogStatsOptions,
        nominal: Timestamp,
        rules: ZoneRules,
        positions: [LogPosition],
        limits: LogStatsLimits = LogStatsLimits(),
        progress: @escaping LogStatsProgress
    ) {
        self.options = options
        self.nominal = nominal
        self.rules = rules
        self.positions = positions
        self.limits = limits
        self.progress = progress
    }

    /// Counts.
    ///
    /// - Throws: `LogStatsFailure`.
    package func run() throws(LogStatsFailure) -> LogStatsOutcome {
        let window = LogWindow.window(for: nominal, kind: options.window, rules: rules)
        let engine: LogStatsEngine
        do {
            engine = try LogStatsEngine(
                options,
                window: window,
                zone: rules,
                seed: SystemRandom().next(),
                limits: limits
            )
        } catch {
            throw .options(error)
        }
        let listing = try LogListing(options.files, writtenSince: window?.start)
        let plan = try plan(for: listing.files)
        var reader = LogReader(
            engine: engine,
            total: bytesToRead(plan, listing.files),
            progress: progress
        )
        var reached: [LogPosition] = []
        for step in plan.steps {
            let file = listing.files[step.file]
            let end = try reader.read(file, from: step, lastLine: lastLine(of: file))
            guard options.window == .sinceLast, end.offset > 0 else { continue }
            reached.append(
                LogPosition(in: file.facts, offset: end.offset, tailHash: end.tailHash)
            )
        }
        return LogStatsOutcome(
            result: engine.result(nominal: nominal),
            positions: reached + plan.carried,
            notes: listing.notes
        )
    }

    private func plan(for files: [LogFile]) throws(LogStatsFailure) -> LogReadingPlan {
        let isSinceLast = options.window == .sinceLast
        if isSinceLast { for file in files { try file.readHead() } }
        guard isSinceLast else {
            let steps = files.indices.map {
                LogReadingPlan.Step(
                    file: $0,
                    offset: 0,
                    tailHash: LogPosition.hash([]),
                    isUnchanged: false
                )
            }
            return LogReadingPlan(steps: steps, carried: [])
        }
        do {
            return try LogReadingPlan(positions: positions, files: files.map(\.facts)) {
                file,
                offset in
                try files[file].tailHash(before: offset)
            }
        } catch let error as LogStatsFailure {
            throw error
        } catch {
            throw .unreadable(SystemError("read the logs", errorNumber: 0, reason: "\(error)"))
        }
    }

    private func bytesToRead(_ plan: LogReadingPlan, _ files: [LogFile]) -> Int64 {
        plan.steps.reduce(0) { sum, step in
            let facts = files[step.file].facts
            guard !step.isUnchanged else { return sum }
            return sum + max(0, facts.isCompressed ? facts.size : facts.size - step.offset)
        }
    }

    /// A line that is being written when we come by is whole the next time.
    private func lastLine(of file: LogFile) -> LogStatsEngine.LastLine {
        if file.facts.isCompressed { return .count }
        return options.window == .sinceLast ? .leave : .countIfWellFormed
    }
}
