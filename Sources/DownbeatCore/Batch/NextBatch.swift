/// Answers lines of JSON that ask for fire times: the engine of `downbeat next --batch`.
///
/// A line in, a line out, in order, and nothing is kept between them but counters, so memory does not
/// grow with the input. `{"id":1,"expr":"0 9 * * 1","tz":"Europe/Berlin","count":2}` is answered with
/// `{"id":1,"next":["…","…"]}`; what cannot be answered with `{"id":1,"error":{…}}`, whose `field` is
/// the key of the request that is wrong, or null when the line as a whole is.
package struct NextBatch {
    /// What became of a line.
    package enum Outcome: Sendable {
        case blank
        case answered
        case refused
    }

    /// The longest line that is read, in bytes; a request has no more than a few hundred.
    package static let lineBytesMax = 1 << 20
    private static let countRange = 1...1000
    private static let standardCount = 5
    /// Names of unknown keys that are kept for the message at the end, and the longest of them.
    private static let namesMax = 5
    private static let nameLengthMax = 40

    /// What an answer says instead of fire times.
    private struct Refusal: Error {
        var code: String
        var field: String?
        var message: String
    }

    private let zones: any ZoneSource
    private let standardZone: String
    private let now: @Sendable () -> Timestamp
    /// Unknown keys in all lines.
    package private(set) var unknownKeyCount = 0
    /// The first few of their names.
    package private(set) var unknownKeyNames: [String] = []

    /// - Parameters:
    ///   - zones: where zones come from.
    ///   - standardZone: of requests that name none.
    ///   - now: the clock, for requests without `from`.
    package init(
        zones: any ZoneSource,
        standardZone: String,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.zones = zones
        self.standardZone = standardZone
        self.now = now
    }

    /// Appends the answer to a line, with a line break; nothing for a line of blanks.
    package mutating func answer(
        _ line: UnsafeBufferPointer<UInt8>,
        into output: inout [UInt8]
    ) -> Outcome {
        guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else {
            return .blank
        }
        var id: Range<Int>?
        let start = output.count
        do throws(Refusal) {
            let request = try read(line)
            id = request.id
            try answer(request, line, into: &output)
            return .answered
        } catch {
            output.removeSubrange(start...)
            Self.write(error, id: id.map { line[$0] }, into: &output)
            return .refused
        }
    }

    /// Appends the answer to a line of more than `lineBytesMax` bytes.
    package func refuseLongLine(into output: inout [UInt8]) -> Outcome {
        let refusal = Refusal(
            code: "bad-request",
            message: "the line is longer than \(Self.lineBytesMax) bytes"
        )
        Self.write(refusal, id: nil, into: &output)
        return .refused
    }

    // MARK: Reading

    private mutating func read(
        _ line: UnsafeBufferPointer<UInt8>
    ) throws(Refusal) -> BatchRequest {
        let request: BatchRequest
        do throws(BatchScanner.Malformed) {
            var scanner = try BatchScanner(line)
            request = try BatchRequest(&scanner)
        } catch {
            throw Refusal(code: "bad-request", message: error.message)
        }
        unknownKeyCount += request.unknownKeys.count
        for key in request.unknownKeys where unknownKeyNames.count < Self.namesMax {
            let name = String(key.prefix(Self.nameLengthMax))
            if !unknownKeyNames.contains(name) { unknownKeyNames.append(name) }
        }
        return request
    }

    private func rule(_ request: BatchRequest) throws(Refusal) -> Rule {
        guard let expression = try text(request.expression, "expr") else {
            throw Refusal(code: "bad-request", field: "expr", message: "`expr` is missing")
        }
        let zoneName = try text(request.zone, "tz") ?? standardZone
        let zone: ZoneRules
        do {
            zone = try zones.zone(named: zoneName)
        } catch {
            throw Refusal(code: "unknown-timezone", field: "tz", message: error.message)
        }
        let daylight = DaylightPolicy(
            gap: try word(request.gap, "dst_gap") ?? .auto,
            overlap: try word(request.overlap, "dst_overlap") ?? .auto
        )
        do {
            let trigger = try Trigger.parseCron(expression)
            return Rule(trigger: trigger, zone: zone, daylight: daylight)
        } catch {
            let remedy = error.remedy.map { "; \($0)" } ?? ""
            throw Refusal(
                code: "invalid-expression",
                field: "expr",
                message: "[\(error.code)] \(error.message)\(remedy)"
            )
        }
    }

    private func from(_ request: BatchRequest) throws(Refusal) -> Timestamp {
        guard let text = try text(request.from, "from") else { return now() }
        do {
            return try InstantText.parse(text)
        } catch {
            throw Refusal(code: "bad-time", field: "from", message: error.message)
        }
    }

    private func count(_ request: BatchRequest) throws(Refusal) -> Int {
        switch request.count {
        case nil: return Self.standardCount
        case .number(let text):
            if let count = Int(text), Self.countRange.contains(count) { return count }
            fallthrough
        case .text, .other:
            let range = "\(Self.countRange.lowerBound) to \(Self.countRange.upperBound)"
            throw Self.wrongType("count", "a whole number from \(range)")
        }
    }

    private func text(_ value: BatchRequest.Value?, _ key: String) throws(Refusal) -> String? {
        switch value {
        case nil: return nil
        case .text(let text): return text
        case .number, .other: throw Self.wrongType(key, "a text")
        }
    }

    private func word<Word: RawRepresentable & CaseIterable>(
        _ value: BatchRequest.Value?,
        _ key: String
    ) throws(Refusal) -> Word? where Word.RawValue == String {
        guard let text = try text(value, key) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw Self.wrongType(key, "one of \(words)")
        }
        return word
    }

    private static func wrongType(_ key: String, _ what: String) -> Refusal {
        Refusal(code: "bad-request", field: key, message: "`\(key)` must be \(what)")
    }

    // MARK: Writing

    private func answer(
        _ request: BatchRequest,
        _ line: UnsafeBufferPointer<UInt8>,
        into output: inout [UInt8]
    ) throws(Refusal) {
        let rule = try rule(request)
        let count = try count(request)
        var last = try from(request)
        Self.writeID(request.id.map { line[$0] }, into: &output)
        output += ",\"next\":[".utf8
        for number in 0..<count {
            guard let next = rule.next(after: last) else { break }
            if number > 0 { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            InstantText.append(next, zone: rule.zone, to: &output)
            output.append(UInt8(ascii: "\""))
            last = next
        }
        output += (rule.firesNever ? "],\"never\":true}\n" : "]}\n").utf8
    }

    private static func writeID(
        _ id: Slice<UnsafeBufferPointer<UInt8>>?,
        into output: inout [UInt8]
    ) {
        output += "{\"id\":".utf8
        if let id { output += id } else { output += "null".utf8 }
    }

    private static func write(
        _ refusal: Refusal,
        id: Slice<UnsafeBufferPointer<UInt8>>?,
        into output: inout [UInt8]
    ) {
        writeID(id, into: &output)
        output += ",\"error\":{\"code\":\"\(refusal.code)\",\"field\":".utf8
        if let field = refusal.field {
            output += "\"\(field)\"".utf8
        } else {
            output += "null".utf8
        }
        output += ",\"message\":".utf8
        quote(refusal.message, into: &output)
        output += "}}\n".utf8
    }

    /// A text as JSON; also what a terminal would act on is escaped.
    private static func quote(_ text: String, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22, 0x5C:
                output += [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: scalar.value)]
            case ..<0x20, 0x7F...0x9F:
                let digits = String(scalar.value, radix: 16)
                output += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            default:
                output += scalar.utf8
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
