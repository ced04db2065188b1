import DownbeatCommand
import DownbeatCore
import Foundation
import Synchronization

/// A command line in process: a fixed clock, text buffers for sinks, an invented service.
struct CommandLine {
    /// What one call came to.
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Sunday evening in New York, Monday night in Shanghai.
    static let now = Timestamp(seconds: 1_795_372_867)

    var service = InventedService()
    var isTerminal = true
    var isInterrupted = false
    var columns: Int? = 100
    var environment: [String: String] = [:]
    var workingDirectory = "/srv/app"
    /// What stands on standard input.
    var input = ""
    var systemZone: String?

    func callAsFunction(_ arguments: String...) -> Result { run(arguments) }

    func run(_ arguments: [String]) -> Result {
        let output = BufferSink()
        let errors = BufferSink()
        let clocks = service.clocks
        var context = CommandContext(
            operations: service,
            clocks: clocks,
            pause: { clocks.advance($0) },
            output: output,
            errors: errors,
            terminal: CommandContext.Terminal(
                outputIsTerminal: isTerminal,
                errorIsTerminal: isTerminal,
                columns: columns
            ),
            environment: ["NO_COLOR": "1"].merging(environment) { $1 },
            workingDirectory: workingDirectory,
            user: "ops",
            executable: "/usr/local/bin/downbeat"
        )
        let input = Array(input.utf8)
        context.input = { Array(input.prefix($0)) }
        context.systemZone = systemZone
        context.home = { ["root": "/root", "ana": "/home/ana"][$0] }
        let isInterrupted = isInterrupted
        context.isInterrupted = { isInterrupted }
        let status = CommandRunner.run(arguments, context: context)
        return Result(status: status, output: output.text, errors: errors.text)
    }

    /// The same command line in a pipe.
    var piped: CommandLine {
        var copy = self
        copy.isTerminal = false
        return copy
    }
}

/// Keeps what is written.
final class BufferSink: TextSink {
    private let content = Mutex("")

    var text: String { content.withLock(\.self) }

    func write(_ text: String) {
        content.withLock { $0 += text }
    }
}

/// Clocks that a pause moves on.
final class SteppedClocks: Clocks {
    private struct Reading {
        var now: Timestamp
        var monotonic = Duration.zero
        var onStep: @Sendable () -> Void = {}
    }

    private let reading: Mutex<Reading>

    init(_ now: Timestamp) {
        reading = Mutex(Reading(now: now))
    }

    var now: Timestamp { reading.withLock { $0.now } }
    var monotonic: Duration { reading.withLock { $0.monotonic } }

    /// What happens while a command waits.
    func onStep(_ body: @escaping @Sendable () -> Void) {
        reading.withLock { $0.onStep = body }
    }

    func advance(_ duration: Duration) {
        let body = reading.withLock { reading -> @Sendable () -> Void in
            reading.now = reading.now + duration
            reading.monotonic += duration
            return reading.onStep
        }
        body()
    }
}

/// The machine's zone data, read as the product reads it.
struct MachineZones: ZoneSource {
    var zoneNames: [String] { ["America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "UTC"] }
    var dataVersion: String? { "2026b" }

    func zone(named name: String) throws(ZoneError) -> ZoneRules {
        guard zoneNames.contains(name),
            let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)")
        else { throw .unknown(name: name) }
        return try ZoneRules(name: name, tzif: Array(data))
    }
}
