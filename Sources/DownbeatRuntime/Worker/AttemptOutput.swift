import DownbeatCore

/// The output of one attempt on its way to the store: pipes, mask of secrets, caps.
///
/// Belongs to the worker's loop.
final class AttemptOutput {
    /// One read of a pipe; a pipe holds as much.
    private static let readBytes = 64 * 1024
    /// Reads in one pass, so that a command that writes without end does not keep the loop.
    private static let readsMax = 16

    let pipes: OutputPipes
    private var collector = OutputCollector()
    private var masks: [OutputChunk.Stream: SecretMask]
    private var closed: Set<OutputChunk.Stream> = []
    /// Whether a part went to the store before the end: then a last one has to follow.
    private(set) var wasTaken = false

    init(secrets: [String]) throws(SystemError) {
        pipes = try OutputPipes()
        masks = [.out: SecretMask(secrets), .err: SecretMask(secrets)]
    }

    /// The pipes that can still be read.
    var open: [(stream: OutputChunk.Stream, pipe: Descriptor)] {
        [(.out, pipes.out), (.err, pipes.err)].filter { !closed.contains($0.0) }
    }

    /// Reads what has come on one stream.
    ///
    /// - Returns: whether more may come.
    func read(_ stream: OutputChunk.Stream, at now: Timestamp, untilEmpty: Bool = false) -> Bool {
        let pipe = stream == .out ? pipes.out : pipes.err
        return withUnsafeTemporaryAllocation(byteCount: Self.readBytes, alignment: 16) { buffer in
            var reads = 0
            while untilEmpty || reads < Self.readsMax {
                reads += 1
                do throws(SystemError) {
                    switch try pipe.read(into: buffer) {
                    case .bytes(let count):
                        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                        append(stream, at: now, masks[stream]?.feed(bytes) ?? Array(bytes))
                    case .nothingNow: return true
                    case .end: return end(stream, at: now)
                    }
                } catch {
                    // A pipe that cannot be read has nothing more to say; the attempt goes on.
                    return end(stream, at: now)
                }
            }
            return true
        }
    }

    /// Adds a line of ours to what the attempt wrote to standard error.
    func note(_ line: String, at now: Timestamp) {
        let bytes = Array((line + "\n").utf8)
        append(.err, at: now, bytes.withUnsafeBytes { masks[.err]?.feed($0) } ?? bytes)
    }

    /// Chunks that are final and can be stored while the command runs.
    func takeNew() -> [OutputChunk] {
        let chunks = collector.drainNewHeadChunks()
        wasTaken = wasTaken || !chunks.isEmpty
        return chunks
    }

    /// Reads what is left and closes the pipes; the command and all it started have ended.
    func finish(at now: Timestamp) -> (chunks: [OutputChunk], droppedBytes: Int64) {
        for (stream, _) in open where read(stream, at: now, untilEmpty: true) {
            _ = end(stream, at: now)
        }
        pipes.out.close()
        pipes.err.close()
        let rest = collector.finish()
        return (rest.head + rest.tail, rest.droppedBytes)
    }

    private func end(_ stream: OutputChunk.Stream, at now: Timestamp) -> Bool {
        append(stream, at: now, masks[stream]?.finish() ?? [])
        closed.insert(stream)
        return false
    }

    private func append(_ stream: OutputChunk.Stream, at now: Timestamp, _ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        collector.append(stream, at: now, bytes[...])
    }
}
