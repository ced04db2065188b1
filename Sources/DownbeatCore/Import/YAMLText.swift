/// Texts as they stand in a schedule file: quoted for YAML, and marked so that nothing is replaced.
enum YAMLText {
    /// A text in double quotes that YAML reads back as it is.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default:
                if isPrintable(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    result += escaped(scalar)
                }
            }
        }
        return result + "\""
    }

    /// A text as it is where YAML takes it for one, else in quotes.
    static func plain(_ text: String) -> String {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let isPlain = words.allSatisfy { word in
            !word.isEmpty
                && word.utf8.allSatisfy { byte in
                    (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
                        || (0x30...0x39).contains(byte) || "/._-".utf8.contains(byte)
                }
        }
        let begins = text.utf8.first.map {
            (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0)
        }
        // One word may be `true`, `null` or a number.
        let isWord = words.count > 1 || text.contains("-")
        return isPlain && begins == true && isWord ? text : quoted(text)
    }

    /// A path as it is where it has only usual characters, else in quotes.
    static func path(_ path: String) -> String {
        let isPlain =
            path.hasPrefix("/")
            && path.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x30...0x39).contains(byte) || "/._-".utf8.contains(byte)
            }
        return isPlain ? path : quoted(path)
    }

    /// A name as a key: in quotes only where YAML would take it for something else.
    static func plainName(_ name: String) -> String {
        name.contains("-") && name.utf8.first.map { (0x61...0x7A).contains($0) } == true
            && name.utf8.allSatisfy { $0 < 0x80 } || isSafeWord(name) ? name : quoted(name)
    }

    /// Letters first, then digits too, and no word that YAML knows.
    private static func isSafeWord(_ word: String) -> Bool {
        let known: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
        let isWord = word.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
        }
        return isWord && word.first?.isLetter == true && !known.contains(word.lowercased())
    }

    /// A block of lines, each behind `indent`; nil when only quotes give the text back.
    static func block(_ text: String, indent: String) -> String? {
        guard text.last == "\n", text.first != " ", text.first != "\t" else { return nil }
        let lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        let isPlain = lines.allSatisfy { line in
            !line.isEmpty && line.last != " " && line.first != "#"
                && line.unicodeScalars.allSatisfy { isPrintable($0) }
        }
        guard isPlain else { return nil }
        return "|\n" + lines.map { indent + $0 }.joined(separator: "\n")
    }

    /// A text in which the loader replaces `${NAME}`, so that it comes out as it was.
    static func keepingVariables(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            result.append(scalar)
            guard scalar == "$", index + 1 < scalars.count else { continue }
            if scalars[index + 1] == "$" || scalars[index + 1] == "{" { result.append("$") }
        }
        return String(result)
    }

    /// A text in which `{{due}}` is replaced as well, so that it comes out as it was.
    static func keepingAll(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            let isPair =
                index + 1 < scalars.count && scalars[index] == "{"
                && scalars[index + 1] == "{"
            result.append(contentsOf: isPair ? "{{{{".unicodeScalars : "".unicodeScalars)
            if !isPair { result.append(scalars[index]) }
            index += isPair ? 2 : 1
        }
        return keepingVariables(String(result))
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202F...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
            0x1_0000...0x10_FFFF:
            true
        default: false
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        let width = scalar.value <= 0xFF ? 2 : scalar.value <= 0xFFFF ? 4 : 8
        let lead = width == 2 ? "\\x" : width == 4 ? "\\u" : "\\U"
        return lead + String(repeating: "0", count: width - digits.count) + digits
    }
}
