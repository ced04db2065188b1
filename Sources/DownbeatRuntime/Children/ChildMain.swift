// The life of a child: this very program, started again by the keeper to do the work of one attempt.
//
// A child finds the number of its channel in the environment, takes it out at once, and from then on
// does what it is told: one job after another in this protocol, one job in all as the worker uses it
// today. The job runs on a thread of its own; the main thread listens to the worker and to SIGTERM,
// which both mean "end the job". It never opens the database: what a job produces goes to the worker,
// which commits it together with the end of the run.

import CDownbeat
package import DownbeatCore
import Glibc
import Synchronization

/// The entry of children.
package enum ChildMain {
    /// Marks a child in its environment; the value is the number of the channel.
    static let variable = "DOWNBEAT_CHILD"
    /// The mark, as the keeper puts it into a child's environment.
    static var mark: String { "\(variable)=\(channel)" }
    /// Where a child finds its channel.
    fileprivate static let channel = Int32(DOWNBEAT_CHANNEL)

    /// In a child: does its work and never returns.
    ///
    /// In any other process it returns at once. Call it first thing in `main`, before threads are started.
    ///
    /// - Parameters:
    ///   - builtIns: what this program can do.
    ///   - clocks: for the jobs.
    ///   - zones: for the jobs.
    package static func takeOver(
        _ builtIns: BuiltInRegistry,
        clocks: any Clocks,
        zones: any ZoneSource
    ) {
        guard let value = getenv(variable).map({ String(cString: $0) }) else { return }
        unsetenv(variable)
        // Somebody may have set the variable by hand: without the channel it means nothing.
        guard Int32(value) == channel, downbeat_channel_take(channel) == 0 else { return }
        do {
            let child = try Child(builtIns, clocks: clocks, zones: zones)
            try child.run()
        } catch {
            // Its worker reads the status, a person the attempt's output.
            let line = Array("the child cannot work: \(error)\n".utf8)
            _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            exit(Child.exitSystem)
        }
    }
}

/// A child's main thread.
private final class Child {
    /// The channel or a signal could not be listened to.
    static let exitSystem: Int32 = 71
    /// The worker sent what is no message.
    private static let exitProtocol: Int32 = 76
    private static let readBytes = 64 * 1024
    /// As the main thread of a program has it.
    private static let jobStackBytes = 8 << 20

    private let builtIns: BuiltInRegistry
    private let clocks: any Clocks
    private let zones: any ZoneSource
    private let input = Descriptor(owning: ChildMain.channel)
    private let channel = ChildChannel(ChildMain.channel)
    private let signals: SignalListener
    private let poller: Poller
    private let over: WakeUp
    private var assembler = FrameAssembler()
    private var context: BuiltInContext?
    private var thread: ServiceThread?
    private let ending = Ending()

    /// How the job came to its end.
    private final class Ending: Sendable {
        enum Kind: Sendable { case succeeded, failed, cancelled }

        let kind = Mutex<Kind?>(nil)
    }

    init(
        _ builtIns: BuiltInRegistry,
        clocks: any Clocks,
        zones: any ZoneSource
    ) throws(SystemError) {
        self.builtIns = builtIns
        self.clocks = clocks
        self.zones = zones
        signals = try SignalListener([.terminate])
        poller = try Poller()
        over = try WakeUp()
        try poller.watch(input.number, for: .read)
        try poller.watch(signals.descriptor, for: .read)
        try poller.watch(over.descriptor, for: .read)
    }

    func run() throws(SystemError) -> Never {
        while true {
            for event in try poller.wait(timeout: nil) {
                switch event.descriptor {
                case signals.descriptor: terminate()
                case over.descriptor: leave()
                default: try receive()
                }
            }
        }
    }

    /// TERM without a job in hand is obeyed at once.
    private func terminate() {
        while signals.takeSignal() != nil {}
        guard let context else { dieOfTerm() }
        context.cancel()
    }

    private func receive() throws(SystemError) {
        let count = try readInput()
        // The worker is gone; the keeper ends what this process has started.
        guard count > 0 else { _exit(Self.exitSystem) }
        while let (message, number) = nextMessage() {
            switch message {
            case .job(let job): try start(job, number: number)
            case .cancel: context?.cancel()
            }
        }
    }

    private func readInput() throws(SystemError) -> Int {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.readBytes,
            alignment: 16
        )
        defer { buffer.deallocate() }
        guard case .bytes(let count) = try input.read(into: buffer) else { return 0 }
        assembler.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }

    private func nextMessage() -> (WorkerMessage, UInt64)? {
        do throws(FrameError) {
            guard let frame = try assembler.next() else { return nil }
            return (try WorkerMessage(frame), frame.job)
        } catch {
            _exit(Self.exitProtocol)
        }
    }

    private func start(_ job: ChildJob, number: UInt64) throws(SystemError) {
        // A worker gives one job at a time.
        guard context == nil else { _exit(Self.exitProtocol) }
        let context = BuiltInContext(
            job,
            number: number,
            channel: channel,
            clocks: clocks,
            zones: zones
        )
        self.context = context
        context.send(.began)
        let body = builtIns.body(named: job.name)
        thread = try ServiceThread("job", stackBytes: Self.jobStackBytes) { [ending, over] in
            let kind = Self.execute(body, context)
            ending.kind.withLock { $0 = kind }
            over.ring()
        }
    }

    /// The whole job, on its thread: its last message has been sent when this returns.
    private static func execute(_ body: BuiltInBody?, _ context: BuiltInContext) -> Ending.Kind {
        let failure: BuiltInFailure
        do {
            guard let body else {
                throw BuiltInFailure(
                    "this version of downbeat has no built-in `\(context.job.name)`",
                    mayRepeat: false
                )
            }
            let outcome = try body(context)
            try outcome.check()
            for window in outcome.statistics.flatMap(\.parts) { context.send(.statistics(window)) }
            if let positions = outcome.positions { context.send(.positions(positions)) }
            context.send(.result(outcome.result ?? []))
            return .succeeded
        } catch is BuiltInCancelled where context.isCancelled {
            return .cancelled
        } catch let error as BuiltInFailure {
            failure = error
        } catch {
            failure = BuiltInFailure("\(error)", mayRepeat: true)
        }
        context.send(.failed(failure.message, mayRepeat: failure.mayRepeat))
        return .failed
    }

    private func leave() -> Never {
        switch ending.kind.withLock(\.self) {
        case .succeeded: exit(0)
        case .cancelled: dieOfTerm()
        case .failed, nil: exit(1)
        }
    }

    /// Ends as a program that does not handle TERM would.
    private func dieOfTerm() -> Never {
        signal(SIGTERM, SIG_DFL)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        kill(getpid(), SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        _exit(128 + SIGTERM)
    }
}
