import Foundation
import Testing

extension Tag {
    /// Starts real processes.
    @Tag static var processes: Self
}

/// The built program itself, in a folder of its own: what a newcomer types.
@Suite("Program", .tags(.processes))
struct ProgramTests {
    /// A folder that goes with the test.
    private final class Place {
        let folder: URL

        init() throws {
            folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("program-\(ProcessInfo.processInfo.globallyUniqueString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        deinit {
            // A folder that stays behind in the temporary one does no harm.
            try? FileManager.default.removeItem(at: folder)
        }

        /// The program beside the tests, not yet started.
        func program(_ arguments: [String], output: Pipe) throws -> Process {
            let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
                .appendingPathComponent("downbeat")
            process.arguments = arguments
            process.currentDirectoryURL = folder
            process.environment = ["PATH": "/usr/bin:/bin", "NO_COLOR": "1"]
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            process.standardInput = FileHandle.nullDevice
            return process
        }

        /// Runs it to its end.
        func run(_ arguments: String...) throws -> (status: Int32, output: String) {
            let pipe = Pipe()
            let process = try program(arguments, output: pipe)
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: data, as: UTF8.self))
        }
    }

    @Test func `the first minute comes out as the manual shows it, times and ids aside`() throws {
        let place = try Place()
        #expect(
            try place.run("init").output == """
                wrote schedules/downbeat.yaml   time zone Asia/Shanghai
                wrote schedules/hello.yaml      one schedule, every minute, safe to delete
                next:  downbeat check, downbeat next, downbeat up

                """
        )
        #expect(try place.run("check").output == "ok  2 files, 1 schedule, 0 warnings\n")
        let next = try place.run("next", "-n", "3", "-o", "table").output
        let lines = next.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 7)
        #expect(try #require(lines.first).hasPrefix("Asia/Shanghai, now "))
        #expect(lines.filter { $0.hasSuffix("hello     every 1m") }.count == 3)

        let pipe = Pipe()
        let daemon = try place.program(["up"], output: pipe)
        try daemon.run()
        // Two lines are written once it is ready: the settings, and what is scheduled.
        var said = ""
        while said.split(separator: "\n").count < 2 {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else { break }
            said += String(decoding: data, as: UTF8.self)
        }
        #expect(said.contains("zone Asia/Shanghai\nscheduled 1 of 1   next hello in "))
        let status = try place.run("status", "-o", "table")
        #expect(status.status == 0)
        #expect(status.output.hasPrefix("daemon up "))
        let run = try place.run("run", "hello", "--wait", "--timeout", "30s", "-o", "table")
        #expect(run.status == 0)
        #expect(run.output.contains("\nsucceeded  "))
        #expect(try place.run("logs", "hello").output.contains("\tout\thello, due at 20"))
        daemon.terminate()
        daemon.waitUntilExit()
        #expect(daemon.terminationStatus == 0)
        #expect(try place.run("status").status == 69)
    }

    @Test func `a stdout that takes nothing is an error`() throws {
        let place = try Place()
        _ = try place.run("init")
        let process = try place.program(["next"], output: Pipe())
        let errors = Pipe()
        let full: FileHandle = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        process.standardOutput = full
        process.standardError = errors
        try process.run()
        let said = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        #expect(process.terminationStatus == 74)
        #expect(said.hasPrefix("error: cannot write to stdout: no space left on device\n"))
    }

    @Test func `a reader that leaves early ends it without a word`() throws {
        let place = try Place()
        _ = try place.run("init")
        let pipe = Pipe()
        let process = try place.program(["next", "--all", "--within", "7d"], output: pipe)
        try process.run()
        try pipe.fileHandleForReading.close()
        process.waitUntilExit()
        // Ended by SIGPIPE, or done before the pipe was full: never a trap.
        #expect([0, 13, 141].contains(process.terminationStatus))
    }
}
