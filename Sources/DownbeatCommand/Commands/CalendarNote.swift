import DownbeatCore

/// What the calendar of a rule did around a fire time, in words.
struct CalendarNote {
    let rule: Rule

    /// More dates than this are told by their first and last.
    private static let datesNamed = 2
    /// More dates than this are not counted: an interval of years.
    private static let datesMax = 1000

    /// Which dates were left out between two fire times, and whether the second moved to its day.
    func notes(for at: Timestamp, after: Timestamp) -> [String] {
        guard let calendar = rule.calendar else { return [] }
        let name = calendar.calendar.name
        var notes: [String] = []
        if rule.withoutCalendar.next(after: at - .microseconds(1)) != at {
            notes.append("moved to the working day \(calendar.miss.rawValue) (\(name))")
        }
        let off = dates(.off, after: after, upTo: at)
        if !off.isEmpty { notes.append("left out \(words(off)) (\(name))") }
        let unknown = dates(.outside, after: after, upTo: at)
        if !unknown.isEmpty {
            let range = calendar.calendar.rangeWords
            notes.append("left out \(words(unknown)) (\(name) knows \(range))")
        }
        return notes
    }

    private func dates(
        _ state: DayState,
        after: Timestamp,
        upTo: Timestamp
    ) -> [CivilDate] {
        guard let left = rule.leftOut(state) else { return [] }
        var dates: [CivilDate] = []
        var cursor = after
        while dates.count < Self.datesMax, let slot = left.next(after: cursor), slot <= upTo {
            let date = rule.zone.civilTime(at: slot).date
            dates.append(date)
            let next = CivilDate(dayNumber: date.dayNumber + 1)
            let end = rule.zone.instant(of: CivilTime(date: next, secondOfDay: 0))
            cursor = max(slot, end - .microseconds(1))
        }
        return dates
    }

    private func words(_ dates: [CivilDate]) -> String {
        let notes = rule.calendar?.calendar.notes ?? [:]
        func named(_ date: CivilDate) -> String {
            let note = notes[date.dayNumber].map { " \(SafeText.line($0))" } ?? ""
            return TimeText.day(date) + note
        }
        guard dates.count > Self.datesNamed, let first = dates.first, let last = dates.last else {
            return dates.map(named).joined(separator: " and ")
        }
        return "\(dates.count) days, \(named(first)) to \(named(last))"
    }
}

extension Rule {
    /// Has another calendar judge the rule; what it does on a miss stays.
    mutating func put(_ calendar: DayCalendar) {
        self.calendar = RuleCalendar(calendar, miss: self.calendar?.miss ?? .skip)
    }
}
