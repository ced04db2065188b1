/// Looks for keys that are not plain text in files with aliases, before they are composed.
///
/// Composing hashes the keys of a map. A key that is an alias of a list of aliases of lists is hashed
/// expanded, which takes exponential time. Such keys are errors anyway, so they are looked for first:
/// a `?`, an alias before `:`, a closing bracket before `:`. The scan knows quotes, comments and block
/// scalars. It costs one pass, and only for files that have both `&` and `*`.
struct KeyScan {
    private let bytes: [UInt8]
    private var index = 0
    private var hasAlias = false
    private var refusedKey: Int?
    /// Open brackets, to know whether commas end plain text.
    private var depth = 0

    /// The offset of a key that must not be composed; nil when there is none.
    static func refusedKey(in text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "&")), bytes.contains(UInt8(ascii: "*")) else {
            return nil
        }
        var scan = KeyScan(bytes: bytes)
        scan.run()
        return scan.hasAlias ? scan.refusedKey : nil
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func run() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                index += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                index += 1
            case UInt8(ascii: "#"):
                skipLine()
            default:
                token()
            }
        }
    }

    /// A token that begins at `index`, which is no blank.
    private mutating func token() {
        let start = index
        switch bytes[index] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            skipQuoted(by: bytes[index])
        case UInt8(ascii: "*"):
            skipName()
            if index > start + 1 { hasAlias = true }
            noteKey(from: start)
        case UInt8(ascii: "&"), UInt8(ascii: "!"):
            skipWord()
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            depth += 1
            index += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            depth = max(0, depth - 1)
            index += 1
            noteKey(from: start)
        case UInt8(ascii: ","), UInt8(ascii: ":"):
            index += 1
        case UInt8(ascii: "?"), UInt8(ascii: "-"):
            index += 1
            guard isBlank(at: index) else { return skipPlain() }
            if bytes[start] == UInt8(ascii: "?") { refusedKey = refusedKey ?? start }
        case UInt8(ascii: "|"), UInt8(ascii: ">"):
            depth == 0 ? skipBlock() : skipPlain()
        default:
            skipPlain()
        }
    }

    /// Notes the token that ended here as a key if a colon follows.
    private mutating func noteKey(from start: Int) {
        var next = index
        while next < bytes.count,
            bytes[next] == UInt8(ascii: " ") || bytes[next] == UInt8(ascii: "\t")
        {
            next += 1
        }
        guard next < bytes.count, bytes[next] == UInt8(ascii: ":") else { return }
        refusedKey = refusedKey ?? start
    }

    private mutating func skipLine() {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n"),
            bytes[index] != UInt8(ascii: "\r")
        {
            index += 1
        }
    }

    /// The name of an alias, as libyaml reads it: letters, digits, `-`, `_`.
    private mutating func skipName() {
        index += 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                index += 1
            default:
                return
            }
        }
    }

    private mutating func skipWord() {
        index += 1
        while index < bytes.count, !isBlank(at: index), !isFlowMark(bytes[index]) { index += 1 }
    }

    private mutating func skipQuoted(by quote: UInt8) {
        index += 1
        while index < bytes.count, bytes[index] != quote {
            let escapes = quote == UInt8(ascii: "\"") && bytes[index] == UInt8(ascii: "\\")
            index += escapes ? 2 : 1
        }
        index = min(index + 1, bytes.count)
    }

    /// Plain text: to `: `, ` #`, the end of the line, and inside brackets to a comma or a bracket.
    private mutating func skipPlain() {
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return }
            if byte == UInt8(ascii: ":"), isBlank(at: index + 1) || depth > 0 { return }
            if byte == UInt8(ascii: "#"), index > 0, isBlank(at: index - 1) { return }
            if depth > 0, isFlowMark(byte) { return }
            index += 1
        }
    }

    /// A block scalar: its first line tells its indentation, and a line indented by less ends it.
    private mutating func skipBlock() {
        skipLine()
        var indentation: Int?
        while index < bytes.count {
            index += 1
            var next = index
            while next < bytes.count, bytes[next] == UInt8(ascii: " ") { next += 1 }
            let isEmpty =
                next >= bytes.count || bytes[next] == UInt8(ascii: "\n")
                || bytes[next] == UInt8(ascii: "\r")
            if !isEmpty {
                let width = next - index
                if width < (indentation ?? max(1, width)) || width == 0 { return }
                indentation = indentation ?? width
            }
            skipLine()
        }
    }

    private func isBlank(at index: Int) -> Bool {
        guard index < bytes.count else { return true }
        switch bytes[index] {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            return true
        default: return false
        }
    }

    private func isFlowMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
            UInt8(ascii: "}"):
            true
        default: false
        }
    }
}
