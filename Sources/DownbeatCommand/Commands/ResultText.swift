import DownbeatCore
import Foundation

/// Results of built-ins for people.
enum ResultText {
    /// Groups named on one line.
    private static let groupsMax = 8

    /// The lines of a run's result, the first of which says it all in short; nil when there is none, or
    /// when it is shown as the JSON that it is.
    static func lines(of detail: RunDetail, times: TimeText, _ session: Session) -> [String]? {
        guard let json = detail.result else { return nil }
        return switch detail.record.task {
        case BackupOptions.builtInName: backup(json, detail.record.id, session)
        case LogStatsOptions.builtInName: logStats(json, times)
        default: nil
        }
    }

    private static func backup(_ json: String, _ id: RunID, _ session: Session) -> [String]? {
        // What another version wrote is shown as it is.
        guard let result = try? JSONDecoder().decode(BackupResult.self, from: Data(json.utf8))
        else { return nil }
        var parts = [session.shown(result.path), Words.bytes(result.bytes)]
        parts.append(result.isVerified ? "verified" : "not verified")
        if !result.warnings.isEmpty {
            let warnings = Words.count(result.warnings.count, "warning")
            parts.append("\(warnings)   -> downbeat logs \(id)")
        }
        return [parts.joined(separator: "  "), "sha256 \(result.sha256)"]
            + result.deleted.map { "let go: \(session.shown($0))" }
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
