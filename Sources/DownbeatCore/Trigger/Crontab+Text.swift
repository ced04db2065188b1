/// Printing of expressions.
extension Crontab {
    /// One spelling for all expressions that fire alike in every zone; reading it again changes nothing.
    ///
    /// Numbers instead of names, lists of values and ranges instead of steps. A field that begins
    /// with `*` still does, since that decides about daylight saving and about the two day fields.
    /// Seconds and years stand there only if they say something. A rule that restricts both day
    /// fields and needs both, as a map of Celery's may, has `+` before its weekdays.
    package var canonicalText: String {
        let needsAnd = days.combination == .both && !isStar(.dayOfMonth) && !isStar(.dayOfWeek)
        return fields.map { field in
            (needsAnd && field == .dayOfWeek ? "+" : "") + canonicalText(of: field)
        }.joined(separator: " ")
    }

    /// The expression as a person would write it: as `canonicalText`, with steps where four and more
    /// values stand at one distance, and with `+` wherever both day fields restrict and both must match.
    ///
    /// Reading it gives an expression that fires alike.
    package var compactText: String {
        let bothRestrict = !isFull(.dayOfMonth) && !isFull(.dayOfWeek)
        let neitherIsStar = !isStar(.dayOfMonth) && !isStar(.dayOfWeek)
        let needsAnd = days.combination == .both && (bothRestrict || neitherIsStar)
        return fields.map { field in
            (needsAnd && field == .dayOfWeek ? "+" : "") + compactText(of: field)
        }.joined(separator: " ")
    }

    private func compactText(of field: CrontabField) -> String {
        let values =
            field == .year
            ? days.years.ranges.flatMap { Array($0) } : Self.values(mask(field))
        let step = values.count > 1 ? values[1] - values[0] : 1
        let isEven = zip(values, values.dropFirst()).allSatisfy { $1 - $0 == step }
        guard !isStar(field), values.count >= Self.steppedValuesMin, step > 1, isEven,
            let first = values.first, let last = values.last
        else { return canonicalText(of: field) }
        let end = last + step > field.highestBit ? field.highestBit : last
        let items = ["\(first)-\(end)/\(step)"]
        return (items + specialTexts(of: field)).joined(separator: ",")
    }

    /// Fewer values than these are as short without a step.
    private static let steppedValuesMin = 4

    /// The fields that say something, in order: five, with seconds six, with years seven.
    var fields: [CrontabField] {
        if !isFull(.year) { return CrontabField.seven }
        return isOnFullMinutes ? CrontabField.five : [.second] + CrontabField.five
    }

    /// The fields as written, with what they are; of a nickname, those that it stands for.
    var fieldTexts: [(field: CrontabField, text: String)] {
        guard !isCelery else { return CrontabField.five.map { ($0, canonicalText(of: $0)) } }
        let texts = (CrontabParser.expression(ofNickname: text) ?? text)
            .split { $0 == " " || $0 == "\t" }
            .map(String.init)
        let hasSeconds = texts.count > CrontabField.five.count
        return Array(zip(hasSeconds ? CrontabField.seven : CrontabField.five, texts))
    }

    func canonicalText(of field: CrontabField) -> String {
        guard field != .year else { return Self.list(days.years.ranges) }
        let mask = mask(field)
        var items: [String] = []
        var rest = mask
        if isStar(field) {
            if mask == field.full { return "*" }
            // The largest `*/n` inside the values, then the rest.
            for step in 2...(field.highestBit - field.lowest + 1) {
                let stepped = CrontabField.mask(field.lowest, field.highestBit, step: step)
                guard stepped & ~mask == 0 else { continue }
                items.append("*/\(step)")
                rest = mask & ~stepped
                break
            }
        }
        if rest != 0 { items.append(Self.list(rest)) }
        return (items + specialTexts(of: field)).joined(separator: ",")
    }

    /// `L`, `15W`, `5#2` and their like; empty in other fields.
    private func specialTexts(of field: CrontabField) -> [String] {
        switch field {
        case .dayOfMonth:
            var texts = days.includesLastDay ? ["L"] : []
            texts += Self.values(UInt64(days.special.daysBeforeLast)).map { "L-\($0)" }
            switch days.special.nearestWeekday {
            case 0: break
            case SpecialDays.lastWeekday: texts.append("LW")
            case let day where day > SpecialDays.lastWeekday:
                texts.append("L-\(day - SpecialDays.lastWeekday)W")
            case let day: texts.append("\(day)W")
            }
            return texts
        case .dayOfWeek:
            return (0...SpecialDays.lastLane).flatMap { lane in
                Self.values(UInt64(days.special.weekdays(ofLane: lane))).map { weekday in
                    lane == SpecialDays.lastLane ? "\(weekday)L" : "\(weekday)#\(lane + 1)"
                }
            }
        case .second, .minute, .hour, .month, .year:
            return []
        }
    }

    /// Values as a list, three and more in a row as a range.
    static func list(_ mask: UInt64) -> String { list(ranges(mask)) }

    static func list(_ ranges: [ClosedRange<Int>]) -> String {
        ranges.map { range in
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
