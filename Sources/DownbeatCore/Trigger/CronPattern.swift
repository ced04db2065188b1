/// The times of a cron expression as masks, without its text.
///
/// It is plain bytes, so that a search copies it without counting references.
struct CronPattern: WallPattern, Hashable, Sendable {
    /// Bits 0 to 59; bit 0 alone without a field for seconds.
    var seconds: UInt64
    /// Bits 0 to 59.
    var minutes: UInt64
    /// Bits 0 to 23.
    var hours: UInt32
    var days: DayMatcher
    /// Which fields begin with `*` or are `?`: bit `CrontabField.rawValue`.
    var stars: UInt8

    var isWildcard: Bool { stars & Self.clockStars != 0 }

    /// The bits of `stars` that make a wildcard.
    private static let clockStars: UInt8 =
        1 << CrontabField.second.rawValue | 1 << CrontabField.minute.rawValue
        | 1 << CrontabField.hour.rawValue

    @inline(__always)
    func firstSecond(from second: Int) -> Int? {
        guard seconds == 1 else { return firstWithSeconds(from: second) }
        return firstMinute(from: (second + 59) / 60)
    }

    /// The first matching minute of a day at or after one, as a second of the day.
    @inline(__always)
    private func firstMinute(from minute: Int) -> Int? {
        var hour = minute / 60
        let here: UInt64 = minutes &>> UInt64(truncatingIfNeeded: minute - hour * 60)
        if hour < 24, hours & (1 &<< UInt32(truncatingIfNeeded: hour)) != 0, here != 0 {
            return (minute + here.trailingZeroBitCount) * 60
        }
        hour += 1
        guard hour < 24, minutes != 0 else { return nil }
        let later = hours & (~0 &<< UInt32(truncatingIfNeeded: hour))
        guard later != 0 else { return nil }
        return later.trailingZeroBitCount * 3600 + minutes.trailingZeroBitCount * 60
    }

    @inline(never)
    private func firstWithSeconds(from second: Int) -> Int? {
        let minute = second / 60
        let here = seconds &>> UInt64(truncatingIfNeeded: second - minute * 60)
        if here != 0, firstMinute(from: minute) == minute * 60 {
            return second + here.trailingZeroBitCount
        }
        return firstMinute(from: minute + 1).map { $0 + seconds.trailingZeroBitCount }
    }

    func lastSecond(upTo second: Int) -> Int? {
        let minute = second / 60
        let here = seconds & (~0 &>> UInt64(63 - second % 60))
        if here != 0, lastMinute(upTo: minute) == minute * 60 {
            return minute * 60 + (63 - here.leadingZeroBitCount)
        }
        guard minute > 0 else { return nil }
        return lastMinute(upTo: minute - 1).map { $0 + (63 - seconds.leadingZeroBitCount) }
    }

    /// The last matching minute of a day at or before one, as a second of the day.
    private func lastMinute(upTo minute: Int) -> Int? {
        let hour = minute / 60
        let here = minutes & (~0 &>> UInt64(63 - minute % 60))
        if hours & (1 &<< UInt32(hour)) != 0, here != 0 {
            return hour * 3600 + (63 - here.leadingZeroBitCount) * 60
        }
        let earlier = hours & ~(~0 &<< UInt32(hour))
        guard earlier != 0, minutes != 0 else { return nil }
        return (31 - earlier.leadingZeroBitCount) * 3600 + (63 - minutes.leadingZeroBitCount) * 60
    }

    func countSeconds(in range: Range<Int>) -> Int {
        countSeconds(below: range.upperBound) - countSeconds(below: range.lowerBound)
    }

    private func countSeconds(below second: Int) -> Int {
        let minute = second / 60
        let whole = countMinutes(below: minute) * seconds.nonzeroBitCount
        let rest = seconds & ~(~0 &<< UInt64(second % 60))
        guard rest != 0, firstMinute(from: minute) == minute * 60 else { return whole }
        return whole + rest.nonzeroBitCount
    }

    private func countMinutes(below minute: Int) -> Int {
        let hour = minute / 60
        guard hour < 24 else { return hours.nonzeroBitCount * minutes.nonzeroBitCount }
        let whole = (hours & ~(~0 &<< UInt32(hour))).nonzeroBitCount * minutes.nonzeroBitCount
        guard hours & (1 &<< UInt32(hour)) != 0 else { return whole }
        return whole + (minutes & ~(~0 &<< UInt64(minute % 60))).nonzeroBitCount
    }
}
