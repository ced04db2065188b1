extension LogStatsOptions: BuiltInOptions {
    package static let builtInName = "log_stats"

    /// `/var/log/nginx/access.log*, combined, previous hour, by status and path`.
    package var words: String {
        var parts = [files.first ?? ""]
        if files.count > 1 {
            parts[0] += " and \(files.count - 1) more pattern\(files.count > 2 ? "s" : "")"
        }
        parts.append(format.word)
        parts.append(window.words)
        if !groupBy.isEmpty {
            let names = groupBy.map(\.rawValue)
            let last = names[names.count - 1]
            let list =
                names.count == 1 ? last : names.dropLast().joined(separator: ", ") + " and \(last)"
            parts.append("by \(list)")
        }
        return parts.joined(separator: ", ")
    }
}

extension LogWindow.Kind {
    /// `previous hour`.
    package var words: String {
        switch self {
        case .previousHour: "previous hour"
        case .previousDay: "previous day"
        case .sinceLast: "since the last run"
        case .all: "all lines"
        }
    }
}
