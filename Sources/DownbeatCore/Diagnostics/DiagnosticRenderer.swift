/// Turns problems of schedule files into text: a block with carets, or one line that grep finds.
package struct DiagnosticRenderer: Sendable {
    /// Whether colours are used.
    package enum Colouring: Sendable {
        case plain
        case coloured
    }

    /// The widest part of a line that is shown, in scalars; longer lines are cut around the caret.
    package static let excerptLengthMax = 160

    package var colouring: Colouring

    package init(colouring: Colouring = .plain) { self.colouring = colouring }

    // MARK: One line

    /// `file:line:col: error[E0201]: unknown key …; did you mean …?`, without a line end.
    package func line(_ diagnostic: Diagnostic) -> String {
        var parts = [diagnostic.message]
        if let related = diagnostic.related {
            parts.append("\(related.label) at \(text(of: related.place))")
        } else if let label = diagnostic.excerpt?.label, !label.isEmpty {
            parts.append(label)
        }
        if let help = diagnostic.help { parts.append(Self.onOneLine(help)) }
        let head = "\(diagnostic.severity.rawValue)[\(diagnostic.code)]"
        return Self.visible(
            "\(text(of: diagnostic.place)): \(head): \(parts.joined(separator: "; "))"
        )
    }

    // MARK: Blocks

    /// The form for people: several lines, without an empty one at the end.
    package func block(_ diagnostic: Diagnostic) -> String {
        let head = "\(diagnostic.severity.rawValue)[\(diagnostic.code)]"
        var lines = [
            paint(head, diagnostic.severity == .error ? .red : .yellow)
                + paint(": \(Self.visible(diagnostic.message))", .bold)
        ]
        guard let excerpt = diagnostic.excerpt else {
            let help = diagnostic.help.map { "   \(Self.visible($0))" } ?? ""
            lines.append(
                "  \(paint("-->", .blue)) \(Self.visible(text(of: diagnostic.place)))\(help)"
            )
            return lines.joined(separator: "\n")
        }
        let numbers = [excerpt.place.line, diagnostic.related?.place.line ?? 0]
        let width = String(numbers.max() ?? 1).count
        let indent = String(repeating: " ", count: width + 1)
        lines.append("\(indent)\(paint("-->", .blue)) \(Self.visible(text(of: excerpt.place)))")
        lines.append("\(indent) \(paint("|", .blue))")
        let mark: Mark = diagnostic.severity == .error ? .error : .warning
        lines += show(excerpt, width: width, mark: mark)
        if let related = diagnostic.related {
            lines.append("\(indent)\(paint(":::", .blue)) \(Self.visible(text(of: related.place)))")
            lines.append("\(indent) \(paint("|", .blue))")
            lines += show(related, width: width, mark: .related)
        }
        if let help = diagnostic.help { lines += helpLines(help, width: width) }
        return lines.joined(separator: "\n")
    }

    /// `4 errors, 1 warning in 5 files     downbeat explain E0305`.
    package func summary(_ diagnostics: [Diagnostic], fileCount: Int) -> String {
        let errors = diagnostics.filter { $0.severity == .error }
        let warnings = diagnostics.count - errors.count
        var text = "\(Self.count(errors.count, "error")), \(Self.count(warnings, "warning"))"
        text += " in \(Self.count(fileCount, "file"))"
        guard let code = (errors.last ?? diagnostics.last)?.code else { return text }
        return "\(text)     downbeat explain \(code)"
    }

    // MARK: Parts

    private enum Mark {
        case error
        case warning
        case related
    }

    private func show(_ excerpt: Diagnostic.Excerpt, width: Int, mark: Mark) -> [String] {
        let shown = Self.clipped(excerpt)
        let number = String(excerpt.place.line)
        let padding = String(repeating: " ", count: width - number.count)
        let carets = String(repeating: mark == .related ? "-" : "^", count: max(1, shown.cells))
        let label = excerpt.label.isEmpty ? "" : " \(Self.visible(excerpt.label))"
        let colour: Colour = mark == .error ? .red : mark == .warning ? .yellow : .blue
        let blanks = String(repeating: " ", count: width + 2)
        let before = String(repeating: " ", count: shown.indent)
        return [
            " \(padding)\(paint("\(number) |", .blue)) \(shown.text)",
            "\(blanks)\(paint("|", .blue)) \(before)\(paint(carets + label, colour))",
        ]
    }

    /// Lines of a help that look like `3 | text` get the gutter of the excerpt.
    private func helpLines(_ help: String, width: Int) -> [String] {
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
        var shown = ["\(paint("help", .blue)): \(Self.visible(lines.first ?? ""))"]
        for line in lines.dropFirst() {
            guard let bar = Self.gutterEnd(of: line) else {
                shown.append(String(repeating: " ", count: width + 2) + "  " + Self.visible(line))
                continue
            }
            let number = line[..<bar].filter { $0 != " " && $0 != "|" }
            let padding = String(repeating: " ", count: max(0, width - number.count))
            shown.append(" \(padding)\(paint("\(number) |", .blue)) \(Self.visible(line[bar...]))")
        }
        return shown
    }

    private func text(of place: SourcePlace) -> String {
        place.line > 0 ? "\(place.file):\(place.line):\(place.column)" : place.file
    }

    // MARK: Text

    /// The part of the line around the mark: its text, the cells before the mark, the cells of the mark.
    private static func clipped(
        _ excerpt: Diagnostic.Excerpt
    ) -> (text: String, indent: Int, cells: Int) {
        let scalars = Array(excerpt.text.unicodeScalars)
        var column = min(max(0, excerpt.place.column - 1), scalars.count)
        var lower = 0
        var upper = scalars.count
        if upper > excerptLengthMax {
            lower = max(0, min(column - excerptLengthMax / 2, upper - excerptLengthMax))
            upper = min(upper, lower + excerptLengthMax)
        }
        let end = min(column + excerpt.length, upper)
        let front = lower > 0 ? "…" : ""
        let before = front + visible(string(scalars[lower..<max(lower, column)]))
        let marked = visible(string(scalars[min(column, end)..<end]))
        let after = visible(string(scalars[end..<upper])) + (upper < scalars.count ? "…" : "")
        column -= lower
        return (before + marked + after, DisplayWidth.of(before), DisplayWidth.of(marked))
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// The text with pictures for control characters, so that a file cannot steer the terminal.
    package static func visible(_ text: some StringProtocol) -> String {
        let isSafe = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        guard !isSafe else { return String(text) }
        var view = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09: view.append(" ")
            case 0..<0x20: view.append(Unicode.Scalar(scalar.value + 0x2400) ?? "\u{FFFD}")
            case 0x7F: view.append("\u{2421}")
            case 0x80..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029, 0xFEFF:
                view.append("\u{FFFD}")
            default: view.append(scalar)
            }
        }
        return String(view)
    }

    private static func onOneLine(_ help: String) -> String {
        let lines = help.split(separator: "\n").map { line in
            guard let bar = gutterEnd(of: line) else { return String(line) }
            return String(line[bar...].drop { $0 == " " })
        }
        return lines.joined(separator: " ")
    }

    /// Behind `3 | `; nil when the line does not begin so.
    private static func gutterEnd(of line: Substring) -> Substring.Index? {
        let digits = line.drop { $0 == " " }.prefix { $0.isNumber }
        guard !digits.isEmpty, line[digits.endIndex...].hasPrefix(" | ") else { return nil }
        return line.index(digits.endIndex, offsetBy: 3)
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    // MARK: Colour

    private enum Colour: String {
        case red = "1;31"
        case yellow = "1;33"
        case blue = "1;34"
        case bold = "1"
    }

    private func paint(_ text: String, _ colour: Colour) -> String {
        switch colouring {
        case .plain: text
        case .coloured: "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
        }
    }
}
