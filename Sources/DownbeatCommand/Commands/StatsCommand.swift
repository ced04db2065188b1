import ArgumentParser
import DownbeatCore

/// `downbeat stats NAME`: what `log_stats` has counted.
struct StatsCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show what a schedule's `log_stats` has counted.",
        discussion: """
            EXAMPLES:
              downbeat stats log-stats                       the newest windows
              downbeat stats log-stats --from 7d --chart     bars of requests
              downbeat stats log-stats --by path --top 20
              downbeat stats log-stats --from 2026-11-01 --to 2026-11-30 --csv > november.csv

            Windows come oldest first. On a terminal the groups of the newest one follow. With --by \
            the groups of one field are shown, of the newest window if no range and no --limit is \
            given. Times are in the schedule's zone, or in --zone.
            """
    )

    @Argument(help: "Name of a schedule.", completion: ValueCompletion.schedules.kind)
    var name: String

    @Option(help: "Only windows that start at or after this: 24h, a date, a local time, RFC 3339.")
    var from: String?

    @Option(help: "Only windows that start before this; a date includes that day.")
    var to: String?

    @Option(
        help: ArgumentHelp("The groups of one field: status, path ..", valueName: "field"),
        completion: .list(LogField.allCases.map(\.rawValue))
    )
    var by: String?

    @Flag(help: "Bars of requests, by window or, with --by, by group.")
    var chart = false

    @Flag(help: "Comma-separated values (RFC 4180).")
    var csv = false

    @Option(
        help: ArgumentHelp(
            "Windows at most, the newest (default: 24; all of a range).",
            valueName: "n"
        )
    )
    var limit: Int?

    @Option(help: ArgumentHelp("Groups of each field in tables and bars.", valueName: "n"))
    var top = 10

    @OptionGroup var global: GlobalOptions

    /// A day of hours.
    private static let standardLimit = 24
    /// More than a year of hours.
    private static let limitMax = 10_000

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        try checkForm(session)
        let subject = try StatisticsSubject(name: name, session: session)
        let field = try by.map { text throws(CommandError) in try subject.field(text) }
        let query = try query(subject, field, session)
        var windows = try subject.windows(query)
        // One more was read, to know whether there is more.
        let hasMore = windows.count == query.limit
        if hasMore { windows.removeFirst() }
        guard !windows.isEmpty else {
            let words = try subject.nothing(isRange: query.from != nil || query.to != nil)
            write(StatisticsListing(windows: [], field: field, times: subject.times), session) {
                session.line(words)
            }
            if !session.isTable || csv { session.say(words) }
            return ExitStatus.success.rawValue
        }
        write(StatisticsListing(windows: windows, field: field, times: subject.times), session) {
            session.line("\(subject.times.zone.name), now \(subject.times.absolute(session.now))")
            session.line()
        }
        if isForPeople(session) { try report(windows, field, subject, session) }
        if hasMore, limit == nil, field == nil {
            session.say("older windows: --limit, or a range: --from 7d")
        }
        return ExitStatus.success.rawValue
    }

    private func isForPeople(_ session: Session) -> Bool { (session.isTable || chart) && !csv }

    private func write(_ listing: StatisticsListing, _ session: Session, people: () -> Void) {
        if csv {
            session.write(CSVText.render(listing.rows.fields, listing.rows.items))
        } else if isForPeople(session) {
            people()
        } else {
            let items = session.format.isForMachines ? listing.objects : listing.rows
            session.write(items.render(session.format))
        }
    }

    private func report(
        _ windows: [WindowStatistics],
        _ field: LogField?,
        _ subject: StatisticsSubject,
        _ session: Session
    ) throws(CommandError) {
        let report = StatisticsReport(
            windows: windows,
            top: top,
            times: subject.times,
            session: session
        )
        switch (chart, field) {
        case (true, nil): report.writeChart()
        case (true, .some): report.writeGroupChart()
        case (false, .some):
            report.writeTable()
            session.line()
            report.writeGroups()
        case (false, nil):
            report.writeTable()
            try writeNewest(windows, subject, session)
        }
        guard windows.contains(where: { $0.malformed > 0 }) else { return }
        session.say("samples of malformed lines: downbeat runs show \(name)")
    }

    /// The groups of the newest window, which the windows were read without.
    private func writeNewest(
        _ windows: [WindowStatistics],
        _ subject: StatisticsSubject,
        _ session: Session
    ) throws(CommandError) {
        guard let newest = windows.last else { return }
        let query = StatisticsQuery(schedule: name, from: newest.start, limit: 1)
        let found = try subject.windows(query)
        guard !found.allSatisfy(\.groups.isEmpty) else { return }
        session.line()
        if windows.count > 1 { session.line("of the newest window:") }
        StatisticsReport(windows: found, top: top, times: subject.times, session: session)
            .writeGroups()
    }

    // MARK: Options

    private func checkForm(_ session: Session) throws(CommandError) {
        let names = [
            chart ? "--chart" : nil, csv ? "--csv" : nil, global.isJSON ? "--json" : nil,
            global.format.map { "-o \($0.rawValue)" },
        ].compactMap(\.self)
        guard names.count > 1, chart || csv else { return try checkTop() }
        throw CommandError(
            .usage,
            "\(names.joined(separator: " and ")) exclude each other",
            remedy: "choose one"
        )
    }

    private func checkTop() throws(CommandError) {
        guard !(1...LogStatsOptions.topMax).contains(top) else { return }
        throw CommandError(
            .usage,
            "--top \(top) is out of range",
            remedy: "use a number from 1 to \(LogStatsOptions.topMax)"
        )
    }

    private func query(
        _ subject: StatisticsSubject,
        _ field: LogField?,
        _ session: Session
    ) throws(CommandError) -> StatisticsQuery {
        let zone = subject.times.zone
        let from = try from.map { text throws(CommandError) in
            try instant(text, "--from", zone, .startOfDay, session)
        }
        let to = try to.map { text throws(CommandError) in
            try instant(text, "--to", zone, .endOfDay, session)
        }
        if let from, let to, from >= to {
            throw CommandError(.usage, "--from is not before --to", remedy: "swap them")
        }
        let isRange = from != nil || to != nil
        let standard = isRange ? Self.limitMax : field == nil ? Self.standardLimit : 1
        let limit = limit ?? standard
        guard (1...Self.limitMax).contains(limit) else {
            throw CommandError(
                .usage,
                "--limit \(limit) is out of range",
                remedy: "use a number from 1 to \(Self.limitMax)"
            )
        }
        return StatisticsQuery(
            schedule: name,
            from: from,
            to: to,
            limit: limit + 1,
            groups: groups(field, session)
        )
    }

    /// Those that will be shown.
    private func groups(_ field: LogField?, _ session: Session) -> StatisticsQuery.Groups {
        if let field { return .by(field.rawValue) }
        return session.format.isForMachines ? .all : .none
    }

    private func instant(
        _ text: String,
        _ option: String,
        _ zone: ZoneRules,
        _ bareDate: InstantText.DateHandling,
        _ session: Session
    ) throws(CommandError) -> Timestamp {
        do {
            return session.now - (try DurationText.parse(text))
        } catch {
            return try session.instant(text, option: option, zone: zone, bareDate: bareDate)
        }
    }
}
