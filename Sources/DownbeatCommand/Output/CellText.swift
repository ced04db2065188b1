import DownbeatCore

/// Texts cut to cells of a terminal.
enum CellText {
    /// The text in lines of at most `width` cells, broken at blanks; longer words are cut apart.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        let width = max(width, narrowest)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            var word = word
            if !line.isEmpty, DisplayWidth.of(line) + 1 + DisplayWidth.of(word) <= width {
                line += " " + word
                continue
            }
            if !line.isEmpty { lines.append(line) }
            while DisplayWidth.of(word) > width {
                let head = head(of: word, width)
                lines.append(String(head))
                word = word[head.endIndex...]
            }
            line = String(word)
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// Lines are not made narrower than this, whatever the terminal says.
    private static let narrowest = 8

    private static func head(of word: Substring, _ width: Int) -> Substring {
        var used = 0
        return word.prefix { character in
            used += DisplayWidth.of(character)
            return used <= width
        }
    }

    /// What stands for the part that was cut: two ASCII points, since an ellipsis may be two cells.
    private static let mark = ".."

    /// The text itself, or its beginning and `..` if it takes more than `width` cells.
    static func cut(_ text: String, to width: Int) -> String {
        guard DisplayWidth.of(text) > width else { return text }
        guard width > mark.count else { return String(repeating: ".", count: max(0, width)) }
        var used = 0
        var kept = ""
        for character in text {
            used += DisplayWidth.of(character)
            guard used <= width - mark.count else { break }
            kept.append(character)
        }
        return kept + mark
    }
}
