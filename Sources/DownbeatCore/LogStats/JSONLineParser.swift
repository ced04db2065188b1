/// Lines of JSON, of which only the wanted values are kept.
///
/// A scanner by hand: one pass, nothing allocated for a line, everything unwanted skipped. A path
/// such as `http.status` means the key `status` of the object `http` as well as the key
/// `http.status` itself, since log libraries write both. It is no validator: what it skips it skips
/// by brackets and quotes. Numbers count as their text; `null`, objects and lists as not there; of
/// a key that stands twice the last one counts.
struct JSONLineParser: LogLineParser {
    /// Keys in a path.
    static let depthMax = 8
    static let pathBytesMax = 256
    /// Brackets that are skipped inside each other; deeper lines are malformed.
    private static let nestingMax = 256

    private struct Wanted {
        /// Of the role in `RoleSlices`.
        var place: Int
        var path: [UInt8]
    }

    private let wanted: [Wanted]
    private var slices: RoleSlices
    private let scratch = DecodedText()
    private var place: UnsafePointer<UInt8>
    private var end: UnsafePointer<UInt8>

    init(fields: [LogRole: String], slices: RoleSlices) {
        wanted = LogRole.allCases.compactMap { role in
            fields[role].map { Wanted(place: role.place, path: Array($0.utf8)) }
        }
        self.slices = slices
        place = scratch.start
        end = scratch.start
    }

    mutating func parse(
        _ start: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>,
        within span: LogSpan,
        into line: inout LogLine
    ) -> LogLineVerdict {
        slices.clear()
        scratch.clear()
        place = start
        self.end = end
        skipBlanks()
        var offsets = SmallOffsets()
        guard place < end, place.pointee == 0x7B, object(&offsets, depth: 0) else {
            return .malformed
        }
        skipBlanks()
        guard place == end else { return .malformed }
        return slices.assemble(within: span, into: &line)
    }

    /// Where in each wanted path the keys of an object stand; -1: not in this object.
    private struct SmallOffsets {
        private var bytes = SIMD16<Int16>(repeating: 0)

        subscript(index: Int) -> Int {
            get { Int(bytes[index]) }
            set { bytes[index] = Int16(newValue) }
        }
    }

    /// Scans an object of which values are wanted; `place` is at its `{`.
    private mutating func object(_ offsets: inout SmallOffsets, depth: Int) -> Bool {
        place += 1
        skipBlanks()
        if take(0x7D) { return true }
        while true {
            guard take(0x22), let key = string() else { return false }
            skipBlanks()
            guard take(0x3A) else { return false }
            skipBlanks()
            guard value(of: key, &offsets, depth: depth) else { return false }
            skipBlanks()
            if take(0x7D) { return true }
            guard take(0x2C) else { return false }
            skipBlanks()
        }
    }

    private mutating func value(
        of key: ByteSlice,
        _ offsets: inout SmallOffsets,
        depth: Int
    ) -> Bool {
        guard place < end else { return false }
        var inner = SmallOffsets()
        var goesOn = false
        var target = -1
        for index in wanted.indices {
            let offset = offsets[index]
            inner[index] = -1
            guard offset >= 0 else { continue }
            let path = wanted[index].path
            let rest = path.count - offset
            guard rest >= key.count, Self.hasKey(path, at: offset, key) else { continue }
            if rest == key.count {
                target = index
            } else if path[offset + key.count] == 0x2E {
                inner[index] = offset + key.count + 1
                goesOn = true
            }
        }
        if place.pointee == 0x7B, goesOn, depth + 1 < Self.depthMax {
            return object(&inner, depth: depth + 1)
        }
        guard target >= 0 else { return skipValue() }
        // Several roles may want one value.
        guard let found = scalar() else { return false }
        for index in wanted.indices where offsets[index] >= 0 {
            let path = wanted[index].path
            let offset = offsets[index]
            if path.count - offset == key.count, Self.hasKey(path, at: offset, key) {
                slices[wanted[index].place] = found
            }
        }
        return true
    }

    private static func hasKey(_ path: [UInt8], at offset: Int, _ key: ByteSlice) -> Bool {
        path.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, let start = key.start else { return false }
            return ByteSearch.areEqual(base + offset, start, count: key.count)
        }
    }

    /// A string's text or a number's; missing for all else, nil where the line is malformed.
    private mutating func scalar() -> ByteSlice? {
        if take(0x22) { return string() }
        let start = place
        guard skipValue() else { return nil }
        let first = start.pointee
        guard first != 0x7B, first != 0x5B, first != 0x6E else { return .missing }
        return ByteSlice(start, to: place)
    }

    private mutating func skipValue() -> Bool {
        guard place < end else { return false }
        switch place.pointee {
        case 0x22:
            place += 1
            return skipString()
        case 0x7B, 0x5B: return skipNested()
        default:
            let start = place
            while place < end, !Self.endsScalar(place.pointee) { place += 1 }
            return place > start
        }
    }

    private mutating func skipNested() -> Bool {
        var depth = 0
        while place < end {
            let byte = place.pointee
            place += 1
            switch byte {
            case 0x22:
                guard skipString() else { return false }
            case 0x7B, 0x5B:
                depth += 1
                guard depth <= Self.nestingMax else { return false }
            case 0x7D, 0x5D:
                depth -= 1
                if depth == 0 { return true }
            default: break
            }
        }
        return false
    }

    /// Moves behind the closing quote; `place` is behind the opening one.
    private mutating func skipString() -> Bool {
        guard let close = ByteSearch.closingQuote(from: place, to: end) else { return false }
        place = close + 1
        return true
    }

    /// The text of a string, its escapes decoded; `place` is behind the opening quote.
    private mutating func string() -> ByteSlice? {
        let start = place
        guard skipString() else { return nil }
        let close = place - 1
        guard ByteSearch.first(0x5C, from: start, to: close) != nil else {
            return ByteSlice(start, to: close)
        }
        return scratch.decode(start, close)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard place < end, place.pointee == byte else { return false }
        place += 1
        return true
    }

    private mutating func skipBlanks() {
        while place < end, place.pointee == 0x20 || place.pointee == 0x09 { place += 1 }
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte == 0x2C || byte == 0x7D || byte == 0x5D || byte == 0x20 || byte == 0x09
            || byte == 0x3A || byte == 0x22
    }
}

/// Where decoded strings of one line are kept; a class, since slices point into it.
final class DecodedText {
    let start: UnsafePointer<UInt8>
    private let storage: UnsafeMutablePointer<UInt8>
    private var count = 0

    /// Decoding makes no text longer, so one line's strings fit.
    private static let capacity = LogStatsLimits.lineBytesMax

    init() {
        storage = .allocate(capacity: Self.capacity)
        start = UnsafePointer(storage)
    }

    deinit {
        storage.deallocate()
    }

    func clear() { count = 0 }

    /// The text of a JSON string; nil when an escape is none or the line's strings do not fit.
    func decode(_ text: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> ByteSlice? {
        guard end - text <= Self.capacity - count else { return nil }
        let first = count
        var place = text
        while place < end {
            guard place.pointee == 0x5C else {
                append(place.pointee)
                place += 1
                continue
            }
            guard end - place >= 2 else { return nil }
            place += 2
            switch place[-1] {
            case 0x22, 0x5C, 0x2F: append(place[-1])
            case 0x62: append(0x08)
            case 0x66: append(0x0C)
            case 0x6E: append(0x0A)
            case 0x72: append(0x0D)
            case 0x74: append(0x09)
            case 0x75:
                guard let scalar = Self.scalar(&place, end) else { return nil }
                for byte in String(Character(scalar)).utf8 { append(byte) }
            default: return nil
            }
        }
        return ByteSlice(start: start + first, count: count - first)
    }

    private func append(_ byte: UInt8) {
        storage[count] = byte
        count += 1
    }

    /// What `\u` and its digits mean; half a surrogate pair is the replacement character.
    private static func scalar(
        _ place: inout UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>
    ) -> Unicode.Scalar? {
        guard let unit = hexadecimal(&place, end) else { return nil }
        if (0xD800...0xDBFF).contains(unit), end - place >= 6, place[0] == 0x5C, place[1] == 0x75 {
            var behind = place + 2
            if let low = hexadecimal(&behind, end), (0xDC00...0xDFFF).contains(low) {
                place = behind
                return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            }
        }
        return Unicode.Scalar(unit) ?? "\u{FFFD}"
    }

    private static func hexadecimal(
        _ place: inout UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>
    ) -> UInt32? {
        guard end - place >= 4 else { return nil }
        var value: UInt32 = 0
        for index in 0..<4 {
            switch place[index] {
            case 0x30...0x39: value = value << 4 | UInt32(place[index] - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(place[index] - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(place[index] - 0x57)
            default: return nil
            }
        }
        place += 4
        return value
    }
}
