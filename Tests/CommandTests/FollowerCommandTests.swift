import DownbeatCore
import Testing

@Suite("Jitter and followers on the command line")
struct FollowerCommandTests {
    private static let jitter = Jitter(max: .seconds(600))

    /// `export` daily with jitter, `report` after it, `mail` after that.
    private static func schedules(at time: String = "02:50") throws -> [Schedule] {
        var export = try Samples.schedule("export", Samples.daily(time))
        export.rule.jitter = jitter
        return [
            export, try Samples.schedule("report", .after("export"), line: 5),
            try Samples.schedule("mail", .after("report"), line: 7),
        ]
    }

    private static func downbeat(
        at time: String = "02:50",
        _ change: (inout [ScheduleSummary]) -> Void = { _ in }
    ) throws -> CommandLine {
        let line = CommandLine()
        let schedules = try schedules(at: time)
        var summaries = schedules.enumerated().map { Samples.summary($1, id: Int64($0)) }
        change(&summaries)
        line.service.set { content in
            content.reading = Samples.reading(schedules)
            content.summaries = summaries
        }
        return line
    }

    private static func slot() throws -> Timestamp { try .shanghai("2026-11-23T02:50:00") }

    private static func delay() throws -> String {
        TimeText.duration(jitter.offset(of: try slot(), name: "export"))
    }

    @Test func `next lists a follower without a time and says what it waits for`() throws {
        let downbeat = try Self.downbeat()
        let lines = downbeat("next").output.split(separator: "\n").map(String.init)
        let export = try #require(lines.first { $0.contains(" export ") })
        #expect(export.hasPrefix("Mon 11-23 02:50:00  "))
        #expect(export.contains("+ \(try Self.delay()) jitter"))
        let report = try #require(lines.first { $0.contains(" report ") })
        #expect(report.contains("after export"))
        #expect(report.contains("export next 02:50"))
        let mail = try #require(lines.first { $0.contains(" mail ") })
        #expect(mail.contains("report comes after export"))
        #expect(downbeat("next", "report", "-n", "3").output.contains("export next 02:50"))
    }

    @Test func `machines get the nominal and the due time`() throws {
        let downbeat = try Self.downbeat()
        let slot = try Self.slot()
        let due = slot + Self.jitter.offset(of: slot, name: "export")
        let zone = try Samples.zone("Asia/Shanghai")
        for command in ["next", "schedules"] {
            let output = downbeat(command, "--json").output
            #expect(output.contains("\"due\":\"\(InstantText.format(due, zone: zone))\""))
            #expect(output.contains("\"due\":null"))
            #expect(output.contains("\"2026-11-23T02:50:00+08:00\""))
        }
    }

    @Test func `explain and why say what delays and what triggers`() throws {
        let downbeat = try Self.downbeat { $0[2].state.skipTriggers = 2 }
        let explained = downbeat("explain", "export").output
        #expect(explained.contains("02:50 + \(try Self.delay()) jitter"))
        #expect(explained.contains("jitter    each run up to 10m after its time, always as long"))
        #expect(downbeat("why", "export").output.contains("02:50:00 Asia/Shanghai + "))
        let report = downbeat("explain", "report").output
        #expect(report.contains("when a run of export that has a slot succeeds, for the same slot"))
        #expect(report.contains("export next 02:50"))
        #expect(!report.contains("catch up"))
        let why = downbeat("why", "mail").output
        #expect(why.contains("runs when a run of report succeeds"))
        #expect(why.contains("will skip the next 2 triggers"))
    }

    @Test func `a slot that waits for its jitter is the next one`() throws {
        // Now is 02:41:07.
        let slot = try Timestamp.shanghai("2026-11-23T02:41:00")
        let delay = Self.jitter.offset(of: slot, name: "export")
        #expect(delay > .seconds(7))
        let downbeat = try Self.downbeat(at: "02:41") { $0[0].state.mark = slot - .seconds(60) }
        let note = "+ \(TimeText.duration(delay)) jitter"
        #expect(downbeat("next", "export").output.contains("Mon 11-23 02:41:00"))
        #expect(downbeat("next", "export").output.contains(note))
        #expect(downbeat("why", "export").output.contains("02:41:00 Asia/Shanghai \(note), in "))
        let why = downbeat("why", "export", "2026-11-23 02:41").output
        #expect(why.contains("will run at"))
        #expect(downbeat("skip", "export").output.contains("will skip Mon 2026-11-23 02:41:00"))
        // Added after its nominal time, it does not have this slot.
        let added = try Self.downbeat(at: "02:41")
        #expect(added("next", "export").output.contains("Tue 11-24 02:41:00"))
    }

    @Test func `skip leaves out the next triggers of a follower`() throws {
        let downbeat = try Self.downbeat { $0[1].state.skipTriggers = 1 }
        #expect(
            downbeat("skip", "report", "--count", "3").output == """
                will skip report for the next 3 runs of export that succeed
                undo: downbeat resume report

                """
        )
        #expect(downbeat.service.current.controls == ["skip report: 3 triggers"])
        #expect(downbeat("schedules").output.contains("skips the next 1 trigger"))
        #expect(downbeat("resume", "report").output.contains("1 slot named by `skip` will run"))
    }

    @Test func `plan says what a new follower waits for`() throws {
        let line = CommandLine()
        let schedules = try Self.schedules()
        line.service.set { $0.reading = Samples.reading(schedules) }
        let output = line("plan").output
        #expect(output.contains("runs when export succeeds"))
        #expect(!output.contains("never runs"))
    }
}
