import Foundation
import Testing

/// `next --batch` with the real program: what only a process shows, and the corpus.
@Suite("next --batch")
struct NextBatchTests {
    /// A temporary folder, and the program beside the tests.
    private final class Place {
        let folder: URL

        init() throws {
            folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("batch-\(ProcessInfo.processInfo.globallyUniqueString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        deinit {
            // A folder that stays behind in the temporary one does no harm.
            try? FileManager.default.removeItem(at: folder)
        }

        func write(_ text: String) throws -> String {
            try Data(text.utf8).write(to: folder.appendingPathComponent("requests"))
            return "requests"
        }

        func program(_ arguments: [String]) throws -> Process {
            let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
                .appendingPathComponent("downbeat")
            process.arguments = ["next", "--batch"] + arguments
            process.currentDirectoryURL = folder
            process.environment = ["PATH": "/usr/bin:/bin", "NO_COLOR": "1"]
            process.standardInput = FileHandle.nullDevice
            return process
        }

        /// Runs it to its end; both streams go to files, so that neither can fill a pipe.
        func run(_ arguments: String...) throws -> (status: Int32, lines: [String], errors: String)
        {
            let process = try program(arguments)
            let paths = ["out", "err"].map { folder.appendingPathComponent($0) }
            for path in paths { try Data().write(to: path) }
            process.standardOutput = try FileHandle(forWritingTo: paths[0])
            process.standardError = try FileHandle(forWritingTo: paths[1])
            try process.run()
            process.waitUntilExit()
            let texts = try paths.map { try String(contentsOf: $0, encoding: .utf8) }
            let lines = texts[0].split(separator: "\n").map(String.init)
            return (process.terminationStatus, lines, texts[1])
        }
    }

    private struct Case: Decodable {
        var next: [String]?
    }

    private struct Answer: Decodable {
        struct Refusal: Decodable {
            var code: String
            var field: String?
        }

        var id: Int
        var next: [String]?
        var never: Bool?
        var error: Refusal?
    }

    private static let classes = [
        "plain", "domdow-star", "leap", "never", "dst-gap-fixed", "dst-overlap-fixed",
        "dst-wildcard", "dst-override", "zone-jump", "dialect-ext", "invalid",
    ]

    private static func corpus(_ name: String) throws -> [Substring] {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
            .appendingPathComponent("DownbeatCoreTests/Corpus/\(name).jsonl")
        return try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
    }

    @Test func `every line of the corpus has its answer, in order`() throws {
        let lines = try Self.classes.flatMap { try Self.corpus($0) }
        // Lines of the corpus are requests as they stand, with keys that are left alone.
        let requests = lines.enumerated().map { "{\"id\":\($0.offset),\($0.element.dropFirst())" }
        let place = try Place()
        let file = try place.write(requests.joined(separator: "\n"))
        let result = try place.run(file)
        #expect(result.status == 0)
        try #require(result.lines.count == lines.count)
        #expect(lines.count == 3818)
        let decoder = JSONDecoder()
        for (number, line) in lines.enumerated() {
            let expected = try decoder.decode(Case.self, from: Data(line.utf8))
            let answer = try decoder.decode(Answer.self, from: Data(result.lines[number].utf8))
            #expect(answer.id == number)
            #expect(answer.next == expected.next, "\(line)")
            #expect((answer.never == true) == (expected.next == []), "\(line)")
            #expect((answer.error == nil) == (expected.next != nil), "\(line)")
            if let error = answer.error {
                #expect(error.code == "invalid-expression" && error.field == "expr", "\(line)")
            }
        }
        #expect(result.errors.split(separator: "\n").count == 1)
        #expect(result.errors.contains("unknown keys, such as `next`, `agree`, `note`"))
    }

    @Test func `an answer is written before the next request is waited for`() throws {
        let place = try Place()
        let process = try place.program(["-"])
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let reader = output.fileHandleForReading
        for number in 0..<3 {
            let request = "{\"id\":\(number),\"expr\":\"0 0 30 2 *\"}\n"
            try input.fileHandleForWriting.write(contentsOf: Data(request.utf8))
            var answer = Data()
            while !answer.contains(0x0A) {
                let data = reader.availableData
                guard !data.isEmpty else { break }
                answer += data
            }
            #expect(
                String(decoding: answer, as: UTF8.self)
                    == "{\"id\":\(number),\"next\":[],\"never\":true}\n"
            )
        }
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `lines of any length and no last line break are read`() throws {
        let place = try Place()
        let note = String(repeating: "x", count: 200_000)
        let long = String(repeating: "y", count: 3 << 20)
        let lines = [
            "{\"id\":1,\"expr\":\"0 0 30 2 *\",\"note\":\"\(note)\"}", "", "  \r",
            "{\"id\":2,\"note\":\"\(long)\"}", "{\"id\":3,\"expr\":\"0 0 30 2 *\"}",
        ]
        let result = try place.run(try place.write(lines.joined(separator: "\n")))
        #expect(result.status == 0)
        try #require(result.lines.count == 3)
        #expect(result.lines[0] == "{\"id\":1,\"next\":[],\"never\":true}")
        #expect(result.lines[1].hasPrefix("{\"id\":null,\"error\":{\"code\":\"bad-request\""))
        #expect(result.lines[2] == "{\"id\":3,\"next\":[],\"never\":true}")
        #expect(result.errors == "left alone 1 unknown key, such as `note`\n")
    }

    @Test func `the exit status tells refused requests and unreadable input`() throws {
        let place = try Place()
        let file = try place.write("{\"expr\":\"@daily\"}\nnothing\n")
        #expect(try place.run(file).status == 0)
        #expect(try place.run(file, "--strict").status == 1)
        #expect(try place.run(file, "--strict").lines.count == 2)
        let missing = try place.run("none")
        #expect(missing.status == 2)
        #expect(missing.errors.hasPrefix("error: cannot read none: no such file or directory\n"))
        #expect(try place.run(".").status == 2)
        #expect(try place.run(file, "--all").status == 64)
    }
}
