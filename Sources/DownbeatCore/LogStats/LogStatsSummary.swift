import FoundationEssentials

/// The part of a result that a run keeps: totals and the first groups of each field.
///
/// Its keys are those of `stats`; times are RFC 3339 with the schedule's offset.
package struct LogStatsSummary: Hashable, Sendable, Codable {
    /// Groups of each field.
    package static let topMax = 20
    /// Below the 64 KiB that a run's result may have.
    package static let bytesMax = 60 * 1024
    /// Of a key or a sample.
    private static let textBytesMax = 200

    package var windowStart: String
    package var windowEnd: String
    package var lines: Int64
    package var malformed: Int64
    package var bytes: Int64
    package var groups: [LogStatsResult.Group]
    package var clients: Int64?
    package var latency: LogStatsResult.Latency?
    package var isExact: Bool
    package var samples: [String]

    /// - Parameters:
    ///   - result: what was counted.
    ///   - zone: the schedule's zone.
    package init(_ result: LogStatsResult, zone: ZoneRules) {
        self.init(result, zone: zone, top: Self.topMax)
    }

    private init(_ result: LogStatsResult, zone: ZoneRules, top: Int) {
        windowStart = InstantText.format(result.windowStart, zone: zone)
        windowEnd = InstantText.format(result.windowEnd, zone: zone)
        lines = result.lines
        malformed = result.malformed
        bytes = result.bytes
        clients = result.clients
        latency = result.latency
        isExact = result.isExact
        samples = result.samples.map { LogKeyText.cut($0, bytes: Self.textBytesMax) }
        groups = []
        var taken: [LogField: Int] = [:]
        for group in result.groups where taken[group.by, default: 0] < top {
            taken[group.by, default: 0] += 1
            var group = group
            group.key = LogKeyText.cut(group.key, bytes: Self.textBytesMax)
            groups.append(group)
        }
    }

    /// The summary as JSON with sorted keys, at most `bytesMax` long.
    ///
    /// - Throws: `EncodingError`, which plain numbers and texts do not cause.
    package static func json(_ result: LogStatsResult, zone: ZoneRules) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var top = topMax
        while true {
            let summary = LogStatsSummary(result, zone: zone, top: top)
            let text = String(decoding: try encoder.encode(summary), as: UTF8.self)
            guard text.utf8.count > bytesMax, top > 0 else { return text }
            top /= 2
        }
    }

    private enum CodingKeys: String, CodingKey {
        case windowStart = "window_start"
        case windowEnd = "window_end"
        case lines, malformed, bytes, groups, clients
        case latency = "latency_ms"
        case isExact = "exact"
        case samples
    }
}
