import DownbeatCore
import Foundation

/// Results of built-ins for people.
enum ResultText {
    /// Groups named on one line.
    private static let groupsMax = 8

    /// The lines of a result; nil when it is shown as the JSON that it is.
    static func lines(of json: String, task: String, times: TimeText) -> [String]? {
        switch task {
        case LogStatsOptions.builtInName: logStats(json, times)
        default: nil
        }
    }

    private static func logStats(_ json: String, _ times: TimeText) -> [String]? {
        // What another version wrote is shown as it is.
        guard let summary = try? JSONDecoder().decode(LogStatsSummary.self, from: Data(json.utf8)),
            // As above.
            let start = try? InstantText.parse(summary.windowStart),
            // As above.
            let end = try? InstantText.parse(summary.windowEnd)
        else { return nil }
        var figures = [
            Words.count(Int(summary.lines), "request"), Words.bytes(summary.bytes),
        ]
        if let clients = summary.clients { figures.append(Words.count(Int(clients), "client")) }
        if let latency = summary.latency {
            figures.append("p95 \(Words.latency(Int64((latency.p95 * 1000).rounded())))")
        }
        figures.append("\(Words.grouped(Int(summary.malformed))) malformed")
        if !summary.isExact { figures.append("in part estimated") }
        let window = times.span(start, end, seconds: times.seconds(of: [start, end]))
        return ["\(window): \(figures.joined(separator: ", "))"] + groups(summary.groups)
            + summary.samples.map { "malformed: \($0)" }
    }

    private static func groups(_ groups: [LogStatsResult.Group]) -> [String] {
        var fields: [LogField] = []
        for group in groups where !fields.contains(group.by) { fields.append(group.by) }
        return fields.map { field in
            let ofField = groups.filter { $0.by == field }
            let shown = ofField.prefix(groupsMax)
                .map { "\($0.key) \(Words.grouped(Int($0.count)))" }
            let rest = ofField.count > groupsMax ? ", .." : ""
            return "\(field.rawValue): \(shown.joined(separator: ", "))\(rest)"
        }
    }
}
