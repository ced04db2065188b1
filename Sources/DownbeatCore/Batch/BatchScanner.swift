/// Reads one line of JSON, strictly (RFC 8259), without a tree.
///
/// A scanner by hand: one pass over the bytes; only a text with escapes is copied. It never reads
/// beyond the line, and its depth is bounded, so that hostile lines cost no more than their length.
struct BatchScanner {
    /// Why a line is no JSON.
    struct Malformed: Error {
        var message: String
    }

    /// Brackets inside each other; deeper values are refused.
    private static let nestingMax = 100

    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0

    /// A scanner at the start of a line.
    ///
    /// - Throws: `Malformed` when the bytes are not UTF-8.
    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(Malformed) {
        self.bytes = bytes
        guard bytes.contains(where: { $0 >= 0x80 }) else { return }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Malformed(message: "the line is not UTF-8")
        }
    }

    /// Moves to the next byte that is no blank and tells whether it is the one given, which is passed.
    mutating func skip(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func expect(_ byte: UInt8) throws(Malformed) {
        guard skip(byte) else { throw unexpected() }
    }

    /// Whether nothing but blanks is left.
    mutating func isAtEnd() -> Bool {
        skipBlanks()
        return position == bytes.count
    }

    /// The next byte that is no blank; nil at the end.
    mutating func peek() -> UInt8? {
        skipBlanks()
        return position < bytes.count ? bytes[position] : nil
    }

    func unexpected() -> Malformed {
        position < bytes.count
            ? Malformed(message: "the line is no JSON object: wrong at byte \(position + 1)")
            : Malformed(message: "the line is no JSON object: it ends too early")
    }

    // MARK: Values

    /// A text with its escapes decoded.
    mutating func string() throws(Malformed) -> String {
        let (range, hasEscapes) = try scanString()
        guard hasEscapes else { return String(decoding: bytes[range], as: UTF8.self) }
        return try decoded(range)
    }

    /// Passes over any value; returns where it stands.
    mutating func value() throws(Malformed) -> Range<Int> {
        skipBlanks()
        let start = position
        try skipValue(depth: 0)
        return start..<position
    }

    func slice(_ range: Range<Int>) -> Slice<UnsafeBufferPointer<UInt8>> { bytes[range] }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func skipValue(depth: Int) throws(Malformed) {
        guard depth <= Self.nestingMax else {
            throw Malformed(message: "the line nests more than \(Self.nestingMax) values")
        }
        switch peek() {
        case UInt8(ascii: "{"): try skipObject(depth)
        case UInt8(ascii: "["): try skipArray(depth)
        case UInt8(ascii: "\""):
            let (range, hasEscapes) = try scanString()
            if hasEscapes { _ = try decoded(range) }
        case UInt8(ascii: "t"): try skipWord("true")
        case UInt8(ascii: "f"): try skipWord("false")
        case UInt8(ascii: "n"): try skipWord("null")
        default: try skipNumber()
        }
    }

    private mutating func skipObject(_ depth: Int) throws(Malformed) {
        position += 1
        guard !skip(UInt8(ascii: "}")) else { return }
        repeat {
            guard peek() == UInt8(ascii: "\"") else { throw unexpected() }
            _ = try string()
            try expect(UInt8(ascii: ":"))
            try skipValue(depth: depth + 1)
        } while skip(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    private mutating func skipArray(_ depth: Int) throws(Malformed) {
        position += 1
        guard !skip(UInt8(ascii: "]")) else { return }
        repeat { try skipValue(depth: depth + 1) } while skip(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    private mutating func skipWord(_ word: StaticString) throws(Malformed) {
        let count = word.utf8CodeUnitCount
        let isThere =
            position + count <= bytes.count
            && (0..<count).allSatisfy { bytes[position + $0] == word.utf8Start[$0] }
        guard isThere else { throw unexpected() }
        position += count
    }

    private mutating func skipNumber() throws(Malformed) {
        if at(UInt8(ascii: "-")) { position += 1 }
        if at(UInt8(ascii: "0")) { position += 1 } else { try skipDigits() }
        if at(UInt8(ascii: ".")) {
            position += 1
            try skipDigits()
        }
        guard at(UInt8(ascii: "e")) || at(UInt8(ascii: "E")) else { return }
        position += 1
        if at(UInt8(ascii: "+")) || at(UInt8(ascii: "-")) { position += 1 }
        try skipDigits()
    }

    private func at(_ byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

    private mutating func skipDigits() throws(Malformed) {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > start else { throw unexpected() }
    }

    // MARK: Texts

    /// Where the inside of the text at `position` stands; moves behind its quotation mark.
    private mutating func scanString() throws(Malformed) -> (range: Range<Int>, hasEscapes: Bool) {
        position += 1
        let start = position
        var hasEscapes = false
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return (start..<(position - 1), hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                position += 2
            case ..<0x20:
                throw unexpected()
            default:
                position += 1
            }
        }
        position = bytes.count
        throw unexpected()
    }

    private func decoded(_ range: Range<Int>) throws(Malformed) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            let escape = bytes[index + 1]
            index += 2
            if let plain = Self.plain(escape) {
                text.append(plain)
            } else if escape == UInt8(ascii: "u") {
                text += try scalar(&index, upTo: range.upperBound)
            } else {
                throw Malformed(message: "the line has an unknown escape in a text")
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func plain(_ escape: UInt8) -> UInt8? {
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): escape
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// The digits behind `\u`, with those of a second escape for characters beyond U+FFFF.
    private func scalar(
        _ index: inout Int,
        upTo end: Int
    ) throws(Malformed) -> Unicode.Scalar.UTF8View {
        let broken = Malformed(message: "the line has a broken \\u escape in a text")
        guard let first = unit(index, upTo: end) else { throw broken }
        index += 4
        var code = UInt32(first)
        if (0xD800...0xDBFF).contains(first) {
            guard index + 2 <= end, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u"), let second = unit(index + 2, upTo: end),
                (0xDC00...0xDFFF).contains(second)
            else { throw broken }
            code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
            index += 6
        }
        guard let scalar = Unicode.Scalar(code) else { throw broken }
        return scalar.utf8
    }

    private func unit(_ index: Int, upTo end: Int) -> UInt16? {
        guard index + 4 <= end else { return nil }
        var value: UInt16 = 0
        for byte in bytes[index..<(index + 4)] {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: return nil
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
