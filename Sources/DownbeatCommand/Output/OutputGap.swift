import DownbeatCore

/// Finds the place in stored chunks where output was left out.
///
/// The head takes chunks until its budget has no room for another, so the chunk that uses it up is
/// the last of the head, and the next one is the first of the tail.
struct OutputGap {
    /// What the head may cost before it has no room: bytes, and the overhead of each chunk.
    private static let full =
        OutputCollector.Limits.standard.headBytes - OutputCollector.chunkOverhead

    private var cost = 0
    private var isPassed = false

    /// Takes the next chunk; whether bytes are missing just before it.
    mutating func isBefore(_ chunk: OutputChunk, _ attempt: AttemptRecord?) -> Bool {
        guard !isPassed else { return false }
        let isHere = cost >= Self.full && (attempt?.droppedBytes ?? 0) > 0
        cost += chunk.bytes.count + OutputCollector.chunkOverhead
        if isHere { isPassed = true }
        return isHere
    }

    /// Whether bytes are missing and their place was not among the chunks.
    func isOpen(_ attempt: AttemptRecord) -> Bool {
        attempt.droppedBytes > 0 && !isPassed
    }
}
