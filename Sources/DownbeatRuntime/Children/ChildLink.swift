import CDownbeat
import DownbeatCore
import Foundation
import Glibc

/// The worker's end of the channel to a child, and what came over it.
///
/// Belongs to the worker's loop; nothing here blocks.
final class ChildLink {
    /// One read of the channel.
    private static let readBytes = 64 * 1024
    /// Reads in one pass, so that a child that sends without end does not keep the loop.
    private static let readsMax = 16
    /// Progress goes to the store at most so often.
    static let progressEvery: Duration = .seconds(1)

    /// What reading has found.
    struct News {
        var warnings: [String] = []
        /// The progress has changed.
        var hasProgressed = false
        /// The child broke the rules and must be killed.
        var isBroken = false
        /// Nothing more will come.
        var isOver = false
    }

    let channel: Descriptor
    /// What the child is to inherit; the keeper closes it.
    let childEnd: Descriptor
    /// How far the attempt has come.
    private(set) var reading: ProgressReading?
    private var machine: ChildMachine
    private var assembler = FrameAssembler()
    private var outbox: ArraySlice<UInt8> = []
    private var storedAt: Duration?
    private var isStored = true

    /// A link for the attempt of this number; the job goes out as the child takes it.
    init(_ number: UInt64, _ job: ChildJob) throws(SystemError) {
        var workerEnd: Int32 = -1
        var otherEnd: Int32 = -1
        let error = downbeat_channel_pair(&workerEnd, &otherEnd)
        guard error == 0 else {
            throw SystemError(
                "make a channel",
                errorNumber: error,
                remedy: "raise the limit of open files"
            )
        }
        channel = Descriptor(owning: workerEnd)
        childEnd = Descriptor(owning: otherEnd)
        machine = ChildMachine(job: number)
        let frame = WorkerMessage.job(job).frame(job: number)
        guard frame.payload.count <= Frame.payloadBytesMax else {
            throw SystemError(
                "tell a child its job",
                errorNumber: E2BIG,
                remedy: "make the options of the built-in shorter"
            )
        }
        outbox = frame.bytes[...]
    }

    // MARK: To the child

    /// Whether something waits until the channel can be written to.
    var wantsToWrite: Bool { !outbox.isEmpty }

    /// Asks the job to end.
    func cancel() {
        outbox += WorkerMessage.cancel.frame(job: machine.job).bytes
        flush()
    }

    /// Writes what goes in now.
    func flush() {
        while !outbox.isEmpty {
            do throws(SystemError) {
                let count = try channel.write(outbox)
                guard count > 0 else { return }
                outbox = outbox.dropFirst(count)
            } catch {
                // A child that has gone needs no words; its end says the rest.
                outbox = []
            }
        }
    }

    // MARK: From the child

    /// Reads what has come.
    func read(at now: Timestamp, untilEmpty: Bool = false) -> News {
        var news = News()
        var reads = 0
        withUnsafeTemporaryAllocation(byteCount: Self.readBytes, alignment: 16) { buffer in
            while untilEmpty || reads < Self.readsMax, !news.isOver {
                reads += 1
                do throws(SystemError) {
                    switch try channel.read(into: buffer) {
                    case .bytes(let count):
                        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                        take(bytes, at: now, into: &news)
                    case .nothingNow: return
                    case .end: news.isOver = true
                    }
                } catch {
                    // A channel that cannot be read has nothing more to say.
                    news.isOver = true
                }
            }
        }
        return news
    }

    /// What an end means once everything has been read.
    func ended(
        _ report: WorkerMachine.Report
    ) -> (report: WorkerMachine.Report, product: AttemptProduct?) {
        let (meaning, product) = machine.ended(report)
        guard let result = product?.result, !Self.isJSON(result) else { return (meaning, product) }
        return (.failed("the result of the child is not JSON", mayRepeat: false), nil)
    }

    /// Progress that the store does not have yet and that may go there now.
    func takeProgress(at now: Duration) -> ProgressReading? {
        guard !isStored, let reading, storeDue.map({ $0 <= now }) ?? true else { return nil }
        storedAt = now
        isStored = true
        return reading
    }

    /// When progress may go to the store next; nil: nothing is new, or at once.
    var storeDue: Duration? {
        isStored ? nil : storedAt.map { $0 + Self.progressEvery }
    }

    /// Whether progress waits for its turn to be stored.
    var hasNewProgress: Bool { !isStored }

    private func take(_ bytes: UnsafeRawBufferPointer, at now: Timestamp, into news: inout News) {
        guard !news.isBroken else { return }
        assembler.append(bytes)
        while true {
            let action: ChildMachine.Action
            do throws(FrameError) {
                guard let frame = try assembler.next() else { return }
                action = machine.received(frame)
            } catch {
                action = machine.garbled(error)
                // What follows cannot be told from noise.
                assembler = FrameAssembler()
            }
            switch action {
            case .nothing: continue
            case .warn(let text): news.warnings.append(text)
            case .show:
                note(at: now)
                news.hasProgressed = true
            case .kill:
                news.isBroken = true
                return
            }
        }
    }

    private func note(at now: Timestamp) {
        guard let progress = machine.progress else { return }
        reading =
            reading?.followed(by: progress, at: now)
            ?? ProgressReading(progress: progress, since: now, at: now)
        isStored = false
    }

    /// Whether the bytes are JSON as the store keeps it: in UTF-8, of which there are other forms.
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        do {
            _ = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            return true
        } catch {
            return false
        }
    }
}
