/// Text from commands and files made safe for a terminal: no control sequence reaches it.
package enum SafeText {
    /// One line: tabs and line ends become blanks, other control characters `\u{1B}`-style escapes.
    package static func line(_ text: String) -> String {
        clean(text) { $0 == "\t" || $0 == "\n" || $0 == "\r" ? " " : nil }
    }

    /// A field of tab-separated output: tabs, line ends and backslashes become escapes.
    package static func field(_ text: String) -> String {
        clean(text) { scalar in
            switch scalar {
            case "\t": "\\t"
            case "\n": "\\n"
            case "\r": "\\r"
            case "\\": "\\\\"
            default: nil
            }
        }
    }

    /// A line of output that keeps its tabs.
    package static func output(_ text: String) -> String {
        clean(text) { $0 == "\t" ? "\t" : nil }
    }

    private static func clean(
        _ text: String,
        replacing special: (Unicode.Scalar) -> String?
    ) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if let replacement = special(scalar) {
                result += replacement
            } else if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || isDirectional(scalar)
            {
                result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Whether the scalar changes the direction of what follows, and so could disguise text.
    private static func isDirectional(_ scalar: Unicode.Scalar) -> Bool {
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
}
