/// What a child tells its worker about the job it was given.
package enum ChildMessage: Hashable, Sendable {
    /// Said before anything else is done for the job.
    case began
    case progress(RunProgress)
    /// For people: goes to the attempt's output.
    case warning(String)
    /// Figures of a window; a second message with the same window brings further groups of it.
    case statistics(WindowStatistics)
    case positions([UInt8])
    /// The last message of a job that went well; empty: it returns nothing.
    case result([UInt8])
    /// The last message of a job that did not.
    case failed(String, mayRepeat: Bool)
}

extension ChildMessage {
    private enum Kind: UInt8 {
        case began = 1
        case progress, warning, statistics, positions, result, failed
    }

    /// The message as a frame.
    package func frame(job: UInt64) -> Frame {
        var writer = FrameWriter()
        let kind: Kind
        switch self {
        case .began: kind = .began
        case .progress(let progress):
            kind = .progress
            writer.put(progress)
        case .warning(let text):
            kind = .warning
            writer.put(text)
        case .statistics(let window):
            kind = .statistics
            writer.put(window)
        case .positions(let bytes):
            kind = .positions
            writer.put(bytes)
        case .result(let bytes):
            kind = .result
            writer.put(bytes)
        case .failed(let text, let mayRepeat):
            kind = .failed
            writer.put(text)
            writer.put(mayRepeat)
        }
        return Frame(kind: kind.rawValue, job: job, payload: writer.bytes)
    }

    /// Reads a frame.
    package init(_ frame: Frame) throws(FrameError) {
        guard let kind = Kind(rawValue: frame.kind) else { throw .kind(frame.kind) }
        var cursor = FrameCursor(frame.payload[...])
        switch kind {
        case .began: self = .began
        case .progress: self = .progress(try cursor.progress())
        case .warning: self = .warning(try cursor.text())
        case .statistics: self = .statistics(try cursor.statistics())
        case .positions: self = .positions(try cursor.data())
        case .result: self = .result(try cursor.data())
        case .failed:
            let text = try cursor.text()
            self = .failed(text, mayRepeat: try cursor.flag())
        }
        try cursor.end()
    }
}

extension WindowStatistics {
    /// Payload that the groups of one message may take.
    private static let partBytes = Frame.payloadBytesMax / 2

    /// The window in parts, of which each fits into one frame.
    ///
    /// A group's texts together must be shorter than a part.
    package var parts: [WindowStatistics] {
        var parts: [WindowStatistics] = []
        var part = self
        part.groups = []
        var bytes = 0
        for group in groups {
            let size = group.by.utf8.count + group.key.utf8.count + 24
            if bytes + size > Self.partBytes {
                parts.append(part)
                part.groups = []
                bytes = 0
            }
            part.groups.append(group)
            bytes += size
        }
        return parts + [part]
    }
}

extension FrameWriter {
    fileprivate mutating func put(_ progress: RunProgress) {
        put(progress.phase)
        put(progress.done)
        put(progress.total) { $0.put($1) }
        put(progress.unit.rawValue)
    }

    fileprivate mutating func put(_ window: WindowStatistics) {
        put(window.start)
        put(window.end)
        put(window.lines)
        put(window.malformed)
        put(window.bytes)
        put(window.clients) { $0.put($1) }
        put(window.isExact)
        put(window.latency) { writer, latency in
            for figure in [latency.samples, latency.p50, latency.p95, latency.p99, latency.max] {
                writer.put(figure)
            }
        }
        put(UInt32(window.groups.count))
        for group in window.groups {
            put(group.by)
            put(group.key)
            put(group.count)
            put(group.bytes)
        }
    }
}

extension FrameCursor {
    fileprivate mutating func progress() throws(FrameError) -> RunProgress {
        let phase = try text()
        let done = try number(Int64.self)
        let total = try optional { cursor throws(FrameError) in try cursor.number(Int64.self) }
        guard let unit = RunProgress.Unit(rawValue: try text()) else { throw .badValue("unit") }
        return RunProgress(phase: phase, done: done, total: total, unit: unit)
    }

    fileprivate mutating func statistics() throws(FrameError) -> WindowStatistics {
        var window = WindowStatistics(
            start: try time(),
            end: try time(),
            lines: try number(Int64.self),
            malformed: try number(Int64.self),
            bytes: try number(Int64.self),
            clients: try optional { cursor throws(FrameError) in try cursor.number(Int64.self) },
            isExact: try flag(),
            latency: try optional { cursor throws(FrameError) in try cursor.latency() },
            groups: []
        )
        // The count is not believed: nothing is reserved for it.
        for _ in 0..<(try number(UInt32.self)) { window.groups.append(try group()) }
        return window
    }

    private mutating func latency() throws(FrameError) -> WindowStatistics.Latency {
        WindowStatistics.Latency(
            samples: try number(Int64.self),
            p50: try number(Int64.self),
            p95: try number(Int64.self),
            p99: try number(Int64.self),
            max: try number(Int64.self)
        )
    }

    private mutating func group() throws(FrameError) -> WindowStatistics.Group {
        WindowStatistics.Group(
            by: try text(),
            key: try text(),
            count: try number(Int64.self),
            bytes: try number(Int64.self)
        )
    }
}
