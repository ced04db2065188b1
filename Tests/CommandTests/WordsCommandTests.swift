import DownbeatCore
import Testing

@Suite("Words on the command line")
struct WordsCommandTests {
    @Test func `an expression is drawn and said in Chinese`() {
        let expected = """
            cron  30 2 1-7 * mon
                  |  | |   | `-- 星期：周一
                  |  | |   `---- 每月
                  |  | `-------- 日期：1 日至 7 日
                  |  `---------- 2 时
                  `------------- 第 30 分
            含义  “每月 1 日至 7 日，或者每周一，02:30”
                  cron 的传统规则：日期和星期都有限制时，满足任意一个即可。
                  如果只想要每月第一个周一：  cron: "30 2 * * mon#1"
            下次  2026-11-30 周一 02:30，12-01 周二 02:30，12-02 周三 02:30 ..   (Asia/Shanghai)

            """
        #expect(CommandLine()("explain", "30 2 1-7 * mon", "--lang", "zh-CN").output == expected)
        #expect(CommandLine()("--lang=zh_CN.UTF-8", "explain", "30 2 1-7 * mon").output == expected)
        var chinese = CommandLine()
        chinese.environment = ["LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "de_DE"]
        #expect(chinese("explain", "30 2 1-7 * mon").output == expected)
        #expect(
            chinese("explain", "30 2 1-7 * mon", "--lang", "en").output
                .contains("means \"At 02:30 on days 1-7 of the month, or on any Monday\"")
        )
    }

    @Test func `machines get the language that is asked for, whatever the locale`() {
        var downbeat = CommandLine().piped
        downbeat.environment = ["LANG": "zh_CN.UTF-8"]
        let english = downbeat("explain", "0 9 * * 1-5").output
        #expect(english.contains("0 9 * * 1-5\tAt 09:00, Monday to Friday\t"))
        let chinese = downbeat("explain", "0 9 * * 1-5", "--lang", "zh-CN", "--json").output
        #expect(chinese.contains(#""means":"每周一至周五 09:00""#))
        let refused = downbeat("explain", "0 9 * * 1-5", "--lang", "fr")
        #expect(refused.status == 64)
        #expect(refused.errors.contains("unknown value `fr` for `--lang"))
    }

    @Test func `seconds and years have lines of the drawing`() {
        #expect(
            CommandLine()("explain", "*/10 */7 2 ? jan +fri#2 2027").output.hasPrefix(
                """
                cron  */10 */7 2 ? jan +fri#2 2027
                      |    |   | | |   |      `-- year: 2027
                      |    |   | | |   `--------- day of week: the second Friday of the month
                      |    |   | | `------------- month: January
                      |    |   | `--------------- every day of the month
                      |    |   `----------------- 02h
                      |    `--------------------- minutes 0, 7, 14 … 56
                      `-------------------------- every 10 seconds
                means "Every 10 seconds of the minute, at 0, 7, 14 … 56 minutes past 02:00\
                 on the second Friday of January in 2027"

                """
            )
        )
    }

    @Test func `what clock changes do is said, for fixed times and for rhythms`() {
        func explain(_ text: String, _ language: String = "en") -> String {
            CommandLine()("explain", text, "--zone", "America/New_York", "--lang", language).output
        }
        let fixed = explain("30 1,2 * * *")
        #expect(
            fixed.contains("      02:30 does not exist on 2027-03-14: runs at 03:00 that day\n")
        )
        #expect(fixed.contains("      01:30 comes twice on 2027-11-07: runs the first time\n"))
        let rhythm = explain("*/15 1-2 * * *")
        #expect(
            rhythm.contains(
                "      02:00 to 02:45 do not exist on 2027-03-14: do not run that day\n"
            )
        )
        #expect(
            rhythm.contains("      01:00 to 01:45 come twice on 2027-11-07: run both times\n")
        )
        #expect(!explain("*/15 * * * *").contains("2027"))
        #expect(explain("30 2 * * *", "zh-CN").contains("2027-03-14 没有 02:30：改为当天 03:00 运行一次"))
        #expect(
            explain("0 12 14 3 *").contains("      Sun 2027-03-14: clocks go forward 1h\n")
        )
    }

    @Test func `a schedule is explained in Chinese, with its policies`() throws {
        let downbeat = try Samples.serviceWithState()
        #expect(
            downbeat("explain", "每日备份", "--lang", "zh-CN").output == """
                每日备份   schedules/backup.yaml:4
                  时间      每天 02:30，时区 Asia/Shanghai；下次运行 11-24 周二 02:30（23 小时 48 分钟后）
                  任务      sh: tar -czf /srv/backup/app.tar.gz /srv/app
                  重叠      skip            上一次运行未结束时：跳过并记录
                  补跑      once            守护进程停止期间错过的：启动时运行最近一次，前提是迟到不超过 6 小时
                  重试      失败后重试 2 次，间隔 30 秒，逐次乘以 2，最长 10 分钟，随机浮动 10%；超时 2 小时（先 TERM，10 秒后 KILL）
                  队列      backup（同时最多 1 个）
                  保留      运行记录 30 天，输出 30 天；保留 20 至 10,000 次
                  上次      failed 11-23 周一 02:30，尝试 3 次，exit 1   -> downbeat logs 每日备份

                """
        )
        #expect(downbeat("next", "每日备份", "--lang", "zh-CN").output.contains("每天 02:30"))
        #expect(downbeat("schedules", "--lang", "zh-CN").output.contains("每天 15:30"))
    }

    // MARK: next

    @Test func `the fire times before now are listed, the latest first`() throws {
        let downbeat = try Samples.serviceWithState()
        #expect(
            downbeat("next", "--previous").output == """
                Asia/Shanghai, now Mon 11-23 02:41:07

                WHEN                AGO      SCHEDULE     RULE           NOTE
                Mon 11-23 02:40:00  1m 7s    sync-orders  every 10m
                Mon 11-23 02:30:00  11m 7s   每日备份     daily 02:30
                Mon 11-23 02:00:00  41m 7s   log-stats    hourly at :00
                Sun 11-22 04:30:00  22h 11m  ny-report    daily 15:30    America/New_York Sat 15:30
                Sun 11-22 04:00:00  22h 41m  tidy-tmp     daily 04:00

                """
        )
        let merged = downbeat("next", "log-stats", "每日备份", "--previous", "-n", "4", "--json").output
        let times = merged.matches(of: /"at":"([^"]*)"/).map { String($0.1) }
        #expect(
            times.map { String($0.dropFirst(11).prefix(5)) } == [
                "02:30", "02:00", "01:00", "00:00",
            ]
        )
        let from = downbeat("next", "--expr", "0 0 29 2 *", "--previous", "--from", "2024-02-29")
            .output
        #expect(from.contains("Sat 2020-02-29 00:00:00"))
        #expect(!from.contains("2024-02-29 00:00:00  "))
        #expect(
            downbeat("next", "--expr", "0 0 30 2 *", "--previous").output.contains(
                "no fire time before"
            )
        )
        #expect(downbeat("next", "--previous", "--collisions").status == 64)
    }

    @Test func `previous and next agree on what stands between`() {
        let downbeat = CommandLine().piped
        for expression in ["*/17 3 * * *", "0 9 L * 5", "15 30 2 * * sun", "90m"] {
            func times(_ arguments: String...) -> [String] {
                downbeat.run(
                    ["next", "--expr", expression, "--zone", "America/New_York"] + arguments
                )
                .output.split(separator: "\n").dropFirst()
                .map { String($0.prefix { $0 != "\t" }) }
            }
            let ahead = times("--from", "2026-11-01T00:00:00Z", "-n", "40")
            let last = ahead.last ?? ""
            let behind = times("--from", last, "--previous", "-n", "39")
            #expect(behind.reversed() == Array(ahead.dropLast()))
        }
    }

    @Test func `minutes with more runs than workers are listed with who is in them`() throws {
        let downbeat = CommandLine()
        var schedules = try [
            Samples.schedule("a", .cron([Crontab("0 3 * * *")])),
            Samples.schedule("b", .cron([Crontab("*/30 3 * * *")])),
            Samples.schedule("c", Samples.daily("03:00")),
            Samples.schedule("d", .every(Interval(period: .seconds(20))), queue: "backup"),
        ]
        downbeat.service.set { $0.reading = Samples.reading(schedules) }
        #expect(
            downbeat("next", "--collisions").output == """
                Asia/Shanghai, now Mon 11-23 02:41:07

                WHEN             IN       QUEUE    RUNS  WORKERS  SCHEDULES
                Mon 11-23 03:00  18m 53s  default     3        2  a, b, c

                """
        )
        #expect(
            downbeat("next").output.contains(
                "\n\ncrowded: 1 minute, first Mon 11-23 03:00: 3 runs, 2 workers (default)"
                    + " (downbeat next --collisions)\n"
            )
        )
        #expect(
            downbeat("next", "a", "--collisions", "--json", "--within", "3d").output.hasPrefix(
                #"{"v":1,"items":[{"at":"2026-11-23T03:00:00+08:00","queue":"default","runs":3,"#
                    + #""workers":2,"schedules":["a","b","c"]},"#
            )
        )
        #expect(downbeat("next", "d", "--collisions").output.contains("has more runs than workers"))
        // Side by side they take a worker each.
        schedules[3].overlap = .allow
        let changed = schedules
        downbeat.service.set { $0.reading = Samples.reading(changed) }
        #expect(
            downbeat("next", "d", "--collisions", "--within", "10m").output.contains(
                "3        1  d"
            )
        )
        #expect(downbeat("next", "--expr", "0 3 * * *", "--collisions").status == 64)
    }

    // MARK: export

    @Test func `upcoming runs are exported, paused and skipped ones left out`() throws {
        let downbeat = try Samples.serviceWithState()
        let skipped = try Timestamp.shanghai("2026-11-24T02:30:00")
        downbeat.service.set { $0.summaries[3].state.skipNext = [skipped] }
        let result = downbeat("export", "ics", "每日备份", "tidy-tmp", "--days", "2", "--lang", "zh-CN")
        #expect(result.status == 0 && result.errors == "")
        let lines = result.output.split(separator: "\r\n").map(String.init)
        #expect(
            lines.filter { $0.hasPrefix("DTSTART:") } == [
                "DTSTART:20261123T200000Z", "DTSTART:20261124T183000Z",
            ]
        )
        #expect(lines.filter { $0.hasPrefix("SUMMARY:") } == ["SUMMARY:tidy-tmp", "SUMMARY:每日备份"])
        #expect(lines.contains("DESCRIPTION:每天 02:30，时区 Asia/Shanghai"))
        #expect(lines.contains("X-WR-CALNAME:Downbeat"))
        let english = downbeat("export", "ics", "每日备份", "--within", "3d").output
        #expect(english.contains("DESCRIPTION:At 02:30 every day\\, Asia/Shanghai\r\n"))
        #expect(downbeat("export", "ics", "--days", "2", "--within", "2d").status == 64)
        #expect(downbeat("export", "ics", "nobody").status == 66)
    }

    @Test func `an export that is too long is cut with a note`() throws {
        let downbeat = CommandLine()
        let busy = try Samples.schedule("busy", .every(Interval(period: .seconds(60))))
        downbeat.service.set { $0.reading = Samples.reading([busy]) }
        let result = downbeat("export", "ics")
        #expect(result.output.split(separator: "BEGIN:VEVENT").count == 20_001)
        #expect(
            result.errors.contains(
                "only the first 20,000 runs are written, those before Mon 2026-12-07 00:02:00"
            )
        )
    }
}
