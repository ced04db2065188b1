/// The delay before a repeat.
package enum Backoff {
    /// `wait * factor^(n-1)`, at most `maxWait`, varied by a hash of run and repeat by up to ± `jitter`.
    ///
    /// The hash makes it reproducible: a crash does not draw again.
    package static func wait(_ policy: RetryPolicy, repeatNumber: Int, run: RunID) -> Duration {
        var microseconds = Double(policy.wait.wholeMicroseconds)
        let limit = Double(policy.maxWait.wholeMicroseconds)
        for _ in 1..<max(1, min(repeatNumber, 64)) where microseconds < limit {
            microseconds *= policy.factor
        }
        microseconds = min(microseconds, limit)
        let hash = FNV1a64("\(run.text)/\(repeatNumber)").spread
        let unit = Double(hash >> 11) / Double(1 << 53)
        microseconds *= 1 + policy.jitter * (2 * unit - 1)
        return .microseconds(Int64(max(0, microseconds)))
    }
}
