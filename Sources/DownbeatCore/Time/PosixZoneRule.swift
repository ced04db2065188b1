/// The POSIX TZ string of a TZif footer, such as `EST5EDT,M3.2.0,M11.1.0`: the rule for all time
/// after the last transition that the file lists.
///
/// Read as POSIX.1-2017 chapter 8.3 with the extension of RFC 9636 (section 3.3.1): hours of a change from -167
/// to 167. Offsets are stored in seconds *east* of UTC, the opposite of the text.
struct PosixZoneRule: Hashable {
    /// A day of each year.
    enum Day: Hashable {
        /// `Jn`: 1 to 365, February 29 is never counted.
        case julian(Int)
        /// `n`: 0 to 365, February 29 counts.
        case zeroBased(Int)
        /// `Mm.w.d`: weekday `d` of week `w` (5: the last) of month `m`.
        case weekday(month: Int, week: Int, weekday: Int)

        func dayNumber(year: Int) -> Int {
            let newYear = CivilDate(year: year, month: 1, day: 1).dayNumber
            switch self {
            case .julian(let day):
                return newYear + day - 1 + (CivilDate.isLeap(year) && day >= 60 ? 1 : 0)
            case .zeroBased(let day):
                return newYear + day
            case .weekday(let month, let week, let weekday):
                let first = CivilDate(year: year, month: month, day: 1).dayNumber
                let distance = (weekday - CivilDate.weekday(ofDay: first) + 7) % 7
                var day = 1 + distance + (week - 1) * 7
                if day > CivilDate.length(ofMonth: month, year: year) { day -= 7 }
                return first + day - 1
            }
        }
    }

    /// A change of offset: a day and a wall time of the offset that ends there.
    struct Change: Hashable {
        var day: Day
        var secondOfDay: Int
    }

    /// The half of the year with another offset.
    struct Daylight: Hashable {
        var offset: Int
        var start: Change
        var end: Change
    }

    var standardOffset: Int
    var daylight: Daylight?

    /// Parses the text between the two line feeds of the footer; nil when it is not valid.
    init?(_ text: ArraySlice<UInt8>) {
        var scanner = Scanner(rest: text)
        guard scanner.skipName(), let offset = scanner.offset(hoursMax: 24) else { return nil }
        standardOffset = -offset
        guard !scanner.rest.isEmpty else { return }
        guard scanner.skipName() else { return nil }
        var daylightOffset = standardOffset + 3600
        if let first = scanner.rest.first, first != UInt8(ascii: ",") {
            guard let offset = scanner.offset(hoursMax: 24) else { return nil }
            daylightOffset = -offset
        }
        guard let start = scanner.change(), let end = scanner.change(), scanner.rest.isEmpty else {
            return nil
        }
        daylight = Daylight(offset: daylightOffset, start: start, end: end)
    }

    /// The two changes of a year as instants with the offset that begins there, in order.
    func changes(year: Int) -> [(instant: Int, offset: Int)] {
        guard let daylight else { return [] }
        let start = instant(of: daylight.start, year: year, offsetBefore: standardOffset)
        let end = instant(of: daylight.end, year: year, offsetBefore: daylight.offset)
        let begins = (instant: start, offset: daylight.offset)
        let ends = (instant: end, offset: standardOffset)
        return start < end ? [begins, ends] : [ends, begins]
    }

    private func instant(of change: Change, year: Int, offsetBefore: Int) -> Int {
        change.day.dayNumber(year: year) * CivilTime.secondsPerDay + change.secondOfDay
            - offsetBefore
    }
}

/// Reads the parts of a POSIX TZ string from the front; every method leaves `rest` behind its part.
private struct Scanner {
    var rest: ArraySlice<UInt8>

    mutating func skipName() -> Bool {
        if rest.first == UInt8(ascii: "<") {
            guard let close = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
            rest = rest[(close + 1)...]
            return true
        }
        let name = rest.prefix { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        rest = rest.dropFirst(name.count)
        return name.count >= 3
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func offset(hoursMax: Int) -> Int? {
        var sign = 1
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            sign = first == UInt8(ascii: "-") ? -1 : 1
            rest = rest.dropFirst()
        }
        guard let hours = number(max: hoursMax) else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] {
            guard skip(":") else { break }
            guard let value = number(max: 59) else { return nil }
            seconds += value * unit
        }
        return sign * seconds
    }

    /// `,day[/time]`.
    mutating func change() -> PosixZoneRule.Change? {
        guard skip(","), let day = day() else { return nil }
        guard skip("/") else { return PosixZoneRule.Change(day: day, secondOfDay: 2 * 3600) }
        guard let time = offset(hoursMax: 167) else { return nil }
        return PosixZoneRule.Change(day: day, secondOfDay: time)
    }

    private mutating func day() -> PosixZoneRule.Day? {
        if skip("J") {
            guard let day = number(max: 365), day >= 1 else { return nil }
            return .julian(day)
        }
        guard skip("M") else { return number(max: 365).map { .zeroBased($0) } }
        guard let month = number(max: 12), month >= 1, skip("."),
            let week = number(max: 5), week >= 1, skip("."),
            let weekday = number(max: 6)
        else { return nil }
        return .weekday(month: month, week: week, weekday: weekday)
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func number(max: Int) -> Int? {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (1...3).contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return value <= max ? value : nil
    }
}
