/// Printing of expressions.
extension Crontab {
    /// One spelling for all expressions that fire alike in every zone; reading it again changes nothing.
    ///
    /// Numbers instead of names, lists of values and ranges instead of steps. A field that begins
    /// with `*` still does, since that decides about daylight saving and about the two day fields.
    /// A map of Celery's that restricts both day fields has `+` before its weekdays, which this
    /// version prints but does not read.
    package var canonicalText: String {
        CrontabField.allCases.map { field in
            let needsAnd =
                field == .dayOfWeek && days.combination == .both
                && !isStar(.dayOfMonth) && !isStar(.dayOfWeek)
            return (needsAnd ? "+" : "") + canonicalText(of: field)
        }.joined(separator: " ")
    }

    /// The five fields as written; of a nickname, those that it stands for.
    package var fieldTexts: [String] {
        guard !isCelery else { return CrontabField.allCases.map(canonicalText(of:)) }
        return (CrontabParser.expression(ofNickname: text) ?? text)
            .split { $0 == " " || $0 == "\t" }
            .map(String.init)
    }

    func canonicalText(of field: CrontabField) -> String {
        let mask = mask(field)
        if isStar(field) {
            if mask == field.full { return "*" }
            // The largest `*/n` inside the values, then the rest.
            for step in 2...(field.highestBit - field.lowest + 1) {
                let stepped = CrontabField.mask(field.lowest, field.highestBit, step: step)
                guard stepped & ~mask == 0 else { continue }
                let rest = Self.list(mask & ~stepped)
                return rest.isEmpty ? "*/\(step)" : "*/\(step),\(rest)"
            }
        }
        return Self.list(mask)
    }

    /// Values as a list, three and more in a row as a range.
    static func list(_ mask: UInt64) -> String {
        ranges(mask).map { range in
            switch range.count {
            case 1: "\(range.lowerBound)"
            case 2: "\(range.lowerBound),\(range.upperBound)"
            default: "\(range.lowerBound)-\(range.upperBound)"
            }
        }.joined(separator: ",")
    }

    /// The runs of neighbouring bits.
    static func ranges(_ mask: UInt64) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        var rest = mask
        while rest != 0 {
            let low = rest.trailingZeroBitCount
            let length = (~(rest >> UInt64(low))).trailingZeroBitCount
            ranges.append(low...(low + length - 1))
            rest = low + length >= 64 ? 0 : rest & (~0 << UInt64(low + length))
        }
        return ranges
    }

    /// The bits of a mask as numbers.
    static func values(_ mask: UInt64) -> [Int] {
        ranges(mask).flatMap { Array($0) }
    }
}
