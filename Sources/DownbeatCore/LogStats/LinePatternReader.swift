/// The tree of a pattern.
indirect enum LinePatternNode: Hashable {
    case bytes(ByteSet)
    case sequence([LinePatternNode])
    /// The first that matches is preferred.
    case choice([LinePatternNode])
    /// A named group with its number.
    case group(Int, LinePatternNode)
    /// Nil: without end.
    case repeated(LinePatternNode, Int, Int?, isLazy: Bool)
    case lineEnd
}

/// Reads the text of a pattern, by recursive descent.
struct LinePatternReader {
    private let text: [UInt8]
    private var place = 0
    private var depth = 0
    private(set) var roles: [LogRole] = []

    /// Groups inside each other.
    private static let depthMax = 32

    init(_ text: String) {
        self.text = Array(text.utf8)
    }

    mutating func pattern() throws(LinePattern.Failure) -> LinePatternNode {
        guard !text.isEmpty, text.count <= LinePattern.textBytesMax else {
            throw failure(
                text.isEmpty
                    ? "the pattern is empty"
                    : "the pattern is longer than \(LinePattern.textBytesMax) bytes",
                "Describe a whole line: `(?<client>\\S+) \\S+ \\S+ \\[(?<time>[^\\]]+)\\] ...`",
                at: 0
            )
        }
        // A line is matched from its beginning anyway.
        _ = take("^")
        let node = try choice()
        guard place == text.count else {
            throw failure("`)` closes nothing", "Write `\\)` for the character", at: place)
        }
        return node
    }

    private mutating func choice() throws(LinePattern.Failure) -> LinePatternNode {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(LinePattern.Failure) -> LinePatternNode {
        var nodes: [LinePatternNode] = []
        while place < text.count, !isNext("|"), !isNext(")") {
            let start = place
            let node = try atom()
            nodes.append(try repetition(of: node, startingAt: start))
        }
        return .sequence(nodes)
    }

    private mutating func atom() throws(LinePattern.Failure) -> LinePatternNode {
        let start = place
        let byte = text[place]
        place += 1
        switch Unicode.Scalar(byte) {
        case "(": return try group(startingAt: start)
        case "[": return .bytes(try set(startingAt: start))
        case ".": return .bytes(.any)
        case "$": return .lineEnd
        case "\\": return .bytes(try escape(startingAt: start))
        case "^":
            throw failure(
                "`^` stands inside the pattern",
                "Write `\\^` for the character; a line is matched from its beginning",
                at: start
            )
        case "*", "+", "?", "{":
            throw failure(
                "`\(Unicode.Scalar(byte))` repeats nothing",
                "Write `\\\(Unicode.Scalar(byte))` for the character",
                at: start
            )
        default: return .bytes(ByteSet(byte...byte))
        }
    }

    private mutating func group(
        startingAt start: Int
    ) throws(LinePattern.Failure) -> LinePatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else {
            throw failure("groups are nested too deeply", "Use fewer groups", at: start)
        }
        var number: Int?
        if take("?") {
            if take("<") || take("P<") {
                number = try name(startingAt: start)
            } else if !take(":") {
                throw failure(
                    "this kind of group is not supported",
                    "Use `(?<role>...)`, `(?:...)` or `(...)`",
                    at: start
                )
            }
        }
        let inner = try choice()
        guard take(")") else {
            throw failure("`(` is not closed", "Add `)`, or write `\\(`", at: start)
        }
        return number.map { .group($0, inner) } ?? inner
    }

    private mutating func name(startingAt start: Int) throws(LinePattern.Failure) -> Int {
        let first = place
        while place < text.count, !isNext(">") { place += 1 }
        let name = String(decoding: text[first..<place], as: UTF8.self)
        let words = LogRole.allCases.map(\.rawValue).joined(separator: ", ")
        guard take(">"), let role = LogRole(rawValue: name) else {
            let near = Suggestion.nearest(to: name, among: LogRole.allCases.map(\.rawValue))
                .map { "; did you mean `\($0)`?" }
            throw failure(
                "no part of a line is called `\(name)`" + near.prefix(1).joined(),
                "Use one of \(words), or `(?:...)` for a group without a name",
                at: first
            )
        }
        guard !roles.contains(role) else {
            throw failure(
                "two groups are named `\(name)`",
                "Name one group and put the choice into it: `(?<\(name)>a|b)`",
                at: start
            )
        }
        roles.append(role)
        return roles.count - 1
    }

    private mutating func repetition(
        of node: LinePatternNode,
        startingAt start: Int
    ) throws(LinePattern.Failure) -> LinePatternNode {
        guard place < text.count else { return node }
        let sign = place
        var least = 0
        var most: Int?
        if take("*") {
            least = 0
        } else if take("+") {
            least = 1
        } else if take("?") {
            most = 1
        } else if isNext("{") {
            (least, most) = try counts()
        } else {
            return node
        }
        guard !Self.holdsGroup(node) || least <= 1 && most ?? 1 <= 1 else {
            throw failure(
                "a named group is repeated by a count",
                "Put the repetition inside the group",
                at: start
            )
        }
        let isLazy = take("?")
        if place < text.count, isNext("*") || isNext("+") || isNext("?") || isNext("{") {
            throw failure(
                "a repetition is repeated",
                "Put the first one into a group: `(?:a*)+`",
                at: sign
            )
        }
        return .repeated(node, least, most, isLazy: isLazy)
    }

    /// `{n}`, `{n,}` or `{n,m}`.
    private mutating func counts() throws(LinePattern.Failure) -> (Int, Int?) {
        let start = place
        place += 1
        let least = number()
        let hasComma = take(",")
        let most = number()
        guard take("}"), let least, hasComma || most == nil, least <= LinePattern.repeatMax,
            most ?? least >= least, most ?? 0 <= LinePattern.repeatMax
        else {
            throw failure(
                "this is no count of repetitions",
                "Write `{2}`, `{2,}` or `{2,5}`, at most \(LinePattern.repeatMax); "
                    + "`\\{` for the character",
                at: start
            )
        }
        return (least, hasComma ? most : least)
    }

    private mutating func number() -> Int? {
        let first = place
        var value = 0
        while place < text.count, text[place] &- 0x30 < 10, value < 10_000 {
            value = value * 10 + Int(text[place] - 0x30)
            place += 1
        }
        return place > first ? value : nil
    }

    private mutating func set(startingAt start: Int) throws(LinePattern.Failure) -> ByteSet {
        let isInverted = take("^")
        var set = ByteSet()
        var isFirst = true
        while place < text.count, isFirst || !isNext("]") {
            isFirst = false
            let itemStart = place
            let item = try setItem()
            let isRange =
                place + 1 < text.count && text[place] == 0x2D && text[place + 1] != 0x5D
            guard isRange, case .single(let low) = item else {
                set = set.union(item.set)
                continue
            }
            place += 1
            guard case .single(let high) = try setItem(), low <= high else {
                throw failure(
                    "this is no range of characters",
                    "Write the lower one first: `a-z`; `\\-` for the character",
                    at: itemStart
                )
            }
            set = set.union(ByteSet(low...high))
        }
        guard take("]") else {
            throw failure("`[` is not closed", "Add `]`, or write `\\[`", at: start)
        }
        return isInverted ? set.inverted : set
    }

    private enum SetItem {
        case single(UInt8)
        case several(ByteSet)

        var set: ByteSet {
            switch self {
            case .single(let byte): ByteSet(byte...byte)
            case .several(let set): set
            }
        }
    }

    private mutating func setItem() throws(LinePattern.Failure) -> SetItem {
        let start = place
        let byte = text[place]
        place += 1
        if byte == 0x5C {
            let set = try escape(startingAt: start)
            let single = (UInt8.min...UInt8.max).filter { set.contains($0) }
            return single.count == 1 ? .single(single[0]) : .several(set)
        }
        guard byte < 0x80, !(byte == 0x5B && isNext(":")) else {
            throw failure(
                byte == 0x5B
                    ? "classes such as `[:alpha:]` are not supported"
                    : "a character beyond ASCII stands in brackets",
                byte == 0x5B ? "Use `\\w`, `\\d`, `\\s` or ranges" : "Use `(?:a|b)`",
                at: start
            )
        }
        return .single(byte)
    }

    /// What a backslash and the byte after it mean; `place` is behind the backslash.
    private mutating func escape(startingAt start: Int) throws(LinePattern.Failure) -> ByteSet {
        guard place < text.count else {
            throw failure("the pattern ends with a backslash", "Write `\\\\` for one", at: start)
        }
        let byte = text[place]
        place += 1
        switch Unicode.Scalar(byte) {
        case "d": return .digits
        case "D": return ByteSet.digits.inverted
        case "w": return .wordBytes
        case "W": return ByteSet.wordBytes.inverted
        case "s": return .blanks
        case "S": return ByteSet.blanks.inverted
        case "t": return ByteSet(0x09...0x09)
        case "x":
            let digits = text[place...].prefix(2)
            let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            guard digits.count == 2, let code else {
                throw failure("`\\x` needs two digits", "Write `\\x22`", at: start)
            }
            place += 2
            return ByteSet(code...code)
        default:
            guard byte < 0x80, !ByteSet.wordBytes.contains(byte) else {
                throw failure(
                    "`\\\(Unicode.Scalar(byte))` is not supported",
                    "Use `\\d \\w \\s \\D \\W \\S \\t \\xNN`, or a backslash before punctuation",
                    at: start
                )
            }
            return ByteSet(byte...byte)
        }
    }

    private static func holdsGroup(_ node: LinePatternNode) -> Bool {
        switch node {
        case .bytes, .lineEnd: false
        case .group: true
        case .sequence(let nodes), .choice(let nodes): nodes.contains { holdsGroup($0) }
        case .repeated(let inner, _, _, _): holdsGroup(inner)
        }
    }

    private func isNext(_ sign: Unicode.Scalar) -> Bool {
        place < text.count && UInt32(text[place]) == sign.value
    }

    private mutating func take(_ sign: String) -> Bool {
        guard text[place...].starts(with: sign.utf8) else { return false }
        place += sign.utf8.count
        return true
    }

    private func failure(
        _ message: String,
        _ remedy: String,
        at offset: Int
    ) -> LinePattern.Failure {
        LinePattern.Failure(message: message, remedy: remedy, offset: offset)
    }
}
