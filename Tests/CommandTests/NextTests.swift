import DownbeatCore
import Testing

@Suite("next")
struct NextTests {
    @Test func `the first run of each schedule is listed over two zones`() throws {
        let downbeat = try Samples.serviceWithState()
        let result = downbeat("next", "--within", "24h")
        #expect(result.status == 0)
        #expect(result.errors == "")
        #expect(
            result.output == """
                Asia/Shanghai, now Mon 11-23 02:41:07        5 schedules, 170 runs; first of each shown (--all)

                WHEN                IN       SCHEDULE     RULE           MORE
                Mon 11-23 02:50:00  8m 53s   sync-orders  every 10m      +143
                Mon 11-23 03:00:00  18m 53s  log-stats    hourly at :00  +23
                Mon 11-23 04:30:00  1h 48m   ny-report    daily 15:30    America/New_York Sun 15:30
                Tue 11-24 02:30:00  23h 48m  每日备份     daily 02:30
                                    paused   tidy-tmp     daily 04:00    until Mon 09:00, ops: 磁盘迁移

                crowded: none (downbeat next --collisions lists minutes with more runs than workers)

                """
        )
    }

    @Test func `another zone's runs are shown by its own clock over a change`() throws {
        let downbeat = try Samples.serviceWithState()
        let result = downbeat("next", "ny-report", "--from", "2027-03-12", "-n", "3")
        #expect(
            result.output == """
                WHEN (America/New_York)        ASIA/SHANGHAI  NOTE
                Fri 2027-03-12 15:30:00 UTC-5  Sat 04:30
                Sat 2027-03-13 15:30:00 UTC-5  Sun 04:30
                Sun 2027-03-14 15:30:00 UTC-4  Mon 03:30      clocks go forward 1h today: one hour earlier here

                """
        )
    }

    @Test func `what will not run any more is said with its cause`() throws {
        let downbeat = CommandLine()
        var past = try Samples.schedule("past", Samples.daily("15:30"))
        past.rule.until = try .shanghai("2026-01-03T00:00:00")
        let done = try Samples.schedule("done", .once(.shanghai("2026-11-20T08:00:00")))
        let schedules = [past, done]
        downbeat.service.set { $0.reading = Samples.reading(schedules) }
        #expect(
            downbeat("next", "past").output.hasSuffix(
                "\n\nnothing runs any more: `until` has passed (through Fri 2026-01-02)\n"
            )
        )
        #expect(
            downbeat("next").output.hasSuffix(
                """
                nothing runs any more
                  past: `until` has passed (through Fri 2026-01-02)
                  done: `once` has passed (Fri 2026-11-20 08:00)

                """
            )
        )
    }

    @Test(arguments: [80, 120])
    func `a long name leaves the rules of the others whole`(_ columns: Int) throws {
        var downbeat = CommandLine()
        downbeat.columns = columns
        let name = String(repeating: "长", count: 32)
        let schedules = try [
            Samples.schedule(name, Samples.daily("02:30")),
            Samples.schedule("short", Samples.daily("15:30"), zone: "America/New_York"),
        ]
        downbeat.service.set { $0.reading = Samples.reading(schedules) }
        for command in ["next", "schedules"] {
            let lines = downbeat(command).output.split(separator: "\n").dropFirst()
            #expect(lines.allSatisfy { DisplayWidth.of($0) <= columns }, "\(lines)")
            #expect(lines.contains { $0.contains("长") && $0.contains("daily 02:30") })
            #expect(lines.contains { $0.contains("daily 15:30") })
        }
        let list = downbeat("next", "--within", "3d").output
        #expect(list.contains("America/New_York Sun 15:30"))
        #expect(list.contains(/daily 02:30  \+2\n/))
    }

    @Test func `a pipe gets tabs, one header, and times with their offset`() throws {
        let downbeat = try Samples.serviceWithState().piped
        let lines = downbeat("next").output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "at\tschedule\tzone\trule\tsource")
        #expect(
            lines[2]
                == "2026-11-23T03:00:00+08:00\tlog-stats\tAsia/Shanghai\t0 * * * *\tschedules/logs.yaml:3"
        )
        #expect(
            lines[3]
                == "2026-11-22T15:30:00-05:00\tny-report\tAmerica/New_York\tdaily 15:30\tschedules/app.yaml:9"
        )
        #expect(lines[5] == "\ttidy-tmp\tAsia/Shanghai\tdaily 04:00\tschedules/app.yaml:15")
    }

    @Test func `json has the frozen fields in their order`() throws {
        let downbeat = try Samples.serviceWithState()
        #expect(
            downbeat("next", "每日备份", "--json").output == """
                {"v":1,"items":[{"at":"2026-11-24T02:30:00+08:00","schedule":"每日备份",\
                "zone":"Asia/Shanghai","rule":"daily 02:30","queue":"backup",\
                "source":"schedules/backup.yaml:4","note":null,\
                "due":"2026-11-24T02:30:00+08:00"}]}

                """
        )
        let lines = downbeat("next", "-n", "2", "-o", "jsonl").output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            lines[0].hasPrefix("{\"at\":\"2026-11-23T02:50:00+08:00\",\"schedule\":\"sync-orders\"")
        )
    }

    @Test func `an expression is listed without any file`() {
        let downbeat = CommandLine()
        let result = downbeat("next", "--expr", "30 2 * * mon-fri", "-n", "2")
        #expect(result.status == 0)
        #expect(result.output.contains("Tue 11-24 02:30:00  23h 48m"))
        let refused = downbeat("next", "--expr", "0 25 * * *")
        #expect(refused.status == 64)
        #expect(refused.errors.contains("[E0305]"))
        #expect(refused.errors.contains("0 25 * * *\n        ^^"))
    }

    @Test func `a note that does not fit stands below its row`() throws {
        var downbeat = try Samples.serviceWithState()
        downbeat.columns = 80
        let result = downbeat("next", "ny-report", "--from", "2027-03-13", "-n", "2")
        #expect(
            result.output == """
                WHEN (America/New_York)        ASIA/SHANGHAI
                Sat 2027-03-13 15:30:00 UTC-5  Sun 04:30
                Sun 2027-03-14 15:30:00 UTC-4  Mon 03:30
                    clocks go forward 1h today: one hour earlier here

                """
        )
    }

    @Test func `a slot named by skip and a time that a gap swallows carry notes`() throws {
        var downbeat = try Samples.serviceWithState()
        downbeat.columns = 140
        let slot = try Timestamp.shanghai("2026-11-24T02:30:00")
        downbeat.service.set { $0.summaries[3].state.skipNext = [slot] }
        #expect(downbeat("next", "每日备份").output.contains("will be skipped"))

        let gap = try Samples.schedule("early", Samples.daily("02:30"), zone: "America/New_York")
        downbeat.service.set { $0.reading = Samples.reading([gap]) }
        let shown = downbeat("next", "early", "--from", "2027-03-14", "-n", "1").output
        #expect(shown.contains("Sun 2027-03-14 03:00:00 UTC-4"))
        #expect(shown.contains("02:30 does not exist today: clocks go forward 1h at 02:00"))
    }

    @Test func `every run of a day is counted as the first of each says`() throws {
        let downbeat = try Samples.serviceWithState().piped
        let rows = downbeat("next", "--within", "24h", "--all").output.split(separator: "\n")
        // 170 runs, one of the schedule that is paused until 09:00 is at 04:00 tomorrow: not in it.
        #expect(rows.count == 1 + 170)
    }

    @Test func `an interval counts from its event, and from now without one`() throws {
        let downbeat = CommandLine()
        let anchored = try [
            ("start", Interval.Anchor.start), ("pause", .lastEnd), ("old-way", .lastStart),
        ].map { try Samples.schedule($0, .every(Interval(period: .seconds(3600), anchor: $1))) }
        let lastEnd = CommandLine.now - .seconds(1800)
        var summaries = anchored.map { Samples.summary($0) }
        summaries[1].state.latestSlot = ScheduleState.LatestSlot(
            nominal: lastEnd - .seconds(60),
            fired: true,
            startedAt: lastEnd - .seconds(60),
            endedAt: lastEnd
        )
        let known = summaries
        downbeat.service.set { content in
            content.reading = Samples.reading(anchored)
            content.summaries = known
            content.owners = [Samples.daemon()]
            content.owners[0].startedAt = CommandLine.now - .seconds(600)
        }
        let output = downbeat("next").output
        #expect(output.contains("30m  pause     every 1h"))
        #expect(output.contains("50m  start     every 1h"))
        #expect(output.contains("1h   old-way   every 1h"))
        #expect(output.contains("counts from the end of the latest run"))
    }
}
