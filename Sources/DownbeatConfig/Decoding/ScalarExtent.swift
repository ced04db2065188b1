/// Where a scalar stands on its line.
///
/// Yams marks only the beginning, and with an anchor or a tag even that is the anchor's; the line
/// itself tells the rest.
struct ScalarExtent {
    /// Where it begins, quote included; from 1.
    var column: Int
    /// How many scalars it takes on this line, quotes included.
    var length = 1
    /// Where its text begins.
    var textColumn = 1
    /// Whether places inside the text can be told: one line, without escapes.
    var isExact = false

    init(column: Int) { self.column = column }

    init(of node: YAMLNode, in source: SourceText) {
        column = node.spot.column
        guard case .scalar(let text, let style) = node.content, style != .block else { return }
        let line = source.scalars(ofLine: node.spot.line)
        var start = node.spot.column - 1
        while start < line.count, line[start] == "&" || line[start] == "!" {
            while start < line.count, line[start] != " " { start += 1 }
            while start < line.count, line[start] == " " { start += 1 }
        }
        guard start < line.count else { return }
        let wanted = Array(text.unicodeScalars)
        column = start + 1
        switch style {
        case .quoted:
            textColumn = start + 2
            let end = start + 1 + wanted.count
            isExact =
                end < line.count && line[end] == line[start]
                && line[(start + 1)..<end].elementsEqual(wanted)
            length = isExact ? wanted.count + 2 : Self.quotedLength(from: start, in: line)
        case .plain, .block:
            textColumn = start + 1
            let end = start + wanted.count
            isExact = end <= line.count && line[start..<end].elementsEqual(wanted)
            length = isExact ? max(1, wanted.count) : max(1, line.count - start)
        }
    }

    private static func quotedLength(from start: Int, in line: [Unicode.Scalar]) -> Int {
        let quote = line[start]
        guard quote == "'" || quote == "\"" else { return max(1, line.count - start) }
        var index = start + 1
        while index < line.count, line[index] != quote {
            index += line[index] == "\\" && quote == "\"" ? 2 : 1
        }
        return min(index + 1, line.count) - start
    }
}
