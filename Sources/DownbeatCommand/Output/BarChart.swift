import DownbeatCore

/// Bars of `#` beside their labels, as wide as the terminal.
///
/// Blocks and boxes would be smoother, but many terminals of Chinese systems show them in two cells.
struct BarChart {
    /// One bar.
    struct Bar {
        var label: String
        var value: Int64
    }

    /// Shorter ones say nothing.
    private static let leastWidth = 8
    private static let gap = 2

    var bars: [Bar]

    /// Lines of label, bar and figure; the largest value fills the width, and no value but 0 has no bar.
    func lines(width: Int) -> [String] {
        let figures = bars.map { Words.grouped(Int($0.value)) }
        let figureWidth = figures.map(\.count).max() ?? 0
        let room = width - figureWidth - 2 * Self.gap
        let labels = bars.map { SafeText.line($0.label) }
        let natural = labels.map { DisplayWidth.of($0) }.max() ?? 0
        // Half of it at most for labels, if that does not make the bars too short.
        let labelWidth = max(1, min(natural, max(room / 2, room - natural), room - Self.leastWidth))
        let barWidth = max(Self.leastWidth, room - labelWidth)
        let largest = max(1, bars.map(\.value).max() ?? 1)
        return zip(bars, zip(labels, figures)).map { bar, texts in
            let share = Double(max(0, bar.value)) / Double(largest)
            let length = bar.value > 0 ? max(1, Int((share * Double(barWidth)).rounded())) : 0
            let label = DisplayWidth.padded(CellText.cut(texts.0, to: labelWidth), to: labelWidth)
            return label + String(repeating: " ", count: Self.gap)
                + DisplayWidth.padded(String(repeating: "#", count: length), to: barWidth)
                + String(repeating: " ", count: Self.gap)
                + String(repeating: " ", count: figureWidth - texts.1.count) + texts.1
        }
    }
}
