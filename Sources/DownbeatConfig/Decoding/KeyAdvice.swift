import DownbeatCore

/// What to say about a key that a map does not have.
///
/// In this order: keys of a later version, keys that belong elsewhere, keys of other tools, typing
/// mistakes.
enum KeyAdvice {
    /// Where a map stands.
    enum Level {
        case file
        case defaults
        case schedule
        case inner(parent: String, keys: [String])
    }

    struct Answer {
        var code: DiagnosticCode
        var message: String
        var label: String
        var suggestion: String?
    }

    static func answer(for name: String, at level: Level, value: YAMLNode) -> Answer {
        let known = keys(of: level)
        let exact = known.first { $0 == name.lowercased() && $0 != name }
        if let exact { return typo(name, [exact], known) }
        if isLater(name, at: level) {
            return Answer(
                code: .laterKey,
                message: "`\(name)` is not in this version",
                label: "remove it, or write `x-\(name)` to keep it as a note"
            )
        }
        if let home = home(of: name, seenFrom: level) {
            return Answer(
                code: .misplacedKey,
                message: "`\(name)` is in the wrong place",
                label: home
            )
        }
        if let foreign = foreign(name, at: level, value: value) { return foreign }
        return typo(name, Suggestion.nearest(to: name, among: known), known)
    }

    private static func keys(of level: Level) -> [String] {
        switch level {
        case .file: FileKey.allCases.map(\.rawValue)
        case .defaults: ScheduleKey.allCases.filter(\.isInheritable).map(\.rawValue)
        case .schedule: ScheduleKey.known.map(\.rawValue)
        case .inner(_, let keys): keys
        }
    }

    private static func typo(_ name: String, _ near: [String], _ known: [String]) -> Answer {
        let label: String
        if !near.isEmpty {
            label = "did you mean \(near.map { "`\($0)`" }.joined(separator: " or "))?"
        } else if known.count <= candidatesMax {
            label = "known here: \(known.joined(separator: ", "))"
        } else {
            label = "no key of this name; a key that begins with `x-` is free"
        }
        return Answer(
            code: .unknownKey,
            message: "unknown key `\(name)`",
            label: label,
            suggestion: near.count == 1 ? near.first : nil
        )
    }

    /// More candidates than this are noise.
    private static let candidatesMax = 8

    // MARK: Later versions

    private static let laterOfSchedule: Set<String> = [
        "task", "args", "kwargs", "http", "memory", "priority", "unique", "notify", "promise",
    ]

    private static let laterOfBackup: Set<String> = ["encrypt", "incremental", "promise"]

    private static let laterOfFile: Set<String> = ["web", "notify"]

    static func isLater(_ name: String, at level: Level) -> Bool {
        switch level {
        case .file: laterOfFile.contains(name)
        case .schedule, .defaults: laterOfSchedule.contains(name)
        case .inner("backup", _): laterOfBackup.contains(name)
        case .inner: false
        }
    }

    // MARK: Elsewhere

    private static func home(of name: String, seenFrom level: Level) -> String? {
        switch level {
        case .file:
            guard let key = ScheduleKey.byName[name] else { return nil }
            return key.isInheritable
                ? "`\(name)` belongs under a schedule, or under `defaults`"
                : "`\(name)` belongs under a schedule"
        case .defaults:
            if name == "timezone" { return "`timezone` belongs at the top of the file" }
            if ScheduleKey.byName[name] != nil { return "`\(name)` belongs under each schedule" }
        case .schedule:
            break
        case .inner("backup", _) where InnerKey.retention.contains(name):
            return "`\(name)` belongs under `retention`"
        case .inner("retention", _) where InnerKey.backup.contains(name):
            return "`\(name)` belongs beside `retention`"
        case .inner("backup", _) where name == "keep":
            return "write `retention: { keep_daily: 7 }`; `keep` beside `backup` is for runs"
        case .inner(let parent, _):
            if ScheduleKey.byName[name] != nil { return "`\(name)` belongs beside `\(parent)`" }
            return nil
        }
        if FileKey.byName[name] != nil { return "`\(name)` belongs at the top of the file" }
        if name == "mode" { return "`mode` belongs under `jitter`" }
        if InnerKey.retry.contains(name) { return "`\(name)` belongs under `retry`" }
        if InnerKey.keep.contains(name) { return "`\(name)` belongs under `keep`" }
        if InnerKey.logStats.contains(name) { return "`\(name)` belongs under `log_stats`" }
        if InnerKey.crontab.contains(name) { return "`\(name)` belongs under `crontab`" }
        // Beside a command `directory` means its folder, which other tools call so.
        if InnerKey.backup.contains(name), name != "directory" {
            return "`\(name)` belongs under `backup`"
        }
        if InnerKey.retention.contains(name) {
            return "`\(name)` belongs under `retention` of `backup`"
        }
        return nil
    }

    // MARK: Other tools

    private static func foreign(_ name: String, at level: Level, value: YAMLNode) -> Answer? {
        let replacement: String?
        switch level {
        case .file: replacement = fileWords[normalised(name)]
        case .schedule, .defaults: replacement = scheduleWord(normalised(name), value: value.text)
        case .inner(let parent, _):
            replacement = innerWords[parent]?[normalised(name)]
        }
        guard let replacement else { return nil }
        return Answer(
            code: .foreignKey,
            message: "`\(name)` is a key of other tools",
            label: "write `\(replacement)`",
            suggestion: replacement
        )
    }

    /// `concurrencyPolicy`, `concurrency-policy` and `concurrency_policy` are one word.
    private static func normalised(_ name: String) -> String {
        name.lowercased().filter { $0 != "-" && $0 != "_" }
    }

    private static let fileWords: [String: String] = [
        "tz": "timezone", "zone": "timezone", "crontz": "timezone",
        "jobs": "schedules", "crons": "schedules", "cron": "schedules", "tasks": "schedules",
        "beatschedule": "schedules", "entries": "schedules", "schedule": "schedules",
        "statedir": "state", "database": "state", "db": "state",
        "gracefulshutdown": "drain", "shutdowntimeout": "drain",
    ]

    /// By the key of the map.
    private static let innerWords: [String: [String: String]] = [
        "retry": retryWords,
        "log_stats": logStatsWords,
        "backup": backupWords,
        "retention": retentionWords,
    ]

    private static let logStatsWords: [String: String] = [
        "file": "files", "path": "files", "paths": "files", "glob": "files", "globs": "files",
        "log": "files", "logs": "files", "logformat": "format", "regex": "pattern",
        "regexp": "pattern", "group": "group_by", "groups": "group_by", "groupby": "group_by",
        "by": "group_by", "limit": "top", "period": "window", "range": "window",
    ]

    private static let retryWords: [String: String] = [
        "max": "times", "count": "times", "attempts": "times", "maxattempts": "times",
        "limit": "times", "delay": "wait", "interval": "wait", "backoff": "factor",
        "maxdelay": "max_wait", "maxbackoff": "max_wait",
    ]

    private static let backupWords: [String: String] = [
        "database": "sqlite", "db": "sqlite", "file": "sqlite", "source": "directory",
        "path": "directory", "dir": "directory", "folder": "directory", "from": "directory",
        "destination": "to", "dest": "to", "target": "to", "into": "to", "repository": "to",
        "compression": "compress", "check": "verify", "keep": "retention", "prune": "retention",
        "ignore": "exclude", "excludes": "exclude",
    ]

    private static let retentionWords: [String: String] = [
        "last": "keep_last", "count": "keep_last", "hourly": "keep_hourly",
        "daily": "keep_daily", "days": "keep_daily", "weekly": "keep_weekly",
        "weeks": "keep_weekly", "monthly": "keep_monthly", "months": "keep_monthly",
        "yearly": "keep_yearly", "years": "keep_yearly", "keepdays": "keep_daily",
        "keepweeks": "keep_weekly", "keepmonths": "keep_monthly", "keepyears": "keep_yearly",
    ]

    private static let scheduleWords: [String: String] = [
        "schedule": "cron", "cronexpression": "cron", "expression": "cron", "spec": "cron",
        "cmd": "command", "run": "command", "exec": "command", "script": "shell", "bash": "shell",
        "sh": "shell", "tz": "timezone", "zone": "timezone", "crontz": "timezone",
        "interval": "every", "period": "every", "time": "at", "times": "at", "weekdays": "days",
        "dayofweek": "days", "environment": "env", "envvars": "env", "workingdirectory": "cwd",
        "workingdir": "cwd", "workdir": "cwd", "dir": "cwd", "chdir": "cwd", "directory": "cwd",
        "catchup": "catch_up", "startingdeadlineseconds": "catch_up_within",
        "persistent": "catch_up: once",
        "misfiregracetime": "catch_up_within", "maxruntime": "timeout", "timelimit": "timeout",
        "softtimelimit": "timeout", "activedeadlineseconds": "timeout", "start": "from",
        "startdate": "from", "end": "until", "enddate": "until", "label": "tags", "labels": "tags",
        "input": "stdin", "onfail": "on_failure", "onerror": "on_failure",
        "desc": "description", "comment": "description", "runas": "user",
        "randomizeddelay": "jitter", "randomizeddelaysec": "jitter", "splay": "jitter",
        "randomdelay": "jitter", "dependson": "after", "concurrency": "overlap",
        "nooverlap": "overlap: skip", "oldname": "renamed_from",
    ]

    private static func scheduleWord(_ name: String, value: String?) -> String? {
        switch name {
        case "class": "task"
        case "concurrencypolicy":
            switch value?.lowercased() {
            case "allow": "overlap: allow"
            case "replace": "overlap: replace"
            default: "overlap: skip"
            }
        case "suspend", "disabled", "paused": "enabled: false"
        case "retries", "maxretries", "backofflimit", "attempts":
            "retry: { times: \(value.flatMap { Int($0) } ?? 2) }"
        default: scheduleWords[name]
        }
    }
}
