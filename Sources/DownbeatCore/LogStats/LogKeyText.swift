/// Bytes of a log as text that can be shown and stored.
///
/// Valid UTF-8 without control characters stays as it is, every other byte becomes `\xNN`, the way
/// nginx writes it. Escapes that the log itself has stay as written.
enum LogKeyText {
    /// A longer value is cut; the hash of the whole stands behind it, so that two stay two.
    static let keyBytesMax = 1024
    /// The key of what is not reported by itself.
    static let other = "(other)"

    private static let ellipsis: [UInt8] = Array("…".utf8)

    /// The bytes to count a value under; nil when they are the value's own.
    static func canonical(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        if value.count <= keyBytesMax, isPrintable(value) {
            guard value.elementsEqual(other.utf8) else { return nil }
            return Array("\\x28other)".utf8)
        }
        guard value.count > keyBytesMax else { return printable(value) }
        var hash = FNV1a64()
        for byte in value { hash.combine(byte) }
        return printable(value, limit: keyBytesMax - 32) + ellipsis + Array(hash.hexadecimal.utf8)
    }

    /// A line as a sample: printable and cut to `limit` bytes, with `…` if it was longer.
    static func sample(_ line: UnsafeBufferPointer<UInt8>, limit: Int) -> String {
        let text = printable(line, limit: limit)
        let isCut = text.count >= limit || line.count > limit
        return String(decoding: isCut ? text + ellipsis : text, as: UTF8.self)
    }

    /// Text cut to so many bytes at a character's edge.
    static func cut(_ text: String, bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var kept = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF8.width(scalar)
            guard count <= bytes else { break }
            kept.append(scalar)
        }
        return String(kept) + "…"
    }

    /// Valid UTF-8 without control characters.
    private static func isPrintable(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while index < bytes.count {
            if bytes[index] >= 0x20, bytes[index] < 0x7F {
                index += 1
            } else {
                let width = scalarWidth(bytes, at: index)
                guard width > 0 else { return false }
                index += width
            }
        }
        return true
    }

    private static func printable(
        _ bytes: UnsafeBufferPointer<UInt8>,
        limit: Int = .max
    ) -> [UInt8] {
        var text: [UInt8] = []
        var index = 0
        while index < bytes.count, text.count < limit {
            let byte = bytes[index]
            let width = byte >= 0x20 && byte < 0x7F ? 1 : scalarWidth(bytes, at: index)
            if width > 0 {
                text += bytes[index..<(index + width)]
                index += width
            } else {
                text += [0x5C, 0x78, hexadecimal(byte >> 4), hexadecimal(byte & 15)]
                index += 1
            }
        }
        return text
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? 0x30 + digit : 0x41 + digit - 10
    }

    /// How many bytes a printable character beyond ASCII takes; 0 if there is none.
    private static func scalarWidth(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        let lead = bytes[index]
        let width: Int
        switch lead {
        case 0xC2...0xDF: width = 2
        case 0xE0...0xEF: width = 3
        case 0xF0...0xF4: width = 4
        default: return 0
        }
        guard index + width <= bytes.count else { return 0 }
        for offset in 1..<width where bytes[index + offset] & 0xC0 != 0x80 { return 0 }
        let next = bytes[index + 1]
        switch lead {
        case 0xC2: return next < 0xA0 ? 0 : 2  // The controls U+0080 to U+009F.
        case 0xE0: return next < 0xA0 ? 0 : 3  // Overlong.
        case 0xED: return next >= 0xA0 ? 0 : 3  // Surrogates.
        case 0xF0: return next < 0x90 ? 0 : 4  // Overlong.
        case 0xF4: return next >= 0x90 ? 0 : 4  // Beyond U+10FFFF.
        default: return width
        }
    }
}
