/// A JSON value whose objects keep the order of their keys, so that output is stable.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    /// Must be finite.
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])
    /// Valid JSON on one line; made by `stored`.
    case raw(String)

    /// One key with its value.
    package struct Member: Hashable, Sendable {
        package var key: String
        package var value: JSONValue

        package init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// JSON that was checked before it was stored.
    ///
    /// Outside of strings it may hold line breaks, which would end an item; inside of them it may hold
    /// characters that a terminal acts on.
    package static func stored(_ json: String) -> JSONValue {
        var text = ""
        for scalar in json.unicodeScalars {
            switch scalar {
            case "\n", "\r", "\t": text += " "
            default:
                if scalar.value == 0x7F || (0x80...0x9F).contains(scalar.value) {
                    text += "\\u00" + String(scalar.value, radix: 16)
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        return .raw(text)
    }

    /// A string, or null.
    package static func text(_ text: String?) -> JSONValue {
        text.map(JSONValue.string) ?? .null
    }

    /// A whole number, or null.
    package static func number(_ number: (some BinaryInteger)?) -> JSONValue {
        number.map { .int(Int64(clamping: $0)) } ?? .null
    }

    /// An object of keys and values in this order.
    package static func members(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(members.map { Member($0.key, $0.value) })
    }

    /// The value as one line of JSON, no blanks.
    package var encoded: String {
        var text = ""
        write(to: &text)
        return text
    }

    /// The value as a field of tab-separated output: null is empty, strings are bare.
    package var plain: String {
        switch self {
        case .null: ""
        case .string(let text): SafeText.field(text)
        case .bool, .int, .double, .array, .object, .raw: encoded
        }
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value): text += Self.decimal(value)
        case .string(let value): Self.quote(value, to: &text)
        case .raw(let json): text += json
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.quote(member.key, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    /// Three decimals at most: figures are milliseconds and loads.
    private static func decimal(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() && abs(rounded) < 1e15
            ? String(Int64(rounded)) : "\(rounded)"
    }

    private static func quote(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default:
                // Beyond what JSON asks for: a terminal acts on DEL and U+0080 to U+009F, too.
                if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
                    let digits = String(scalar.value, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }
}
