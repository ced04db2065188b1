/// Where chance comes from: the kernel in production, a seed in tests.
package protocol RandomSource: Sendable {
    /// The next 64 bits.
    func next() -> UInt64
}
