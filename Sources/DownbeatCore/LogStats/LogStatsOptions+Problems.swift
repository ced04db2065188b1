/// What is wrong with one key of a `log_stats:` map.
package struct LogStatsProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key below `log_stats`, with the place in a list or map: `group_by[2]`, `fields.status`.
    package var key: String
    package var message: String
    /// An imperative sentence, without a full stop.
    package var remedy: String
    /// Where in the value's text, counted in UTF-8 bytes; nil: the whole value.
    package var offset: Int?

    package init(key: String, message: String, remedy: String, offset: Int? = nil) {
        self.key = key
        self.message = message
        self.remedy = remedy
        self.offset = offset
    }

    package var description: String {
        let place = offset.map { ", byte \($0 + 1)" } ?? ""
        return "log_stats.\(key)\(place): \(message); \(remedy)"
    }
}

extension LogStatsOptions {
    /// Everything that does not fit, in the order of the keys; empty when the options can be used.
    package var problems: [LogStatsProblem] {
        var found = fileProblems + formatProblems
        let roles = self.roles
        var seen: Set<LogField> = []
        for (index, field) in groupBy.enumerated() {
            let key = "group_by[\(index)]"
            if !seen.insert(field).inserted {
                found.append(
                    LogStatsProblem(
                        key: key,
                        message: "`\(field.rawValue)` stands twice",
                        remedy: "Leave one of them out"
                    )
                )
            } else if let roles, roles.isDisjoint(with: field.roles) {
                found.append(
                    LogStatsProblem(
                        key: key,
                        message: "lines of format \(format.word) carry no \(field.rawValue)",
                        remedy: remedy(missing: field)
                    )
                )
            }
        }
        if !(1...Self.topMax).contains(top) {
            found.append(
                LogStatsProblem(
                    key: "top",
                    message: "\(top) is out of range 1-\(Self.topMax)",
                    remedy: "Write a number from 1 to \(Self.topMax)"
                )
            )
        }
        return found
    }

    /// What the lines carry; nil when the pattern cannot be read.
    package var roles: Set<LogRole>? {
        switch format {
        case .common: return [.client, .time, .request, .status, .bytes]
        case .combined: return [.client, .time, .request, .status, .bytes, .referrer, .agent]
        case .json(let fields): return Set(fields.keys)
        case .pattern(let text):
            // The reason is among the problems of the key `pattern`.
            return (try? LinePattern(text)).map { Set($0.roles) }
        }
    }

    private var fileProblems: [LogStatsProblem] {
        guard !files.isEmpty, files.count <= Self.filesMax else {
            return [
                LogStatsProblem(
                    key: "files",
                    message: files.isEmpty
                        ? "no file is named"
                        : "\(files.count) globs are more than \(Self.filesMax)",
                    remedy:
                        "Write one to \(Self.filesMax) globs: `[\"/var/log/nginx/access.log*\"]`"
                )
            ]
        }
        return files.enumerated().compactMap { index, glob in
            guard glob.isEmpty || glob.utf8.contains(0) else { return nil }
            return LogStatsProblem(
                key: "files[\(index)]",
                message: glob.isEmpty ? "the glob is empty" : "the glob has a NUL character",
                remedy: "Write a path or a glob: `/var/log/nginx/access.log*`"
            )
        }
    }

    private var formatProblems: [LogStatsProblem] {
        switch format {
        case .common, .combined: return []
        case .json(let fields): return Self.problems(of: fields)
        case .pattern(let text):
            do {
                let pattern = try LinePattern(text)
                guard !pattern.roles.contains(.time) else { return [] }
                return [
                    LogStatsProblem(
                        key: "pattern",
                        message: "no group is named `time`",
                        remedy: "Name the part that is the time: `(?<time>[^\\]]+)`"
                    )
                ]
            } catch {
                return [
                    LogStatsProblem(
                        key: "pattern",
                        message: error.message,
                        remedy: error.remedy,
                        offset: error.offset
                    )
                ]
            }
        }
    }

    private static func problems(of fields: [LogRole: String]) -> [LogStatsProblem] {
        var found: [LogStatsProblem] = []
        if fields[.time] == nil {
            found.append(
                LogStatsProblem(
                    key: "fields",
                    message: "no field is the time",
                    remedy: "Name it: `fields: { time: \"@timestamp\" }`"
                )
            )
        }
        for role in LogRole.allCases {
            guard let path = fields[role] else { continue }
            let parts = path.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
            let isSound =
                path.utf8.count <= JSONLineParser.pathBytesMax && !parts.contains { $0.isEmpty }
                && parts.count <= JSONLineParser.depthMax
            guard !isSound else { continue }
            found.append(
                LogStatsProblem(
                    key: "fields.\(role.rawValue)",
                    message: "`\(path)` is no path of a value",
                    remedy: "Write its keys, joined by dots: `http.response.status`"
                )
            )
        }
        return found
    }

    private func remedy(missing field: LogField) -> String {
        let role = field == .class ? LogRole.status : field.roles[0]
        switch format {
        case .common where field == .agent || field == .referrer:
            return "Use `format: combined` if the lines end with it, or leave it out of `group_by`"
        case .common, .combined:
            return "Leave it out of `group_by`, or describe the lines with `format: pattern`"
        case .json:
            return "Name its path: `fields: { \(role.rawValue): ... }`"
        case .pattern:
            return "Name a group of the pattern `(?<\(role.rawValue)>...)`"
        }
    }
}
