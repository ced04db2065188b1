import DownbeatCore

/// How far a run has come, in words.
enum ProgressText {
    /// Cells of a bar, without its brackets.
    private static let barWidth = 18

    /// `backup  [#########---------]  1.7 of 3.4 GB  88 MB/s  19s left`.
    static func bar(_ label: String, _ reading: ProgressReading) -> String {
        let progress = reading.progress
        guard let total = progress.total, total > 0 else { return line(label, reading) }
        let share = min(1, max(0, Double(progress.done) / Double(total)))
        let filled = Int(share * Double(barWidth))
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: "-", count: barWidth - filled)
        return "\(head(label, progress))  [\(bar)]  \(figures(reading))"
    }

    /// The same without a bar, for a log.
    static func line(_ label: String, _ reading: ProgressReading) -> String {
        "\(head(label, reading.progress))  \(figures(reading))"
    }

    /// `1.7 of 3.4 GB  88 MB/s  19s left`; what is not known is left out.
    static func figures(_ reading: ProgressReading) -> String {
        var parts = [amount(reading.progress)]
        if let rate = reading.rate {
            switch reading.progress.unit {
            case .bytes: parts.append(Words.bytes(Int64(rate)) + "/s")
            case .items: parts.append("\(Words.grouped(Int(rate)))/s")
            }
        }
        if let left = reading.left { parts.append("\(TimeText.duration(left)) left") }
        return parts.joined(separator: "  ")
    }

    /// `copy 1.7 of 3.4 GB  88 MB/s  19s left`, for a line that names the run already.
    static func brief(_ reading: ProgressReading) -> String {
        let phase = reading.progress.phase
        return (phase.isEmpty ? "" : phase + " ") + figures(reading)
    }

    private static func head(_ label: String, _ progress: RunProgress) -> String {
        progress.phase.isEmpty ? label : "\(label) \(progress.phase)"
    }

    private static func amount(_ progress: RunProgress) -> String {
        switch (progress.unit, progress.total) {
        case (.bytes, nil): return Words.bytes(progress.done)
        case (.items, nil): return Words.grouped(Int(progress.done))
        case (.items, let total?):
            return "\(Words.grouped(Int(progress.done))) of \(Words.grouped(Int(total)))"
        case (.bytes, let total?):
            let whole = Words.bytes(total)
            // Both in the unit of the total, which is said once.
            let done = Words.bytes(progress.done, inUnitOf: total)
            return "\(done) of \(whole)"
        }
    }
}
