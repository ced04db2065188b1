import DownbeatCore

/// Gives files to an engine, block by block.
struct LogReader {
    /// Where reading a file ended.
    struct End {
        /// Of the content, behind the last line that was counted.
        var offset: Int64
        var tailHash: String
    }

    private let engine: LogStatsEngine
    private let total: Int64
    private let progress: LogStatsProgress
    private var done: Int64 = 0
    private let buffer: Buffer

    /// Room for a block behind the rest of the one before.
    private final class Buffer {
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: LogFile.blockBytes + LogStatsLimits.lineBytesMax,
            alignment: 16
        )

        deinit {
            bytes.deallocate()
        }
    }

    init(
        engine: LogStatsEngine,
        total: Int64,
        progress: @escaping LogStatsProgress
    ) {
        self.engine = engine
        self.total = total
        self.progress = progress
        buffer = Buffer()
    }

    /// Counts a file's lines from a step's offset up to the size that it was listed with.
    mutating func read(
        _ file: LogFile,
        from step: LogReadingPlan.Step,
        lastLine: LogStatsEngine.LastLine
    ) throws(LogStatsFailure) -> End {
        guard !step.isUnchanged else { return End(offset: step.offset, tailHash: step.tailHash) }
        return file.facts.isCompressed
            ? try readPacked(file, from: step, lastLine: lastLine)
            : try readPlain(file, from: step, lastLine: lastLine)
    }

    private mutating func readPlain(
        _ file: LogFile,
        from step: LogReadingPlan.Step,
        lastLine: LogStatsEngine.LastLine
    ) throws(LogStatsFailure) -> End {
        var content = Content(
            tail: ContentTail(bytes: try file.tail(before: step.offset), offset: step.offset)
        )
        engine.beginFile()
        var place = step.offset
        while place < file.facts.size {
            let room = content.room(in: buffer.bytes, atMost: file.facts.size - place)
            let count = try file.read(at: place, into: room)
            // Truncated since it was listed.
            guard count > 0 else { break }
            place += Int64(count)
            content.take(count, from: buffer.bytes, by: engine)
            try report(done + Int64(count))
        }
        let end = content.finish(buffer.bytes, engine, lastLine)
        // What is before the offset may be gone by now; the plan has seen it.
        return end.offset == step.offset
            ? End(offset: step.offset, tailHash: step.tailHash) : end
    }

    private mutating func readPacked(
        _ file: LogFile,
        from step: LogReadingPlan.Step,
        lastLine: LogStatsEngine.LastLine
    ) throws(LogStatsFailure) -> End {
        let stream = try GzipStream(file.descriptor, path: file.facts.path)
        var skipped = ContentTail()
        while skipped.offset < step.offset {
            let wanted = Int(min(Int64(LogFile.blockBytes), step.offset - skipped.offset))
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<wanted])
            let count = try stream.read(into: room)
            guard count > 0 else { break }
            skipped.append(UnsafeRawBufferPointer(rebasing: room[..<count]))
        }
        var content = Content(tail: skipped)
        engine.beginFile()
        let before = done
        while true {
            let count = try stream.read(into: content.room(in: buffer.bytes, atMost: .max))
            guard count > 0 else { break }
            content.take(count, from: buffer.bytes, by: engine)
            try report(before + min(file.packedOffset, file.facts.size))
        }
        try report(before + file.facts.size)
        return content.finish(buffer.bytes, engine, lastLine)
    }

    private mutating func report(_ bytes: Int64) throws(LogStatsFailure) {
        done = bytes
        try progress(min(done, total), total)
    }

    /// The bytes at the buffer's beginning that were not consumed, and what was before them.
    private struct Content {
        private var rest = 0
        /// Up to the last line end.
        private var counted: ContentTail
        /// Up to the last byte that was consumed.
        private var consumed: ContentTail

        init(tail: ContentTail) {
            counted = tail
            consumed = tail
        }

        func room(
            in buffer: UnsafeMutableRawBufferPointer,
            atMost count: Int64
        ) -> UnsafeMutableRawBufferPointer {
            let size = Int(min(Int64(buffer.count - rest), count))
            return UnsafeMutableRawBufferPointer(rebasing: buffer[rest..<(rest + size)])
        }

        mutating func take(
            _ count: Int,
            from buffer: UnsafeMutableRawBufferPointer,
            by engine: LogStatsEngine
        ) {
            let filled = UnsafeRawBufferPointer(rebasing: buffer[..<(rest + count)])
            let used = engine.consume(filled)
            let before = consumed
            consumed.append(UnsafeRawBufferPointer(rebasing: filled[..<used]))
            if engine.unfinishedBytes == 0 {
                counted = consumed
            } else if used > engine.unfinishedBytes {
                // Lines, and then the beginning of one that is too long.
                let lines = used - engine.unfinishedBytes
                counted = before
                counted.append(UnsafeRawBufferPointer(rebasing: filled[..<lines]))
            }
            rest = filled.count - used
            if rest > 0 {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: filled[used...]))
            }
        }

        mutating func finish(
            _ buffer: UnsafeMutableRawBufferPointer,
            _ engine: LogStatsEngine,
            _ lastLine: LogStatsEngine.LastLine
        ) -> End {
            let last = UnsafeRawBufferPointer(rebasing: buffer[..<rest])
            let isCounted = engine.endFile(rest: last, lastLine: lastLine)
            if isCounted {
                consumed.append(last)
                counted = consumed
            }
            return End(offset: counted.offset, tailHash: counted.hash)
        }
    }
}
