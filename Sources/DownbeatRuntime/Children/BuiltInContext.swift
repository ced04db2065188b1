package import DownbeatCore
import Foundation
import Synchronization

/// What the code of a built-in is given: its job, and the way to say how it goes.
///
/// May be used from several threads.
package final class BuiltInContext: Sendable {
    package let job: ChildJob
    /// The clocks of this process.
    package let clocks: any Clocks
    /// The system's zones; `job.zone` is one of their names.
    package let zones: any ZoneSource
    private let number: UInt64
    private let channel: ChildChannel
    private let cancelled = Mutex(false)
    private let said = Mutex(Said())

    private struct Said {
        var progress: RunProgress?
        var sentAt: Duration?
        var isSent = true
    }

    /// Progress is sent at most so often; the last of a phase always is.
    private static let progressEvery: Duration = .milliseconds(100)

    init(
        _ job: ChildJob,
        number: UInt64,
        channel: ChildChannel,
        clocks: any Clocks,
        zones: any ZoneSource
    ) {
        self.job = job
        self.number = number
        self.channel = channel
        self.clocks = clocks
        self.zones = zones
    }

    /// The options of the job.
    ///
    /// - Throws: `BuiltInFailure` that is final: the options are of another version.
    package func options<Options: BuiltInOptions>(
        as type: Options.Type = Options.self
    ) throws -> Options {
        do {
            return try JSONDecoder().decode(Options.self, from: Data(job.options.utf8))
        } catch {
            throw BuiltInFailure(
                "the options of this run of `\(job.name)` are of another version; make a new run"
                    + " with `downbeat run \(job.schedule)`",
                mayRepeat: false
            )
        }
    }

    /// Whether the job was asked to end, by a timeout, a cancel, or because the service stops.
    ///
    /// When its grace is over the child is killed, with all that it has started.
    package var isCancelled: Bool { cancelled.withLock(\.self) }

    /// Throws `BuiltInCancelled` when the job was asked to end; call it between steps.
    package func checkCancelled() throws(BuiltInCancelled) {
        if isCancelled { throw BuiltInCancelled() }
    }

    /// Says how far the job has come; cheap enough to be called for every block.
    ///
    /// - Parameters:
    ///   - done: counts from 0 in each phase.
    ///   - total: nil: not known.
    ///   - unit: what is counted.
    ///   - phase: what it does now, in a word or two; a new word begins a new phase.
    package func progress(
        _ done: Int64,
        of total: Int64?,
        unit: RunProgress.Unit = .bytes,
        phase: String = ""
    ) {
        let new = RunProgress(phase: phase, done: done, total: total, unit: unit)
        let now = clocks.monotonic
        let sent: [RunProgress] = said.withLock { said in
            var sent: [RunProgress] = []
            if let last = said.progress, last.phase != phase, !said.isSent { sent.append(last) }
            let isFirst = said.progress?.phase != phase
            let isLast = done == total
            let isDue = said.sentAt.map { now - $0 >= Self.progressEvery } ?? true
            said.progress = new
            said.isSent = isFirst || isLast || isDue
            if said.isSent {
                said.sentAt = now
                sent.append(new)
            }
            return sent
        }
        for progress in sent { send(.progress(progress)) }
    }

    /// A line for people in the run's output, behind `warning: `; the job goes on.
    package func warn(_ text: String) {
        send(.warning(text))
    }

    func cancel() {
        cancelled.withLock { $0 = true }
    }

    func send(_ message: ChildMessage) {
        channel.send(message.frame(job: number))
    }
}
