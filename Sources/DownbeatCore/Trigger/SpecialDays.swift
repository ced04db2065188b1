/// Days of a month that a mask of numbers or weekdays cannot say: `15W`, `LW`, `L-2`, `5#2`, `5L`.
package struct SpecialDays: Hashable, Sendable {
    /// The weekday (Monday to Friday) of a month that is nearest to this day of it; 0: not asked for,
    /// `lastWeekday`: the last one of the month, and so many days before its last day beyond that.
    ///
    /// It never leaves the month, and a month without the day has none.
    package var nearestWeekday: UInt8 = 0
    /// Bits 1 to 30: so many days before the last day of the month.
    package var daysBeforeLast: UInt32 = 0
    /// Six lanes of seven bits, Sunday first: the first to the fifth such weekday of the month, then
    /// the last one.
    package var nthWeekdays: UInt64 = 0

    /// Stands for `LW` in `nearestWeekday`.
    package static let lastWeekday: UInt8 = 32
    /// The lane of `5L`.
    static let lastLane = 5
    private static let laneBits = 7
    /// One bit in each of the five counted lanes.
    private static let lanes: UInt64 = 0x0000_0000_1020_4081

    package init() {}

    package var isEmpty: Bool {
        nearestWeekday == 0 && nthWeekdays == 0 && daysBeforeLast == 0
    }

    /// The days that `daysBeforeLast` selects in a month of this length.
    func daysBeforeLast(length: Int) -> UInt32 {
        var days: UInt32 = 0
        var rest = daysBeforeLast
        while rest != 0 {
            let distance = rest.trailingZeroBitCount
            if distance < length { days |= 1 &<< UInt32(length - distance) }
            rest &= rest - 1
        }
        return days
    }

    /// Selects a weekday of a lane: 0 for the first one of the month, `lastLane` for the last.
    mutating func insert(weekday: Int, lane: Int) {
        nthWeekdays |= 1 &<< UInt64(lane * Self.laneBits + weekday)
    }

    /// Leaves out what is selected anyway: weekdays of which every one is.
    mutating func remove(weekdays: UInt8) {
        let lane = UInt64(weekdays & DayMatcher.allWeekdays)
        nthWeekdays &= ~(lane &* (Self.lanes | 1 &<< UInt64(Self.lastLane * Self.laneBits)))
    }

    /// The weekdays of a lane, bits 0 (Sunday) to 6.
    func weekdays(ofLane lane: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: nthWeekdays >> UInt64(lane * Self.laneBits)) & 0x7F
    }

    /// The days that `nthWeekdays` selects in a month, bits 1 to 31 and perhaps some beyond its end.
    ///
    /// `firstWeekday` is that of day 1, 0 for Sunday; `length` is in days.
    func daysOfWeekdays(firstWeekday: Int, length: Int) -> UInt32 {
        let counted = Self.rotated(nthWeekdays, by: firstWeekday, lanes: Self.lanes) &<< 1
        let last = UInt64(weekdays(ofLane: Self.lastLane))
        guard last != 0 else { return UInt32(truncatingIfNeeded: counted) }
        let lastStart = length - 6
        let lastDays = Self.rotated(last, by: (firstWeekday + lastStart - 1) % 7, lanes: 1)
        return UInt32(truncatingIfNeeded: counted | lastDays &<< UInt64(lastStart))
    }

    /// Bit d of each lane is then the weekday of its day d + 1.
    private static func rotated(_ bits: UInt64, by first: Int, lanes: UInt64) -> UInt64 {
        let low = ((1 &<< UInt64(laneBits - first)) &- 1) &* lanes
        let high = (0x7F &* lanes) & ~low
        return (bits &>> UInt64(first)) & low | (bits &<< UInt64(laneBits - first)) & high
    }

    /// The day that `nearestWeekday` selects in a month; nil when it has none.
    func nearestDay(firstWeekday: Int, length: Int) -> Int? {
        guard nearestWeekday != 0 else { return nil }
        let isFromEnd = nearestWeekday >= Self.lastWeekday
        let day = isFromEnd ? length - Int(nearestWeekday - Self.lastWeekday) : Int(nearestWeekday)
        guard day >= 1, day <= length else { return nil }
        switch (firstWeekday + day - 1) % 7 {
        case 6: return day > 1 ? day - 1 : day + 2
        case 0: return day < length ? day + 1 : day - 2
        default: return day
        }
    }
}
