extension BackupOptions: BuiltInOptions {
    package static var builtInName: String { "backup" }

    /// `/srv/app/app.db -> /srv/backup/app, zstd, then verify; keeps 7 daily, 4 weekly`.
    package var words: String {
        var text = "\(source.path) -> \(destination)"
        if compression != .none { text += ", \(compression.rawValue)" }
        if verification == .on { text += ", then verify" }
        return text + "; keeps \(retention.words)"
    }

    /// The programs that a backup with these options starts.
    package var programs: [String] {
        (source.kind == .directory ? ["tar"] : []) + (compression.program.map { [$0] } ?? [])
    }
}

extension Retention {
    /// `7 daily, 4 weekly`; `all` without a rule.
    package var words: String {
        let rules = [
            (last, "last"), (hourly, "hourly"), (daily, "daily"), (weekly, "weekly"),
            (monthly, "monthly"), (yearly, "yearly"),
        ]
        let parts = rules.compactMap { count, word in count.map { "\($0) \(word)" } }
        return parts.isEmpty ? "all" : parts.joined(separator: ", ")
    }
}
