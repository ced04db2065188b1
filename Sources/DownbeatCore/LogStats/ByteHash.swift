/// A fast hash of bytes for tables and estimates; not for secrets, and never stored.
///
/// The folded multiplication of 64 by 64 bits is wyhash's (Wang Yi, public domain). Whoever knows the
/// seed can make keys that collide, and log lines come from strangers: tables are seeded by chance.
enum ByteHash {
    private static let first: UInt64 = 0x2D35_8DCC_AA6C_78A5
    private static let second: UInt64 = 0x8BB8_4B93_962E_ACC9

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (high, low) = left.multipliedFullWidth(by: right)
        return high ^ low
    }

    @inline(__always)
    private static func half(_ place: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(UInt32(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt32.self)))
    }

    @inline(__always)
    static func hash(_ start: UnsafePointer<UInt8>, count: Int, seed: UInt64) -> UInt64 {
        var state = seed ^ first
        var low: UInt64 = 0
        var high: UInt64 = 0
        if count > 16 {
            var place = start
            var rest = count
            while rest > 16 {
                state = fold(
                    ByteSearch.word(place) ^ second,
                    ByteSearch.word(place + 8) ^ state
                )
                place += 16
                rest -= 16
            }
            low = ByteSearch.word(start + (count - 16))
            high = ByteSearch.word(start + (count - 8))
        } else if count >= 8 {
            low = ByteSearch.word(start)
            high = ByteSearch.word(start + (count - 8))
        } else if count >= 4 {
            low = half(start)
            high = half(start + (count - 4))
        } else if count > 0 {
            low =
                UInt64(start[0]) << 16 | UInt64(start[count / 2]) << 8 | UInt64(start[count - 1])
        }
        return fold(first ^ UInt64(count), fold(low ^ second, high ^ state))
    }
}
