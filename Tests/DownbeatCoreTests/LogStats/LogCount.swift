import DownbeatCore

/// Counts texts as one file, in blocks of any size.
enum LogCount {
    static func of(
        _ text: [UInt8],
        _ options: LogStatsOptions,
        window: LogWindow? = nil,
        zone: ZoneRules = .utc,
        limits: LogStatsLimits = LogStatsLimits(),
        block: Int = 1 << 20,
        lastLine: LogStatsEngine.LastLine = .count
    ) throws -> LogStatsResult {
        let engine = try LogStatsEngine(
            options,
            window: window,
            zone: zone,
            seed: 7,
            limits: limits
        )
        engine.beginFile()
        var rest: [UInt8] = []
        var place = 0
        while place < text.count {
            rest += text[place..<min(text.count, place + block)]
            place += block
            let used = rest.withUnsafeBytes { engine.consume($0) }
            rest.removeFirst(used)
        }
        _ = rest.withUnsafeBytes { engine.endFile(rest: $0, lastLine: lastLine) }
        return engine.result(nominal: Timestamp(seconds: 0))
    }

    static func of(
        _ text: String,
        _ options: LogStatsOptions,
        window: LogWindow? = nil,
        zone: ZoneRules = .utc
    ) throws -> LogStatsResult {
        try of(Array(text.utf8), options, window: window, zone: zone)
    }

    static func options(
        _ format: LogFormat = .combined,
        by groupBy: [LogField] = [],
        query: LogStatsOptions.Query = .cut,
        unit: LogStatsOptions.LatencyUnit = .seconds,
        top: Int = 1000
    ) -> LogStatsOptions {
        LogStatsOptions(
            files: ["access.log"],
            format: format,
            latencyUnit: unit,
            window: .all,
            groupBy: groupBy,
            query: query,
            top: top
        )
    }
}
