/// How far a backup is.
package struct BackupProgress: Hashable, Sendable, Codable {
    /// What is being done; each counts its own bytes.
    package enum Phase: String, Hashable, Sendable, Codable {
        /// Reading the source.
        case copying = "backup"
        case packing
        /// Reading the copy back.
        case checking
    }

    package var phase: Phase
    package var done: Int64
    /// Nil: not known.
    package var total: Int64?
    /// Since the phase began.
    package var elapsed: Duration

    package init(phase: Phase, done: Int64, total: Int64?, elapsed: Duration) {
        self.phase = phase
        self.done = done
        self.total = total
        self.elapsed = elapsed
    }

    /// Bytes a second since the phase began; nil: too early to say.
    package var rate: Double? {
        let micros = elapsed.wholeMicroseconds
        guard micros > 0, done > 0 else { return nil }
        return Double(done) * 1_000_000 / Double(micros)
    }

    /// How long the rest of the phase takes at this rate; nil: nobody knows.
    package var remaining: Duration? {
        guard let total, let rate, total >= done else { return nil }
        return .seconds(Int64((Double(total - done) / rate).rounded(.up)))
    }

    /// Cells of the bar.
    package static let barWidth = 18

    /// `backup  [#########---------]  1.7 of 3.4 GB  88 MB/s  19s left`.
    package var bar: String {
        var parts = [phase.rawValue]
        if let total {
            // What was estimated may turn out larger; a bar is full at most.
            let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
            let filled = Int(share * Double(Self.barWidth))
            let bar = String(repeating: "#", count: filled)
            let rest = String(repeating: "-", count: Self.barWidth - filled)
            parts.append("[\(bar)\(rest)]")
        }
        parts.append(words)
        if let rate { parts.append(ByteText.short(Int64(rate)) + "/s") }
        if let remaining { parts.append(TimeText.duration(remaining) + " left") }
        return parts.joined(separator: "  ")
    }

    /// `1.7 of 3.4 GB`.
    private var words: String {
        guard let total else { return ByteText.short(done) }
        let whole = ByteText.short(total)
        let unit = whole.split(separator: " ").last.map(String.init) ?? ""
        return "\(ByteText.number(done, unit: unit)) of \(whole)"
    }
}

/// Sizes as people read them: `512 B`, `1.7 GB`, `88 MB`; units are powers of 1000, as disks have.
package enum ByteText {
    private static let units = ["B", "kB", "MB", "GB", "TB", "PB"]

    /// Two digits or more: one after the point below 10.
    package static func short(_ bytes: Int64) -> String {
        let unit = unit(for: bytes)
        return "\(number(bytes, unit: unit)) \(unit)"
    }

    /// The number alone, in a unit that was chosen elsewhere.
    package static func number(_ bytes: Int64, unit: String) -> String {
        guard let power = units.firstIndex(of: unit), power > 0 else { return "\(bytes)" }
        let size = (0..<power).reduce(1.0) { size, _ in size * 1000 }
        let tenths = Int64((Double(bytes) / size * 10).rounded())
        guard tenths < 100 else { return "\(Int64((Double(bytes) / size).rounded()))" }
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func unit(for bytes: Int64) -> String {
        var rest = Double(bytes)
        for unit in units {
            // From here on it would be shown as 1000.
            if rest < 999.5 { return unit }
            rest /= 1000
        }
        return units[units.count - 1]
    }
}
