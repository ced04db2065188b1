import DownbeatCore
import Testing

@Suite("Controls")
struct ControlTests {
    @Test func `a pause says until when and how many runs it skips`() throws {
        let downbeat = try Samples.serviceWithState()
        let result = downbeat("pause", "--all", "--reason", "磁盘迁移", "--for", "2h")
        #expect(
            result.output
                == "paused 5 schedules until Mon 11-23 04:41:07 (16 runs will be skipped); "
                + "running runs continue\n"
                + "tidy-tmp: this replaces the pause until Mon 11-23 09:00, ops: 磁盘迁移\n"
        )
        #expect(
            downbeat.service.current.controls
                == ["pause sync-orders,log-stats,ny-report,每日备份,tidy-tmp: ops: 磁盘迁移"]
        )
        #expect(downbeat("pause").status == 64)
        #expect(downbeat("pause", "log-stats", "--all").status == 64)
        #expect(downbeat("pause", "log-stats", "--until", "2026-11-22").status == 64)
        #expect(downbeat("resume", "log-stat").errors.contains("did you mean `log-stats`?"))
    }

    @Test func `skip names its slots and the way back`() throws {
        let downbeat = try Samples.serviceWithState()
        #expect(
            downbeat("skip", "每日备份").output == """
                will skip Tue 2026-11-24 02:30:00 Asia/Shanghai; after that Wed 2026-11-25 02:30:00
                undo: downbeat resume 每日备份

                """
        )
        let slot = try Timestamp.shanghai("2026-11-24T02:30:00")
        #expect(downbeat.service.current.controls == ["skip 每日备份: \(slot.seconds)"])
        #expect(
            downbeat("resume", "每日备份").output
                == "每日备份 was not paused; next Tue 11-24 02:30 Asia/Shanghai\n"
        )
    }

    @Test func `a manual run is queued with today's definition`() throws {
        let downbeat = try Samples.serviceWithState()
        let result = downbeat("run", "每日备份")
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("queued  01"))
        #expect(result.output.hasSuffix("  (manual, ops)\n"))
        #expect(result.errors.contains("no worker is running"))
        let request = try #require(downbeat.service.current.made.first)
        #expect(request.queue == "backup")
        #expect(request.definition.timeout == .seconds(7200))
        #expect(request.place == .queue)
    }

    @Test(arguments: [
        (RunState.succeeded, Int32?(0), [String](), Int32(0)),
        (.failed, 3, [], 1),
        (.failed, 3, ["--propagate"], 3),
        (.cancelled, nil, [], 1),
    ])
    func `waiting ends with the run's own end`(
        state: RunState,
        code: Int32?,
        options: [String],
        status: Int32
    ) throws {
        let downbeat = try Samples.serviceWithState()
        let service = downbeat.service
        service.clocks.onStep {
            service.set { content in
                let id = content.details[content.details.count - 1].record.id
                content.finish(id, state, at: CommandLine.now + .seconds(41), exitCode: code)
            }
        }
        let result = downbeat.run(["run", "log-stats", "--wait"] + options)
        #expect(result.status == status)
        #expect(result.output.contains("\n\(state.rawValue)  41s"))
    }

    @Test func `waiting gives up after its time with 124, and the run goes on`() throws {
        let downbeat = try Samples.serviceWithState()
        let result = downbeat("run", "log-stats", "--wait", "--timeout", "2s")
        #expect(result.status == 124)
        #expect(result.errors.contains("help: it goes on"))
        let made = downbeat.service.current.made.count
        #expect(downbeat("run", "log-stats", "--timeout", "2s").status == 64)
        #expect(downbeat("run", "log-stats", "--wait", "--timeout", "2").status == 64)
        #expect(downbeat.service.current.made.count == made)
    }

    @Test func `a run here makes the database and needs no daemon`() throws {
        let downbeat = try Samples.serviceWithState()
        downbeat.service.set { $0.hasDatabase = false }
        let result = downbeat("run", "log-stats", "--here")
        #expect(result.status == 0)
        #expect(downbeat.service.current.started?.kind == .here)
        #expect(downbeat.service.current.made.first?.place == .here)
        #expect(result.output == "")
        #expect(result.errors == "succeeded  27ms\n")
        #expect(downbeat.service.current.controls == ["hold"])
        #expect(downbeat.service.current.started?.redirectsOutput == false)
        let json = downbeat("run", "log-stats", "--here", "--json")
        #expect(json.output.hasPrefix("{\"v\":1,\"items\":[{\"id\":"))
        #expect(json.errors == "")
        #expect(downbeat.service.current.started?.redirectsOutput == true)
    }

    @Test func `retry and cancel take a schedule's name for its latest run`() throws {
        let downbeat = try Samples.serviceWithState()
        let id = try Samples.failedBackup().record.id.text
        #expect(downbeat("cancel", "每日备份").output == "cancelled \(id)\n")
        downbeat.service.set { $0.cancelOutcome = .requested }
        #expect(downbeat("cancel", id).output.hasSuffix("takes effect when a worker starts\n"))
        downbeat.service.set { $0.cancelOutcome = .alreadyFinal(.failed) }
        #expect(downbeat("cancel", id).status == 1)
        #expect(downbeat("retry", "每日备份").output.hasSuffix("  (retry of \(id))\n"))
        #expect(downbeat("retry", "每日备份").status == 75)
    }

    @Test func `a pause names what it replaces, and resume what was not paused`() throws {
        let downbeat = try Samples.serviceWithState()
        #expect(
            downbeat("pause", "tidy-tmp").output.hasSuffix(
                "this replaces the pause until Mon 11-23 09:00, ops: 磁盘迁移\n"
            )
        )
        #expect(downbeat("resume", "log-stats").output.hasPrefix("log-stats was not paused; next"))
        #expect(downbeat("resume", "--all").output == "resumed 1 schedule\n")
        #expect(downbeat.service.current.controls.last == "resume tidy-tmp")
        #expect(
            downbeat("schedules", "show", "tidy-tmp").output.contains(
                "paused    until Mon 11-23 09:00 Asia/Shanghai, ops: 磁盘迁移"
            )
        )
        #expect(
            downbeat("schedules", "--json").output.contains("\"pause_reason\":\"ops: 磁盘迁移\"")
        )
    }

    @Test func `after a skip comes the next slot that is not skipped`() throws {
        let downbeat = try Samples.serviceWithState()
        let slots = [
            try Timestamp.shanghai("2026-11-24T02:30:00"), try .shanghai("2026-11-25T02:30:00"),
        ]
        downbeat.service.set { $0.summaries[3].state.skipNext = slots }
        #expect(
            downbeat("skip", "每日备份").output.hasPrefix(
                "will skip Tue 2026-11-24 02:30:00 Asia/Shanghai, and 1 more named before; "
                    + "after that Thu 2026-11-26 02:30:00\n"
            )
        )
    }

    @Test func `cancel prefers what runs to what has ended, and names the others`() throws {
        let downbeat = try Samples.serviceWithState()
        let states: [RunState] = [.running, .queued, .succeeded]
        let ids = states.indices.map { index in
            RunID(at: CommandLine.now + .seconds(index), random: (3, 3))
        }
        downbeat.service.set { content in
            for (id, state) in zip(ids, states) {
                content.details.append(.sample(id: id, schedule: "log-stats", state: state))
            }
        }
        let result = downbeat("cancel", "log-stats")
        #expect(result.output == "cancelled \(ids[0].text)\n")
        #expect(result.errors.contains("left alone: \(ids[1].text) (queued)"))
        downbeat.service.set { $0.cancelOutcome = .alreadyFinal(.succeeded) }
        let late = downbeat.piped("cancel", ids[2].text)
        #expect(late.output.hasSuffix("\(ids[2].text)\tlog-stats\thad_ended\n"))
        #expect(late.status == 1)
    }

    @Test func `while the files are broken a run uses the definition adopted last`() throws {
        let downbeat = try Samples.serviceWithState()
        downbeat.service.set { $0.reading = Samples.brokenReading }
        let result = downbeat("run", "每日备份")
        #expect(result.status == 0)
        #expect(result.errors.contains("note: this run uses the definition adopted last\n"))
        #expect(downbeat.service.current.made.first?.definition.timeout == .seconds(7200))
    }

    @Test func `an interrupted wait says that the run goes on`() throws {
        var downbeat = try Samples.serviceWithState()
        downbeat.isInterrupted = true
        let result = downbeat("run", "log-stats", "--wait")
        #expect(result.status == 130)
        #expect(result.errors.contains(" goes on\nhelp: follow it with: downbeat logs "))
    }

    @Test func `a mere new name changes no policies`() throws {
        let downbeat = try Samples.serviceWithState()
        var schedules = try Samples.several()
        downbeat.service.set { content in
            for (index, schedule) in schedules.enumerated() {
                content.summaries[index].state.revision = schedule.revision
            }
        }
        for index in schedules.indices {
            if index == 1 {
                schedules[1].name = "log-figures"
                schedules[1].renamedFrom = "log-stats"
            }
            schedules[index].definition.revision = schedules[index].revision
        }
        let renamed = schedules
        downbeat.service.set { $0.reading = Samples.reading(renamed) }
        #expect(
            downbeat("plan").output.hasPrefix(
                "~ log-figures  renamed from log-stats  history and state kept\n"
            )
        )
    }

    @Test func `plan names what is new, different and gone`() throws {
        let downbeat = try Samples.serviceWithState()
        var schedules = try Samples.several()
        schedules[3].rule.trigger = try Samples.daily("03:00")
        schedules[1].definition.timeout = .seconds(300)
        schedules[1].definition.revision = "changed"
        schedules[4] = try Samples.schedule("fresh", .every(Interval(period: .seconds(600))))
        let changed = schedules
        downbeat.service.set { content in
            content.reading = Samples.reading(changed)
            content.summaries[4].activeRuns = [
                ActiveRun(id: RunID(at: CommandLine.now, random: (7, 7)), state: .queued)
            ]
            content.summaries[4].state.pause = nil
        }
        #expect(
            downbeat("plan").output == """
                ~ log-stats  timeout none -> 5m
                ~ 每日备份   daily 02:30 -> daily 03:00  next 03:00
                + fresh      every 10m, queue default    first run 02:50
                - tidy-tmp   removed; 1 waiting run will be cancelled, history kept
                plan: 1 add, 2 change, 1 remove.   downbeat apply

                """
        )
        #expect(downbeat("plan", "--exit-code").status == 2)
    }

    @Test func `apply reports what the daemon made of the files`() throws {
        let downbeat = try Samples.serviceWithState()
        #expect(downbeat("apply").status == 69)
        downbeat.service.set { $0.owners = [Samples.daemon()] }
        #expect(downbeat("apply").output == "applied  nothing changed; 5 scheduled\n")
        downbeat.service.set { content in
            content.summaries.remove(at: 0)
            content.summaries[0].state.revision = "another"
        }
        #expect(
            downbeat("apply").output == "applied  1 added, 1 changed, 0 removed; 5 scheduled\n"
        )
        #expect(
            downbeat("apply", "--json").output
                == "{\"v\":1,\"items\":[{\"schedules\":5,\"added\":1,\"changed\":1,\"removed\":0}]}\n"
        )
        downbeat.service.set { $0.reloadOutcome = .timedOut }
        #expect(downbeat("apply").status == 75)
        let problem = Diagnostic(
            severity: .error,
            code: "E0201",
            message: "unknown key `x`",
            place: SourcePlace(file: "a.yaml", line: 1, column: 2)
        )
        downbeat.service.set { $0.reloadOutcome = .rejected(problem) }
        #expect(downbeat("apply").status == 78)
        #expect(downbeat("apply").errors.contains("a.yaml:1:2"))
    }
}
