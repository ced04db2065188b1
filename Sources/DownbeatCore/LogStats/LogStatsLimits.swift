/// What bounds the memory of counting; tests make it small.
package struct LogStatsLimits: Hashable, Sendable {
    /// A longer line is malformed and skipped; servers limit a request's head to 8 or 16 KiB.
    package static let lineBytesMax = 64 * 1024
    /// Malformed lines that are kept, and how much of each.
    package static let samplesMax = 3
    package static let sampleBytesMax = 256

    /// Values of one field, and clients, that are counted exactly.
    package var distinctMax: Int
    /// All values of one field together, in bytes.
    package var keyBytesMax: Int

    package init(distinctMax: Int = 1_000_000, keyBytesMax: Int = 256 << 20) {
        self.distinctMax = distinctMax
        self.keyBytesMax = keyBytesMax
    }
}
