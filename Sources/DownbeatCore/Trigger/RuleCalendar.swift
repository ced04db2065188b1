/// What becomes of a slot on a day on which its calendar does not work.
package enum CalendarMiss: String, Hashable, Sendable, Codable, CaseIterable {
    /// It is left out.
    case skip
    /// It moves to the same time of the last working day before.
    case before
    /// It moves to the same time of the next working day.
    case after
}

/// The calendar of a rule, with what it does to slots on other days.
package struct RuleCalendar: Hashable, Sendable {
    package var calendar: DayCalendar
    package var miss: CalendarMiss
    /// Which days the rule keeps; working ones, except where what was left out is counted.
    var side: DayStates

    package init(_ calendar: DayCalendar, miss: CalendarMiss = .skip) {
        self.calendar = calendar
        self.miss = miss
        side = .working
    }

    /// The calendar's part of a rule's canonical text: all its answers, and what is done on a miss.
    var canonicalText: String { calendar.contentHash + " " + miss.rawValue }

    /// The words of a trigger with the calendar: `daily 09:00, cn-workdays`.
    func words(after trigger: String) -> String { trigger + ", " + calendar.name }

    /// What it does, in a sentence: `on working days of cn-workdays; on other days it moves to the
    /// next one`.
    package var sentence: String { EnglishPhrases().calendar(calendar.name, miss) }

    /// The pattern on the days that count.
    func pattern<Base: WallTimes>(_ base: Base) -> CalendarPattern<Base> {
        CalendarPattern(base: base, table: calendar.table, wanted: side, miss: miss)
    }
}
