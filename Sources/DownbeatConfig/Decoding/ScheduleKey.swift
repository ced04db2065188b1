/// The keys of a schedule in this version; the raw value is what the file says.
enum ScheduleKey: String, CaseIterable {
    case timezone
    case cron, dialect, crontab, at, days, every, anchor, once, after
    case jitter
    case dstGap = "dst_gap"
    case dstOverlap = "dst_overlap"
    case command, shell
    case backup
    case logStats = "log_stats"
    #if DEBUG
        /// For tests of children, in debug builds only: JSON for the built-in of the same name.
        case selfTest = "self_test"
    #endif
    case from, until
    case calendar
    case calendarMiss = "calendar_miss"
    case overlap
    case catchUp = "catch_up"
    case catchUpWithin = "catch_up_within"
    case catchUpLimit = "catch_up_limit"
    case lateAfter = "late_after"
    case timeout, grace, retry, expires, queue
    case environment = "env"
    case workingDirectory = "cwd"
    case user
    case successCodes = "success_codes"
    case delivery, keep, tags, description, enabled
    case renamedFrom = "renamed_from"
    case standardInput = "stdin"
    case onFailure = "on_failure"
    case spread

    /// The keys that people are told of.
    static var known: [ScheduleKey] {
        #if DEBUG
            allCases.filter { $0 != .selfTest }
        #else
            allCases
        #endif
    }

    /// The keys by their names; a dictionary, since a switch over strings compares them one by one.
    static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    /// The trigger families, of which a schedule has one.
    static let triggers: [ScheduleKey] = [.cron, .crontab, .at, .every, .once, .after]

    /// The actions, of which a schedule has one.
    static let actions: [ScheduleKey] = [.command, .shell, .backup, .logStats]

    /// Whether the key may stand under `defaults:`.
    var isInheritable: Bool {
        switch self {
        case .overlap, .catchUp, .catchUpWithin, .catchUpLimit, .lateAfter, .timeout, .grace,
            .retry,
            .expires, .queue, .environment, .workingDirectory, .user, .successCodes, .delivery,
            .keep,
            .tags, .onFailure, .dstGap, .dstOverlap, .dialect, .jitter, .spread:
            true
        case .calendar, .calendarMiss, .timezone, .cron, .crontab, .at, .days, .every, .anchor,
            .once, .after, .command, .shell, .logStats,
            .from,
            .until, .description, .enabled, .renamedFrom, .standardInput:
            false
        case .backup: false
        #if DEBUG
            case .selfTest: false
        #endif
        }
    }

    /// The keys of `defaults:` by their names.
    static let inheritable = byName.filter { $0.value.isInheritable }
}

/// The keys at the top of a file.
enum FileKey: String, CaseIterable {
    case version, timezone, state, queues, drain, defaults, schedules, secrets, calendars

    static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    /// Whether the key belongs in the one file that holds the settings of the service.
    var isService: Bool {
        switch self {
        case .state, .queues, .drain, .secrets, .calendars: true
        case .version, .timezone, .defaults, .schedules: false
        }
    }
}

/// Keys inside the maps of a schedule.
enum InnerKey {
    static let jitter = ["max", "mode"]
    static let retry = ["times", "wait", "factor", "max_wait", "jitter"]
    static let keep = ["runs", "output", "at_most", "at_least"]
    static let crontab = ["minute", "hour", "day_of_week", "day_of_month", "month_of_year"]
    static let secret = ["env", "file"]
    static let logStats = [
        "files", "format", "fields", "pattern", "latency_unit", "window", "group_by", "query",
        "top",
    ]
    static let backup = [
        "sqlite", "directory", "to", "compress", "verify", "retention", "exclude",
    ]
    static let retention = [
        "keep_last", "keep_hourly", "keep_daily", "keep_weekly", "keep_monthly", "keep_yearly",
    ]
    static let calendarDates = ["base", "off", "on", "years", "beyond"]
    static let calendarSets = ["all_of", "any_of", "not"]
    static let calendar = calendarDates + ["file", "events"] + calendarSets
}
