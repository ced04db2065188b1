/// A set of wall times without a zone.
///
/// Wall times count seconds since 1970-01-01T00:00 on the wall.
protocol WallTimes {
    /// Whether the rhythm matters more than the time, which decides what daylight saving does:
    /// for cron, whether minute or hour begins with `*`.
    var isWildcard: Bool { get }
    /// The first matching wall time at or after `wall`; nil when none will ever come.
    func first(from wall: Int) -> Int?
    /// The last matching wall time at or before `wall` and not before `floor`.
    func last(upTo wall: Int, notBefore floor: Int) -> Int?
    /// How many wall times of a range match.
    func count(in range: Range<Int>) -> Int
}

/// Wall times made of some dates, and the same times on each of them.
protocol WallPattern: WallTimes {
    var days: DayMatcher { get }
    /// The first time of a day at or after a second of it.
    func firstSecond(from second: Int) -> Int?
    /// The last time of a day at or before a second of it.
    func lastSecond(upTo second: Int) -> Int?
    /// How many times a day has in a range of seconds.
    func countSeconds(in range: Range<Int>) -> Int
}

extension WallPattern {
    /// The first matching wall time at or after `wall`; nil when none will ever come.
    @inline(__always)
    func first(from wall: Int) -> Int? {
        let length = CivilTime.secondsPerDay
        let day = wall.flooredQuotient(by: length)
        guard let match = days.first(onOrAfter: day) else { return nil }
        guard match == day else { return firstSecond(from: 0).map { match * length + $0 } }
        if let found = firstSecond(from: wall - day * length) { return day * length + found }
        guard let next = days.first(onOrAfter: day + 1) else { return nil }
        return firstSecond(from: 0).map { next * length + $0 }
    }

    /// The last matching wall time at or before `wall` and not before `floor`.
    func last(upTo wall: Int, notBefore floor: Int) -> Int? {
        let length = CivilTime.secondsPerDay
        let day = wall.flooredQuotient(by: length)
        let floorDay = floor.flooredQuotient(by: length)
        guard let match = days.last(onOrBefore: day, notBefore: floorDay) else { return nil }
        let limit = match == day ? wall - day * length : length - 1
        if let second = lastSecond(upTo: limit) {
            let found = match * length + second
            return found >= floor ? found : nil
        }
        guard let earlier = days.last(onOrBefore: match - 1, notBefore: floorDay),
            let second = lastSecond(upTo: length - 1)
        else { return nil }
        let found = earlier * length + second
        return found >= floor ? found : nil
    }

    /// How many wall times of a range match; O(months in the range).
    func count(in range: Range<Int>) -> Int {
        guard !range.isEmpty else { return 0 }
        let length = CivilTime.secondsPerDay
        let firstDay = range.lowerBound.flooredQuotient(by: length)
        let lastDay = (range.upperBound - 1).flooredQuotient(by: length)
        let start = range.lowerBound - firstDay * length
        let end = range.upperBound - lastDay * length
        guard firstDay < lastDay else {
            return matches(firstDay) ? countSeconds(in: start..<end) : 0
        }
        let whole = days.count(in: (firstDay + 1)..<lastDay) * countSeconds(in: 0..<length)
        return whole + (matches(firstDay) ? countSeconds(in: start..<length) : 0)
            + (matches(lastDay) ? countSeconds(in: 0..<end) : 0)
    }

    private func matches(_ day: Int) -> Bool { days.count(in: day..<(day + 1)) == 1 }
}

/// Times of day on selected days: `at` with `days`.
struct DailyPattern: WallPattern {
    /// In any order.
    var times: [TimeOfDay]
    var days: DayMatcher
    var isWildcard: Bool { false }

    func firstSecond(from second: Int) -> Int? {
        var best: Int?
        for time in times where time.secondOfDay >= second && time.secondOfDay < best ?? .max {
            best = time.secondOfDay
        }
        return best
    }

    func lastSecond(upTo second: Int) -> Int? {
        var best: Int?
        for time in times where time.secondOfDay <= second && time.secondOfDay > best ?? -1 {
            best = time.secondOfDay
        }
        return best
    }

    func countSeconds(in range: Range<Int>) -> Int {
        var count = 0
        var next = firstSecond(from: range.lowerBound)
        while let time = next, time < range.upperBound {
            count += 1
            next = firstSecond(from: time + 1)
        }
        return count
    }
}
