/// What a calendar says of a date.
package enum DayState: String, Hashable, Sendable, CaseIterable {
    case working
    case off
    /// The calendar's years do not reach it: nothing is known, so nothing is assumed.
    case outside
}

/// A set of answers that a search looks for.
package struct DayStates: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let working = DayStates(rawValue: 1)
    package static let off = DayStates(rawValue: 2)
    package static let outside = DayStates(rawValue: 4)

    /// The other answers.
    var others: DayStates { DayStates(rawValue: ~rawValue & 7) }
}

/// Which weekdays work, as bits: 0 for Sunday to 6 for Saturday.
package struct WorkingWeek: Hashable, Sendable {
    package var working: UInt8

    package init(working: UInt8) { self.working = working & 0x7F }

    /// Monday to Friday.
    package static let weekdays = WorkingWeek(working: 0x3E)
    package static let daily = WorkingWeek(working: 0x7F)

    /// The words that `bits(of:)` takes, for suggestions.
    package static let words =
        ["weekdays", "daily"] + CrontabField.weekdayNames.map { $0.lowercased() }

    /// The weekday that a name means, 0 for Sunday: three letters or English and full, in any case.
    package static func weekday(named name: String) -> Int? {
        let wanted = name.lowercased()
        return CrontabField.weekdayNames.firstIndex { day in
            let full = day.lowercased()
            return wanted == full || wanted == full.prefix(3)
        }
    }

    /// The bits of one item: `weekdays`, `daily`, `mon`, `Saturday`, or a range such as `sun-thu`,
    /// which may run over the end of a week; nil: it is none of these.
    package static func bits(of item: String) -> UInt8? {
        switch item.lowercased() {
        case "weekdays": return weekdays.working
        case "daily": return daily.working
        default: break
        }
        let ends = item.split(separator: "-", omittingEmptySubsequences: false)
            .map { weekday(named: String($0)) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2 else {
            return nil
        }
        var bits: UInt8 = 0
        var day = first
        while true {
            bits |= 1 << UInt8(day)
            if day == last { return bits }
            day = (day + 1) % 7
        }
    }
}
