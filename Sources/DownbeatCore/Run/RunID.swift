/// A run's identity: a ULID, 26 characters of Crockford's base 32, in order of creation.
///
/// Source: the ULID specification (48 bits of milliseconds, 80 bits of randomness).
package struct RunID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// Upper case, 26 characters.
    package var text: String

    package var description: String { text }

    private static let length = 26
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Whether each of the first 128 characters is one of the alphabet.
    private static let isLetter: [Bool] = (0..<128).map { alphabet.contains($0) }

    /// Makes an id from its time and its chance.
    ///
    /// - Parameters:
    ///   - instant: when the run came to be; milliseconds count.
    ///   - random: two words of chance; 80 of their bits are used.
    package init(at instant: Timestamp, random: (UInt64, UInt64)) {
        let milliseconds = UInt64(max(0, instant.microseconds / 1000)) & 0xFFFF_FFFF_FFFF
        var high = milliseconds << 16 | (random.0 & 0xFFFF)
        var low = random.1
        text = String(unsafeUninitializedCapacity: Self.length) { characters in
            Self.alphabet.withUnsafeBufferPointer { alphabet in
                for index in stride(from: Self.length - 1, through: 0, by: -1) {
                    characters[index] = alphabet[Int(low & 31)]
                    low = low >> 5 | high << 59
                    high >>= 5
                }
            }
            return Self.length
        }
    }

    /// Makes an id that nobody has used before.
    package init(at instant: Timestamp, drawing source: some RandomSource) {
        self.init(at: instant, random: (source.next(), source.next()))
    }

    /// Reads an id; nil when the text is not one.
    ///
    /// Lower case is accepted.
    package init?(_ text: String) {
        if Self.isID(text) {
            self.text = text
            return
        }
        // Letters beyond ASCII may become letters of the alphabet in upper case.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let upper = text.uppercased()
        guard Self.isID(upper) else { return nil }
        self.text = upper
    }

    private static func isID(_ text: String) -> Bool {
        let utf8 = text.utf8
        guard utf8.count == length, let first = utf8.first, first <= UInt8(ascii: "7") else {
            return false
        }
        return utf8.allSatisfy { $0 < 0x80 && isLetter[Int($0)] }
    }

    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package static func < (left: RunID, right: RunID) -> Bool { left.text < right.text }
}
