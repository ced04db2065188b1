import DownbeatCore

/// Columns for people: aligned by display cells, cut with `..` to the width of the terminal.
///
/// Nothing is drawn but spaces, so that terminals which show ambiguous characters in two cells stay
/// aligned. When lines are too long, the columns marked for it give way, the widest first, so that one
/// long name does not cost all rows their rules. A last column that wraps is never cut: where it does
/// not fit, it stands on lines of its own below its row.
package struct Table: Sendable {
    /// One column's title and behaviour.
    package struct Column: Sendable {
        package var title: String
        /// Whether it is cut when lines are too long; nil: not, unless it is the last.
        ///
        /// Of two columns that are equally wide the one with the smaller number gives way first.
        package var cutOrder: Int?
        /// Whether a text that does not fit stands below its row; only of the last column.
        package var wraps: Bool
        package var alignment: Alignment

        package init(
            _ title: String,
            cutOrder: Int? = nil,
            wraps: Bool = false,
            alignment: Alignment = .leading
        ) {
            self.title = title
            self.cutOrder = cutOrder
            self.wraps = wraps
            self.alignment = alignment
        }
    }

    /// Where a column's texts stand in its width.
    package enum Alignment: Sendable {
        case leading
        /// For figures, so that their digits stand below each other.
        case trailing
    }

    /// A cell's text and colour.
    package struct Cell: Sendable, ExpressibleByStringInterpolation {
        package var text: String
        package var colour: Colour?

        package init(_ text: String, _ colour: Colour? = nil) {
            self.text = text
            self.colour = colour
        }

        package init(stringLiteral value: String) {
            self.init(value)
        }
    }

    /// Cells between two columns.
    private static let gap = 2
    /// The least width to which a column that gives way is cut.
    private static let narrowest = 8
    /// Blanks before a text that stands below its row.
    private static let indent = 4

    package var columns: [Column]
    package var rows: [[Cell]]

    package init(_ columns: [Column], rows: [[Cell]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// The lines, each ended by a line feed, without blanks at their ends.
    ///
    /// Columns without any text are left out.
    package func render(width: Int, colour: Bool) -> String {
        let shown = columns.indices.filter { index in
            rows.contains { !($0[index].text.isEmpty) }
        }
        guard !shown.isEmpty else { return "" }
        let texts = rows.map { row in shown.map { SafeText.line(row[$0].text) } }
        let natural = shown.indices.map { position in
            let cells = texts.map { DisplayWidth.of($0[position]) }
            return max(DisplayWidth.of(columns[shown[position]].title), cells.max() ?? 0)
        }
        let wraps = shown.count > 1 && columns[shown[shown.count - 1]].wraps
        var widths = fit(
            wraps ? shown.dropLast().map { columns[$0] } : shown.map { columns[$0] },
            natural: wraps ? natural.dropLast() : natural,
            width: width - (wraps ? share(of: texts.map { $0[$0.count - 1] }, width) : 0)
        )
        if wraps { widths.append(max(0, width - widths.reduce(0) { $0 + $1 + Self.gap })) }
        let alignments = shown.map { columns[$0].alignment }
        let titles = shown.map { columns[$0].title }
        var lines: [String] = []
        var hasLast = !wraps
        for (row, text) in zip(rows, texts) {
            let colours = colour ? shown.map { row[$0].colour } : nil
            let last = text[text.count - 1]
            guard wraps, DisplayWidth.of(last) > widths[widths.count - 1] else {
                hasLast = hasLast || !last.isEmpty
                lines.append(line(text, widths, alignments, colours: colours))
                continue
            }
            lines.append(line(text.dropLast() + [""], widths, alignments, colours: colours))
            for part in CellText.wrapped(last, to: width - Self.indent) {
                let painted = colours?[text.count - 1]?.paint(part, when: true) ?? part
                lines.append(String(repeating: " ", count: Self.indent) + painted)
            }
        }
        // A title over nothing would promise a column.
        lines.insert(
            line(hasLast ? titles : titles.dropLast() + [""], widths, alignments, colours: nil),
            at: 0
        )
        return lines.map { $0 + "\n" }.joined()
    }

    /// What the others leave to a last column that wraps: room for its short texts and the gap.
    private func share(of texts: [String], _ width: Int) -> Int {
        let short = texts.map { DisplayWidth.of($0) }.filter { $0 > 0 && $0 <= width / 5 }
        return short.max().map { $0 + Self.gap } ?? 0
    }

    /// The widths to use, so that a line has at most `width` cells if that can be had.
    private func fit(_ columns: [Column], natural: [Int], width: Int) -> [Int] {
        var widths = natural
        let marked = columns.indices.filter { columns[$0].cutOrder != nil }
            .sorted { (columns[$0].cutOrder ?? 0) < (columns[$1].cutOrder ?? 0) }
        let isLastMarked = columns[columns.count - 1].cutOrder != nil
        let flexible =
            marked + (isLastMarked || columns[columns.count - 1].wraps ? [] : [columns.count - 1])
        var excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - width
        while excess > 0 {
            let widest = flexible.filter { widths[$0] > Self.narrowest }.max { left, right in
                widths[left] < widths[right]
            }
            guard let widest else { break }
            let others = flexible.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
            // Down to the next widest at once, and from there in turns.
            let step = min(excess, max(1, widths[widest] - max(others, Self.narrowest)))
            widths[widest] -= step
            excess -= step
        }
        return widths
    }

    private func line(
        _ texts: [String],
        _ widths: [Int],
        _ alignments: [Alignment],
        colours: [Colour?]?
    ) -> String {
        var line = ""
        for (index, text) in texts.enumerated() {
            let isLast = texts[(index + 1)...].allSatisfy(\.isEmpty)
            let cut = CellText.cut(text, to: widths[index])
            let colour = colours?[index]
            let padding = String(
                repeating: " ",
                count: max(0, widths[index] - DisplayWidth.of(cut))
            )
            if alignments[index] == .trailing { line += padding }
            line += colour?.paint(cut, when: true) ?? cut
            guard !isLast else { break }
            if alignments[index] == .leading { line += padding }
            line += String(repeating: " ", count: Self.gap)
        }
        return line
    }
}
