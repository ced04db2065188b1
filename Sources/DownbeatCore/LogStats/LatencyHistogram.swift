/// Latencies in buckets whose width grows with the value, so that a rank costs 60 kB for any count.
///
/// Each power of two is divided into 128 buckets (the layout is HdrHistogram's, by Gil Tene): below
/// 256 microseconds values are exact, above a bucket's middle is within 0.4% of every value in it.
package struct LatencyHistogram: Hashable, Sendable {
    private static let bits = 7
    private static let perOctave = 1 << bits
    private static let bucketCount = (64 - bits + 1) * perOctave

    private var counts = [Int64](repeating: 0, count: bucketCount)
    package private(set) var count: Int64 = 0
    /// The largest value, exact; 0 when there is none.
    package private(set) var max: Int64 = 0

    package init() {}

    /// Takes a latency in microseconds, 0 or more.
    package mutating func insert(_ value: Int64) {
        counts[Self.bucket(of: value)] += 1
        count += 1
        if value > max { max = value }
    }

    package mutating func merge(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        max = Swift.max(max, other.max)
    }

    /// The value of the nearest rank: the smallest of which `share` of all are at most.
    ///
    /// Nil when there is none. `share` is above 0 and at most 1.
    package func value(at share: Double) -> Double? {
        guard count > 0 else { return nil }
        let rank = Swift.min(Swift.max(1, Int64((share * Double(count)).rounded(.up))), count)
        guard rank < count else { return Double(max) }
        var seen: Int64 = 0
        for (index, inBucket) in counts.enumerated() {
            seen += inBucket
            if seen >= rank { return Swift.min(Self.middle(of: index), Double(max)) }
        }
        return Double(max)
    }

    private static func bucket(of value: Int64) -> Int {
        let value = UInt64(Swift.max(0, value))
        guard value >= UInt64(perOctave) else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - bits
        return shift * perOctave + Int(value >> UInt64(shift))
    }

    private static func middle(of bucket: Int) -> Double {
        guard bucket >= 2 * perOctave else { return Double(bucket) }
        let shift = bucket / perOctave - 1
        let low = UInt64(bucket - shift * perOctave) << UInt64(shift)
        return Double(low) + Double((UInt64(1) << UInt64(shift)) - 1) / 2
    }
}
