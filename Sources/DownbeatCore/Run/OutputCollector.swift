/// What is kept of a command's output: the first part and the last, never more than the limits.
///
/// Both streams of an attempt share one budget, in the order in which they were read. Bytes fill the
/// head first; what is in it is final and can be stored while the command runs. Once it is full the
/// rest goes through the tail, a ring that forgets its oldest bytes and counts them. Text is not
/// split into lines, and a character may be cut at the edges.
///
/// A chunk is charged its bytes and a fixed overhead, so that a command which writes single bytes to
/// alternating streams cannot take more memory than one that writes large pieces.
package struct OutputCollector: Sendable {
    /// How many bytes are kept, with `chunkOverhead` for each chunk.
    package struct Limits: Hashable, Sendable {
        package var headBytes: Int
        package var tailBytes: Int

        /// 1 MiB in all: half for the beginning, where causes are, half for the end.
        package static let standard = Limits(headBytes: 512 * 1024, tailBytes: 512 * 1024)

        package init(headBytes: Int, tailBytes: Int) {
            self.headBytes = headBytes
            self.tailBytes = tailBytes
        }
    }

    /// What is left to store when the attempt has ended.
    package struct Remainder: Hashable, Sendable {
        /// Chunks of the head that were not drained before.
        package var head: [OutputChunk]
        /// The chunks after the cut; they follow the head directly when nothing was dropped.
        package var tail: [OutputChunk]
        /// How many bytes are missing between head and tail.
        package var droppedBytes: Int64

        package init(head: [OutputChunk], tail: [OutputChunk], droppedBytes: Int64) {
            self.head = head
            self.tail = tail
            self.droppedBytes = droppedBytes
        }
    }

    /// The memory that a chunk costs beside its bytes.
    package static let chunkOverhead = 64
    /// Reads of one stream within this time become one chunk.
    package static let mergeWithin = Duration.milliseconds(10)
    /// No chunk grows beyond this by merging.
    package static let mergedBytesMax = 64 * 1024

    /// How many bytes were dropped so far.
    package private(set) var droppedBytes: Int64 = 0

    private let limits: Limits
    private var head: [OutputChunk] = []
    private var headCost = 0
    private var isHeadFull = false
    private var tail: [OutputChunk] = []
    /// Chunks of `tail` before this one are forgotten and empty.
    private var tailFirst = 0
    /// Bytes of the first remembered chunk that are forgotten.
    private var tailSkipped = 0
    private var tailCost = 0

    package init(limits: Limits = .standard) {
        self.limits = limits
    }

    /// Takes what was read from a stream.
    ///
    /// Cost: the bytes copied, amortised.
    package mutating func append(
        _ stream: OutputChunk.Stream,
        at time: Timestamp,
        _ bytes: ArraySlice<UInt8>
    ) {
        var rest = bytes
        if !isHeadFull { fillHead(stream, at: time, &rest) }
        while !rest.isEmpty {
            let piece = rest.prefix(Self.mergedBytesMax)
            appendToTail(stream, at: time, piece)
            rest = rest.dropFirst(piece.count)
        }
    }

    /// Takes the chunks of the head that came since the last call; they are final.
    package mutating func drainNewHeadChunks() -> [OutputChunk] {
        let chunks = head
        head = []
        return chunks
    }

    /// Takes everything that is left and starts anew.
    package mutating func finish() -> Remainder {
        var kept = Array(tail[tailFirst...])
        if tailSkipped > 0, !kept.isEmpty { kept[0].bytes.removeFirst(tailSkipped) }
        let remainder = Remainder(head: head, tail: kept, droppedBytes: droppedBytes)
        self = OutputCollector(limits: limits)
        return remainder
    }

    private mutating func fillHead(
        _ stream: OutputChunk.Stream,
        at time: Timestamp,
        _ rest: inout ArraySlice<UInt8>
    ) {
        while !rest.isEmpty {
            let merges = Self.merges(stream, at: time, count: 1, into: head.last)
            let room = limits.headBytes - headCost - (merges ? 0 : Self.chunkOverhead)
            guard room > 0 else {
                isHeadFull = true
                return
            }
            let space =
                merges
                ? Self.mergedBytesMax - head[head.count - 1].bytes.count : Self.mergedBytesMax
            let piece = rest.prefix(min(room, space))
            headCost += piece.count + (merges ? 0 : Self.chunkOverhead)
            Self.add(stream, at: time, piece, to: &head, merging: merges)
            rest = rest.dropFirst(piece.count)
        }
    }

    private mutating func appendToTail(
        _ stream: OutputChunk.Stream,
        at time: Timestamp,
        _ piece: ArraySlice<UInt8>
    ) {
        let last = tail.count > tailFirst ? tail.last : nil
        let merges = Self.merges(stream, at: time, count: piece.count, into: last)
        tailCost += piece.count + (merges ? 0 : Self.chunkOverhead)
        Self.add(stream, at: time, piece, to: &tail, merging: merges)
        forgetOldest()
    }

    /// Forgets bytes from the front of the tail until it is within its limit.
    private mutating func forgetOldest() {
        while tailCost > limits.tailBytes, tailFirst < tail.count {
            let excess = tailCost - limits.tailBytes
            let remembered = tail[tailFirst].bytes.count - tailSkipped
            if remembered > excess {
                tailSkipped += excess
                tailCost -= excess
                droppedBytes += Int64(excess)
            } else {
                tail[tailFirst].bytes = []
                tailFirst += 1
                tailSkipped = 0
                tailCost -= remembered + Self.chunkOverhead
                droppedBytes += Int64(remembered)
            }
        }
        if tailFirst > 64, tailFirst > tail.count / 2 {
            tail.removeFirst(tailFirst)
            tailFirst = 0
        }
    }

    private static func merges(
        _ stream: OutputChunk.Stream,
        at time: Timestamp,
        count: Int,
        into last: OutputChunk?
    ) -> Bool {
        guard let last, last.stream == stream, last.bytes.count + count <= mergedBytesMax else {
            return false
        }
        return time >= last.time && time - last.time < mergeWithin
    }

    private static func add(
        _ stream: OutputChunk.Stream,
        at time: Timestamp,
        _ piece: ArraySlice<UInt8>,
        to chunks: inout [OutputChunk],
        merging: Bool
    ) {
        if merging {
            chunks[chunks.count - 1].bytes.append(contentsOf: piece)
        } else {
            chunks.append(OutputChunk(stream: stream, time: time, bytes: Array(piece)))
        }
    }
}
