/// The wall times of another pattern on the days that a calendar has, with those moved to them.
///
/// All is decided on the wall, before any zone: the date of a wall time is its nominal one, and what
/// daylight saving does comes after it. A time on a day off moves to the same time of the nearest
/// working day before or after its stretch of days off; where the pattern fires there anyway, or another
/// time has moved there, there is one. Stretches next to dates that the calendar does not know
/// are not moved over those dates.
struct CalendarPattern<Base: WallTimes>: WallTimes {
    /// The farthest that a time moves; a longer stretch off is a season, not a holiday.
    static var daysMovedMax: Int { 366 }
    /// After so long dates, weekdays and a week that repeats come again: what was not found never is.
    static var searchMax: Int { CivilDate.daysPerCycle * CivilTime.secondsPerDay }

    var base: Base
    var table: DayTable
    /// Which days count.
    var wanted: DayStates
    var miss: CalendarMiss
    var isWildcard: Bool { base.isWildcard }

    private static var dayLength: Int { CivilTime.secondsPerDay }

    /// Days off in a row, and the working day that their times move to.
    private struct Move {
        var days: ClosedRange<Int>
        var target: Int
    }

    func first(from wall: Int) -> Int? {
        let kept = firstKept(wanted, from: wall)
        guard miss != .skip, let moved = firstMoved(from: wall, before: kept ?? .max) else {
            return kept
        }
        return min(kept ?? .max, moved)
    }

    func last(upTo wall: Int, notBefore floor: Int) -> Int? {
        let kept = lastKept(upTo: wall, notBefore: floor)
        guard miss != .skip,
            let moved = lastMoved(upTo: wall, notBefore: max(floor, kept ?? .min))
        else { return kept }
        return max(kept ?? .min, moved)
    }

    func count(in range: Range<Int>) -> Int {
        guard !range.isEmpty else { return 0 }
        var total = 0
        var day = range.lowerBound.flooredQuotient(by: Self.dayLength)
        while let start = table.first(wanted, onOrAfter: day),
            start * Self.dayLength < range.upperBound
        {
            let end = table.first(wanted.others, onOrAfter: start)
            let low = max(range.lowerBound, start * Self.dayLength)
            let high = min(range.upperBound, end.map { $0 * Self.dayLength } ?? range.upperBound)
            total += base.count(in: low..<high)
            guard let end else { break }
            day = end
        }
        return miss == .skip ? total : total + countMoved(in: range)
    }

    // MARK: On days that count

    private func firstKept(_ wanted: DayStates, from wall: Int) -> Int? {
        var from = wall
        while let match = base.first(from: from) {
            let day = match.flooredQuotient(by: Self.dayLength)
            guard let next = table.first(wanted, onOrAfter: day) else { return nil }
            if next == day { return match }
            from = next * Self.dayLength
            guard from - max(wall, table.lastDay * Self.dayLength) < Self.searchMax else {
                return nil
            }
        }
        return nil
    }

    private func lastKept(upTo wall: Int, notBefore floor: Int) -> Int? {
        var upTo = wall
        while upTo >= floor, let match = base.last(upTo: upTo, notBefore: floor) {
            let day = match.flooredQuotient(by: Self.dayLength)
            guard let earlier = table.last(wanted, onOrBefore: day) else { return nil }
            if earlier == day { return match }
            upTo = (earlier + 1) * Self.dayLength - 1
        }
        return nil
    }

    // MARK: Moved to them

    private func firstMoved(from wall: Int, before bound: Int) -> Int? {
        let day = wall.flooredQuotient(by: Self.dayLength)
        // The first day off whose target is not before `wall`.
        var from: Int
        switch miss {
        case .skip: return nil
        case .after:
            let lastOther = table.last(DayStates.off.others, onOrBefore: day - 1)
            from = max(lastOther ?? .min, day - 1 - Self.daysMovedMax) + 1
        case .before: from = day + 1
        }
        while let missed = firstKept(.off, from: from * Self.dayLength) {
            let missedDay = missed.flooredQuotient(by: Self.dayLength)
            let end = table.first(DayStates.off.others, onOrAfter: missedDay)
            if let move = move(of: missedDay) {
                guard move.target * Self.dayLength < bound else { return nil }
                let low = max(0, wall - move.target * Self.dayLength)
                if low < Self.dayLength, let second = firstSecond(in: move.days, from: low) {
                    return move.target * Self.dayLength + second
                }
            } else if missed - Self.daysMovedMax * Self.dayLength >= bound {
                return nil
            }
            guard let end else { return nil }
            from = max(end, from + 1)
            guard (from - max(day, table.lastDay)) * Self.dayLength < Self.searchMax else {
                return nil
            }
        }
        return nil
    }

    private func lastMoved(upTo wall: Int, notBefore floor: Int) -> Int? {
        let floorDay = floor.flooredQuotient(by: Self.dayLength)
        var target = wall.flooredQuotient(by: Self.dayLength)
        while target >= floorDay, let day = table.last(.working, onOrBefore: target),
            day >= floorDay
        {
            if let days = stretch(movingTo: day) {
                let high = min(Self.dayLength - 1, wall - day * Self.dayLength)
                if let second = lastSecond(in: days, upTo: high) {
                    let found = day * Self.dayLength + second
                    return found >= floor ? found : nil
                }
            }
            // The working day next to the stretch of days off before this one.
            let neighbour = miss == .after ? day - 1 : day
            guard let off = table.last(.off, onOrBefore: neighbour - 1) else { return nil }
            target =
                miss == .after
                ? min(day - 1, off + 1)
                : (table.last(DayStates.off.others, onOrBefore: off) ?? .min)
        }
        return nil
    }

    private func countMoved(in range: Range<Int>) -> Int {
        var total = 0
        var from = range.lowerBound
        // Each time that is found is looked at once, so this costs what the answer counts.
        while let moved = firstMoved(from: from, before: range.upperBound), moved < range.upperBound
        {
            let isKept = firstKept(wanted, from: moved) == moved
            if !isKept { total += 1 }
            from = moved + 1
        }
        return total
    }

    /// Where the times of a day off move to; nil: nowhere.
    private func move(of day: Int) -> Move? {
        let others = DayStates.off.others
        let target =
            miss == .after
            ? table.first(others, onOrAfter: day) : table.last(others, onOrBefore: day)
        guard let target, abs(target - day) <= Self.daysMovedMax,
            table.state(of: target) == .working
        else { return nil }
        return stretch(movingTo: target).map { Move(days: $0, target: target) }
    }

    /// The days off whose times move to a working day.
    private func stretch(movingTo target: Int) -> ClosedRange<Int>? {
        let others = DayStates.off.others
        switch miss {
        case .skip: return nil
        case .after:
            let before = table.last(others, onOrBefore: target - 1) ?? .min / 2
            let first = max(before + 1, target - Self.daysMovedMax)
            return first < target ? first...(target - 1) : nil
        case .before:
            let after = table.first(others, onOrAfter: target + 1) ?? .max / 2
            let last = min(after - 1, target + Self.daysMovedMax)
            return last > target ? (target + 1)...last : nil
        }
    }

    private func firstSecond(in days: ClosedRange<Int>, from second: Int) -> Int? {
        var best: Int?
        for day in days {
            let start = day * Self.dayLength
            guard let match = base.first(from: start + second) else { break }
            guard match < start + Self.dayLength, match - start < best ?? .max else { continue }
            best = match - start
        }
        return best
    }

    private func lastSecond(in days: ClosedRange<Int>, upTo second: Int) -> Int? {
        guard second >= 0 else { return nil }
        var best: Int?
        for day in days {
            let start = day * Self.dayLength
            guard let match = base.last(upTo: start + second, notBefore: start) else { continue }
            if match - start > best ?? -1 { best = match - start }
        }
        return best
    }
}
