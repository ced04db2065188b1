/// Numbers with their nouns.
enum Words {
    /// `1 error`, `2 errors`, `1,190 runs`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(grouped(number)) \(number == 1 ? noun : noun + "s")"
    }

    /// `1 copy`, `2 copies`: for a noun whose plural is not formed by an s.
    static func count(_ number: Int, _ noun: String, _ plural: String) -> String {
        "\(grouped(number)) \(number == 1 ? noun : plural)"
    }

    /// `1,190`.
    static func grouped(_ number: Int) -> String {
        var digits = String(abs(number))
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        groups.insert(digits, at: 0)
        return (number < 0 ? "-" : "") + groups.joined(separator: ",")
    }

    /// `1.1 GB`, `93 MB`, `512 B`.
    static func bytes(_ count: Int64) -> String {
        var size = Double(count)
        for unit in ["B", "kB", "MB", "GB"] {
            if size < 1000 { return trimmed(size, unit) }
            size /= 1000
        }
        return trimmed(size, "TB")
    }

    /// `79.8%`; `<0.1%` for less, but not for nothing.
    static func share(_ part: Int64, of whole: Int64) -> String {
        guard part > 0, whole > 0 else { return "0%" }
        let tenths = Int((Double(part) / Double(whole) * 1000).rounded())
        return tenths == 0 ? "<0.1%" : "\(tenths / 10).\(tenths % 10)%"
    }

    /// `0.45ms`, `4.2ms`, `270ms`, `1.3s`, of microseconds.
    static func latency(_ microseconds: Int64) -> String {
        let (value, unit) =
            microseconds < 1_000_000
            ? (Double(microseconds) / 1000, "ms") : (Double(microseconds) / 1_000_000, "s")
        let digits = value < 1 ? 100.0 : value < 10 ? 10 : 1
        let rounded = Int((value * digits).rounded())
        guard digits > 1, !rounded.isMultiple(of: Int(digits)) else {
            return "\(rounded / Int(digits))\(unit)"
        }
        let fraction = String(rounded % Int(digits))
        let zeros = String(repeating: "0", count: (digits == 100 ? 2 : 1) - fraction.count)
        return "\(rounded / Int(digits)).\(zeros)\(fraction)\(unit)"
    }

    /// `1.7`: a count in the unit of another, without the unit.
    static func bytes(_ count: Int64, inUnitOf whole: Int64) -> String {
        var (size, whole) = (Double(count), Double(whole))
        var isWhole = true
        for _ in ["kB", "MB", "GB", "TB"] where whole >= 1000 {
            whole /= 1000
            size /= 1000
            isWhole = false
        }
        guard !isWhole, whole < 10 else { return "\(Int(size.rounded()))" }
        let tenths = Int((size * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func trimmed(_ size: Double, _ unit: String) -> String {
        let tenths = Int((size * 10).rounded())
        return size >= 10 || tenths % 10 == 0
            ? "\(Int(size.rounded())) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
