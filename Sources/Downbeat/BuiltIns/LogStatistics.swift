import DownbeatCore
import DownbeatRuntime
import Foundation

/// The built-in `log_stats`: counts the lines of logs in a child.
enum LogStatistics {
    /// Notes on files that become warnings of one run; with more something is wrong with the globs.
    private static let notesMax = 20

    static let run: BuiltInBody = { context in
        let options = try context.options(as: LogStatsOptions.self)
        let zone = try zone(of: context)
        let last = options.window == .sinceLast ? try bookmark(of: context) : nil
        let readAt = context.clocks.now
        let outcome = try count(options, zone, last, context)
        warn(of: outcome, options, context)
        var result = outcome.result
        var positions: [UInt8]?
        if options.window == .sinceLast {
            let window = LogBookmark.window(
                after: last,
                readAt: readAt,
                earliest: result.windowStart
            )
            result.windowStart = window.start
            result.windowEnd = window.end
            let next = LogBookmark(until: window.end, files: outcome.positions)
            positions = Array(try JSONEncoder().encode(next))
        }
        return BuiltInOutcome(
            result: Array(try LogStatsSummary.json(result, zone: zone).utf8),
            statistics: [WindowStatistics(result)],
            positions: positions
        )
    }

    private static func zone(of context: BuiltInContext) throws(BuiltInFailure) -> ZoneRules {
        do {
            return try context.zones.zone(named: context.job.zone)
        } catch {
            let remedy = error.remedy(among: context.zones.zoneNames)
            throw BuiltInFailure("\(error.message); \(remedy)", mayRepeat: false)
        }
    }

    /// What the last run left.
    ///
    /// To read what is not understood as nothing would count everything again.
    private static func bookmark(
        of context: BuiltInContext
    ) throws(BuiltInFailure) -> LogBookmark? {
        guard let bytes = context.job.positions else { return nil }
        do {
            return try JSONDecoder().decode(LogBookmark.self, from: Data(bytes))
        } catch {
            throw BuiltInFailure(
                "what the last run of `\(context.job.schedule)` has left is not of this version of"
                    + " `log_stats`; give the schedule another name to count from the beginning",
                mayRepeat: false
            )
        }
    }

    private static func count(
        _ options: LogStatsOptions,
        _ zone: ZoneRules,
        _ last: LogBookmark?,
        _ context: BuiltInContext
    ) throws -> LogStatsOutcome {
        let job = LogStatsJob(
            options: options,
            nominal: context.job.nominal,
            rules: zone,
            positions: last?.files ?? []
        ) { (done, total) throws(LogStatsFailure) in
            guard !context.isCancelled else { throw .cancelled }
            context.progress(done, of: total, phase: "count")
        }
        do {
            return try job.run()
        } catch .cancelled {
            throw BuiltInCancelled()
        } catch {
            throw BuiltInFailure(error.description, mayRepeat: error.mayPass)
        }
    }

    private static func warn(
        of outcome: LogStatsOutcome,
        _ options: LogStatsOptions,
        _ context: BuiltInContext
    ) {
        for note in outcome.notes.prefix(notesMax) { context.warn(note) }
        let more = outcome.notes.count - notesMax
        if more > 0 { context.warn("\(more) more files were left out") }
        let result = outcome.result
        guard result.lines == 0, result.malformed > 0 else { return }
        context.warn(
            "none of \(result.malformed) lines has the format \(options.format.word); the first is: "
                + (result.samples.first ?? "")
        )
    }
}
