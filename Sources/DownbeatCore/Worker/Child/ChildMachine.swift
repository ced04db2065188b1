/// What a worker knows of the job that a child was given: the messages so far, and what its end means.
///
/// A machine without I/O. A job goes `handed → began → succeeded | failed`; a message out of this
/// order, one that cannot be read, or more than may be kept breaks it, and the child is killed. What
/// the job produced counts only if the child said so and then ended well: an attempt that dies after
/// its last message has failed, and nothing of it is kept.
package struct ChildMachine: Sendable {
    /// What the shell is to do.
    package enum Action: Hashable, Sendable {
        case nothing
        /// The progress is new.
        case show
        /// A line for the attempt's output.
        case warn(String)
        /// End the child: it cannot be trusted any more.
        case kill
    }

    private enum Phase: Hashable, Sendable {
        case handed
        case began
        case succeeded
        case failed(String, mayRepeat: Bool)
        case broken(String)
    }

    /// The worker's number of the attempt.
    package let job: UInt64
    /// The latest that the job said.
    package private(set) var progress: RunProgress?
    private var phase = Phase.handed
    private var product = AttemptProduct()
    private var windows: [Window: Int] = [:]
    private var groups = 0
    private var warnings = 0

    private struct Window: Hashable, Sendable {
        var start: Timestamp
        var end: Timestamp
    }

    /// Further ones are counted by nobody; the output has room for more, but not for a flood.
    package static let warningsMax = 100
    /// Longer texts are cut.
    package static let textBytesMax = 4096

    package init(job: UInt64) {
        self.job = job
    }

    /// A whole frame has come.
    package mutating func received(_ frame: Frame) -> Action {
        guard frame.job == job else {
            return isBroken ? .nothing : breaks("a message of job \(frame.job), not \(job)")
        }
        do throws(FrameError) {
            return received(try ChildMessage(frame))
        } catch {
            return garbled(error)
        }
    }

    /// Bytes have come that are no frame.
    package mutating func garbled(_ error: FrameError) -> Action {
        isBroken ? .nothing : breaks("\(error)")
    }

    /// The child has ended and everything it sent has been read.
    ///
    /// - Parameter report: what the keeper says.
    /// - Returns: what the end means, and what is to be kept if the run succeeds by it.
    package func ended(
        _ report: WorkerMachine.Report
    ) -> (report: WorkerMachine.Report, product: AttemptProduct?) {
        switch (report, phase) {
        case (.lost, _), (.notStarted, _), (.failed, _): (report, nil)
        case (_, .broken(let why)): (.failed(why, mayRepeat: true), nil)
        case (_, .failed(let why, let mayRepeat)): (.failed(why, mayRepeat: mayRepeat), nil)
        case (.exited(0), .succeeded): (report, product)
        case (.exited(0), .handed), (.exited(0), .began):
            (.failed("the child ended without a result", mayRepeat: true), nil)
        case (.exited, _), (.signalled, _): (report, nil)
        }
    }

    private var isBroken: Bool {
        if case .broken = phase { true } else { false }
    }

    private mutating func received(_ message: ChildMessage) -> Action {
        switch phase {
        case .broken: return .nothing
        case .handed:
            guard message == .began else { return breaks("a message before its job began") }
            phase = .began
            return .nothing
        case .succeeded, .failed: return breaks("a message after the end of its job")
        case .began: break
        }
        switch message {
        case .began: return breaks("a second begin of its job")
        case .progress(let new):
            guard new != progress else { return .nothing }
            progress = new
            progress?.phase = Self.cut(new.phase)
            return .show
        case .warning(let text):
            warnings += 1
            return warnings <= Self.warningsMax ? .warn(Self.cut(text)) : .nothing
        case .statistics(let part): return add(part)
        case .positions(let bytes):
            guard bytes.count <= AttemptProduct.positionsBytesMax else {
                return breaks("positions of \(bytes.count) bytes")
            }
            product.positions = bytes
            return .nothing
        case .result(let bytes):
            guard bytes.count <= AttemptProduct.resultBytesMax else {
                return breaks("a result of \(bytes.count) bytes")
            }
            product.result = bytes.isEmpty ? nil : bytes
            phase = .succeeded
            return .nothing
        case .failed(let text, let mayRepeat):
            phase = .failed(Self.cut(text), mayRepeat: mayRepeat)
            return .nothing
        }
    }

    private mutating func add(_ part: WindowStatistics) -> Action {
        guard part.isSound else { return breaks("statistics with a negative figure") }
        groups += part.groups.count
        guard groups <= AttemptProduct.groupsMax else {
            return breaks("more than \(AttemptProduct.groupsMax) groups")
        }
        let window = Window(start: part.start, end: part.end)
        if let index = windows[window] {
            let before = product.statistics[index].groups
            product.statistics[index] = part
            product.statistics[index].groups = before + part.groups
            return .nothing
        }
        guard windows.count < AttemptProduct.windowsMax else {
            return breaks("more than \(AttemptProduct.windowsMax) windows")
        }
        windows[window] = product.statistics.count
        product.statistics.append(part)
        return .nothing
    }

    private mutating func breaks(_ what: String) -> Action {
        phase = .broken("the child sent \(what) and was ended")
        product = AttemptProduct()
        return .kill
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > textBytesMax else { return text }
        return String(decoding: text.utf8.prefix(textBytesMax), as: UTF8.self)
    }
}
