/// The fire times of a line as cron's own loop comes to them: minute by minute on a wall clock.
///
/// This is Vixie's loop (`cron.c`) over virtual time, with the rules that Debian's cron and cronie
/// have for changes of the clock of up to three hours: forward, a line at fixed times that fall into
/// the gap is started right after it, and one whose minute or hour begins with `*` is not; back, a
/// line at fixed times is not started again, and one with `*` is. A larger change is a new time that
/// counts at once. Two starts at one instant count as one.
///
/// Cost: days without a match or a change of the clock are passed over; the others cost a step a
/// minute of the hours that match.
struct CronWalk {
    let reading: CronReading
    let zone: ZoneRules

    /// Changes of the clock up to this many minutes are daylight saving; larger ones a correction.
    private static let changeMax = 180
    private static let minutesPerDay = 1440
    /// How far ahead the next change of the clock is looked for.
    private static let horizonDays = 400

    /// The first fire times after an instant.
    ///
    /// - Parameters:
    ///   - instant: exclusive.
    ///   - limit: at most so many.
    /// - Returns: in order; fewer when the years that can be written end before.
    func fireTimes(after instant: Timestamp, limit: Int) -> [Timestamp] {
        var walk = State(limit: limit, after: Int(instant.seconds))
        // A day earlier, so that a change just before is lived through.
        var day = Int(instant.seconds).flooredQuotient(by: CivilTime.secondsPerDay) - 1
        let lastDay = TimeLimits.latestSecond / CivilTime.secondsPerDay
        while day < lastDay, walk.found.count < limit {
            if walk.highest == nil, let later = dayToSkipTo(from: day) {
                day = later
                continue
            }
            let start = day * Self.minutesPerDay
            if walk.highest == nil, isEven(start, &walk) {
                walkEvenly(start, &walk)
            } else {
                walkMinutes(start, &walk)
            }
            day += 1
        }
        return walk.found
    }

    private struct State {
        let limit: Int
        let after: Int
        var found: [Timestamp] = []
        /// Up to this minute the offset is known to stay.
        var evenUntil = Int.min
        /// While the clock shows minutes again: the highest one it has shown.
        var highest: Int?

        mutating func fire(at minute: Int) {
            let instant = Timestamp(seconds: Int64(minute * 60))
            guard minute * 60 > after, found.count < limit, found.last != instant else { return }
            found.append(instant)
        }
    }

    /// In a month without a match: a day near its end; nil: no such month, or near its edges.
    private func dayToSkipTo(from day: Int) -> Int? {
        let date = CivilDate(dayNumber: day)
        guard !reading.months.contains(date.month), (2..<26).contains(date.day) else { return nil }
        return day + 26 - date.day
    }

    /// Whether the offset stays over a day in UTC, and has not just changed.
    private func isEven(_ start: Int, _ walk: inout State) -> Bool {
        let end = start + Self.minutesPerDay
        guard walk.evenUntil < end else { return true }
        let horizon = (start + Self.horizonDays * Self.minutesPerDay) * 60
        let change = zone.changes(
            after: Timestamp(seconds: Int64(start * 60 - 60)),
            upTo: Timestamp(seconds: Int64(horizon)),
            limit: 1
        ).first
        walk.evenUntil = change.map { Int($0.at.seconds).flooredQuotient(by: 60) } ?? horizon / 60
        return walk.evenUntil > end
    }

    /// A day in UTC on which the offset stays as it is.
    private func walkEvenly(_ start: Int, _ walk: inout State) {
        let offset = offset(at: start)
        var minute = start
        while minute < start + Self.minutesPerDay {
            let wall = minute + offset
            let day = wall.flooredQuotient(by: Self.minutesPerDay)
            let dayEnd = (day + 1) * Self.minutesPerDay - offset
            guard reading.matches(CivilDate(dayNumber: day)) else {
                minute = dayEnd
                continue
            }
            let minuteOfDay = wall - day * Self.minutesPerDay
            guard reading.hours.contains(minuteOfDay / 60) else {
                minute += 60 - minuteOfDay % 60
                continue
            }
            if reading.minutes.contains(minuteOfDay % 60) { walk.fire(at: minute) }
            minute += 1
        }
    }

    /// A day in UTC on which the clock changes, or still shows minutes again.
    private func walkMinutes(_ start: Int, _ walk: inout State) {
        var before = start - 1 + offset(at: start - 1)
        for minute in start..<(start + Self.minutesPerDay) {
            let wall = minute + offset(at: minute)
            let step = wall - before
            if step > 1, step - 1 <= Self.changeMax, !reading.isWildcard {
                for missed in (before + 1)..<wall where matches(missed) { walk.fire(at: minute) }
            } else if step <= 0, -step <= Self.changeMax, walk.highest == nil {
                walk.highest = before
            } else if step != 1 {
                walk.highest = nil
            }
            if let highest = walk.highest, wall > highest { walk.highest = nil }
            if reading.isWildcard || walk.highest == nil, matches(wall) { walk.fire(at: minute) }
            before = wall
        }
    }

    private func matches(_ wall: Int) -> Bool {
        let day = wall.flooredQuotient(by: Self.minutesPerDay)
        return reading.matches(CivilDate(dayNumber: day))
            && reading.matches(minuteOfDay: wall - day * Self.minutesPerDay)
    }

    /// Whole minutes east of UTC.
    private func offset(at minute: Int) -> Int {
        zone.offset(at: Timestamp(seconds: Int64(minute * 60))).flooredQuotient(by: 60)
    }
}
