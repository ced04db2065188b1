/// A part of a line: bytes that somebody else owns and keeps while the line is looked at.
struct ByteSlice {
    /// Nil: the line does not have this part.
    var start: UnsafePointer<UInt8>?
    var count: Int

    @inline(__always)
    static var missing: ByteSlice { ByteSlice(start: nil, count: 0) }

    @inline(__always)
    init(start: UnsafePointer<UInt8>?, count: Int) {
        self.start = start
        self.count = count
    }

    @inline(__always)
    init(_ start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) {
        self.start = start
        count = end - start
    }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    /// Not there, empty or `-`.
    @inline(__always)
    var isBlank: Bool {
        guard let start, count > 0 else { return true }
        return count == 1 && start[0] == 0x2D
    }
}

/// Search and comparison, eight bytes at a time.
///
/// The core has no memchr; these are within a small factor of it. Source of the test for a byte in a
/// word: Sean Eron Anderson, "Bit Twiddling Hacks".
enum ByteSearch {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    static func word(_ place: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt64.self))
    }

    /// A bit at the top of the lowest byte that is `byte`; bits above it mean nothing.
    @inline(__always)
    private static func matches(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let difference = word ^ (ones &* UInt64(byte))
        return (difference &- ones) & ~difference & tops
    }

    /// The first `byte` in [start, end); nil if there is none.
    @inline(__always)
    static func first(
        _ byte: UInt8,
        from start: UnsafePointer<UInt8>,
        to end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var place = start
        while end - place >= 8 {
            let found = matches(word(place), byte)
            if found != 0 { return place + found.trailingZeroBitCount / 8 }
            place += 8
        }
        while place < end {
            if place.pointee == byte { return place }
            place += 1
        }
        return nil
    }

    /// The closing quote of a text in quotes; a backslash takes the meaning from the byte after it.
    @inline(__always)
    static func closingQuote(
        from start: UnsafePointer<UInt8>,
        to end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var place = start
        while true {
            while end - place >= 8 {
                let word = word(place)
                let found = matches(word, 0x22) | matches(word, 0x5C)
                if found != 0 {
                    place += found.trailingZeroBitCount / 8
                    break
                }
                place += 8
            }
            guard place < end else { return nil }
            if place.pointee == 0x22 { return place }
            if place.pointee == 0x5C {
                guard end - place >= 2 else { return nil }
                place += 2
            } else {
                place += 1
            }
        }
    }

    @inline(__always)
    static func areEqual(
        _ left: UnsafePointer<UInt8>,
        _ right: UnsafePointer<UInt8>,
        count: Int
    ) -> Bool {
        var index = 0
        while count - index >= 8 {
            if word(left + index) != word(right + index) { return false }
            index += 8
        }
        while index < count {
            if left[index] != right[index] { return false }
            index += 1
        }
        return true
    }
}
