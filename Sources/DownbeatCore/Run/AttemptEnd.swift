/// How an attempt ended, as its worker or a successor of its worker saw it.
package enum AttemptEnd: Hashable, Sendable, Codable {
    /// Exit status 0 to 255.
    case exited(Int32)
    /// Ended by a signal nobody here sent.
    case signalled(Int32)
    /// Ended by us because it took longer than `timeout`.
    ///
    /// `signal` is what the process ended by, nil if it exited; `killed` says that it was still there
    /// after the grace.
    case timedOut(signal: Int32? = nil, killed: Bool = false)
    /// Said itself that it failed and why; a repeat is of use only if `mayRepeat`.
    case failed(String, mayRepeat: Bool)
    /// Could not be started: the sentence says why.
    case notStarted(String)
    /// Ended by us for a `cancel` or a `replace`.
    case cancelled
    /// Ended by us because the service stops; counts neither as failed nor as lost.
    case drained
    /// Nobody saw how it ended.
    case lost
}

/// What the command used: of the process and the descendants it waited for.
package struct ResourceUsage: Hashable, Sendable, Codable {
    package var userMicroseconds: Int64
    package var systemMicroseconds: Int64
    /// Bytes.
    package var peakMemory: Int64

    package init(userMicroseconds: Int64, systemMicroseconds: Int64, peakMemory: Int64) {
        self.userMicroseconds = userMicroseconds
        self.systemMicroseconds = systemMicroseconds
        self.peakMemory = peakMemory
    }
}

/// A piece of what a command wrote.
package struct OutputChunk: Hashable, Sendable {
    package enum Stream: String, Sendable, Codable { case out, err }

    package var stream: Stream
    /// When it was read.
    package var time: Timestamp
    package var bytes: [UInt8]

    package init(stream: Stream, time: Timestamp, bytes: [UInt8]) {
        self.stream = stream
        self.time = time
        self.bytes = bytes
    }
}
