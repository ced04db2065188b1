/// Values in a line of a file that look like secrets, found without YAML.
///
/// The decoder finds them in what it reads. A file with a mistake of YAML, and a variable whose name is
/// wrong, are not read that far, and their lines must not be shown either.
enum SecretLine {
    /// What stands in a message in the place of a secret.
    private static let mask = "***"
    /// Shorter values are parts of other words, and would make messages unreadable.
    private static let maskedLengthMin = 4

    /// The literal values behind `NAME:` whose name or beginning is that of a secret.
    static func values(in line: String) -> [String] {
        guard line.utf8.contains(UInt8(ascii: ":")) else { return [] }
        var found: [String] = []
        var rest = line[...]
        while let colon = rest.firstIndex(of: ":") {
            let behind = rest[rest.index(after: colon)...]
            let name = rest[..<colon].split { !isNamePart($0) }.last.map(String.init) ?? ""
            rest = behind
            guard let first = behind.first, first == " " || first == "\t" else { continue }
            let value = value(at: behind)
            guard !value.hasPrefix(EnvironmentDecoder.secretPrefix),
                EnvironmentDecoder.looksSecret(name: name, value: value)
            else { continue }
            found.append(value)
        }
        return found
    }

    /// A text with each of the values replaced.
    static func masked(_ text: String, _ values: [String]) -> String {
        var text = text
        for value in values where value.count >= maskedLengthMin {
            text = text.replacing(value, with: mask)
        }
        return text
    }

    /// A plain or quoted text up to its end on the line; empty where a map or a list begins.
    private static func value(at text: Substring) -> String {
        let text = text.drop { $0 == " " || $0 == "\t" }
        guard let first = text.first, !"{[*&|>".contains(first) else { return "" }
        if first == "\"" || first == "'" {
            return String(text.dropFirst().prefix { $0 != first })
        }
        return String(text.prefix { !",}] ".contains($0) })
    }

    private static func isNamePart(_ character: Character) -> Bool {
        character == "_" || character == "-" || character.isLetter || character.isNumber
    }
}
