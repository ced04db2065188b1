import DownbeatCore

/// Windows of statistics for people: a table of the windows, one for each field, or bars.
struct StatisticsReport {
    /// What is not listed by itself.
    private static let other = "(other)"

    let windows: [WindowStatistics]
    /// Groups of each field that are shown; the rest is summed.
    let top: Int
    let times: TimeText
    let session: Session

    private enum Rank: String {
        case p50, p95, p99, max

        func value(in latency: WindowStatistics.Latency) -> Int64 {
            switch self {
            case .p50: latency.p50
            case .p95: latency.p95
            case .p99: latency.p99
            case .max: latency.max
            }
        }
    }

    /// Latencies that are shown, as many as there is room for: figures are not cut.
    private static let ranks: [[Rank]] = [[.p50, .p95, .p99, .max], [.p95, .p99], [.p95], []]
    /// Wider than any table.
    private static let endless = 10_000

    /// The windows as rows.
    func writeTable() {
        let tables = Self.ranks.map(table)
        let fitting = tables.first { table in
            table.render(width: Self.endless, colour: false).split(separator: "\n")
                .allSatisfy { DisplayWidth.of($0) <= session.width }
        }
        session.write(fitting ?? tables[tables.count - 1])
        guard windows.contains(where: { !$0.isExact }) else { return }
        session.line("~ estimated in part: more than 1,000,000 different values")
    }

    private func table(_ ranks: [Rank]) -> Table {
        let titles =
            ["REQUESTS", "BYTES", "CLIENTS"] + ranks.map { $0.rawValue.uppercased() }
            + ["MALFORMED"]
        var table = Table([Table.Column("WINDOW")] + titles.map(Self.figures))
        let hasMalformed = windows.contains { $0.malformed > 0 }
        for (window, label) in zip(windows, labels) {
            table.rows.append(
                [
                    Table.Cell(window.isExact ? label : label + " ~", .bold),
                    Table.Cell(Words.grouped(Int(window.lines))),
                    Table.Cell(Words.bytes(window.bytes)),
                    Table.Cell(window.clients.map { Words.grouped(Int($0)) } ?? ""),
                ]
                    + ranks.map { rank in
                        Table.Cell(window.latency.map { Words.latency(rank.value(in: $0)) } ?? "")
                    }
                    + [
                        Table.Cell(
                            hasMalformed ? Words.grouped(Int(window.malformed)) : "",
                            window.malformed > 0 ? .yellow : nil
                        )
                    ]
            )
        }
        return table
    }

    /// The groups of each window, a table for each field.
    func writeGroups() {
        for (window, label) in zip(windows, labels) {
            for (index, groups) in Self.fields(of: window).enumerated() {
                if index > 0 || windows.count > 1 { session.line() }
                if index == 0, windows.count > 1 { session.line(label) }
                writeGroups(groups, of: window)
            }
        }
    }

    /// Bars of the windows.
    func writeChart() {
        let bars = zip(windows, labels).map { BarChart.Bar(label: $1, value: $0.lines) }
        for line in BarChart(bars: bars).lines(width: session.width) { session.line(line) }
    }

    /// Bars of the groups of each window.
    func writeGroupChart() {
        for (index, (window, label)) in zip(windows, labels).enumerated() {
            if index > 0 { session.line() }
            for groups in Self.fields(of: window) {
                session.line("\(label), by \(groups[0].by)")
                let bars = folded(groups).map { BarChart.Bar(label: $0.key, value: $0.count) }
                for line in BarChart(bars: bars).lines(width: session.width) { session.line(line) }
            }
        }
    }

    private func writeGroups(_ groups: [WindowStatistics.Group], of window: WindowStatistics) {
        // The key stands last, where a long one has room.
        var table = Table([
            Self.figures("REQUESTS"), Self.figures("SHARE"), Self.figures("BYTES"),
            Table.Column(groups[0].by.uppercased()),
        ])
        for group in folded(groups) {
            table.rows.append([
                Table.Cell(Words.grouped(Int(group.count))),
                Table.Cell(Words.share(group.count, of: window.lines)),
                Table.Cell(Words.bytes(group.bytes)),
                Table.Cell(group.key, group.key == Self.other ? .faint : .bold),
            ])
        }
        session.write(table)
    }

    /// The first ones, and the sum of the others.
    private func folded(_ groups: [WindowStatistics.Group]) -> [WindowStatistics.Group] {
        let rest = groups.dropFirst(top)
        // One group instead of one that says "other" is no loss of room.
        guard rest.count > 1, var sum = rest.first else { return groups }
        for group in rest.dropFirst() {
            sum.count += group.count
            sum.bytes += group.bytes
        }
        sum.key = Self.other
        return groups.prefix(top) + [sum]
    }

    /// The groups of each field that has some, in order.
    private static func fields(of window: WindowStatistics) -> [[WindowStatistics.Group]] {
        var fields: [[WindowStatistics.Group]] = []
        for group in window.groups {
            if fields.last?.last?.by == group.by {
                fields[fields.count - 1].append(group)
            } else {
                fields.append([group])
            }
        }
        return fields
    }

    /// What the windows are called; with the zone's offset where it changes between them.
    private var labels: [String] {
        let seconds = times.seconds(of: windows.flatMap { [$0.start, $0.end] })
        let offsets = windows.map { times.offset(at: $0.start) }
        let isChanging = Set(offsets).count > 1
        return zip(windows, offsets).map { window, offset in
            times.span(window.start, window.end, seconds: seconds)
                + (isChanging ? " \(offset)" : "")
        }
    }

    private static func figures(_ title: String) -> Table.Column {
        Table.Column(title, alignment: .trailing)
    }

    /// Groups by field in the order given, each field's by count, `(other)` last.
    static func ordered(
        _ groups: [WindowStatistics.Group],
        fields: [LogField]
    ) -> [WindowStatistics.Group] {
        func place(_ group: WindowStatistics.Group) -> Int {
            fields.firstIndex { $0.rawValue == group.by } ?? fields.count
        }
        return groups.enumerated().sorted { left, right in
            let (one, two) = (left.element, right.element)
            let isOther = (one.key == other, two.key == other)
            return (place(one), one.by, isOther.0 ? 1 : 0, left.offset)
                < (place(two), two.by, isOther.1 ? 1 : 0, right.offset)
        }.map(\.element)
    }
}
