/// Lines that are not in the format: how many, and the first few.
struct MalformedLines {
    /// Where the lines around are.
    enum Context {
        /// No good line of this file has been seen.
        case unknown
        case inside
        case outside
    }

    private(set) var count: Int64 = 0
    private(set) var samples: [String] = []
    private(set) var context = Context.unknown
    /// Before the file's first good line.
    private var pendingCount: Int64 = 0
    private var pendingSamples: [String] = []
    /// The beginning of a line that is too long.
    private var longSample = ""

    mutating func beginFile() {
        context = .unknown
    }

    /// A good line was seen; those that waited for it belong to where it belongs.
    mutating func sawLine(_ context: Context) {
        self.context = context
        settle(counting: context == .inside)
    }

    mutating func note(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        guard context != .outside else { return }
        let kept = samples.count + (context == .unknown ? pendingSamples.count : 0)
        let needsSample = kept < LogStatsLimits.samplesMax
        note(needsSample ? Self.sample(start, end) : nil)
    }

    /// Keeps the beginning of a line whose end is not in sight.
    mutating func keepLong(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        longSample = Self.sample(start, end)
    }

    /// The end of the line that is too long was seen.
    mutating func noteLong() {
        guard context != .outside else { return }
        let kept = samples.count + (context == .unknown ? pendingSamples.count : 0)
        note(kept < LogStatsLimits.samplesMax ? longSample : nil)
    }

    /// A file without a good line counts: its format is likely wrong, which must be seen.
    mutating func endFile() {
        if context == .unknown { settle(counting: true) }
    }

    private mutating func note(_ sample: String?) {
        if context == .unknown {
            pendingCount += 1
            if let sample { pendingSamples.append(sample) }
        } else {
            count += 1
            if let sample { samples.append(sample) }
        }
    }

    private mutating func settle(counting: Bool) {
        if counting {
            count += pendingCount
            samples += pendingSamples
        }
        pendingCount = 0
        pendingSamples = []
    }

    private static func sample(
        _ start: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>
    ) -> String {
        LogKeyText.sample(
            UnsafeBufferPointer(start: start, count: end - start),
            limit: LogStatsLimits.sampleBytesMax
        )
    }
}
