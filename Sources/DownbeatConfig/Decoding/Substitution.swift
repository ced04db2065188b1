import DownbeatCore

/// `${NAME}`, `${NAME:-default}` and `$$` in the text of values.
///
/// The text is substituted after YAML has been read, so that no variable can add structure. A `$`
/// that is followed by neither `{` nor `$` stays. `shell:` scripts are left alone: there `${NAME}` is
/// the shell's.
enum Substitution {
    static func apply(
        to text: String,
        environment: [String: String]
    ) throws(TextError) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            guard scalars[index] == "$", index + 1 < scalars.count else {
                result.append(scalars[index])
                index += 1
                continue
            }
            switch scalars[index + 1] {
            case "$":
                result.append("$")
                index += 2
            case "{":
                guard let end = scalars[index...].firstIndex(of: "}") else {
                    throw malformed("`${` is not closed", at: index, length: scalars.count - index)
                }
                let inner = scalars[(index + 2)..<end]
                let value = try value(of: inner, at: index, length: end + 1 - index, environment)
                result.append(contentsOf: value.unicodeScalars)
                index = end + 1
            default:
                result.append("$")
                index += 1
            }
        }
        return String(result)
    }

    private static func value(
        of inner: ArraySlice<Unicode.Scalar>,
        at offset: Int,
        length: Int,
        _ environment: [String: String]
    ) throws(TextError) -> String {
        let name = inner.prefix {
            $0.value < 0x80
                && ($0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil)
        }
        let rest = inner[name.endIndex...]
        let text = string(name)
        guard EnvironmentName.isValid(text), rest.isEmpty || rest.starts(with: ":-".unicodeScalars)
        else {
            throw malformed("`${\(string(inner))}` is not a variable", at: offset, length: length)
        }
        if let value = environment[text], !(value.isEmpty && !rest.isEmpty) { return value }
        guard rest.isEmpty else { return string(rest.dropFirst(2)) }
        throw TextError(
            code: DiagnosticCode.unsetVariable.rawValue,
            message: "the variable `\(text)` is not set",
            offset: offset,
            length: length,
            remedy: "set it, write `${\(text):-default}`, or `$$` for a `$`"
        )
    }

    private static func malformed(_ message: String, at offset: Int, length: Int) -> TextError {
        TextError(
            code: DiagnosticCode.badSubstitution.rawValue,
            message: message,
            offset: offset,
            length: length,
            remedy: "write `${NAME}`, `${NAME:-default}`, or `$$` for a `$`"
        )
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}

/// Names of environment variables.
enum EnvironmentName {
    /// Letters, digits and `_`, not a digit first: POSIX 8.1.
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
