/// The answers of a calendar for all dates, as bits.
///
/// Days are numbers since 1970-01-01. Two bits a day, in words of 64 days, for the years in which
/// something is irregular; before and after them a week repeats for ever. An answer costs O(1), a
/// search goes by words: 64 days a step. The form is closed under the set operations, which go by
/// words too, so a calendar made of others is as fast as one made of dates.
struct DayTable: Hashable, Sendable {
    /// The answers for 64 days; a day in neither is off.
    struct Word: Hashable, Sendable {
        var working: UInt64
        var outside: UInt64

        @inline(__always)
        func bits(_ wanted: DayStates) -> UInt64 {
            (wanted.contains(.working) ? working : 0)
                | (wanted.contains(.outside) ? outside : 0)
                | (wanted.contains(.off) ? ~(working | outside) : 0)
        }
    }

    /// A week that repeats, as bits from Sunday; a weekday in neither is off.
    struct Week: Hashable, Sendable {
        var working: UInt8
        var outside: UInt8

        static let outside = Week(working: 0, outside: 0x7F)

        init(working: UInt8, outside: UInt8) {
            self.working = working
            self.outside = outside
        }

        init(_ week: WorkingWeek) { self.init(working: week.working, outside: 0) }

        func word(at index: Int) -> Word {
            var word = Word(working: 0, outside: 0)
            var weekday = CivilDate.weekday(ofDay: index << 6)
            for bit in 0..<UInt64(64) {
                word.working |= UInt64(working >> UInt8(weekday) & 1) << bit
                word.outside |= UInt64(outside >> UInt8(weekday) & 1) << bit
                weekday = weekday == 6 ? 0 : weekday + 1
            }
            return word
        }
    }

    private(set) var firstWord: Int
    private(set) var words: [Word]
    private(set) var before: Week
    private(set) var after: Week

    /// A week without exceptions, for ever.
    init(_ week: WorkingWeek) {
        firstWord = 0
        words = []
        before = Week(week)
        after = Week(week)
    }

    /// A week inside a range of days.
    init(_ week: WorkingWeek, in days: ClosedRange<Int>, beyond: Week) {
        firstWord = days.lowerBound >> 6
        before = beyond
        after = beyond
        words = ((days.lowerBound >> 6)...(days.upperBound >> 6)).map(Week(week).word(at:))
        for word in Set([days.lowerBound >> 6, days.upperBound >> 6]) {
            for day in (word << 6)..<((word + 1) << 6) where !days.contains(day) {
                set(day, Self.state(of: day, in: beyond))
            }
        }
    }

    private init(firstWord: Int, words: [Word], before: Week, after: Week) {
        self.firstWord = firstWord
        self.words = words
        self.before = before
        self.after = after
    }

    /// Sets the answer for days inside the words there are; others are left alone.
    mutating func set(_ days: ClosedRange<Int>, _ state: DayState) {
        let own = (firstWord << 6)..<((firstWord + words.count) << 6)
        for day in days where own.contains(day) { set(day, state) }
    }

    private mutating func set(_ day: Int, _ state: DayState) {
        let index = (day >> 6) - firstWord
        let bit = UInt64(1) << UInt64(day & 63)
        words[index].working &= ~bit
        words[index].outside &= ~bit
        switch state {
        case .working: words[index].working |= bit
        case .outside: words[index].outside |= bit
        case .off: break
        }
    }

    /// The last day of the words; from the next one on a week repeats.
    var lastDay: Int { words.isEmpty ? 0 : (firstWord + words.count) << 6 - 1 }

    // MARK: Answers

    @inline(__always)
    func state(of day: Int) -> DayState {
        let index = (day >> 6) - firstWord
        guard words.indices.contains(index) else {
            return Self.state(of: day, in: index < 0 ? before : after)
        }
        let shift = UInt64(day & 63)
        if words[index].working >> shift & 1 == 1 { return .working }
        return words[index].outside >> shift & 1 == 1 ? .outside : .off
    }

    private static func state(of day: Int, in week: Week) -> DayState {
        let weekday = UInt8(CivilDate.weekday(ofDay: day))
        if week.working >> weekday & 1 == 1 { return .working }
        return week.outside >> weekday & 1 == 1 ? .outside : .off
    }

    /// The first day with one of the answers; nil when none will ever come.
    func first(_ wanted: DayStates, onOrAfter day: Int) -> Int? {
        let start = day >> 6
        let end = firstWord + words.count
        // Two words of a week that repeats show all that it will ever show.
        let stretches = [
            start..<max(start, min(firstWord, start + 2)),
            max(start, firstWord)..<max(start, end),
            max(start, end)..<(max(start, end) + 2),
        ]
        for stretch in stretches {
            for index in stretch {
                var bits = word(at: index).bits(wanted)
                if index == start { bits &= UInt64.max << UInt64(day & 63) }
                if bits != 0 { return index << 6 + bits.trailingZeroBitCount }
            }
        }
        return nil
    }

    /// The last day with one of the answers; nil when there was none.
    func last(_ wanted: DayStates, onOrBefore day: Int) -> Int? {
        let start = day >> 6
        let end = firstWord + words.count - 1
        let stretches = [
            max(end, start - 2)..<max(end, start),
            (firstWord - 1)..<max(firstWord - 1, min(start, end)),
            (min(start, firstWord - 1) - 2)..<min(start, firstWord - 1),
        ]
        for stretch in stretches {
            for index in stretch.reversed().lazy.map({ $0 + 1 }) {
                var bits = word(at: index).bits(wanted)
                if index == start { bits &= UInt64.max >> UInt64(63 - day & 63) }
                if bits != 0 { return index << 6 + 63 - bits.leadingZeroBitCount }
            }
        }
        return nil
    }

    @inline(__always)
    private func word(at index: Int) -> Word {
        let own = index - firstWord
        if words.indices.contains(own) { return words[own] }
        return (own < 0 ? before : after).word(at: index)
    }
}

// MARK: - Set operations

extension DayTable {
    /// Working where both are, off where one is, and otherwise not known.
    func and(_ other: DayTable) -> DayTable {
        combined(with: other) { left, right in
            let off = left.bits(.off) | right.bits(.off)
            let working = left.working & right.working
            return Word(working: working, outside: ~(working | off))
        }
    }

    /// Working where one is, off where both are, and otherwise not known.
    func or(_ other: DayTable) -> DayTable {
        inverted.and(other.inverted).inverted
    }

    /// Off where this works, working where it is off.
    var inverted: DayTable {
        mapped { Word(working: $0.bits(.off), outside: $0.outside) }
    }

    /// The answers of this table where it has one, else those of another.
    func over(_ other: DayTable) -> DayTable {
        combined(with: other) { own, other in
            Word(
                working: own.working | (own.outside & other.working),
                outside: own.outside & other.outside
            )
        }
    }

    private func mapped(_ change: (Word) -> Word) -> DayTable {
        combined(with: self) { own, _ in change(own) }
    }

    private func combined(with other: DayTable, _ combine: (Word, Word) -> Word) -> DayTable {
        let first = words.isEmpty ? other.firstWord : firstWord
        let start = other.words.isEmpty ? first : min(first, other.firstWord)
        let end = max(
            words.isEmpty ? start : firstWord + words.count,
            other.words.isEmpty ? start : other.firstWord + other.words.count
        )
        return DayTable(
            firstWord: start,
            words: (start..<end).map { combine(word(at: $0), other.word(at: $0)) },
            before: Self.week(before, other.before, combine),
            after: Self.week(after, other.after, combine)
        )
    }

    private static func week(_ one: Week, _ other: Week, _ combine: (Word, Word) -> Word) -> Week {
        // The bits of a week stand in a word as those of the days do.
        let result = combine(
            Word(working: UInt64(one.working), outside: UInt64(one.outside)),
            Word(working: UInt64(other.working), outside: UInt64(other.outside))
        )
        return Week(
            working: UInt8(truncatingIfNeeded: result.working) & 0x7F,
            outside: UInt8(truncatingIfNeeded: result.outside) & 0x7F
        )
    }

    /// A hash of all answers, equal for equal calendars however they were written.
    ///
    /// Words that say no more than the weeks around them do not count.
    var contentHash: FNV1a64 {
        var hash = FNV1a64()
        var low = firstWord
        var high = firstWord + words.count
        while low < high, word(at: low) == before.word(at: low) { low += 1 }
        while low < high, word(at: high - 1) == after.word(at: high - 1) { high -= 1 }
        for byte in [before.working, before.outside, after.working, after.outside] {
            hash.combine(byte)
        }
        hash.combine(Int64(low < high ? low : 0))
        for index in low..<high {
            let word = word(at: index)
            hash.combine(Int64(bitPattern: word.working))
            hash.combine(Int64(bitPattern: word.outside))
        }
        return hash
    }
}
