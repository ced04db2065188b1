import DownbeatCore

extension Timestamp {
    /// A local time of Shanghai, given by parts of its RFC 3339 text.
    static func shanghai(_ text: String) throws -> Timestamp {
        try InstantText.parse(text + "+08:00")
    }
}

extension RunDetail {
    /// A run that waits, made by hand.
    static func sample(
        id: RunID,
        schedule: String,
        slot: Timestamp? = nil,
        state: RunState = .queued
    ) -> RunDetail {
        RunDetail(
            record: RunRecord(
                id: id,
                schedule: schedule,
                task: "command",
                slot: slot,
                due: slot ?? CommandLine.now,
                state: state,
                queue: "default",
                attempts: 0,
                attemptsMax: 1,
                enqueuedAt: slot ?? CommandLine.now,
                readyAt: nil,
                startedAt: nil,
                endedAt: nil,
                exitCode: nil,
                signal: nil,
                error: nil,
                retryOf: nil,
                cancelRequested: false,
                isHeld: false,
                revision: "00000000deadbeef"
            ),
            attempts: [],
            definition: RunDefinition(action: .command(["true"]))
        )
    }
}

/// The schedules of the transcripts.
enum Samples {
    static func zone(_ name: String) throws -> ZoneRules {
        try MachineZones().zone(named: name)
    }

    static func schedule(
        _ name: String,
        _ trigger: Trigger,
        zone: String = "Asia/Shanghai",
        file: String = "schedules/app.yaml",
        line: Int = 3,
        queue: String = "default"
    ) throws -> Schedule {
        Schedule(
            name: name,
            rule: Rule(trigger: trigger, zone: try Self.zone(zone)),
            definition: RunDefinition(action: .command(["/bin/true"]), zone: zone),
            queue: queue,
            catchUp: CatchUp(policy: .skip),
            source: SourcePlace(file: file, line: line, column: 3)
        )
    }

    static func daily(_ time: String) throws -> Trigger {
        .daily(times: [try TimeOfDay(time)], days: .everyDay)
    }

    /// One schedule each minute: the starter of `init`.
    static func hello() throws -> [Schedule] {
        [
            try schedule(
                "hello",
                .every(Interval(period: .seconds(60))),
                file: "schedules/hello.yaml",
                line: 2
            )
        ]
    }

    /// Five schedules in two zones, one of them named in Chinese.
    static func several() throws -> [Schedule] {
        var backup = try schedule(
            "每日备份",
            daily("02:30"),
            file: "schedules/backup.yaml",
            line: 4,
            queue: "backup"
        )
        backup.definition.timeout = .seconds(7200)
        backup.definition.retry = RetryPolicy(times: 2)
        backup.definition.action = .shell("tar -czf /srv/backup/app.tar.gz /srv/app\n")
        backup.catchUp = CatchUp(policy: .once, within: .seconds(6 * 3600))
        return [
            try schedule("sync-orders", .every(Interval(period: .seconds(600)))),
            try schedule("log-stats", .cron([Crontab("0 * * * *")]), file: "schedules/logs.yaml"),
            try schedule("ny-report", daily("15:30"), zone: "America/New_York", line: 9),
            backup,
            try schedule("tidy-tmp", daily("04:00"), line: 15),
        ]
    }

    /// Files that hold these schedules and nothing wrong.
    static func reading(_ schedules: [Schedule], files: Int = 2) -> ConfigurationReading {
        let settings = ServiceSettings(queues: ["default": 2, "backup": 1])
        return ConfigurationReading(
            configuration: Configuration(settings: settings, schedules: schedules),
            files: (0..<files).map { "schedules/\($0).yaml" },
            scheduleCount: schedules.count
        )
    }

    /// Files with one error.
    static var brokenReading: ConfigurationReading {
        let problem = Diagnostic(
            severity: .error,
            code: "E0201",
            message: "unknown key `x`",
            place: SourcePlace(file: "schedules/a.yaml", line: 1, column: 2)
        )
        return ConfigurationReading(
            configuration: nil,
            diagnostics: [problem],
            files: ["schedules/a.yaml"]
        )
    }

    static func summary(_ schedule: Schedule, id: Int64 = 1) -> ScheduleSummary {
        ScheduleSummary(
            state: ScheduleState(
                id: id,
                name: schedule.name,
                mark: CommandLine.now,
                firstSeen: CommandLine.now - .seconds(86_400 * 30),
                ruleText: schedule.rule.canonicalText,
                revision: schedule.definition.revision
            ),
            ruleSummary: schedule.rule.summary,
            queue: schedule.queue,
            definition: schedule.definition
        )
    }

    static func daemon(_ kind: OwnerRecord.Kind = .up, pid: Int32 = 812) -> OwnerRecord {
        OwnerRecord(
            id: "01JD0000000000000000000000",
            kind: kind,
            pid: pid,
            processStart: 1,
            bootID: "boot",
            startedAt: CommandLine.now - .seconds(6 * 86_400 + 4 * 3600),
            version: "0.1.0",
            concurrency: 2,
            queues: ["default", "backup"]
        )
    }

    /// The command line on the five schedules, adopted, with one of them paused.
    static func serviceWithState() throws -> CommandLine {
        let line = CommandLine()
        let schedules = try several()
        var summaries = schedules.enumerated().map { summary($1, id: Int64($0)) }
        summaries[4].state.pause = ScheduleState.Pause(
            since: CommandLine.now - .seconds(60),
            until: try .shanghai("2026-11-23T09:00:00"),
            reason: "ops: 磁盘迁移"
        )
        let failed = try failedBackup()
        summaries[3].latestRun = failed.record
        line.service.set { content in
            content.reading = reading(schedules)
            content.summaries = summaries
            content.details = [failed]
        }
        return line
    }

    static func failedBackup() throws -> RunDetail {
        let slot = try Timestamp.shanghai("2026-11-23T02:30:00")
        let id = RunID(at: slot, random: (1, 1))
        var detail = RunDetail.sample(id: id, schedule: "每日备份", slot: slot, state: .failed)
        detail.record.attempts = 3
        detail.record.attemptsMax = 3
        detail.record.queue = "backup"
        detail.record.startedAt = slot + .milliseconds(4)
        detail.record.endedAt = slot + .seconds(252)
        detail.record.exitCode = 1
        detail.record.error = "exit 1"
        detail.attempts = [
            AttemptRecord(
                number: 3,
                owner: "o",
                claimedAt: slot + .seconds(182),
                startedAt: slot + .seconds(182),
                endedAt: slot + .seconds(252),
                end: .exited(1),
                usage: nil,
                droppedBytes: 0,
                outputCut: false
            )
        ]
        return detail
    }
}
