/// Comma-separated values as RFC 4180 has them: lines end in CR LF, quotes are doubled.
enum CSVText {
    /// A header and its rows.
    static func render(_ header: [String], _ rows: [[JSONValue]]) -> String {
        line(header) + rows.map { line($0.map(text)) }.joined()
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .null: ""
        case .bool, .int, .double, .array, .object, .raw: value.encoded
        }
    }

    private static func line(_ fields: [String]) -> String {
        fields.map(field).joined(separator: ",") + "\r\n"
    }

    private static func field(_ text: String) -> String {
        // Scalars, since "\r\n" is one character.
        let needsQuotes = text.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
        guard needsQuotes else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
