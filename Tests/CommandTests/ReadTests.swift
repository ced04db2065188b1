import DownbeatCore
import Testing

@Suite("Reads")
struct ReadTests {
    @Test func `an expression is drawn field by field`() {
        let result = CommandLine()("explain", "30 2 1-7 * mon")
        #expect(
            result.output == """
                cron  30 2 1-7 * mon
                      |  | |   | `-- day of week: Monday
                      |  | |   `---- every month
                      |  | `-------- day of month: 1 to 7
                      |  `---------- 02h
                      `------------- minute 30
                means "At 02:30 on days 1-7 of the month, or on any Monday"
                      classic cron rule: when both day fields are set, either one matches.
                      If you meant the first Monday only:  cron: "30 2 * * mon#1"
                next  Mon 2026-11-30 02:30, Tue 12-01 02:30, Wed 12-02 02:30 ..   (Asia/Shanghai)

                """
        )
    }

    @Test func `a schedule is explained with its policies and its last run`() throws {
        let downbeat = try Samples.serviceWithState()
        let expected = """
            每日备份   schedules/backup.yaml:4
              when      at 02:30 every day, Asia/Shanghai; next Tue 11-24 02:30 (23h 48m)
              does      sh: tar -czf /srv/backup/app.tar.gz /srv/app
              overlap   skip            previous run still going -> recorded as skipped
              catch up  once            daemon was down -> one run at start, if at most 6h late
              attempts  3, wait 30s x2 up to 10m, jitter 10%      timeout 2h (TERM, then KILL after 10s)
              queue     backup (1 at once)
              keeps     runs 30d, output 30d, 20 to 10,000 runs
              last      failed Mon 11-23 02:30, 3 tries, exit 1   -> downbeat logs 每日备份

            """
        #expect(downbeat("explain", "每日备份").output == expected)
        #expect(downbeat("schedules", "show", "每日备份").output == expected)
    }

    @Test
    func `an explanation names what clocks skip, the last day, and the first line of a script`()
        throws
    {
        let downbeat = CommandLine()
        var early = try Samples.schedule("early", Samples.daily("02:30"), zone: "America/New_York")
        early.definition.action = .shell("set -e\ncd /srv\n\ntar -c .\n")
        early.rule.until = try InstantText.parse(
            "2027-06-30",
            zone: early.rule.zone,
            bareDate: .endOfDay
        )
        let sample = early
        downbeat.service.set { $0.reading = Samples.reading([sample]) }
        let output = downbeat("explain", "early").output
        #expect(output.contains("America/New_York, through 2027-06-30; next"))
        #expect(
            output.contains(
                "clocks    02:30 does not exist on 2027-03-14: runs at 03:00 that day\n"
            )
        )
        #expect(output.contains("does      sh: set -e .. (+2 lines)\n"))
    }

    @Test func `times of one column have one form`() throws {
        let downbeat = CommandLine()
        let schedules = try [
            Samples.schedule("a", .every(Interval(period: .seconds(300)))),
            Samples.schedule("b", .every(Interval(period: .seconds(7)))),
        ]
        downbeat.service.set { $0.reading = Samples.reading(schedules) }
        let output = downbeat("schedules").output
        #expect(output.contains("a         every 5m  02:45:00\n"))
        #expect(output.contains(/b +every 7s  02:41:\d\d\n/))
    }

    @Test func `an error code is explained from the catalogue`() {
        let downbeat = CommandLine()
        #expect(downbeat("explain", "e0305").output.hasPrefix("E0305  "))
        #expect(downbeat("explain", "E9999").status == 66)
    }

    @Test func `schedules are listed with last, state and next, aligned by cells`() throws {
        let downbeat = try Samples.serviceWithState()
        #expect(
            downbeat("schedules").output == """
                Asia/Shanghai, now Mon 11-23 02:41:07

                SCHEDULE     RULE           LAST             STATE   NEXT
                sync-orders  every 10m                               02:50
                log-stats    hourly at :00                           03:00
                ny-report    daily 15:30                             04:30
                每日备份     daily 02:30    Mon 11-23 02:30  failed  Tue 02:30
                tidy-tmp     daily 04:00                             Tue 04:00
                    paused until Mon 09:00, ops: 磁盘迁移

                """
        )
        let plain = downbeat.piped("schedules").output.split(separator: "\n")
        #expect(
            plain[0]
                == "name\trule\tzone\tenabled\tpaused_until\tlast_slot\tlast_state\tnext\tqueue\tsource"
        )
        #expect(
            plain[4]
                == "每日备份\tdaily 02:30\tAsia/Shanghai\ttrue\t\t2026-11-23T02:30:00+08:00\tfailed"
                + "\t2026-11-24T02:30:00+08:00\tbackup\tschedules/backup.yaml:4"
        )
    }

    @Test func `runs are listed with whole ids, and json keeps its fields`() throws {
        let downbeat = try Samples.serviceWithState()
        let id = try Samples.failedBackup().record.id.text
        #expect(
            downbeat("runs", "--state", "failed", "--since", "24h").output == """
                ID                          SCHEDULE  DUE                 STATE   TRIES  TOOK    NOTE
                \(id)  每日备份  Mon 11-23 02:30:00  failed  3/3    4m 11s  exit 1

                """
        )
        #expect(downbeat("runs", "--state", "succeeded").output == "no such runs\n")
        #expect(
            downbeat("runs", "list", "--json").output == """
                {"v":1,"items":[{"id":"\(id)","schedule":"每日备份","task":"command",\
                "slot":"2026-11-23T02:30:00+08:00","state":"failed","queue":"backup","attempts":3,\
                "enqueued_at":"2026-11-23T02:30:00.000+08:00",\
                "started_at":"2026-11-23T02:30:00.004+08:00",\
                "ended_at":"2026-11-23T02:34:12.000+08:00","duration_ms":251996,"exit_code":1,\
                "signal":null,"error":"exit 1","retry_of":null}]}

                """
        )
    }

    @Test func `the ledger names the run in the way and counts stretches`() throws {
        let downbeat = try Samples.serviceWithState()
        let slot = try Timestamp.shanghai("2026-11-23T02:30:00")
        let id = try Samples.failedBackup().record.id
        downbeat.service.set { content in
            content.ledger = [
                LedgerRow(
                    schedule: "每日备份",
                    slot: slot,
                    to: nil,
                    count: 1,
                    outcome: .fired,
                    reason: nil,
                    blockedBy: nil,
                    runID: id
                ),
                LedgerRow(
                    schedule: "sync-orders",
                    slot: slot,
                    to: nil,
                    count: 1,
                    outcome: .skipped,
                    reason: .overlap,
                    blockedBy: id,
                    runID: nil
                ),
                LedgerRow(
                    schedule: "log-stats",
                    slot: slot - .seconds(174_600),
                    to: slot - .seconds(1800),
                    count: 49,
                    outcome: .skipped,
                    reason: .catchUp,
                    blockedBy: nil,
                    runID: nil
                ),
            ]
        }
        #expect(
            downbeat("runs", "--ledger").output == """
                SLOT                SCHEDULE     OUTCOME  REASON        RUN
                Mon 11-23 02:30:00  每日备份     fired                  \(id.text)
                Mon 11-23 02:30:00  sync-orders  skipped  overlap with  \(id.text)
                Sat 11-21 02:00:00  log-stats    skipped  catch_up      49 slots to Mon 11-23 02:00:00

                """
        )
        #expect(
            downbeat("runs", "--ledger", "--schedule", "log-stats", "--json").output == """
                {"v":1,"items":[{"schedule":"log-stats","slot":"2026-11-21T02:00:00+08:00",\
                "to":"2026-11-23T02:00:00+08:00","count":49,"outcome":"skipped",\
                "reason":"catch_up","blocked_by":null,"run_id":null}]}

                """
        )
    }

    @Test func `a run is found by id, by its last characters and by its schedule`() throws {
        let downbeat = try Samples.serviceWithState()
        let id = try Samples.failedBackup().record.id.text
        let whole = downbeat("runs", "show", id)
        #expect(whole.status == 0)
        #expect(whole.output.hasPrefix("\(id)   每日备份   failed\n"))
        #expect(downbeat("runs", "show", String(id.suffix(6)).lowercased()).output == whole.output)
        #expect(downbeat("runs", "show", "每日备份").output == whole.output)
        #expect(downbeat("runs", "show", "log-stats").errors.contains("has no runs yet"))
    }

    @Test func `why answers from the ledger, the pause and the rule`() throws {
        let downbeat = try Samples.serviceWithState()
        let slot = try Timestamp.shanghai("2026-11-23T02:30:00")
        let id = try Samples.failedBackup().record.id
        downbeat.service.set { content in
            content.ledger = [
                LedgerRow(
                    schedule: "每日备份",
                    slot: slot,
                    to: nil,
                    count: 1,
                    outcome: .fired,
                    reason: nil,
                    blockedBy: nil,
                    runID: id
                ),
                LedgerRow(
                    schedule: "log-stats",
                    slot: slot - .seconds(174_600),
                    to: slot - .seconds(1800),
                    count: 49,
                    outcome: .skipped,
                    reason: .catchUp,
                    blockedBy: nil,
                    runID: nil
                ),
            ]
        }
        let cases: [([String], String)] = [
            (
                ["每日备份", "2026-11-23 02:30"],
                "fired at Mon 11-23 02:30:00 Asia/Shanghai; its run ended failed"
            ),
            (["每日备份", "2026-11-23 02:31"], "slot after:  Tue 2026-11-24 02:30:00 Asia/Shanghai"),
            (["每日备份"], "runs next Tue 11-24 02:30:00 Asia/Shanghai, in 23h 48m"),
            (
                ["log-stats", "2026-11-22 12:00"],
                "`catch_up: skip` did not choose it; one of 49 slots"
            ),
            (["log-stats", "2026-11-22 12:30"], "has no slot at Sun 11-22 12:30:00"),
            (
                ["tidy-tmp"],
                "does not run: paused until Mon 11-23 09:00:00 Asia/Shanghai, ops: 磁盘迁移"
            ),
            (["tidy-tmp", "2026-11-23 04:00"], "will be skipped at Mon 11-23 04:00:00"),
            (["ny-report", "2027-03-14 02:30"], "that time does not exist in America/New_York"),
            ([id.text], "failed 6m 55s ago: exit 1"),
        ]
        for (arguments, expected) in cases {
            let result = downbeat.run(["why"] + arguments)
            #expect(result.status == 0)
            #expect(result.output.contains(expected), "why \(arguments)")
        }
    }

    @Test func `why tells a removed schedule, a retry, a backoff, and in a pipe as well`() throws {
        let downbeat = try Samples.serviceWithState()
        let slot = try Timestamp.shanghai("2026-11-23T02:30:00")
        let id = try Samples.failedBackup().record.id
        downbeat.service.set { content in
            content.ledger = [
                LedgerRow(
                    schedule: "old",
                    slot: slot,
                    to: nil,
                    count: 1,
                    outcome: .fired,
                    reason: nil,
                    blockedBy: nil,
                    runID: id
                )
            ]
            content.summaries[3].latestRun?.retryOf = id
            content.summaries[3].latestRun?.state = .scheduled
            content.summaries[3].latestRun?.attempts = 1
            content.summaries[3].latestRun?.readyAt = CommandLine.now + .seconds(14)
        }
        let removed = downbeat("why", "old", "2026-11-23 02:30").output
        #expect(removed.contains("it was removed from the schedule files"))
        #expect(removed.contains("the slot Mon 11-23 02:30:00 Asia/Shanghai fired; its run"))
        let why = downbeat.piped("why", "每日备份").output
        #expect(why.contains("retry of \(id.text): scheduled\n"))
        #expect(why.contains("attempt 2 of 3 again in 14s\n"))
        #expect(why.contains("no daemon is running"))
    }

    @Test func `why says what a waiting run waits for`() throws {
        let downbeat = try Samples.serviceWithState()
        let id = RunID(at: CommandLine.now, random: (5, 5))
        downbeat.service.set { $0.details.append(.sample(id: id, schedule: "log-stats")) }
        #expect(downbeat("why", id.text).output.contains("waits for a worker: none is running"))
        downbeat.service.set { content in
            content.owners = [Samples.daemon()]
            content.queues = [QueueSummary(name: "default", waiting: 1, oldest: nil, running: 2)]
        }
        #expect(downbeat("why", id.text).output.contains("queue default runs 2 of 2 at once"))
        let before = try Samples.failedBackup().record.id
        downbeat.service.set { content in
            content.details[content.details.count - 1].heldBehind = before
        }
        #expect(downbeat("why", id.text).output.contains("waits until run \(before.text)"))
    }

    @Test func `versions are named`() {
        #expect(
            CommandLine()("version").output == "downbeat 0.1.0   tzdata 2026b   SQLite 3.40.1\n"
        )
        #expect(
            CommandLine()("--version", "--json").output
                == "{\"v\":1,\"items\":[{\"version\":\"0.1.0\",\"tzdata\":\"2026b\",\"sqlite\":\"3.40.1\"}]}\n"
        )
    }

    @Test func `completions are generated for three shells`() {
        for shell in ["bash", "zsh", "fish"] {
            let script = CommandLine()("completions", shell).output
            #expect(script.contains("downbeat values schedules"))
        }
    }

    @Test func `a shell gets names and ids, and silence when there are none`() throws {
        let downbeat = try Samples.serviceWithState()
        let id = try Samples.failedBackup().record.id.text
        #expect(
            downbeat("values", "runs").output
                == "sync-orders\nlog-stats\nny-report\n每日备份\ntidy-tmp\n\(id.suffix(6))\n"
        )
        downbeat.service.set { content in
            content.failure = .damaged("page 3")
            content.reading = Samples.brokenReading
        }
        let silent = downbeat("values", "schedules")
        #expect(silent.output == "" && silent.errors == "" && silent.status == 0)
    }

    @Test func `measured logs keep their fields, and mawk may be missing`() {
        let result = CommandLine()("bench", "log", "--json")
        #expect(
            result.output.hasPrefix(
                "{\"v\":1,\"items\":[{\"bytes\":1000000,\"lines\":5000,\"all_mb_per_s\":150,"
                    + "\"status_mb_per_s\":400,\"mawk_status_mb_per_s\":null,"
                    + "\"status_to_mawk\":null,\"note\":\"mawk is not installed\","
            )
        )
    }

    @Test func `measured lag keeps its fields`() {
        let result = CommandLine()("bench", "lag", "--json")
        #expect(
            result.output.hasPrefix(
                "{\"v\":1,\"items\":[{\"schedules\":100,\"p50_ms\":0.61,\"p99_ms\":2.5,\"max_ms\":4,"
                    + "\"fsync_p50_ms\":0.61,\"fsync_p99_ms\":2.5,\"load\":0.5,"
            )
        )
    }

    @Test func `a measured plan keeps its fields`() {
        let result = CommandLine()("bench", "plan", "--schedules", "10000", "--json")
        #expect(result.output.hasPrefix("{\"v\":1,\"items\":[{\"schedules\":10000,\"build_s\":"))
        for key in ["bytes_each", "tick_us", "load"] {
            #expect(result.output.contains("\"\(key)\":"), "\(key)")
        }
        #expect(result.output.contains("\"due\":1000,"))
    }
}
