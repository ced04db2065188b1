/// How many distinct values there were, roughly, in 64 KiB.
///
/// Source: Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog", 2007, with 64-bit hashes, so that no
/// correction for large counts is needed. The standard error is 0.4%. Counts below 160,000 come from
/// linear counting; between that and 330,000 the estimate is biased by up to a few percent, which
/// does not matter here: estimating starts at 1,000,000.
package struct HyperLogLog: Hashable, Sendable {
    private static let precision = 16
    private static let registerCount = 1 << precision
    /// The same in every process, so that a repeated count gives the same estimate.
    private static let seed: UInt64 = 0x6C6F_6773_7461_7473

    private var registers = [UInt8](repeating: 0, count: registerCount)

    package init() {}

    /// Takes a value; again has no effect.
    package mutating func insert(_ value: UnsafeBufferPointer<UInt8>) {
        guard let start = value.baseAddress else { return }
        let hash = ByteHash.hash(start, count: value.count, seed: Self.seed)
        let register = Int(truncatingIfNeeded: hash >> UInt64(64 - Self.precision))
        let rest = hash << UInt64(Self.precision) | 1 << UInt64(Self.precision - 1)
        let rank = UInt8(rest.leadingZeroBitCount + 1)
        if registers[register] < rank { registers[register] = rank }
    }

    /// Makes this the estimate of both sets' union.
    package mutating func merge(_ other: HyperLogLog) {
        for index in registers.indices where registers[index] < other.registers[index] {
            registers[index] = other.registers[index]
        }
    }

    /// The number of distinct values, estimated.
    package var estimate: Int64 {
        let size = Double(Self.registerCount)
        var sum = 0.0
        var empty = 0
        for register in registers {
            sum += 1 / Double(UInt64(1) << UInt64(register))
            if register == 0 { empty += 1 }
        }
        let raw = 0.7213 / (1 + 1.079 / size) * size * size / sum
        guard raw <= 2.5 * size, empty > 0 else { return Int64(raw.rounded()) }
        return Int64((size * Self.logarithm(size / Double(empty))).rounded())
    }

    /// The natural logarithm of a positive number; the core has no mathematical library.
    ///
    /// By ln(2^e m) = e ln 2 + 2 artanh((m - 1) / (m + 1)), with 20 terms for m below 2.
    private static func logarithm(_ value: Double) -> Double {
        let ratio = (value.significand - 1) / (value.significand + 1)
        var power = ratio
        var sum = 0.0
        for term in 0..<20 {
            sum += power / Double(2 * term + 1)
            power *= ratio * ratio
        }
        return Double(value.exponent) * 0.693_147_180_559_945_3 + 2 * sum
    }
}
