/// The text of one schedule file, with what is needed to point into it.
///
/// Lines are split as libyaml splits them (LF, CRLF, CR, NEL, LS, PS), so that its marks fit. The
/// index of lines is made when the first problem is found: a file without problems never pays for it.
final class SourceText {
    /// The path as it is shown.
    let path: String
    /// The absolute folder from which the file's relative paths count.
    let folder: String
    /// The text without a byte order mark.
    let text: String

    private lazy var lineStarts: [String.UTF8View.Index] = Self.lineStarts(of: text)
    private var cachedLine: (number: Int, text: String)?
    private var cachedScalars: (number: Int, scalars: [Unicode.Scalar])?

    init(path: String, folder: String, text: String) {
        self.path = path
        self.folder = folder
        self.text = text
    }

    var lineCount: Int { lineStarts.count }

    /// A line without its end; empty when there is no such line.
    ///
    /// Numbers count from 1.
    func line(_ number: Int) -> String {
        if let cachedLine, cachedLine.number == number { return cachedLine.text }
        guard number >= 1, number <= lineStarts.count else { return "" }
        let start = lineStarts[number - 1]
        let end = number < lineStarts.count ? lineStarts[number] : text.endIndex
        var scalars = text[start..<end].unicodeScalars[...]
        while let last = scalars.last, Self.isLineBreak(last) { scalars.removeLast() }
        let line = String(Substring(scalars))
        cachedLine = (number, line)
        return line
    }

    /// The Unicode scalars of a line, without its end; kept, since a file may be one long line.
    func scalars(ofLine number: Int) -> [Unicode.Scalar] {
        if let cachedScalars, cachedScalars.number == number { return cachedScalars.scalars }
        let scalars = Array(line(number).unicodeScalars)
        cachedScalars = (number, scalars)
        return scalars
    }

    /// The whole text as lines, for a change of one of them.
    func lines() -> [String] { (1...max(1, lineCount)).map(line) }

    static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    private static func lineStarts(of text: String) -> [String.UTF8View.Index] {
        var starts = [text.startIndex]
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            scalars.formIndex(after: &index)
            guard isLineBreak(scalar) else { continue }
            if scalar == "\r", index < scalars.endIndex, scalars[index] == "\n" {
                scalars.formIndex(after: &index)
            }
            starts.append(index)
        }
        return starts
    }
}
