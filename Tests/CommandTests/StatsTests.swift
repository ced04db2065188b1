import DownbeatCore
import Testing

@Suite("Stats")
struct StatsTests {
    private static func window(
        _ start: String,
        _ end: String,
        lines: Int64,
        malformed: Int64 = 0,
        isExact: Bool = true,
        latency: WindowStatistics.Latency? = nil,
        groups: [WindowStatistics.Group] = []
    ) throws -> WindowStatistics {
        WindowStatistics(
            start: try .shanghai(start),
            end: try .shanghai(end),
            lines: lines,
            malformed: malformed,
            bytes: lines * 20_000,
            clients: lines / 10,
            isExact: isExact,
            latency: latency,
            groups: groups
        )
    }

    private static func group(
        _ by: LogField,
        _ key: String,
        _ count: Int64
    ) -> WindowStatistics.Group {
        WindowStatistics.Group(by: by.rawValue, key: key, count: count, bytes: count * 1000)
    }

    private static let groups = [
        group(.path, "(other)", 900), group(.path, "/图片/猫.png", 200),
        group(.path, "/a,\"b\"", 104), group(.status, "200", 1203), group(.status, "404", 1),
    ]

    /// The schedules of the samples, of which `log-stats` counts logs.
    private static func service(
        statistics: [WindowStatistics],
        zone: String = "Asia/Shanghai"
    ) throws -> CommandLine {
        let downbeat = CommandLine()
        let options = LogStatsOptions(
            files: ["/var/log/nginx/access.log*"],
            format: .combined,
            window: .previousHour,
            groupBy: [.status, .path]
        )
        var schedules = try Samples.several()
        schedules[1] = try Samples.schedule("log-stats", .cron([Crontab("0 * * * *")]), zone: zone)
        schedules[1].definition.action = .builtIn(try BuiltIn(options))
        let reading = Samples.reading(schedules)
        let summaries = schedules.enumerated().map { Samples.summary($1, id: Int64($0)) }
        downbeat.service.set { content in
            content.reading = reading
            content.summaries = summaries
            content.statistics = statistics
        }
        return downbeat
    }

    private static func hours() throws -> [WindowStatistics] {
        let latency = WindowStatistics.Latency(
            samples: 9,
            p50: 450,
            p95: 12_300,
            p99: 270_000,
            max: 1_320_000
        )
        return [
            try window("2026-11-22T23:00:00", "2026-11-23T00:00:00", lines: 30),
            try window("2026-11-23T00:00:00", "2026-11-23T01:00:00", lines: 0, malformed: 12),
            try window(
                "2026-11-23T01:00:00",
                "2026-11-23T02:00:00",
                lines: 1204,
                isExact: false,
                latency: latency,
                groups: groups
            ),
        ]
    }

    @Test func `windows are a table, with the groups of the newest by the fields' order`() throws {
        let downbeat = try Self.service(statistics: Self.hours())
        let result = downbeat("stats", "log-stats")
        #expect(
            result.output == """
                Asia/Shanghai, now Mon 11-23 02:41:07

                WINDOW                   REQUESTS   BYTES  CLIENTS     P50   P95    P99   MAX  MALFORMED
                Sun 11-22 23:00-24:00          30  600 kB        3                                     0
                Mon 11-23 00:00-01:00           0     0 B        0                                    12
                Mon 11-23 01:00-02:00 ~     1,204   24 MB      120  0.45ms  12ms  270ms  1.3s          0
                ~ estimated in part: more than 1,000,000 different values

                of the newest window:
                REQUESTS  SHARE   BYTES  STATUS
                   1,203  99.9%  1.2 MB  200
                       1   0.1%    1 kB  404

                REQUESTS  SHARE   BYTES  PATH
                     200  16.6%  200 kB  /图片/猫.png
                     104   8.6%  104 kB  /a,"b"
                     900  74.8%  900 kB  (other)

                """
        )
        #expect(result.errors == "samples of malformed lines: downbeat runs show log-stats\n")
        #expect(result.status == 0)
    }

    @Test func `bars fit the width, and the largest fills it`() throws {
        var downbeat = try Self.service(statistics: Self.hours())
        downbeat.columns = 60
        #expect(
            downbeat("stats", "log-stats", "--chart").output == """
                Asia/Shanghai, now Mon 11-23 02:41:07

                Sun 11-22 23:00-24:00  #                                  30
                Mon 11-23 00:00-01:00                                      0
                Mon 11-23 01:00-02:00  ##############################  1,204

                """
        )
        #expect(
            downbeat("stats", "log-stats", "--chart", "--by", "path").output == """
                Asia/Shanghai, now Mon 11-23 02:41:07

                Mon 11-23 01:00-02:00, by path
                /图片/猫.png  #########                                  200
                /a,"b"        #####                                      104
                (other)       #########################################  900

                """
        )
        downbeat.columns = 80
        #expect(downbeat("stats", "log-stats").output.contains("CLIENTS   P95    P99  MALFORMED\n"))
        downbeat.columns = 20
        let narrow = downbeat("stats", "log-stats", "--chart").output.split(separator: "\n")
        #expect(narrow.dropFirst().allSatisfy { $0.count <= 40 })
        let piped = downbeat.piped("stats", "log-stats", "--chart").output
        #expect(piped.contains("#"))
    }

    @Test func `one field is shown of the newest window, or of those asked for`() throws {
        let downbeat = try Self.service(statistics: Self.hours())
        let output = downbeat("stats", "log-stats", "--by", "status", "--top", "1").output
        #expect(output.contains("200\n       1   0.1%    1 kB  404\n"))
        #expect(!output.contains("PATH"))
        #expect(!output.contains("11-22"))
        let range = downbeat("stats", "log-stats", "--by", "status", "--from", "2026-11-22")
        #expect(range.output.contains("Sun 11-22 23:00-24:00"))
        #expect(range.output.contains("\nMon 11-23 01:00-02:00\nREQUESTS"))
    }

    @Test func `json has the frozen fields`() throws {
        let downbeat = try Self.service(statistics: [Self.hours()[2]])
        let start =
            #"{"window_start":"2026-11-23T01:00:00+08:00","window_end":"2026-11-23T02:00:00+08:00","#
        let figures = #""lines":1204,"malformed":0,"bytes":24080000,"groups":"#
        let end =
            #","clients":120,"latency_ms":{"p50":0.45,"p95":12.3,"p99":270,"max":1320},"exact":false}"#
        let groups =
            #"[{"by":"status","key":"200","count":1203,"bytes":1203000},"#
            + #"{"by":"status","key":"404","count":1,"bytes":1000}]"#
        #expect(
            downbeat("stats", "log-stats", "--by", "status", "--json").output
                == #"{"v":1,"items":["# + start + figures + groups + end + "]}\n"
        )
        let all = downbeat("stats", "log-stats", "-o", "jsonl").output
        #expect(all.hasPrefix(start + figures + #"[{"by":"status""#))
        #expect(all.contains(#"{"by":"path","key":"(other)","count":900,"bytes":900000}]"#))
    }

    @Test func `rows are tab-separated in a pipe, and RFC 4180 as csv`() throws {
        let downbeat = try Self.service(statistics: Self.hours())
        let header =
            "window_start,window_end,lines,malformed,bytes,clients,p50_ms,p95_ms,p99_ms,max_ms,exact"
        let rows = [
            "2026-11-22T23:00:00+08:00,2026-11-23T00:00:00+08:00,30,0,600000,3,,,,,true",
            "2026-11-23T00:00:00+08:00,2026-11-23T01:00:00+08:00,0,12,0,0,,,,,true",
            "2026-11-23T01:00:00+08:00,2026-11-23T02:00:00+08:00,1204,0,24080000,120,0.45,12.3,270,1320,false",
        ]
        let lines = [header] + rows
        #expect(
            downbeat("stats", "log-stats", "--csv").output
                == lines.map { $0 + "\r\n" }.joined()
        )
        #expect(
            downbeat.piped("stats", "log-stats").output
                == lines.map { $0.replacing(",", with: "\t") + "\n" }.joined()
        )
        #expect(
            downbeat("stats", "log-stats", "--csv", "--by", "path").output
                == [
                    "window_start,window_end,by,key,count,bytes",
                    "2026-11-23T01:00:00+08:00,2026-11-23T02:00:00+08:00,path,/图片/猫.png,200,200000",
                    "2026-11-23T01:00:00+08:00,2026-11-23T02:00:00+08:00,path,\"/a,\"\"b\"\"\",104,104000",
                    "2026-11-23T01:00:00+08:00,2026-11-23T02:00:00+08:00,path,(other),900,900000",
                ].map { $0 + "\r\n" }.joined()
        )
    }

    @Test func `a range is of the schedule's zone, and a date as its end is included`() throws {
        let downbeat = try Self.service(
            statistics: Self.hours(),
            zone: "America/New_York"
        )
        func starts(_ options: String...) -> [Substring] {
            downbeat.piped.run(["stats", "log-stats"] + options).output.split(separator: "\n")
                .dropFirst().map { $0.prefix(25) }
        }
        let all: [Substring] = [
            "2026-11-22T10:00:00-05:00", "2026-11-22T11:00:00-05:00", "2026-11-22T12:00:00-05:00",
        ]
        #expect(starts("--from", "2026-11-22", "--to", "2026-11-22") == all)
        #expect(starts("--from", "2026-11-22 11:00", "--to", "2026-11-22 12:00") == [all[1]])
        #expect(starts("--from", "2h") == [all[2]])
        #expect(starts("--limit", "2") == Array(all[1...]))
        #expect(starts("--limit", "1", "--zone", "UTC") == ["2026-11-22T17:00:00+00:00"])
        let output = downbeat("stats", "log-stats").output
        #expect(output.hasPrefix("America/New_York, now Sun 11-22 13:41:07\n"))
    }

    @Test func `an hour that comes twice is told apart by its offset`() throws {
        let downbeat = try Self.service(
            statistics: [
                Self.window("2026-11-01T13:00:00", "2026-11-01T14:00:00", lines: 1),
                Self.window("2026-11-01T14:00:00", "2026-11-01T15:00:00", lines: 2),
                Self.window("2026-11-01T13:00:00", "2026-11-02T13:00:00", lines: 2),
            ],
            zone: "America/New_York"
        )
        let output = downbeat("stats", "log-stats").output
        #expect(output.contains("\nSun 11-01 01:00-01:00 UTC-4 "))
        #expect(output.contains("\nSun 11-01 01:00-02:00 UTC-5 "))
        #expect(output.contains("\nSun 11-01 01:00-24:00 UTC-4 "))
    }

    @Test func `without windows it says why, and when there will be some`() throws {
        let downbeat = try Self.service(statistics: [])
        let none = downbeat("stats", "log-stats")
        #expect(
            none.output
                == "no statistics yet; the next run is due 03:00 (in 18m 53s), one now: downbeat run log-stats --here\n"
        )
        #expect(none.status == 0)
        let json = downbeat("stats", "log-stats", "--json")
        #expect(json.output == #"{"v":1,"items":[]}"# + "\n")
        #expect(json.errors == none.output)
        var failed = RunDetail.sample(
            id: RunID(at: CommandLine.now, random: (1, 1)),
            schedule: "log-stats",
            state: .failed
        ).record
        failed.error = "no file matches /var/log/x"
        let record = failed
        downbeat.service.set { $0.summaries[1].latestRun = record }
        #expect(
            downbeat("stats", "log-stats").output
                == "no statistics yet: the latest run failed: no file matches /var/log/x   (downbeat runs show log-stats)\n"
        )
        let hours = try Self.hours()
        downbeat.service.set { $0.statistics = hours }
        #expect(
            downbeat("stats", "log-stats", "--from", "2026-11-24").output
                == "no windows in this range; the newest is Mon 11-23 01:00-02:00 (Asia/Shanghai)\n"
        )
    }

    struct Wrong: Sendable {
        var arguments: [String]
        var status: Int32
        var errors: String
    }

    static let wrong = [
        Wrong(
            arguments: ["log-stts"],
            status: 66,
            errors:
                "error: no schedule `log-stts`; did you mean `log-stats`?   (downbeat schedules)\n"
        ),
        Wrong(
            arguments: ["sync-orders"],
            status: 66,
            errors: """
                error: `sync-orders` has no statistics: its action is `command`, not `log_stats`
                help: these have: `log-stats`

                """
        ),
        Wrong(
            arguments: ["log-stats", "--by", "stauts"],
            status: 64,
            errors: "error: unknown field `stauts`; did you mean `status`?\n"
        ),
        Wrong(
            arguments: ["log-stats", "--by", "agent"],
            status: 64,
            errors: """
                error: `log-stats` does not group by agent: it groups by status, path
                help: add `agent` to its `group_by`

                """
        ),
        Wrong(
            arguments: ["log-stats", "--csv", "--json"],
            status: 64,
            errors: "error: --csv and --json exclude each other\nhelp: choose one\n"
        ),
        Wrong(
            arguments: ["log-stats", "--limit", "0"],
            status: 64,
            errors: "error: --limit 0 is out of range\nhelp: use a number from 1 to 10000\n"
        ),
        Wrong(
            arguments: ["log-stats", "--from", "2026-11-23", "--to", "2026-11-22"],
            status: 64,
            errors: "error: --from is not before --to\nhelp: swap them\n"
        ),
    ]

    @Test(arguments: wrong)
    func `what cannot be answered says so`(row: Wrong) throws {
        let downbeat = try Self.service(statistics: [])
        let result = downbeat.run(["stats"] + row.arguments)
        #expect(result.output.isEmpty)
        #expect(result.errors == row.errors)
        #expect(result.status == row.status)
    }

    @Test func `it needs a database, and outlives the files`() throws {
        let downbeat = try Self.service(statistics: Self.hours())
        downbeat.service.set { $0.reading = Samples.brokenReading }
        #expect(downbeat("stats", "log-stats").output.contains("1,204"))
        // Removed everywhere, but counted once.
        #expect(downbeat("stats", "old-stats").output.contains("1,204"))
        downbeat.service.set { $0.hasDatabase = false }
        let missing = downbeat("stats", "log-stats")
        #expect(missing.status == 66)
    }

    @Test func `a run shows what it counted`() throws {
        let downbeat = try Samples.serviceWithState()
        var detail = try Samples.failedBackup()
        detail.record.task = "log_stats"
        detail.record.state = .succeeded
        detail.record.error = nil
        let result = LogStatsResult(
            windowStart: try .shanghai("2026-11-23T01:00:00"),
            windowEnd: try .shanghai("2026-11-23T02:00:00"),
            lines: 1204,
            malformed: 1,
            bytes: 24_000_000,
            groups: [
                LogStatsResult.Group(by: .status, key: "200", count: 1203, bytes: 1),
                LogStatsResult.Group(by: .status, key: "404", count: 1, bytes: 1),
            ],
            clients: 14,
            latency: LogStatsResult.Latency(p50: 1, p95: 12.3, p99: 20, max: 30),
            isExact: true,
            samples: ["gar\u{1B}bage"]
        )
        detail.result = try LogStatsSummary.json(result, zone: Samples.zone("Asia/Shanghai"))
        let shown = detail
        downbeat.service.set { $0.details = [shown] }
        #expect(
            downbeat("runs", "show", "每日备份").output.contains(
                """
                  result    Mon 11-23 01:00-02:00: 1,204 requests, 24 MB, 14 clients, p95 12ms, 1 malformed
                            status: 200 1,203, 404 1
                            malformed: gar\\u{1B}bage

                """
            )
        )
    }
}
