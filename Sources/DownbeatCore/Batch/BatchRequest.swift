/// One line of `next --batch`, read: which fire times are asked for.
struct BatchRequest {
    /// The value of a key, as far as a request needs it.
    enum Value {
        case text(String)
        /// A number as it is written.
        case number(String)
        case other
    }

    /// Where the value of `id` stands in the line; nil: there is none.
    private(set) var id: Range<Int>?
    private(set) var expression: Value?
    private(set) var zone: Value?
    private(set) var from: Value?
    private(set) var count: Value?
    private(set) var gap: Value?
    private(set) var overlap: Value?
    /// Keys that no request has, in the order of the line.
    private(set) var unknownKeys: [String] = []

    /// Reads a line; of a key that stands twice the last one counts, and `null` is as if not there.
    ///
    /// - Throws: `Malformed` when it is no JSON object.
    init(_ scanner: inout BatchScanner) throws(BatchScanner.Malformed) {
        try scanner.expect(UInt8(ascii: "{"))
        if !scanner.skip(UInt8(ascii: "}")) {
            repeat { try readMember(&scanner) } while scanner.skip(UInt8(ascii: ","))
            try scanner.expect(UInt8(ascii: "}"))
        }
        guard scanner.isAtEnd() else { throw scanner.unexpected() }
    }

    private mutating func readMember(
        _ scanner: inout BatchScanner
    ) throws(BatchScanner.Malformed) {
        guard scanner.peek() == UInt8(ascii: "\"") else { throw scanner.unexpected() }
        let key = try scanner.string()
        try scanner.expect(UInt8(ascii: ":"))
        switch key {
        case "id": id = try scanner.value()
        case "expr": expression = try Self.value(&scanner)
        case "tz": zone = try Self.value(&scanner)
        case "from": from = try Self.value(&scanner)
        case "count": count = try Self.value(&scanner)
        case "dst_gap": gap = try Self.value(&scanner)
        case "dst_overlap": overlap = try Self.value(&scanner)
        default:
            unknownKeys.append(key)
            _ = try scanner.value()
        }
    }

    /// A value; nil for `null`.
    private static func value(
        _ scanner: inout BatchScanner
    ) throws(BatchScanner.Malformed) -> Value? {
        guard let first = scanner.peek() else { throw scanner.unexpected() }
        if first == UInt8(ascii: "\"") { return .text(try scanner.string()) }
        let range = try scanner.value()
        switch first {
        case UInt8(ascii: "n"): return nil
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(String(decoding: scanner.slice(range), as: UTF8.self))
        default: return .other
        }
    }
}
