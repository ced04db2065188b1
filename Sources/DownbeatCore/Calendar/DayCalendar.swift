/// Which days a schedule may fire on: a set of working days with the range in which it is known.
///
/// Immutable and shared: every schedule that names a calendar holds the same one. Two calendars are
/// equal when they answer alike for every date, whatever they are called.
package final class DayCalendar: Sendable {
    /// What messages call it: `cn-workdays`; of a calendar without a name its text,
    /// `all_of cn-workdays, trading`.
    package let name: String
    /// 16 hexadecimal digits that say all answers: part of the identity of a rule.
    package let contentHash: String
    /// What is known of single dates, such as the name of a holiday.
    package let notes: [Int: String]
    let table: DayTable

    init(name: String, table: DayTable, notes: [Int: String] = [:]) {
        self.name = name
        self.table = table
        self.notes = notes
        contentHash = table.contentHash.hexadecimal
    }

    /// The answer for a date; O(1).
    package func state(on date: CivilDate) -> DayState { table.state(of: date.dayNumber) }

    /// The last date before the first one, from `date` on, for which nothing is known.
    ///
    /// Nil when the calendar has no end. The day before `date` when it has ended already, or has not
    /// begun.
    package func lastKnownDate(from date: CivilDate) -> CivilDate? {
        table.first(.outside, onOrAfter: date.dayNumber).map { CivilDate(dayNumber: $0 - 1) }
    }

    /// The first date from `date` on that works; nil: none will come.
    package func nextWorkingDate(onOrAfter date: CivilDate) -> CivilDate? {
        table.first(.working, onOrAfter: date.dayNumber).map(CivilDate.init(dayNumber:))
    }

    /// The first and last dates for which anything is known; nil at a side without an end.
    package var knownRange: (first: CivilDate?, last: CivilDate?) {
        let known: DayStates = [.working, .off]
        let isOpen = (
            before: table.before != .outside, after: table.after != .outside
        )
        let early = Int(TimeLimits.earliestSecond) / CivilTime.secondsPerDay
        let late = Int(TimeLimits.latestSecond) / CivilTime.secondsPerDay
        return (
            isOpen.before
                ? nil : table.first(known, onOrAfter: early).map(CivilDate.init(dayNumber:)),
            isOpen.after
                ? nil : table.last(known, onOrBefore: late).map(CivilDate.init(dayNumber:))
        )
    }

    /// What is known of its dates: `2004-01-01 to 2026-12-31`, `all dates`.
    package var rangeWords: String {
        let range = knownRange
        switch (range.first, range.last) {
        case (nil, nil): return "all dates"
        case (let first?, nil): return "from \(InstantText.dateText(first))"
        case (nil, let last?): return "through \(InstantText.dateText(last))"
        case (let first?, let last?):
            return "\(InstantText.dateText(first)) to \(InstantText.dateText(last))"
        }
    }
}

extension DayCalendar: Hashable {
    package static func == (left: DayCalendar, right: DayCalendar) -> Bool {
        left === right || left.contentHash == right.contentHash
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(contentHash) }
}
