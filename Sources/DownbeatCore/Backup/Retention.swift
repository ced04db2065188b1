/// How many copies are kept, and of which periods.
///
/// Each count is one rule; a copy that any rule keeps is kept. A rule of a period keeps one copy of
/// each of the newest so many periods *that have a copy*, so a pause of the daemon never costs old
/// copies (as restic and borg count). Of a period the newest verified copy is kept, or the newest one
/// if none is verified. Periods are those of the calendar in the schedule's zone; weeks are ISO
/// weeks, from Monday. With no rule at all everything is kept.
package struct Retention: Hashable, Sendable, Codable {
    /// The newest so many copies.
    package var last: Int?
    package var hourly: Int?
    package var daily: Int?
    package var weekly: Int?
    package var monthly: Int?
    package var yearly: Int?

    /// More copies than this are no retention but a mistake.
    package static let countMax = 100_000

    package init(
        last: Int? = nil,
        hourly: Int? = nil,
        daily: Int? = nil,
        weekly: Int? = nil,
        monthly: Int? = nil,
        yearly: Int? = nil
    ) {
        self.last = last
        self.hourly = hourly
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
        self.yearly = yearly
    }

    private enum CodingKeys: String, CodingKey {
        case last = "keep_last"
        case hourly = "keep_hourly"
        case daily = "keep_daily"
        case weekly = "keep_weekly"
        case monthly = "keep_monthly"
        case yearly = "keep_yearly"
    }

    /// Whether no rule is given, so that everything is kept.
    package var keepsEverything: Bool {
        [last, hourly, daily, weekly, monthly, yearly].allSatisfy { $0 == nil }
    }

    /// A copy, as far as retention looks at it.
    package struct Copy: Hashable, Sendable {
        package var name: String
        package var takenAt: Timestamp
        package var isVerified: Bool

        package init(name: String, takenAt: Timestamp, isVerified: Bool) {
            self.name = name
            self.takenAt = takenAt
            self.isVerified = isVerified
        }
    }

    /// What becomes of a copy.
    package struct Verdict: Hashable, Sendable {
        package var copy: Copy
        /// Why it is kept, such as `daily 2026-11-23`; empty: it is deleted.
        package var reasons: [String]

        package var isKept: Bool { !reasons.isEmpty }
    }

    /// Decides on each copy, the newest first.
    ///
    /// The newest verified copy is kept whatever the rules say.
    ///
    /// - Parameters:
    ///   - copies: of one schedule, in any order.
    ///   - zone: whose calendar has the periods.
    /// - Returns: a verdict for each; O(n log n).
    package func verdicts(on copies: [Copy], zone: ZoneRules) -> [Verdict] {
        // The name decides between two of one instant, so that the answer does not hang on order.
        let sorted = copies.sorted { ($1.takenAt, $1.name) < ($0.takenAt, $0.name) }
        var verdicts = sorted.map { Verdict(copy: $0, reasons: []) }
        guard !keepsEverything else {
            return sorted.map { Verdict(copy: $0, reasons: ["no rule deletes"]) }
        }
        for index in verdicts.indices.prefix(last ?? 0) { verdicts[index].reasons.append("last") }
        for (period, count) in periods where count > 0 {
            keep(count, of: period, in: &verdicts, zone)
        }
        if let newest = verdicts.firstIndex(where: \.copy.isVerified) {
            verdicts[newest].reasons.append("newest verified")
        }
        return verdicts
    }

    private var periods: [(RetentionPeriod, Int)] {
        [
            (.hourly, hourly ?? 0), (.daily, daily ?? 0), (.weekly, weekly ?? 0),
            (.monthly, monthly ?? 0), (.yearly, yearly ?? 0),
        ]
    }

    private func keep(
        _ count: Int,
        of period: RetentionPeriod,
        in verdicts: inout [Verdict],
        _ zone: ZoneRules
    ) {
        // By name, not by neighbourhood: a clock that goes back over midnight has a day twice.
        var chosen: [String: Int] = [:]
        for (index, verdict) in verdicts.enumerated() {
            let name = period.name(of: verdict.copy.takenAt, zone: zone)
            if let other = chosen[name] {
                let isBetter = verdict.copy.isVerified && !verdicts[other].copy.isVerified
                if isBetter { chosen[name] = index }
            } else if chosen.count < count {
                chosen[name] = index
            }
        }
        for (name, index) in chosen { verdicts[index].reasons.append("\(period) \(name)") }
    }
}

/// A period of the calendar of which one copy is kept.
package enum RetentionPeriod: String, CaseIterable, Sendable, CustomStringConvertible {
    case hourly
    case daily
    case weekly
    case monthly
    case yearly

    package var description: String { rawValue }

    /// The name of the period that holds an instant, such as `2026-W48`; later periods differ.
    ///
    /// An hour that the clock shows twice is two hours, told apart by their offset from UTC.
    package func name(of instant: Timestamp, zone: ZoneRules) -> String {
        let wall = zone.civilTime(at: instant)
        let date = wall.date
        switch self {
        case .hourly:
            let offset = InstantText.offsetText(zone.offset(at: instant) / 60 * 60)
            return "\(InstantText.dateText(date))T\(Digits.two(wall.hour))\(offset)"
        case .daily: return InstantText.dateText(date)
        case .weekly:
            let week = ISOWeek(of: date)
            return "\(Digits.padded(week.year, width: 4))-W\(Digits.two(week.number))"
        case .monthly:
            return "\(Digits.padded(date.year, width: 4))-\(Digits.two(date.month))"
        case .yearly: return Digits.padded(date.year, width: 4)
        }
    }
}

/// A week of ISO 8601: from Monday on, week 1 holds the year's first Thursday.
struct ISOWeek: Hashable, Sendable {
    var year: Int
    /// 1 to 53.
    var number: Int

    init(of date: CivilDate) {
        let day = date.dayNumber
        // The week belongs to the year of its Thursday.
        let monday = day - (date.weekday + 6) % 7
        year = CivilDate(dayNumber: monday + 3).year
        let first = CivilDate(year: year, month: 1, day: 1).dayNumber
        number = (monday + 3 - first) / 7 + 1
    }
}
