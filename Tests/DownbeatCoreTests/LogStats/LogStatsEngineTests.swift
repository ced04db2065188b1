import DownbeatCore
import Support
import Testing

@Suite("LogStatsEngine")
struct LogStatsEngineTests {
    static let allFields: [LogField] = [
        .status, .class, .method, .path, .agent, .referrer, .client,
    ]
    static let start = Timestamp(seconds: 1_790_000_000)

    @Test func `every number equals the generator's own totals`() throws {
        let seed = SeededGenerator.ofThisRun().seed
        var source = LogLines(seed: seed, start: Self.start)
        let text = source.next(TestLength.isLong ? 1_000_000 : 50_000)
        for block in [1 << 20, 70_001] {
            let result = try LogCount.of(
                text,
                LogCount.options(by: Self.allFields),
                block: block
            )
            let note: Comment = "DOWNBEAT_TEST_SEED=\(seed), blocks of \(block)"
            #expect(result.lines == source.lines, note)
            #expect(result.malformed == source.malformed, note)
            #expect(result.bytes == source.bytes, note)
            #expect(result.clients == Int64(source.clients.count), note)
            #expect(result.windowStart == source.earliest, note)
            #expect(result.windowEnd == source.latest, note)
            #expect(result.isExact, note)
            #expect(result.samples.count == 3, note)
            for field in Self.allFields {
                let groups = result.groups.filter { $0.by == field }
                let limit = groups.count - (groups.last?.key == "(other)" ? 1 : 0)
                #expect(groups == source.groups(of: field, limit: limit), note)
            }
            #expect(result.groups.count { $0.key != "(other)" } <= LogStatsOptions.topMax, note)
        }
    }

    @Test func `a window of time counts its lines, and malformed ones by their neighbours`() throws
    {
        func line(_ minute: String) -> String {
            "::1 - - [10/Oct/2026:\(minute):00 +0000] \"GET / HTTP/1.1\" 200 5\n"
        }
        let text =
            "bad before\n" + line("01:59") + "bad outside\n" + line("02:00") + "bad inside\n"
            + line("02:59") + line("03:00") + "bad after\n"
        let window = LogWindow(
            start: Timestamp(seconds: 1_791_597_600),
            end: Timestamp(seconds: 1_791_601_200)
        )
        let result = try LogCount.of(text, LogCount.options(.common), window: window)
        #expect(result.lines == 2)
        #expect(result.malformed == 1)
        #expect(result.samples == ["bad inside"])
        #expect(result.windowStart == window.start)
        #expect(result.windowEnd == window.end)
    }

    @Test func `a file without one good line shows what it has`() throws {
        let window = LogWindow(start: Timestamp(seconds: 0), end: Timestamp(seconds: 1))
        let result = try LogCount.of("{}\n\u{7}x\n", LogCount.options(), window: window)
        #expect(result.lines == 0)
        #expect(result.malformed == 2)
        #expect(result.samples == ["{}", "\\x07x"])
    }

    @Test func `a line of any length is malformed once and its memory is bounded`() throws {
        let good = "::1 - - [10/Oct/2026:02:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n"
        let long = String(repeating: "x", count: 300_000) + "\n"
        for block in [1000, 100_000, 1 << 20] {
            let result = try LogCount.of(
                Array((good + long + good).utf8),
                LogCount.options(.common),
                block: block
            )
            #expect(result.lines == 2)
            #expect(result.malformed == 1)
            #expect(result.samples.first?.utf8.count == LogStatsLimits.sampleBytesMax + 3)
        }
    }

    struct Ending: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var rest: String
        var lastLine: LogStatsEngine.LastLine
        var lines: Int64
        var malformed: Int64
    }

    static let endings = [
        Ending(
            testDescription: "a whole line that may grow",
            rest: "::1 - - [10/Oct/2026:02:00:00 +0000] \"GET / HTTP/1.1\" 200 5",
            lastLine: .leave,
            lines: 0,
            malformed: 0
        ),
        Ending(
            testDescription: "a whole line of a file that is done",
            rest: "::1 - - [10/Oct/2026:02:00:00 +0000] \"GET / HTTP/1.1\" 200 5",
            lastLine: .countIfWellFormed,
            lines: 1,
            malformed: 0
        ),
        Ending(
            testDescription: "half a line that may grow",
            rest: "::1 - - [10/Oct/2026:02:00:00 +0000] \"GE",
            lastLine: .countIfWellFormed,
            lines: 0,
            malformed: 0
        ),
        Ending(
            testDescription: "half a line of a compressed file",
            rest: "::1 - - [10/Oct/2026:02:00:00 +0000] \"GE",
            lastLine: .count,
            lines: 0,
            malformed: 1
        ),
    ]

    @Test(arguments: endings)
    func `a last line without line end counts as its file allows`(ending: Ending) throws {
        let result = try LogCount.of(
            Array(ending.rest.utf8),
            LogCount.options(.common),
            lastLine: ending.lastLine
        )
        #expect(result.lines == ending.lines)
        #expect(result.malformed == ending.malformed)
    }

    @Test func `too many values keep the sums exact and the large groups`() throws {
        var text = ""
        for number in 0..<30_000 {
            let path = number % 3 == 0 ? "/often" : "/once/\(number)"
            let client = "10.1.\(number / 250).\(number % 250)"
            text += "\(client) - - [10/Oct/2026:02:00:00 +0000] \"GET \(path) HTTP/1.1\" 200 5\n"
        }
        let result = try LogCount.of(
            Array(text.utf8),
            LogCount.options(.common, by: [.path], top: 10),
            limits: LogStatsLimits(distinctMax: 1000)
        )
        #expect(!result.isExact)
        #expect(result.groups.first?.key == "/often")
        #expect(result.groups.first?.count == 10_000)
        #expect(result.groups.count == 11)
        #expect(result.groups.reduce(0) { $0 + $1.count } == 30_000)
        #expect(result.groups.reduce(0) { $0 + $1.bytes } == result.bytes)
        let clients = try #require(result.clients)
        #expect(abs(clients - 30_000) < 600)
    }

    @Test func `keys are printable and told apart whatever their bytes and length`() throws {
        let long = String(repeating: "é", count: 800)
        let paths: [[UInt8]] = [
            [0x2F, 0xFF], Array("/\\xFF".utf8), Array("/\(long)a".utf8), Array("/\(long)b".utf8),
            Array("(other)".utf8), [0x2F, 0x1B, 0x5B], [0x2F, 0xC2, 0x85],
        ]
        var text: [UInt8] = []
        for path in paths {
            text += Array("::1 - - [10/Oct/2026:02:00:00 +0000] \"GET ".utf8) + path
            text += Array(" HTTP/1.1\" 200 5\n".utf8)
        }
        let result = try LogCount.of(text, LogCount.options(.common, by: [.path]))
        let keys = result.groups.map(\.key)
        // The first two mean the same byte: nginx writes the second form itself.
        #expect(result.groups.first?.count == 2)
        #expect(keys.first == "/\\xFF")
        #expect(keys.contains("\\x28other)"))
        #expect(keys.contains("/\\x1B["))
        #expect(keys.contains("/\\xC2\\x85"))
        #expect(keys.count == 6)
        #expect(keys.allSatisfy { $0.utf8.count <= 1024 })
    }

    @Test func `fields share the window's groups fairly`() throws {
        var text = ""
        for number in 0..<3000 {
            text += "10.1.\(number / 250).\(number % 250) - - [10/Oct/2026:02:00:00 +0000] "
            text += "\"GET /\(number) HTTP/1.1\" \(200 + number % 4) 5\n"
        }
        let result = try LogCount.of(
            text,
            LogCount.options(.common, by: [.path, .status, .client])
        )
        #expect(result.groups.count { $0.by == .status } == 4)
        #expect(result.groups.count { $0.by == .path && $0.key != "(other)" } == 498)
        #expect(result.groups.count { $0.by == .client && $0.key != "(other)" } == 498)
        for field in [LogField.path, .status, .client] {
            let sum = result.groups.filter { $0.by == field }.reduce(0) { $0 + $1.count }
            #expect(sum == 3000)
        }
    }
}
