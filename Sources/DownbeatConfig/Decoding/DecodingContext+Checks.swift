import DownbeatCore
import Foundation

// Reading of values that several keys share: names, templates, shares, zones.
extension DecodingContext {
    /// The longest name of a schedule, queue or tag, in characters.
    static let nameLengthMax = 64

    /// The name in NFC; nil after a report when it is none.
    ///
    /// `noun` says what it names, for the message.
    func checkName(_ name: String, at node: YAMLNode, noun: String) -> String? {
        let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
        let normalised = isASCII ? name : name.precomposedStringWithCanonicalMapping
        guard !normalised.isEmpty, normalised.unicodeScalars.allSatisfy(Self.isNameScalar) else {
            let bad = normalised.unicodeScalars.first { !Self.isNameScalar($0) }
            let why = bad.map { ": \(Self.described($0)) is not allowed" } ?? ""
            report(
                .badName,
                "`\(name)` cannot be the name of a \(noun)\(why)",
                at: node,
                label: "letters of any script, digits, `-`, `_`, `.`"
            )
            return nil
        }
        guard normalised.utf8.first != UInt8(ascii: "-") else {
            report(
                .badName,
                "the name of a \(noun) cannot begin with `-`",
                at: node,
                label: "a command line would read an option"
            )
            return nil
        }
        guard normalised.unicodeScalars.count <= Self.nameLengthMax else {
            report(
                .badName,
                "a name has at most \(Self.nameLengthMax) characters, this one \(normalised.unicodeScalars.count)",
                at: node
            )
            return nil
        }
        return normalised
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: return true
        case 0..<0x80: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .decimalNumber, .letterNumber:
            return true
        default: return false
        }
    }

    private static func described(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case " ": "a blank"
        case "\t": "a tab"
        default: "`\(scalar)`"
        }
    }

    /// Whether the text is a good template; reports what is wrong with it.
    func checkTemplate(_ text: String, in node: YAMLNode) -> Bool {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return true }
        do {
            _ = try Template.parse(text)
            return true
        } catch {
            report(error, in: node, text: text)
            return false
        }
    }

    /// A decimal such as `2` or `1.5`.
    func decimal(_ node: YAMLNode, of key: String, in range: ClosedRange<Double>) -> Double? {
        guard let text = text(node, of: key) else { return nil }
        guard let value = Self.plainDecimal(text) else {
            report(
                .notADecimal,
                "`\(text)` is not a decimal number",
                at: node,
                label: "write it as `2` or `1.5`"
            )
            return nil
        }
        guard range.contains(value) else {
            report(
                .numberOutOfRange,
                "`\(key)` is \(Int(range.lowerBound)) to \(Int(range.upperBound)), not \(text)",
                at: node
            )
            return nil
        }
        return value
    }

    /// A share such as `10%`, as 0 to 1.
    func percentage(_ node: YAMLNode, of key: String) -> Double? {
        guard let text = text(node, of: key) else { return nil }
        guard text.hasSuffix("%"), let value = Self.plainDecimal(String(text.dropLast())) else {
            let fix = Self.plainDecimal(text).map { number -> String in
                let share = number <= 1 ? number * 100 : number
                return share == share.rounded() ? "\(Int(share))%" : "\(share)%"
            }
            report(
                .notAPercentage,
                "`\(key)` is a share such as `10%`, not `\(text)`",
                at: node,
                label: fix.map { "did you mean `\($0)`?" } ?? "",
                suggestion: fix
            )
            return nil
        }
        guard value <= 100 else {
            report(.numberOutOfRange, "`\(key)` is 0% to 100%, not \(text)", at: node)
            return nil
        }
        return value / 100
    }

    /// Digits with at most one point between them, at most nine digits.
    private static func plainDecimal(_ text: String) -> Double? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let areDigits = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard (1...2).contains(parts.count), areDigits, text.utf8.count <= 10 else { return nil }
        return Double(text)
    }

    /// The rules of the zone that a value names.
    func zone(_ node: YAMLNode, of key: String) -> ZoneRules? {
        guard let name = text(node, of: key) else { return nil }
        switch zone(named: name) {
        case .success(let rules): return rules
        case .failure(let error):
            report(error, at: node)
            return nil
        }
    }

    /// Reports that a zone cannot be had.
    func report(_ error: ZoneError, at node: YAMLNode) {
        let remedy = error.remedy(among: zones.zoneNames)
        switch error {
        case .unknown(let name):
            let near = ZoneName.candidates(for: name, among: zones.zoneNames)
            report(
                ZoneName.isAbbreviation(name) ? .zoneAbbreviation : .unknownZone,
                error.message,
                at: node,
                label: near.isEmpty
                    ? Self.asLabel(remedy)
                    : "did you mean \(near.map { "`\($0)`" }.joined(separator: " or "))?",
                suggestion: near.count == 1 ? near.first : nil
            )
        case .dataMissing, .malformed:
            report(.zoneData, error.message, at: node, label: Self.asLabel(remedy))
        }
    }
}
