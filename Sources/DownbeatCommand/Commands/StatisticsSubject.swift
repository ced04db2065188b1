import DownbeatCore
import Foundation

/// The schedule that statistics are asked of, and how to read them.
struct StatisticsSubject {
    let name: String
    /// In the schedule's zone, if no other was asked for.
    let times: TimeText
    /// Nil: neither the files nor the database have it any more; its statistics stay.
    private let view: ScheduleView?
    /// What it counts now; nil: nothing.
    private let options: LogStatsOptions?
    private let state: any StateAccess
    private let settings: ServiceSettings?
    private let session: Session

    /// Finds the schedule.
    ///
    /// - Throws: `CommandError` 66 when there is no such schedule, when it counts no logs and never
    ///   did, or when there is no database.
    init(name: String, session: Session) throws(CommandError) {
        let configuration = session.knownSchedulesIfAny()?.configuration
        let settings = configuration?.settings
        let known = try session.stateIfAny(settings)
        var views: [ScheduleView] = []
        if let configuration {
            views = try ScheduleView.all(configuration, state: known, session: session)
        }
        let view = views.first { $0.schedule.name == name }
        let options = Self.options(of: view)
        if options == nil {
            let isStored = try Self.hasStatistics(name, known, settings, session)
            if !isStored {
                guard let view else { throw .noSchedule(name, among: views.map(\.schedule.name)) }
                throw Self.countsNothing(view, views)
            }
        }
        if let known {
            state = known
        } else {
            state = try session.state(settings)
        }
        self.name = name
        self.view = view
        self.options = options
        self.settings = settings
        self.session = session
        let shown = try session.times(settings)
        times =
            session.options.zone == nil
            ? view.map { shown.inZone($0.schedule.rule.zone) } ?? shown : shown
    }

    private static func options(of view: ScheduleView?) -> LogStatsOptions? {
        guard case .builtIn(let builtIn) = view?.schedule.definition.action,
            builtIn.name == LogStatsOptions.builtInName
        else { return nil }
        // What was adopted by another version counts by fields that are not known here.
        return (try? JSONDecoder().decode(LogStatsOptions.self, from: Data(builtIn.options.utf8)))
            ?? LogStatsOptions(files: [], format: .common, window: .all)
    }

    private static func hasStatistics(
        _ name: String,
        _ state: (any StateAccess)?,
        _ settings: ServiceSettings?,
        _ session: Session
    ) throws(CommandError) -> Bool {
        guard let state else { return false }
        return try session.with(settings) { () throws(StoreError) in
            let query = StatisticsQuery(schedule: name, limit: 1, groups: .none)
            return !(try state.statistics(query).isEmpty)
        }
    }

    private static func countsNothing(
        _ view: ScheduleView,
        _ views: [ScheduleView]
    ) -> CommandError {
        let counting = views.filter { options(of: $0) != nil }.map { "`\($0.schedule.name)`" }
        return CommandError(
            .missing,
            "`\(view.schedule.name)` has no statistics",
            why: "its action is `\(view.schedule.definition.action.task)`, not `log_stats`",
            remedy: counting.isEmpty
                ? "no schedule has `log_stats`; see how it is written: downbeat explain E0416"
                : "these have: \(counting.joined(separator: ", "))"
        )
    }

    // MARK: Reading

    /// Windows, oldest first, their groups in the order of `group_by`.
    func windows(_ query: StatisticsQuery) throws(CommandError) -> [WindowStatistics] {
        let found = try session.with(settings) { () throws(StoreError) in
            try state.statistics(query)
        }
        let fields = options?.groupBy ?? []
        return found.map { window in
            var window = window
            window.groups = StatisticsReport.ordered(window.groups, fields: fields)
            return window
        }
    }

    /// The field that was named.
    ///
    /// - Throws: `CommandError` 64 when there is no such field, or when nothing is grouped by it.
    func field(_ text: String) throws(CommandError) -> LogField {
        guard let field = LogField(rawValue: text) else {
            let words = options?.groupBy.map(\.rawValue) ?? []
            throw .unknown(
                .usage,
                "unknown field",
                text,
                candidates: words.isEmpty ? LogField.allCases.map(\.rawValue) : words
            )
        }
        guard let options, !options.groupBy.contains(field) else { return field }
        // What was counted before the file was changed can still be shown.
        let newest = StatisticsQuery(schedule: name, limit: 1, groups: .by(text))
        guard try windows(newest).allSatisfy(\.groups.isEmpty) else { return field }
        let fields = options.groupBy.map(\.rawValue).joined(separator: ", ")
        throw CommandError(
            .usage,
            "`\(name)` does not group by \(text)",
            why: fields.isEmpty ? "it has no `group_by`" : "it groups by \(fields)",
            remedy: "add `\(text)` to its `group_by`"
        )
    }

    // MARK: Nothing to show

    /// Why there is nothing to show, and what to do.
    func nothing(isRange: Bool) throws(CommandError) -> String {
        let newest = try windows(StatisticsQuery(schedule: name, limit: 1, groups: .none)).last
        if isRange, let newest {
            let seconds = times.seconds(of: [newest.start, newest.end])
            let span = times.span(newest.start, newest.end, seconds: seconds)
            return "no windows in this range; the newest is \(span) (\(times.zone.name))"
        }
        let now = "one now: " + (try RunNow.command(name, session, settings))
        if let run = view?.summary?.latestRun {
            switch run.state {
            case .failed:
                return "no statistics yet: the latest run failed: \(run.error ?? "")"
                    + "   (downbeat runs show \(name))"
            case .running, .queued, .scheduled:
                return "no statistics yet: the first run is \(run.state.rawValue)"
            case .succeeded, .cancelled, .expired, .unknown: break
            }
        }
        guard let next = view?.next(now: session.now) else {
            return "no statistics yet, and no run is due; \(now)"
        }
        return "no statistics yet; the next run is due \(times.near(next))"
            + " (\(times.relative(next))), \(now)"
    }
}
