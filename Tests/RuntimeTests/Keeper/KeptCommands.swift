import DownbeatCore
import DownbeatRuntime
import Glibc
import Testing

/// A keeper, the commands it was given and what came back: the loop that the worker has, in small.
final class KeptCommands {
    /// Far beyond what a working keeper needs; reaching it fails the test.
    static let limit = Duration.seconds(20)

    struct TimedOut: Error {
        var waitingFor: String
    }

    let keeper: Keeper
    private(set) var events: [KeeperEvent] = []
    private var pipes: [UInt64: OutputPipes] = [:]
    private var output: [UInt64: (out: [UInt8], err: [UInt8])] = [:]
    private var lastKey: UInt64 = 0
    private let clocks = SystemClocks()

    init(lock: OwnerLock? = nil, without unused: KeeperMeans = []) throws {
        keeper = try Keeper.start(executable: BuiltTool.path(), lock: lock, without: unused)
    }

    /// Starts a command with a clean environment; gives its key.
    func spawn(
        _ arguments: [String],
        environment: [String] = ["PATH=/usr/bin:/bin"],
        workingDirectory: String? = nil,
        user: String? = nil,
        input: String? = nil
    ) throws -> UInt64 {
        lastKey += 1
        let ends = try OutputPipes()
        pipes[lastKey] = ends
        output[lastKey] = ([], [])
        try keeper.spawn(
            SpawnRequest(
                key: lastKey,
                arguments: arguments,
                environment: environment,
                workingDirectory: workingDirectory,
                user: user,
                input: input
            ),
            into: ends
        )
        return lastKey
    }

    func shell(_ script: String) throws -> UInt64 {
        try spawn(["/bin/sh", "-c", script])
    }

    /// Runs until the command has ended; gives how, and what it wrote.
    func finish(_ key: UInt64) throws -> (end: CommandEnd, out: String, err: String) {
        let event = try waitForLast(of: key)
        guard case .ended(_, let end) = event else {
            throw TimedOut(waitingFor: "an end, not \(event)")
        }
        return (end, text(key).out, text(key).err)
    }

    /// Runs until the last event of a command has come.
    func waitForLast(of key: UInt64) throws -> KeeperEvent {
        try wait("the last event of \(key)") {
            events.first { $0.key == key && $0.isLast }
        }
    }

    /// Runs until the command is known to have started, which may be after its first output.
    func waitForStart(of key: UInt64) throws -> Int32 {
        try wait("the start of \(key)") {
            events.lazy.compactMap { event -> Int32? in
                if case .started(key, let pid) = event { pid } else { nil }
            }.first
        }
    }

    /// Runs until the command has written a line to its standard output, and gives all it wrote.
    func waitForLine(of key: UInt64, count: Int = 1) throws -> [String] {
        try wait("a line of \(key)") {
            let lines = text(key).out.split(separator: "\n").map(String.init)
            return lines.count >= count && text(key).out.hasSuffix("\n") ? lines : nil
        }
    }

    func waitForDeath() throws -> KeeperEvent {
        try wait("the keeper's death") {
            events.first { if case .keeperDied = $0 { true } else { false } }
        }
    }

    /// Lets go of what is known of commands that have ended.
    func forget() {
        let ended = Set(events.filter(\.isLast).compactMap(\.key))
        events.removeAll { event in event.key.map(ended.contains) ?? false }
        for key in ended { output[key] = nil }
    }

    /// The reapers below this keeper.
    func reapers() -> [Int32] {
        ProcessFacts.children(of: keeper.pid)
    }

    private func wait<Value>(_ what: String, for value: () -> Value?) throws -> Value {
        let deadline = clocks.monotonic + Self.limit
        while true {
            if let found = value() { return found }
            guard clocks.monotonic < deadline else { throw TimedOut(waitingFor: what) }
            try turn()
        }
    }

    private func turn() throws {
        var polled = [pollfd(fd: keeper.descriptor, events: Int16(POLLIN), revents: 0)]
        if keeper.wantsToWrite { polled[0].events |= Int16(POLLOUT) }
        for ends in pipes.values {
            polled.append(pollfd(fd: ends.out.number, events: Int16(POLLIN), revents: 0))
            polled.append(pollfd(fd: ends.err.number, events: Int16(POLLIN), revents: 0))
        }
        _ = poll(&polled, nfds_t(polled.count), 100)
        if keeper.wantsToWrite { keeper.flush() }
        let fresh = keeper.receive()
        for (key, ends) in pipes {
            try drain(ends.out, key, \.out)
            try drain(ends.err, key, \.err)
        }
        for event in fresh where event.isLast { event.key.map { pipes[$0] = nil } }
        events += fresh
    }

    private func drain(
        _ pipe: Descriptor,
        _ key: UInt64,
        _ stream: WritableKeyPath<(out: [UInt8], err: [UInt8]), [UInt8]>
    ) throws {
        guard pipe.number >= 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            switch try buffer.withUnsafeMutableBytes({ try pipe.read(into: $0) }) {
            case .bytes(let count): output[key]?[keyPath: stream] += buffer.prefix(count)
            case .nothingNow: return
            case .end:
                pipe.close()
                return
            }
        }
    }

    func bytes(_ key: UInt64) -> (out: [UInt8], err: [UInt8]) { output[key] ?? ([], []) }

    private func text(_ key: UInt64) -> (out: String, err: String) {
        let bytes = bytes(key)
        return (
            String(decoding: bytes.out, as: UTF8.self), String(decoding: bytes.err, as: UTF8.self)
        )
    }
}

extension KeeperEvent {
    var key: UInt64? {
        switch self {
        case .started(let key, _), .notStarted(let key, _), .ended(let key, _), .lost(let key): key
        case .keeperDied: nil
        }
    }

    /// Nothing follows for this key.
    var isLast: Bool {
        switch self {
        case .started, .keeperDied: false
        case .notStarted, .ended, .lost: true
        }
    }
}

/// Whether a process runs; one that waits to be reaped does not.
func isRunning(_ pid: Int32) -> Bool {
    ProcessFacts(of: pid).map { !$0.hasEnded } ?? false
}
