import DownbeatCore
import Foundation
import Testing

@Suite("First minute")
struct FirstMinuteTests {
    @Test func `the starter, the check and the next runs come out as the manual shows them`() throws
    {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("downbeat-\(ProcessInfo.processInfo.globallyUniqueString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // A folder that stays behind in the temporary one does no harm.
            try? FileManager.default.removeItem(at: folder)
        }
        var downbeat = CommandLine()
        downbeat.columns = 80
        downbeat.workingDirectory = folder.path

        let begun = downbeat("init")
        #expect(begun.status == 0)
        #expect(
            begun.output == """
                wrote schedules/downbeat.yaml   time zone Asia/Shanghai
                wrote schedules/hello.yaml      one schedule, every minute, safe to delete
                next:  downbeat check, downbeat next, downbeat up

                """
        )
        let again = downbeat("init")
        #expect(again.status == 73)
        #expect(again.errors.hasPrefix("error: schedules/downbeat.yaml exists already\n"))

        let schedules = try Samples.hello()
        downbeat.service.set { content in
            content.reading = Samples.reading(schedules)
            content.hasDatabase = false
        }
        #expect(downbeat("check").output == "ok  2 files, 1 schedule, 0 warnings\n")
        #expect(
            downbeat("next", "-n", "3").output == """
                Asia/Shanghai, now Mon 11-23 02:41:07

                WHEN                IN      SCHEDULE  RULE
                Mon 11-23 02:42:00  53s     hello     every 1m
                Mon 11-23 02:43:00  1m 53s  hello     every 1m
                Mon 11-23 02:44:00  2m 53s  hello     every 1m

                """
        )
    }

    @Test func `alone it shows how to begin, or the status of a daemon`() throws {
        let downbeat = CommandLine()
        let begin = downbeat.run([])
        #expect(begin.status == 0)
        #expect(begin.output.split(separator: "\n").count == 5)
        #expect(begin.output.contains("downbeat init "))
        downbeat.service.set { $0.owners = [Samples.daemon()] }
        #expect(downbeat.run([]).output.hasPrefix("daemon up 6d 4h, pid 812, 0.1.0"))
    }

    @Test func `the daemon gets the paths, the zone and the queues`() throws {
        let downbeat = CommandLine()
        let reading = Samples.reading(try Samples.hello())
        downbeat.service.set { $0.reading = reading }
        let result = downbeat(
            "--config",
            "conf",
            "worker",
            "--queues",
            "default",
            "--state",
            "s",
            "-v",
            "--drain",
            "5s"
        )
        #expect(result.status == 0)
        let options = try #require(downbeat.service.current.started)
        #expect(options.kind == .worker)
        #expect(options.configuration == [ConfigurationPath(path: "/srv/app/conf", shown: "conf")])
        #expect(options.stateFolder == "/srv/app/s")
        #expect(options.queues == ["default"])
        #expect(options.drain == .seconds(5))
        #expect(options.verbosity == .verbose)
        #expect(
            downbeat("worker", "--queues", "defautl").errors.contains("did you mean `default`?")
        )
    }
}
