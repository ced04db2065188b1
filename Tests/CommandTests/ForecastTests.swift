import DownbeatCore
import Testing

/// `simulate`, `spread` and `audit dst`.
@Suite("Looking ahead")
struct ForecastTests {
    /// Two schedules at three o'clock and one all the time, on two workers.
    private static func service() throws -> CommandLine {
        let line = CommandLine()
        var renew = try Samples.schedule("cert-renew", Samples.daily("03:00"), line: 5)
        renew.spread = .seconds(1200)
        var backup = try Samples.schedule("backup", Samples.daily("03:00"), line: 9)
        backup.spread = .seconds(1800)
        let sync = try Samples.schedule("sync", .every(Interval(period: .seconds(600))))
        line.service.set { content in
            content.reading = Samples.reading([sync, renew, backup])
            content.hasDatabase = false
        }
        return line
    }

    @Test func `a week is simulated, and what is suggested has been tried`() throws {
        let downbeat = try Self.service()
        let result = downbeat(
            "simulate",
            "--from",
            "2026-11-23",
            "--days",
            "7",
            "--assume",
            "2m",
            "--assume",
            "backup=41m",
            "--assume",
            "sync=11m",
            "--all"
        )
        #expect(result.status == 0)
        #expect(
            result.output == """
                simulated 7 days in 0.00s with assumed durations
                runs 518   skipped for overlap 504 (sync)   late over 60s 7 (backup)   peak queue 1 at Mon 03:00
                suggest: move backup by 5m: at: "03:05", or queues: { default: 3 }

                SCHEDULE    SLOTS  RUNS  SKIPPED  LATE  LONGEST WAIT  TAKES
                sync        1,008   504      504                        11m
                cert-renew      7     7                                  2m
                backup          7     7              7            2m    41m

                """
        )
        let more = downbeat(
            "simulate",
            "--days",
            "7",
            "--assume",
            "2m",
            "--workers",
            "3"
        )
        #expect(more.output.contains("late over 60s 0   nothing had to wait for a worker\n"))
    }

    @Test func `json says it all and repeats to the last digit`() throws {
        let downbeat = try Self.service()
        let arguments = [
            "simulate", "--from", "2026-11-23", "--to", "2026-11-23", "--assume", "2m", "--json",
        ]
        let result = downbeat.run(arguments)
        #expect(result.errors == "")
        #expect(
            result.output.hasPrefix(
                """
                {"v":1,"items":[{"from":"2026-11-23T00:00:00+08:00","to":"2026-11-24T00:00:00+08:00",\
                "seed":1,"queues":{"backup":1,"default":2},"slots":146,"runs":146,"skipped":{},"late":1,\
                "ends":{"succeeded":146},"unfinished":0,"peak_queue":1,\
                "peak_queue_at":"2026-11-23T03:00:00+08:00","peak_running":2,\
                "peak_running_at":"2026-11-23T03:00:00+08:00","trace":"
                """
            )
        )
        #expect(result.output == downbeat.run(arguments).output)
    }

    @Test func `durations come from past runs that succeeded`() throws {
        let downbeat = try Self.service()
        downbeat.service.set { content in
            content.hasDatabase = true
            content.details = (1...20).map { number in
                let id = RunID(at: CommandLine.now, random: (1, UInt64(number)))
                var detail = RunDetail.sample(id: id, schedule: "backup", state: .succeeded)
                detail.record.attempts = 1
                detail.record.startedAt = CommandLine.now
                detail.record.endedAt = CommandLine.now + .seconds(60 * number)
                return detail
            }
        }
        let table = downbeat("simulate", "-v").output
        #expect(table.contains("with durations from history (p95), 1s for 2 without\n"))
        #expect(table.contains(/backup +7 +7 +1s +19m\n/))
        #expect(
            downbeat("simulate", "--assume", "backup=5s", "-v").output.contains(/backup.* 5s\n/)
        )
        let drawn = downbeat("simulate", "--seed", "7")
        #expect(drawn.output.contains("with durations from history (drawn), 1s for 2 without\n"))
        #expect(drawn.output == downbeat("simulate", "--seed", "7").output)
    }

    @Test func `spread says what to write and changes nothing`() throws {
        let downbeat = try Self.service()
        let result = downbeat("spread", "--assume", "4m")
        #expect(result.status == 0)
        #expect(
            result.output == """
                forecast of 7 days with assumed durations; 2 schedules with `spread`
                peak 3 runs in the minute of Mon 11-23 03:00 -> 1 run in the minute of Mon 11-23 02:50
                simulated: late 7 -> 0   peak queue 1 -> 0

                SCHEDULE    SPREAD  LATER  WRITE        NOW          WHERE
                cert-renew  20m     4m     at: "03:04"  daily 03:00  schedules/app.yaml:5
                backup      30m     14m    at: "03:14"  daily 03:00  schedules/app.yaml:9

                """
        )
        #expect(result.errors.contains("nothing was changed"))
        #expect(downbeat.service.current.controls == [])
        let none = try Samples.serviceWithState()("spread")
        #expect(none.output.contains("no offsets lower it"))
        #expect(none.errors.contains("declare by how much with a key like `spread: 20m`"))
    }

    @Test func `what changes of the clock do is listed by schedule`() throws {
        let downbeat = CommandLine()
        let zone = "America/New_York"
        let schedules = try [
            Samples.schedule("ny-report", Samples.daily("02:30"), zone: zone, line: 9),
            Samples.schedule("ny-one", Samples.daily("01:30"), zone: zone, line: 12),
            Samples.schedule("often", .cron([Crontab("*/5 * * * *")]), zone: zone),
        ]
        downbeat.service.set { $0.reading = Samples.reading(schedules) }
        let result = downbeat("audit", "dst", "--years", "1")
        #expect(result.errors == "")
        #expect(
            result.output == """
                3 schedules, 1 year: 2 findings, one keeps its rhythm

                ny-report   daily 02:30   schedules/app.yaml:9
                  02:30 does not exist on 2027-03-14 in America/New_York: runs at 03:00

                ny-one   daily 01:30   schedules/app.yaml:12
                  01:30 comes twice on 2027-11-07 in America/New_York: first pass only

                """
        )
        #expect(
            downbeat("audit", "dst", "ny-one", "--years", "1", "--json").output == """
                {"v":1,"items":[{"schedule":"ny-one","zone":"America/New_York","rule":"daily 01:30",\
                "effect":"doubled","at":"2027-11-07T01:00:00-05:00","count":1,"fires_at":null,\
                "note":"01:30 comes twice on 2027-11-07 in America/New_York: first pass only",\
                "source":"schedules/app.yaml:12"}]}

                """
        )
        let typed = downbeat("audit", "dst", "0 2 * * *", "--timezone", zone, "--years", "1")
        #expect(
            typed.output.contains(
                "  02:00 does not exist on 2027-03-14 in \(zone): runs at 03:00\n"
            )
        )
    }

    @Test func `slots that other zone data moved are listed with both versions`() throws {
        let downbeat = CommandLine()
        let schedule = try Samples.schedule(
            "ny-report",
            Samples.daily("12:00"),
            zone: "America/New_York"
        )
        var planned = ZoneForecast(
            schedule.rule.zone,
            version: "2026a",
            from: CommandLine.now - .seconds(86_400)
        )
        planned.changes[0].at = planned.changes[0].at - .seconds(86_400)
        let forecast = planned
        downbeat.service.set { content in
            content.reading = Samples.reading([schedule])
            content.forecasts = [forecast]
        }
        let result = downbeat("audit", "dst")
        #expect(
            result.errors == """
                warning: slots were planned with tzdata 2026a, this machine has 2026b; 1 slot moved \
                (America/New_York); a daemon plans anew when it starts

                """
        )
        #expect(
            result.output.contains(
                """
                  Sat 2027-03-13 11:00:00 UTC-5 (planned with tzdata 2026a) is now \
                Sat 2027-03-13 12:00:00 UTC-5
                """
            )
        )
    }
}
