/// Finds the places of keys that stand in one map twice.
///
/// Yams says which keys, and where the first one stands. In a block map all keys stand in the same
/// column; in a flow map they follow `{` and commas.
enum RepeatedKeys {
    /// A key that stands in its map again.
    struct Repetition {
        var name: String
        var line: Int
        /// Where the key begins, quote included.
        var column: Int
        /// Where its text begins.
        var textColumn: Int
        var firstLine: Int
        var firstColumn: Int
    }

    private struct Key {
        var name: String
        var line: Int
        var column: Int
        var textColumn: Int
    }

    /// All repetitions of `names` in the map that has a key at `mark`.
    static func find(
        _ names: [String],
        at mark: (line: Int, column: Int),
        in source: SourceText
    ) -> [Repetition] {
        let wanted = Set(names)
        let inBlock = repetitions(of: wanted, among: blockKeys(around: mark, in: source))
        guard inBlock.isEmpty else { return inBlock }
        return repetitions(of: wanted, among: flowKeys(from: mark, in: source))
    }

    private static func repetitions(of names: Set<String>, among keys: [Key]) -> [Repetition] {
        var first: [String: Key] = [:]
        var found: [Repetition] = []
        for key in keys where names.contains(key.name) && key.textColumn > 0 {
            guard let earlier = first[key.name] else {
                first[key.name] = key
                continue
            }
            found.append(
                Repetition(
                    name: key.name,
                    line: key.line,
                    column: key.column,
                    textColumn: key.textColumn,
                    firstLine: earlier.line,
                    firstColumn: earlier.column
                )
            )
        }
        return found
    }

    // MARK: Block maps

    private static func blockKeys(
        around mark: (line: Int, column: Int),
        in source: SourceText
    ) -> [Key] {
        var keys: [Key] = []
        var top = mark.line
        while top > 1, !opensMap(top, at: mark.column, in: source),
            !ends(top - 1, before: mark.column, in: source)
                || opensMap(top - 1, at: mark.column, in: source)
        {
            top -= 1
        }
        var line = top
        while line <= source.lineCount,
            line <= mark.line || !ends(line, before: mark.column, in: source)
        {
            let scalars = source.scalars(ofLine: line)
            if indentation(of: scalars, upTo: mark.column) == mark.column - 1,
                let key = key(at: mark.column, of: scalars, line: line)
            {
                keys.append(key)
            }
            line += 1
        }
        return keys
    }

    /// Whether a dash or question mark stands before the column, and nothing else.
    private static func opensMap(_ line: Int, at column: Int, in source: SourceText) -> Bool {
        let before = source.scalars(ofLine: line).prefix(column - 1)
        return before.count == column - 1 && before.contains { $0 == "-" || $0 == "?" }
            && before.allSatisfy { $0 == " " || $0 == "-" || $0 == "?" }
    }

    /// Whether the line ends a map whose keys stand in `column`.
    private static func ends(_ line: Int, before column: Int, in source: SourceText) -> Bool {
        let scalars = source.scalars(ofLine: line)
        let indentation = scalars.prefix { $0 == " " }.count
        guard indentation < scalars.count, scalars[indentation] != "#" else { return false }
        return indentation < column - 1
            || (indentation == 0 && scalars.starts(with: "---".unicodeScalars))
    }

    private static func indentation(of scalars: [Unicode.Scalar], upTo column: Int) -> Int {
        scalars.prefix(column - 1).prefix { $0 == " " || $0 == "-" || $0 == "?" }.count
    }

    // MARK: Flow maps

    private static func flowKeys(
        from mark: (line: Int, column: Int),
        in source: SourceText
    ) -> [Key] {
        var keys: [Key] = []
        var depth = 0
        var expectsKey = true
        var column = mark.column
        for line in mark.line...max(mark.line, source.lineCount) {
            let scalars = source.scalars(ofLine: line)
            while column <= scalars.count {
                let scalar = scalars[column - 1]
                if expectsKey, depth == 0, scalar != " ", scalar != ",", scalar != "\t" {
                    expectsKey = false
                    if let key = key(at: column, of: scalars, line: line) { keys.append(key) }
                }
                switch scalar {
                case "'", "\"": column = closing(scalar, from: column, in: scalars)
                case "{", "[": depth += 1
                case "}", "]": depth -= 1
                case ",": expectsKey = depth == 0
                default: break
                }
                guard depth >= 0 else { return keys }
                column += 1
            }
            column = 1
        }
        return keys
    }

    private static func closing(
        _ quote: Unicode.Scalar,
        from column: Int,
        in scalars: [Unicode.Scalar]
    ) -> Int {
        var index = column
        while index < scalars.count, scalars[index] != quote {
            index += scalars[index] == "\\" && quote == "\"" ? 2 : 1
        }
        return index + 1
    }

    // MARK: Keys

    /// The key that begins in a column; nil when no `:` follows.
    private static func key(at column: Int, of scalars: [Unicode.Scalar], line: Int) -> Key? {
        guard column <= scalars.count else { return nil }
        let first = scalars[column - 1]
        let isQuoted = first == "'" || first == "\""
        var end = column - 1
        if isQuoted {
            end = min(closing(first, from: column, in: scalars), scalars.count)
        } else {
            while end < scalars.count,
                !(scalars[end] == ":"
                    && (end + 1 == scalars.count
                        || " \t[{".unicodeScalars.contains(scalars[end + 1])))
            {
                end += 1
            }
            guard end < scalars.count else { return nil }
        }
        let start = isQuoted ? column : column - 1
        let stop = isQuoted ? end - 1 : end
        guard start < stop else { return nil }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[start..<stop])
        while let last = view.last, last == " " { view.removeLast() }
        return Key(name: String(view), line: line, column: column, textColumn: start + 1)
    }
}
