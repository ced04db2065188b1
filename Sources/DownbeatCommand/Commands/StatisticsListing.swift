import DownbeatCore

/// Windows of statistics as machines read them.
struct StatisticsListing {
    /// Names of the JSON fields, frozen.
    private static let fields = [
        "window_start", "window_end", "lines", "malformed", "bytes", "groups", "clients",
        "latency_ms", "exact",
    ]
    /// Columns of `plain` and CSV, one row a window, frozen.
    private static let windowColumns = [
        "window_start", "window_end", "lines", "malformed", "bytes", "clients", "p50_ms",
        "p95_ms", "p99_ms", "max_ms", "exact",
    ]
    /// Columns of `plain` and CSV, one row a group, frozen.
    private static let groupColumns = [
        "window_start", "window_end", "by", "key", "count", "bytes",
    ]

    let windows: [WindowStatistics]
    /// One row for each group of a field, where rows are asked for.
    let field: LogField?
    let times: TimeText

    /// One object a window, with its groups.
    var objects: Listing {
        Listing(
            Self.fields,
            items: windows.map { window in
                [
                    times.json(window.start), times.json(window.end), .int(window.lines),
                    .int(window.malformed), .int(window.bytes),
                    .array(window.groups.map(Self.group)), .number(window.clients),
                    window.latency.map(Self.latency) ?? .null, .bool(window.isExact),
                ]
            }
        )
    }

    /// Rows of windows, or of the field's groups.
    var rows: Listing {
        field == nil
            ? Listing(Self.windowColumns, items: windows.map(row))
            : Listing(Self.groupColumns, items: windows.flatMap(groupRows))
    }

    private func row(_ window: WindowStatistics) -> [JSONValue] {
        let latency = window.latency
        return [
            times.json(window.start), times.json(window.end), .int(window.lines),
            .int(window.malformed), .int(window.bytes), .number(window.clients),
        ]
            + [latency?.p50, latency?.p95, latency?.p99, latency?.max].map {
                $0.map(Self.milliseconds) ?? .null
            } + [.bool(window.isExact)]
    }

    private func groupRows(_ window: WindowStatistics) -> [[JSONValue]] {
        window.groups.map { group in
            [
                times.json(window.start), times.json(window.end), .string(group.by),
                .string(group.key), .int(group.count), .int(group.bytes),
            ]
        }
    }

    private static func group(_ group: WindowStatistics.Group) -> JSONValue {
        .members([
            "by": .string(group.by), "key": .string(group.key), "count": .int(group.count),
            "bytes": .int(group.bytes),
        ])
    }

    private static func latency(_ latency: WindowStatistics.Latency) -> JSONValue {
        .members([
            "p50": milliseconds(latency.p50), "p95": milliseconds(latency.p95),
            "p99": milliseconds(latency.p99), "max": milliseconds(latency.max),
        ])
    }

    private static func milliseconds(_ microseconds: Int64) -> JSONValue {
        .double(Double(microseconds) / 1000)
    }
}
