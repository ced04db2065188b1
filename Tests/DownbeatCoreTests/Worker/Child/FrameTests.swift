import DownbeatCore
import Support
import Testing

@Suite("Frames")
struct FrameTests {
    static let window = WindowStatistics(
        start: Timestamp(seconds: 3600),
        end: Timestamp(seconds: 7200),
        lines: 12,
        malformed: 1,
        bytes: .max,
        clients: nil,
        isExact: false,
        latency: WindowStatistics.Latency(samples: 1, p50: 2, p95: 3, p99: 4, max: 5),
        groups: [
            WindowStatistics.Group(by: "path", key: "/é 网\0\n", count: 3, bytes: 4),
            WindowStatistics.Group(by: "", key: "", count: 0, bytes: 0),
        ]
    )

    static let messages: [ChildMessage] = [
        .began, .progress(RunProgress(phase: "copy", done: 1, total: nil, unit: .items)),
        .progress(RunProgress(phase: "", done: -1, total: .max, unit: .bytes)), .warning("warned"),
        .statistics(window), .positions([]), .positions([0, 255]), .result(Array("{}".utf8)),
        .failed("no space left on device", mayRepeat: true), .failed("", mayRepeat: false),
    ]

    static let job = ChildJob(
        run: RunID(at: Timestamp(seconds: 1), random: (1, 2)),
        attempt: 3,
        schedule: "备份",
        slot: nil,
        due: Timestamp(seconds: 5),
        queue: "default",
        zone: "Asia/Shanghai",
        name: "backup",
        options: #"{"to":"/srv"}"#,
        positions: [7],
        stateFolder: "/srv/.downbeat"
    )

    /// All that comes of bytes that arrive in pieces.
    private static func decode(
        _ bytes: [UInt8],
        _ generator: inout SeededGenerator
    ) -> (messages: [ChildMessage], jobs: [UInt64], error: FrameError?) {
        var assembler = FrameAssembler()
        var messages: [ChildMessage] = []
        var jobs: [UInt64] = []
        var rest = bytes[...]
        do throws(FrameError) {
            while !rest.isEmpty {
                let piece = Array(rest.prefix(Int.random(in: 1...64, using: &generator)))
                rest = rest.dropFirst(piece.count)
                piece.withUnsafeBytes { assembler.append($0) }
                while let frame = try assembler.next() {
                    messages.append(try ChildMessage(frame))
                    jobs.append(frame.job)
                }
            }
            return (messages, jobs, nil)
        } catch {
            return (messages, jobs, error)
        }
    }

    @Test func `what is sent arrives, whatever the pieces`() {
        var generator = SeededGenerator.ofThisRun()
        for round in 0..<50 {
            let sent = Self.messages.shuffled(using: &generator)
            let jobs = sent.indices.map { UInt64($0 + round) }
            let bytes = zip(sent, jobs).flatMap { $0.frame(job: $1).bytes }
            let got = Self.decode(bytes, &generator)
            #expect(got.messages == sent)
            #expect(got.jobs == jobs)
            #expect(got.error == nil)
        }
    }

    @Test(arguments: [WorkerMessage.job(job), .cancel])
    func `what a worker says arrives`(message: WorkerMessage) throws {
        var assembler = FrameAssembler()
        message.frame(job: 9).bytes.withUnsafeBytes { assembler.append($0) }
        let frame = try #require(try assembler.next())
        #expect(try WorkerMessage(frame) == message)
        #expect(frame.job == 9)
        #expect(!assembler.isInsideFrame)
    }

    @Test func `garbage ends in an error or in fewer messages, never in a trap`() {
        var generator = SeededGenerator.ofThisRun()
        let valid = Self.messages.flatMap { $0.frame(job: 1).bytes }
        for _ in 0..<3000 {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = bytes.indices.randomElement(using: &generator) ?? 0
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                }
            }
            if Bool.random(using: &generator) { bytes.removeLast(bytes.count / 3) }
            let got = Self.decode(bytes, &generator)
            #expect(got.messages.count <= bytes.count / 14, "seed \(generator.seed)")
        }
        for _ in 0..<1000 {
            let count = Int.random(in: 0...200, using: &generator)
            let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let payload = Frame(kind: .random(in: 0...9, using: &generator), job: 1, payload: noise)
            _ = Self.decode(noise, &generator)
            _ = Self.decode(payload.bytes, &generator)
        }
    }

    @Test func `a length is refused before anything is kept for it`() {
        for length: UInt32 in [0, 9, UInt32(Frame.payloadBytesMax) + 11, .max] {
            var assembler = FrameAssembler()
            withUnsafeBytes(of: length.littleEndian) { assembler.append($0) }
            #expect(throws: FrameError.length(Int(length))) { try assembler.next() }
        }
        var assembler = FrameAssembler()
        ([100, 0, 0, 0, 77] as [UInt8]).withUnsafeBytes { assembler.append($0) }
        #expect(throws: FrameError.version(77)) { try assembler.next() }
    }

    @Test func `a large window goes in parts that fit`() throws {
        var window = Self.window
        window.groups = (0..<3000).map { number in
            let key = "\(number)" + String(repeating: "k", count: 3000)
            return WindowStatistics.Group(by: "path", key: key, count: 1, bytes: 1)
        }
        let parts = window.parts
        #expect(parts.count > 1)
        var machine = ChildMachine(job: 1)
        _ = machine.received(ChildMessage.began.frame(job: 1))
        for part in parts {
            #expect(machine.received(ChildMessage.statistics(part).frame(job: 1)) == .nothing)
        }
        _ = machine.received(ChildMessage.result([]).frame(job: 1))
        #expect(machine.ended(.exited(0)).product?.statistics == [window])
    }
}
