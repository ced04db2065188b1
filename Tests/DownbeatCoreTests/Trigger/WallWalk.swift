import DownbeatCore

/// A slow walk that shares nothing with `Rule` but `ZoneRules.offset(at:)`: each second of the matching
/// minutes of each matching local day is mapped to instants by trying offsets.
///
/// It has a lenient reading of valid expressions of its own.
struct WallWalk {
    private let seconds: [Int]
    private let minutes: Set<Int>
    private let hours: Set<Int>
    private let months: Set<Int>
    private let years: Set<Int>
    private let monthDays: [String]
    private let weekdays: [String]
    private let needsBothDays: Bool
    private let policy: (gap: DaylightPolicy.Gap, overlap: DaylightPolicy.Overlap)
    private let zone: ZoneRules

    private static let names = [
        "sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "jan": 1, "feb": 2,
    ]

    init(expression: String, zone: ZoneRules, daylight: DaylightPolicy = DaylightPolicy()) {
        self.zone = zone
        var fields = expression.split(separator: " ").map { $0.lowercased() }
        if fields.count == 5 { fields.insert("0", at: 0) }
        if fields.count == 6 { fields.append("*") }
        let isRhythm = fields[0...2].contains { $0.hasPrefix("*") }
        seconds = Self.values(fields[0], 0, 59).sorted()
        minutes = Self.values(fields[1], 0, 59)
        hours = Self.values(fields[2], 0, 23)
        months = Self.values(fields[4], 1, 12)
        years = fields[6] == "*" ? [] : Self.values(fields[6], 1970, 2199)
        let plus = fields[5].hasPrefix("+")
        needsBothDays =
            plus || [fields[3], fields[5]].contains { $0.hasPrefix("*") || $0 == "?" }
        monthDays = fields[3].split(separator: ",").map(String.init)
        weekdays = fields[5].dropFirst(plus ? 1 : 0).split(separator: ",").map(String.init)
        let gap = daylight.gap == .auto ? (isRhythm ? .skip : .next) : daylight.gap
        let overlap = daylight.overlap == .auto ? (isRhythm ? .both : .first) : daylight.overlap
        policy = (gap, overlap)
    }

    /// Times of a matching day.
    var timesADay: Int { seconds.count * minutes.count * hours.count }

    private static func number(_ word: some StringProtocol) -> Int {
        names[String(word)] ?? Int(word) ?? -1
    }

    private static func values(_ text: String, _ lowest: Int, _ highest: Int) -> Set<Int> {
        var all: Set<Int> = []
        for item in text.split(separator: ",") {
            let parts = item.split(separator: "/")
            let step = parts.count == 2 ? number(parts[1]) : 1
            let ends =
                parts[0] == "*" || parts[0] == "?" ? [] : parts[0].split(separator: "-").map(number)
            let low = ends.first ?? lowest
            let high =
                ends.isEmpty
                ? highest : ends.last == 0 && low > 0 && highest == 7 ? 7 : ends.last ?? low
            for value in stride(from: low, through: high, by: step) { all.insert(value) }
        }
        if highest == 7, all.contains(7) { all.insert(0) }
        return all
    }

    /// The fire times in (after, upTo].
    func fireTimes(after: Timestamp, upTo: Timestamp) -> [Timestamp] {
        let margin = 3 * 86_400
        let first = Int(after.seconds)
        let last = Int(upTo.seconds)
        let offsets = Set(
            stride(from: first - margin, through: last + margin, by: 900).map(offset)
        )
        let lowest = first + (offsets.min() ?? 0) - 4 * 3600
        let highest = last + (offsets.max() ?? 0) + 4 * 3600
        var found: Set<Timestamp> = []
        for day in (lowest / 86_400)...(highest / 86_400) where matches(day) {
            for minute in 0..<1440
            where minutes.contains(minute % 60) && hours.contains(minute / 60) {
                let wall = day * 86_400 + minute * 60
                guard wall > lowest - 60, wall < highest else { continue }
                for second in seconds { found.formUnion(instants(wall + second, offsets)) }
            }
        }
        return found.filter { $0 > after && $0 <= upTo }.sorted()
    }

    /// Whether the wall shows a time of the expression at an instant.
    func isShown(at instant: Timestamp) -> Bool {
        let wall = Int(instant.seconds) + offset(Int(instant.seconds))
        let day = Int((Double(wall) / 86_400).rounded(.down))
        let second = wall - day * 86_400
        return matches(day) && hours.contains(second / 3600) && minutes.contains(second / 60 % 60)
            && seconds.contains(second % 60)
    }

    private func matches(_ day: Int) -> Bool {
        let date = CivilDate(dayNumber: day)
        guard months.contains(date.month), years.isEmpty || years.contains(date.year) else {
            return false
        }
        let weekday = ((day + 4) % 7 + 7) % 7
        let length = (28...31).last {
            let end = CivilDate(dayNumber: day - date.day + $0)
            return end.month == date.month
        }
        let byDay = monthDays.contains { isMonthDay(date.day, weekday, length ?? 0, $0) }
        let byWeekday = weekdays.contains { isWeekday(weekday, date.day, length ?? 0, $0) }
        return needsBothDays ? byDay && byWeekday : byDay || byWeekday
    }

    private func isMonthDay(_ day: Int, _ weekday: Int, _ length: Int, _ item: String) -> Bool {
        if item == "l" { return day == length }
        guard item.hasSuffix("w") else { return Self.values(item, 1, 31).contains(day) }
        guard (1...5).contains(weekday) else { return false }
        let target = item == "lw" ? length : Self.number(item.dropLast())
        guard target <= length else { return false }
        // The nearest of all weekdays of the month; the last one is never after the last day.
        let ofMonth = (1...length).filter { (1...5).contains(((weekday + $0 - day) % 7 + 7) % 7) }
        let nearest = ofMonth.min { abs($0 - target) < abs($1 - target) }
        return day == (item == "lw" ? ofMonth.last : nearest)
    }

    private func isWeekday(_ weekday: Int, _ day: Int, _ length: Int, _ item: String) -> Bool {
        if let hash = item.firstIndex(of: "#") {
            guard Self.number(item[..<hash]) % 7 == weekday else { return false }
            let count = item[item.index(after: hash)...]
            return count == "l" ? day + 7 > length : (day + 6) / 7 == Self.number(count)
        }
        if item.hasSuffix("l") {
            return Self.number(item.dropLast()) % 7 == weekday && day + 7 > length
        }
        return Self.values(item, 0, 7).contains(weekday)
    }

    private func instants(_ wall: Int, _ offsets: Set<Int>) -> [Timestamp] {
        let shown = offsets.map { wall - $0 }.filter { offset($0) == wall - $0 }.sorted()
        guard !shown.isEmpty else { return instantsOfGap(wall) }
        guard shown.count == 2, policy.overlap != .both,
            offset(shown[0]) - offset(shown[1]) <= 3 * 3600
        else { return shown.map(timestamp) }
        return [timestamp(shown[policy.overlap == .first ? 0 : 1])]
    }

    /// What fires for a wall time that no instant shows; the end of its gap is found by halving.
    private func instantsOfGap(_ wall: Int) -> [Timestamp] {
        guard policy.gap != .skip else { return [] }
        var low = wall - 30 * 3600
        var high = wall + 30 * 3600
        while high - low > 1 {
            let middle = (low + high) / 2
            if middle + offset(middle) < wall { low = middle } else { high = middle }
        }
        guard offset(high) - offset(low) <= 3 * 3600 else { return [] }
        return [timestamp(policy.gap == .next ? high : wall - offset(low))]
    }

    private func offset(_ second: Int) -> Int { zone.offset(at: timestamp(second)) }

    private func timestamp(_ second: Int) -> Timestamp { Timestamp(seconds: Int64(second)) }
}
