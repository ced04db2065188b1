import DownbeatCore
import Testing

@Suite("status and logs")
struct StatusTests {
    private func busy() throws -> CommandLine {
        let downbeat = try Samples.serviceWithState()
        let slot = try Timestamp.shanghai("2026-11-23T02:40:26")
        var running = RunDetail.sample(
            id: RunID(at: slot, random: (2, 2)),
            schedule: "log-stats",
            slot: slot,
            state: .running
        )
        running.record.startedAt = slot
        running.record.attempts = 1
        downbeat.service.set { content in
            content.owners = [Samples.daemon()]
            content.details.append(running)
            content.queues = [
                QueueSummary(
                    name: "default",
                    waiting: 3,
                    oldest: CommandLine.now - .seconds(250),
                    running: 1
                )
            ]
        }
        return downbeat
    }

    @Test func `what is wrong comes first, and makes the status 1`() throws {
        let result = try busy()("status")
        #expect(result.status == 1)
        #expect(
            result.output == """
                daemon up 6d 4h, pid 812, 0.1.0, zone Asia/Shanghai
                WRONG  每日备份        failed 6m 55s ago, 3 tries, exit 1
                       queue default   late 4m 10s, 3 waiting for a free worker
                NOW    log-stats       41s
                NEXT   sync-orders     02:50 in 8m 53s       and 169 more in 24h
                queue  default 3 waiting (oldest 4m 10s)  backup 0     workers 1 of 2 busy

                """
        )
    }

    @Test func `a queue that no worker serves is wrong at once`() throws {
        let downbeat = try Samples.serviceWithState()
        downbeat.service.set { content in
            content.owners = [Samples.daemon()]
            content.owners[0].queues = ["default"]
            content.queues = [
                QueueSummary(
                    name: "backup",
                    waiting: 2,
                    oldest: CommandLine.now - .seconds(5),
                    running: 0
                )
            ]
        }
        let result = downbeat("status")
        #expect(result.status == 1)
        #expect(
            result.output.contains(
                "queue backup    2 waiting for 5s: no worker serves it"
                    + " (downbeat worker --queues backup)\n"
            )
        )
    }

    @Test func `a daemon that stops says so and announces nothing`() throws {
        let downbeat = try Samples.serviceWithState()
        downbeat.service.set { content in
            content.owners = [Samples.daemon()]
            content.owners[0].stoppingSince = CommandLine.now - .seconds(12)
        }
        let result = downbeat("status")
        #expect(result.status == 1)
        #expect(result.output.hasPrefix("daemon stopping for 12s, pid 812"))
        #expect(result.output.contains("is stopping: nothing fires"))
        #expect(!result.output.contains("NEXT"))
        #expect(downbeat("status", "--json").output.contains("\"next\":null"))
    }

    @Test func `json has the frozen fields`() throws {
        let output = try busy()("status", "--json").output
        #expect(
            output.hasPrefix(
                "{\"v\":1,\"items\":[{\"daemon\":{\"pid\":812,\"version\":\"0.1.0\","
                    + "\"up_since\":\"2026-11-16T22:41:07+08:00\"},\"wrong\":[{\"subject\":\"每日备份\""
            )
        )
        #expect(output.hasSuffix("\"reload_error\":null}]}\n"))
    }

    @Test func `without a daemon the status is 69 and says where it looked`() throws {
        let downbeat = try Samples.serviceWithState()
        let result = downbeat("status", "--json")
        #expect(result.status == 69)
        #expect(result.output.hasPrefix("{\"v\":1,\"items\":[{\"daemon\":null,"))
        #expect(result.errors.contains("no process holds a lock in ./.downbeat"))
    }

    @Test func `a refused reload is shown with its place`() throws {
        let downbeat = try Samples.serviceWithState()
        let problem = Diagnostic(
            severity: .error,
            code: "E0201",
            message: "unknown key `tmezone`",
            place: SourcePlace(file: "schedules/a.yaml", line: 12, column: 9)
        )
        downbeat.service.set { content in
            content.owners = [Samples.daemon()]
            content.reloadError = problem
        }
        let result = downbeat("status")
        #expect(result.output.contains("the last reload was refused: schedules/a.yaml:12:9"))
        #expect(
            downbeat("status", "--json").output.hasSuffix(
                "\"reload_error\":{\"file\":\"schedules/a.yaml\",\"line\":12,\"column\":9,"
                    + "\"message\":\"unknown key `tmezone`\"}}]}\n"
            )
        )
    }

    @Test func `output is shown line by line and cannot steer the terminal`() throws {
        let downbeat = try Samples.serviceWithState()
        let time = try Timestamp.shanghai("2026-11-23T02:33:02")
        downbeat.service.set { content in
            content.outputs = [
                OutputChunk(stream: .out, time: time, bytes: Array("copying\nha".utf8)),
                OutputChunk(
                    stream: .err,
                    time: time + .milliseconds(114),
                    bytes: Array("\u{1B}[31m磁盘\u{7}\r\n".utf8) + [0xFF, 0x0A]
                ),
                OutputChunk(stream: .out, time: time + .seconds(1), bytes: Array("lf".utf8)),
            ]
        }
        let id = try Samples.failedBackup().record.id.text
        #expect(
            downbeat("logs", "每日备份").output == """
                == \(id) attempt 3 of 3, 02:33:02
                02:33:02.000 out  copying
                02:33:02.114 err  \\u{1B}[31m磁盘\\u{7}
                02:33:02.114 err  \u{FFFD}
                02:33:03.000 out  half
                == ended failed exit 1

                """
        )
        #expect(
            downbeat("logs", id, "--json").output.hasPrefix(
                "{\"stream\":\"out\",\"time\":\"2026-11-23T02:33:02.000+08:00\",\"text\":\"copying\"}\n"
            )
        )
        #expect(downbeat.piped("logs", id).output.hasPrefix("time\tstream\ttext\n"))
        #expect(downbeat("logs", id, "--attempt", "9").status == 66)
    }

    @Test func `what was left out is marked where it is missing`() throws {
        let downbeat = try Samples.serviceWithState()
        let id = try Samples.failedBackup().record.id.text
        let time = CommandLine.now
        let line = Array((String(repeating: "x", count: 63) + "\n").utf8)
        let whole = (0..<1024).flatMap { _ in line }
        downbeat.service.set { content in
            content.details[0].attempts[0].droppedBytes = 4000
            let head = (0..<8).map { index in
                let bytes = index < 7 ? whole : Array(whole.prefix(whole.count - 8 * 64))
                return OutputChunk(stream: .out, time: time, bytes: bytes)
            }
            content.outputs = head + [OutputChunk(stream: .out, time: time, bytes: line)]
        }
        for (line, form) in [
            (downbeat, "== 4 kB between"), (downbeat.piped, "\tgap\t4 kB between"),
        ] {
            let lines = line("logs", id).output.split(separator: "\n")
            let index = try #require(lines.firstIndex { $0.contains(form) })
            #expect(lines[index...].count { $0.hasSuffix("xxx") } == 1)
            #expect(lines[..<index].count { $0.hasSuffix("xxx") } == 8192 - 8)
        }
        #expect(downbeat("logs", id, "--json").output.contains("{\"stream\":\"gap\","))
    }

    @Test func `following a schedule without runs waits for its first`() throws {
        let downbeat = try Samples.serviceWithState()
        let service = downbeat.service
        service.clocks.onStep {
            // The walk ends when the service goes away.
            service.set { content in
                guard content.details.count < 2 else {
                    content.failure = .inputOutput("gone")
                    return
                }
                let id = RunID(at: CommandLine.now, random: (6, 6))
                content.details.append(.sample(id: id, schedule: "log-stats", state: .succeeded))
            }
        }
        let result = downbeat.piped("logs", "log-stats", "-f")
        #expect(result.errors.hasPrefix("`log-stats` has no runs yet; waiting for its first"))
        #expect(result.errors.contains("== ended succeeded\n"))
    }

    @Test func `following shows what comes until the run ends`() throws {
        let downbeat = CommandLine()
        let id = RunID(at: CommandLine.now, random: (4, 4))
        var detail = RunDetail.sample(id: id, schedule: "hello", state: .running)
        detail.attempts = [
            AttemptRecord(
                number: 1,
                owner: "o",
                claimedAt: CommandLine.now,
                startedAt: CommandLine.now,
                endedAt: nil,
                end: nil,
                usage: nil,
                droppedBytes: 0,
                outputCut: false
            )
        ]
        let running = detail
        let service = downbeat.service
        service.set { $0.details = [running] }
        service.clocks.onStep {
            service.set { content in
                content.outputs.append(
                    OutputChunk(stream: .out, time: CommandLine.now, bytes: Array("step\n".utf8))
                )
                guard content.outputs.count == 3 else { return }
                content.details[0].attempts[0].end = .exited(0)
                content.finish(id, .succeeded, at: CommandLine.now)
            }
        }
        let output = downbeat("logs", id.text, "-f").output
        #expect(output.split(separator: "\n").filter { $0.hasSuffix("step") }.count == 3)
        #expect(output.hasSuffix("== ended succeeded\n"))
    }
}
