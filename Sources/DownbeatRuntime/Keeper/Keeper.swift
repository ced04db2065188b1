// The daemon's end of its keeper, the small process that starts and ends all commands.
//
// Everything below the keeper belongs to exactly one attempt and ends with it, whatever it forks;
// if the daemon ends in any way, or the keeper does, all commands are killed at once. The C side
// (Sources/CDownbeat, keeper.c and reaper.c) says how. `close()` or the end of the process is the
// same thing to the keeper: its owner is gone.

import CDownbeat
package import DownbeatCore
import Glibc
import Synchronization

/// A running keeper and the attempts it was given.
///
/// Belongs to one thread, the loop that polls `descriptor`. Nothing here blocks but `start`.
package final class Keeper {
    /// How to end an attempt.
    package enum Stop: Hashable, Sendable {
        /// SIGTERM to every process of it, once. KILL never follows by itself: send `.kill` when the
        /// grace is over.
        case term
        /// SIGKILL until nothing of it is left.
        case kill
    }

    /// The first message comes after the dynamic loader's work, normally within 50 ms.
    package static let startLimit = Duration.seconds(10)

    /// How long reapers have to end their trees once the keeper is dead.
    package static let reaperLimit = Duration.seconds(5)

    package let pid: Int32
    /// Poll it for reading, and for writing while `wantsToWrite`.
    package var descriptor: Int32 { socket.number }
    /// Messages wait until the keeper has taken those before them; call `flush` when writable.
    package var wantsToWrite: Bool { !backlog.isEmpty }
    /// Attempts that were spawned and whose end has not been received.
    package var liveKeys: [UInt64] { live.keys.sorted() }

    private let socket: Descriptor
    private var live: [UInt64: SpawnSummary] = [:]
    private var backlog: [Message] = []
    private var hasDied = false
    private var reaperDeadline: Duration?

    private struct Message {
        var command: downbeat_command
        /// With a spawn: request, standard output, standard error, the channel of a child.
        var request: Descriptor?
        var pipes: OutputPipes?
        var channel: Descriptor?
    }

    private static let keepers = Mutex<Set<Int32>>([])

    /// The keepers of this process that have not been waited for.
    static var livePids: Set<Int32> { keepers.withLock { $0 } }

    /// Starts a keeper and waits until it runs.
    ///
    /// - Parameters:
    ///   - executable: a program that contains this target; normally this very one.
    ///   - lock: the owner's lock, which keeper and reapers inherit.
    ///   - unusedMeans: what to do without, for tests of the fallbacks.
    /// - Returns: the keeper, ready for requests.
    /// - Throws: `SystemError` when it does not come up within `startLimit`.
    package static func start(
        executable: String = "/proc/self/exe",
        lock: OwnerLock?,
        without unusedMeans: KeeperMeans = []
    ) throws(SystemError) -> Keeper {
        var serviceEnd: Int32 = -1
        var keeperEnd: Int32 = -1
        var error = downbeat_socket_pair(&serviceEnd, &keeperEnd)
        guard error == 0 else { throw SystemError("make the keeper's socket", errorNumber: error) }
        let socket = Descriptor(owning: serviceEnd)
        let otherEnd = Descriptor(owning: keeperEnd)
        var pid: Int32 = 0
        error = keepers.withLock { pids in
            let error = downbeat_keeper_start(
                executable,
                otherEnd.number,
                lock?.lock.descriptor.number ?? -1,
                unusedMeans.rawValue,
                &pid
            )
            if error == 0 { pids.insert(pid) }
            return error
        }
        otherEnd.close()
        guard error == 0 else { throw SystemError("fork the keeper", errorNumber: error) }
        let keeper = Keeper(pid: pid, socket: socket)
        try keeper.waitUntilReady(executable)
        return keeper
    }

    private init(pid: Int32, socket: Descriptor) {
        self.pid = pid
        self.socket = socket
    }

    deinit {
        guard !hasDied else { return }
        socket.close()
        waitForEnd()
    }

    /// Starts a command.
    ///
    /// Exactly one of `started` and `notStarted` follows, unless the keeper dies.
    ///
    /// Cost: one file in memory and one message.
    ///
    /// - Parameters:
    ///   - request: what to start.
    ///   - pipes: where its output goes; their write ends are closed here.
    ///   - channel: the end that a child is to have, closed here; a command has none.
    /// - Throws: `SpawnFailure` when the request cannot be sent at all: no event follows.
    package func spawn(
        _ request: SpawnRequest,
        into pipes: OutputPipes,
        channel: Descriptor? = nil
    ) throws(SpawnFailure) {
        precondition(live[request.key] == nil, "a key names one attempt")
        precondition(request.isChild == (channel != nil), "a child, and it alone, has a channel")
        let file: Descriptor
        do {
            file = try request.memoryFile()
        } catch {
            pipes.closeWriteEnds()
            channel?.close()
            throw error
        }
        live[request.key] = SpawnSummary(request)
        send(
            Message(
                command: downbeat_command(
                    key: request.key,
                    kind: UInt32(DOWNBEAT_COMMAND_SPAWN),
                    descriptors: UInt32(
                        request.isChild
                            ? DOWNBEAT_DESCRIPTORS_OF_CHILD : DOWNBEAT_DESCRIPTORS_OF_COMMAND
                    )
                ),
                request: file,
                pipes: pipes,
                channel: channel
            )
        )
    }

    /// Ends an attempt; no effect on one that has ended.
    ///
    /// `ended` follows when nothing of it is left.
    package func stop(_ key: UInt64, _ stop: Stop) {
        guard live[key] != nil else { return }
        let kind = stop == .term ? DOWNBEAT_COMMAND_TERM : DOWNBEAT_COMMAND_KILL
        send(Message(command: downbeat_command(key: key, kind: UInt32(kind), descriptors: 0)))
    }

    /// Sends what had to wait.
    package func flush() {
        var sent = 0
        while sent < backlog.count, trySend(backlog[sent]) { sent += 1 }
        backlog.removeFirst(sent)
    }

    /// Takes all events that have come.
    ///
    /// After `.keeperDied` this keeper is of no further use.
    package func receive() -> [KeeperEvent] {
        var events: [KeeperEvent] = []
        while !hasDied {
            var report = downbeat_report()
            let error = downbeat_report_receive(socket.number, &report)
            if error == EAGAIN { break }
            guard error == 0 else {
                events.append(died(errorNumber: error))
                break
            }
            if let event = event(of: report) { events.append(event) }
        }
        return events
    }

    /// Looks whether the keeper itself has ended; call it on SIGCHLD and at the time it returns.
    ///
    /// Its reapers then kill their trees, and `.keeperDied` comes from `receive` when the last has
    /// ended. Reapers that hang for longer than `reaperLimit` are killed here; what they leave comes
    /// to this process, if it is a subreaper.
    ///
    /// - Parameter now: the monotonic time.
    /// - Returns: when to call again; nil: the keeper lives, or its death has been reported.
    package func checkLife(at now: Duration) -> Duration? {
        guard !hasDied, ProcessFacts(of: pid)?.hasEnded == true else { return nil }
        let deadline = reaperDeadline ?? now + Self.reaperLimit
        reaperDeadline = deadline
        guard now >= deadline else { return deadline }
        // Orphaned reapers are our children, so their pids are theirs until we wait for them.
        for child in ProcessFacts.children(of: getpid())
        where child != pid && ProcessFacts(of: child)?.session == pid {
            kill(child, SIGKILL)
        }
        return now + Self.reaperLimit
    }

    /// Tells the keeper that its owner is gone: everything is killed at once, without grace.
    ///
    /// Waits until the keeper has ended, and with it every process of every attempt.
    ///
    /// - Returns: how the keeper ended; exit status 0 when all went well.
    @discardableResult
    package func close() -> AttemptEnd {
        guard !hasDied else { return .lost }
        hasDied = true
        live = [:]
        backlog = []
        socket.close()
        return waitForEnd()
    }

    private func event(of report: downbeat_report) -> KeeperEvent? {
        // A reaper that is killed right after its last report is reported lost as well; the first
        // word counts.
        guard let summary = live[report.key] else { return nil }
        switch Int(report.kind) {
        case Int(DOWNBEAT_REPORT_STARTED): return .started(key: report.key, pid: report.pid)
        case Int(DOWNBEAT_REPORT_NOT_STARTED):
            live[report.key] = nil
            let stage = SpawnFailure.Stage(report.stage)
            return .notStarted(
                key: report.key,
                SpawnFailure(stage: stage, errorNumber: report.error, of: summary)
            )
        case Int(DOWNBEAT_REPORT_ENDED):
            live[report.key] = nil
            return .ended(key: report.key, CommandEnd(report))
        case Int(DOWNBEAT_REPORT_LOST):
            live[report.key] = nil
            return .lost(key: report.key)
        default: return nil
        }
    }

    private func died(errorNumber: Int32) -> KeeperEvent {
        hasDied = true
        let unfinished = liveKeys
        live = [:]
        backlog = []
        socket.close()
        // A keeper that speaks nonsense is no keeper; one that closed its socket has ended.
        if errorNumber != EPIPE { kill(pid, SIGKILL) }
        let why =
            switch waitForEnd() {
            case .signalled(let signal): "the keeper was ended by signal \(signal)"
            case .exited(let status): "the keeper ended with status \(status)"
            default: "the keeper has ended"
            }
        return .keeperDied(unfinished: unfinished, why: why)
    }

    private func send(_ message: Message) {
        if backlog.isEmpty, trySend(message) { return }
        backlog.append(message)
    }

    /// False when the message has to wait.
    private func trySend(_ message: Message) -> Bool {
        var command = message.command
        let error: Int32
        if let request = message.request, let pipes = message.pipes {
            var descriptors = [
                request.number, pipes.outWriteEnd.number, pipes.errWriteEnd.number,
            ]
            if let channel = message.channel { descriptors.append(channel.number) }
            error = downbeat_command_send(socket.number, &command, descriptors)
        } else {
            error = downbeat_command_send(socket.number, &command, nil)
        }
        if error == EAGAIN { return false }
        // Any other failure means that the keeper is gone, which `receive` reports with the keys.
        message.pipes?.closeWriteEnds()
        message.channel?.close()
        return true
    }

    private func waitUntilReady(_ executable: String) throws(SystemError) {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(Self.startLimit.components.seconds * 1000)
        var answered: Int32
        repeat {
            answered = Glibc.poll(&poll, 1, milliseconds)
        } while answered < 0 && errno == EINTR
        var report = downbeat_report()
        let error = answered == 1 ? downbeat_report_receive(descriptor, &report) : ETIMEDOUT
        if error == 0, Int(report.kind) == Int(DOWNBEAT_REPORT_READY) { return }
        hasDied = true
        socket.close()
        kill(pid, SIGKILL)
        let end = waitForEnd()
        throw SystemError(
            "start the keeper",
            place: executable,
            errorNumber: error == 0 ? report.error : error,
            reason: error == EPIPE ? "it ended at once (\(end))" : nil
        )
    }

    @discardableResult
    private func waitForEnd() -> AttemptEnd {
        var status: Int32 = 0
        var reaped: Int32
        repeat {
            reaped = waitpid(pid, &status, 0)
        } while reaped < 0 && errno == EINTR
        _ = Self.keepers.withLock { $0.remove(pid) }
        return reaped == pid ? AttemptEnd(waitStatus: status) : .lost
    }
}
