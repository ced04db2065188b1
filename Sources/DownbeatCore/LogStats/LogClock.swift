/// Times of log lines, with the last one remembered: a busy log has many lines a second.
struct LogClock {
    /// For times that name no offset.
    private let zone: ZoneRules
    /// The 26 bytes of the last `10/Oct/2000:13:55:36 -0700`.
    private var lastText: (UInt64, UInt64, UInt64, UInt16) = (0, 0, 0, 0)
    private var lastTime: Int64 = 0
    /// `10/Oct/2000` of the last date: its first eight and its last four bytes.
    private var lastDate: (UInt64, UInt32) = (0, 0)
    private var lastDay = 0
    /// The wall's minute whose offset is known.
    private var localMinute = Int.min
    private var localOffset = 0

    /// The length of `10/Oct/2000:13:55:36 -0700`.
    static let commonLength = 26

    init(zone: ZoneRules) {
        self.zone = zone
    }

    /// Reads `10/Oct/2000:13:55:36 -0700`, as Apache's `%t` and nginx's `$time_local` write it.
    ///
    /// - Parameter text: `commonLength` readable bytes.
    /// - Returns: microseconds since the epoch; nil when it is no time.
    @inline(__always)
    mutating func common(_ text: UnsafePointer<UInt8>) -> Int64? {
        let words = (
            ByteSearch.word(text), ByteSearch.word(text + 8), ByteSearch.word(text + 16),
            UnsafeRawPointer(text + 24).loadUnaligned(as: UInt16.self)
        )
        if words == lastText { return lastTime }
        guard let time = newCommon(text) else { return nil }
        lastText = words
        lastTime = time
        return time
    }

    private mutating func newCommon(_ text: UnsafePointer<UInt8>) -> Int64? {
        guard text[11] == 0x3A, text[14] == 0x3A, text[17] == 0x3A, text[20] == 0x20,
            let day = day(text), let hour = Self.two(text + 12, below: 24),
            let minute = Self.two(text + 15, below: 60),
            // A leap second is the second after it.
            let second = Self.two(text + 18, below: 61),
            let offset = Self.offset(text + 21, hasColon: false)
        else { return nil }
        let wall = day * CivilTime.secondsPerDay + hour * 3600 + minute * 60 + second
        return Int64(wall - offset) * 1_000_000
    }

    private mutating func day(_ text: UnsafePointer<UInt8>) -> Int? {
        let words = (
            ByteSearch.word(text), UnsafeRawPointer(text + 7).loadUnaligned(as: UInt32.self)
        )
        if words == lastDate { return lastDay }
        guard text[2] == 0x2F, text[6] == 0x2F, let day = Self.two(text, below: 32),
            let month = Self.month(text + 3), let century = Self.two(text + 7, below: 100),
            let year = Self.two(text + 9, below: 100)
        else { return nil }
        let date = CivilDate(year: century * 100 + year, month: month, day: day)
        guard date.exists, date.year > 0 else { return nil }
        lastDate = words
        lastDay = date.dayNumber
        return lastDay
    }

    /// Reads any of the forms that a JSON field or a pattern may have, told apart by their shape.
    ///
    /// RFC 3339 (a blank may stand for `T`, a comma for the point; without an offset it is a time of
    /// the zone, the first of two), `10/Oct/2000:13:55:36 -0700`, or a number: seconds since the
    /// epoch, from 100,000,000,000 on milliseconds, a thousand times that microseconds, again
    /// nanoseconds.
    ///
    /// - Returns: microseconds since the epoch; nil when it is no time.
    mutating func any(_ slice: ByteSlice) -> Int64? {
        guard let start = slice.start, slice.count > 0 else { return nil }
        if slice.count == Self.commonLength, start[2] == 0x2F { return common(start) }
        if slice.count >= 19, start[4] == 0x2D { return civil(start, count: slice.count) }
        return Self.epoch(slice)
    }

    private mutating func civil(_ text: UnsafePointer<UInt8>, count: Int) -> Int64? {
        guard text[7] == 0x2D, text[10] | 0x20 == 0x74 || text[10] == 0x20, text[13] == 0x3A,
            text[16] == 0x3A, let century = Self.two(text, below: 100),
            let year = Self.two(text + 2, below: 100), let month = Self.two(text + 5, below: 13),
            let day = Self.two(text + 8, below: 32), let hour = Self.two(text + 11, below: 24),
            let minute = Self.two(text + 14, below: 60), let second = Self.two(text + 17, below: 61)
        else { return nil }
        let date = CivilDate(year: century * 100 + year, month: month, day: day)
        guard date.exists, date.year > 0 else { return nil }
        let minuteOfWall = date.dayNumber * 1440 + hour * 60 + minute
        var index = 19
        var micros: Int64 = 0
        if index < count, text[index] == 0x2E || text[index] == 0x2C {
            index += 1
            var unit: Int64 = 100_000
            let first = index
            while index < count, text[index] &- 0x30 < 10 {
                micros += Int64(text[index] - 0x30) * unit
                unit /= 10
                index += 1
            }
            guard index > first else { return nil }
        }
        guard let offset = offset(text + index, count: count - index, minute: minuteOfWall) else {
            return nil
        }
        return Int64(minuteOfWall * 60 + second - offset) * 1_000_000 + micros
    }

    private mutating func offset(
        _ text: UnsafePointer<UInt8>,
        count: Int,
        minute: Int
    ) -> Int? {
        switch count {
        case 0:
            if minute != localMinute {
                localMinute = minute
                localOffset = minute * 60 - zone.resolve(wall: minute * 60).instant
            }
            return localOffset
        case 1: return text[0] | 0x20 == 0x7A ? 0 : nil
        case 5: return Self.offset(text, hasColon: false)
        case 6: return Self.offset(text, hasColon: true)
        default: return nil
        }
    }

    private static func epoch(_ slice: ByteSlice) -> Int64? {
        // Whole microseconds and more do not fit the fraction of a Double: integers go by themselves.
        if let whole = LogNumber.size(slice), !slice.isBlank {
            switch whole {
            case ..<100_000_000_000: return whole * 1_000_000
            case ..<100_000_000_000_000: return whole * 1000
            case ..<100_000_000_000_000_000: return whole
            default: return whole / 1000
            }
        }
        if slice.count == 19,
            let thousandth = LogNumber.size(
                ByteSlice(start: slice.start, count: 16)
            )
        {
            // Nanoseconds of today have 19 digits; the last three do not count.
            return LogNumber.decimal(slice) == nil ? nil : thousandth
        }
        guard let value = LogNumber.decimal(slice), value >= 0, value < 1e14 else { return nil }
        return Int64((value * (value < 1e11 ? 1_000_000 : 1000)).rounded())
    }

    @inline(__always)
    private static func two(_ text: UnsafePointer<UInt8>, below limit: Int) -> Int? {
        let tens = text[0] &- 0x30
        let units = text[1] &- 0x30
        guard tens < 10, units < 10 else { return nil }
        let value = Int(tens) * 10 + Int(units)
        return value < limit ? value : nil
    }

    /// `-0700` or `-07:00`, in seconds east of UTC.
    @inline(__always)
    private static func offset(_ text: UnsafePointer<UInt8>, hasColon: Bool) -> Int? {
        guard !hasColon || text[3] == 0x3A, text[0] == 0x2B || text[0] == 0x2D,
            let hours = two(text + 1, below: 24),
            let minutes = two(text + (hasColon ? 4 : 3), below: 60)
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return text[0] == 0x2D ? -seconds : seconds
    }

    private static func month(_ text: UnsafePointer<UInt8>) -> Int? {
        switch (text[0], text[1], text[2]) {
        case (0x4A, 0x61, 0x6E): 1
        case (0x46, 0x65, 0x62): 2
        case (0x4D, 0x61, 0x72): 3
        case (0x41, 0x70, 0x72): 4
        case (0x4D, 0x61, 0x79): 5
        case (0x4A, 0x75, 0x6E): 6
        case (0x4A, 0x75, 0x6C): 7
        case (0x41, 0x75, 0x67): 8
        case (0x53, 0x65, 0x70): 9
        case (0x4F, 0x63, 0x74): 10
        case (0x4E, 0x6F, 0x76): 11
        case (0x44, 0x65, 0x63): 12
        default: nil
        }
    }
}
