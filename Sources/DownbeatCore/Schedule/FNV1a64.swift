/// The 64-bit FNV-1a hash: small, stable across processes and versions, not for secrets.
///
/// Source: Fowler, Noll, Vo; draft-eastlake-fnv.
package struct FNV1a64: Sendable {
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    /// The hash of a text's UTF-8.
    package init(_ text: String) {
        combine(text)
    }

    /// Takes in a text's UTF-8.
    package mutating func combine(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            for byte in bytes { combine(byte) }
        }
    }

    /// Takes in a number, the lowest byte first.
    package mutating func combine(_ number: Int64) {
        var rest = UInt64(bitPattern: number)
        for _ in 0..<8 {
            combine(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    package mutating func combine(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    /// The value with its bits spread (one round of murmur3's finaliser): the last bytes of a text barely
    /// reach the high bits, which a fraction is made of.
    package var spread: UInt64 {
        var bits = value
        bits ^= bits >> 33
        bits = bits &* 0xFF51_AFD7_ED55_8CCD
        return bits ^ bits >> 33
    }

    /// 16 hexadecimal digits.
    package var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
