/// The days on which `at` fires.
///
/// A list of weekday names (`mon`, `Monday`), days of the month (1 to 31), ranges of either, `last`
/// (the last day of the month), `weekdays` (Monday to Friday), and one weekday of the month
/// (`1st mon` to `5th mon`, `last fri`). A date is selected when *any* item of the list selects it. A
/// month without the day named is passed over.
package struct DaySelection: Hashable, Sendable {
    let matcher: DayMatcher

    package static let everyDay = DaySelection(
        daysOfMonth: DayMatcher.allDaysOfMonth,
        weekdays: 0,
        includesLastDay: false
    )

    private static let mondayToFriday: UInt8 = 0x3E

    /// Reads one or more items: `mon`, `mon-fri`, `1`, `1-5`, `last`, `weekdays`, `2nd tue`; commas
    /// allowed.
    ///
    /// Names have three letters or are English and full, in any case. `sun` at the end of a range is
    /// the seventh day; other ranges that run backwards are refused.
    ///
    /// - Throws: `TextError` with code E0335 or E0336; its `key` is the index of the item in `items`,
    ///   and its place counts inside that item.
    package init(_ items: [String]) throws(TextError) {
        var reader = DayReader()
        guard !items.isEmpty else {
            throw TextError(
                code: TextErrorCode.badDay,
                message: "the list of days is empty",
                offset: 0,
                length: 0,
                remedy: "Name days such as `mon-fri`, `1,15` or `last`, or leave the key out"
            )
        }
        for (index, item) in items.enumerated() {
            do {
                try reader.read(item)
            } catch {
                var keyed = error
                keyed.key = "\(index)"
                throw keyed
            }
        }
        self.init(
            daysOfMonth: reader.daysOfMonth,
            weekdays: reader.weekdays,
            includesLastDay: reader.includesLastDay,
            special: reader.special
        )
    }

    private init(
        daysOfMonth: UInt32,
        weekdays: UInt8,
        includesLastDay: Bool,
        special: SpecialDays = SpecialDays()
    ) {
        var matcher = DayMatcher()
        matcher.daysOfMonth = daysOfMonth
        matcher.weekdays = weekdays
        matcher.includesLastDay = includesLastDay
        matcher.combination = .either
        var special = special
        special.remove(weekdays: weekdays)
        if !special.isEmpty { matcher.restrict(special: special, years: YearSet()) }
        self.matcher = matcher
    }

    /// Whether every date is selected.
    package var isEveryDay: Bool {
        matcher.daysOfMonth == DayMatcher.allDaysOfMonth
            || matcher.weekdays == DayMatcher.allWeekdays
    }

    /// Whether Monday to Friday are selected and nothing else.
    package var isWeekdays: Bool {
        matcher.weekdays == Self.mondayToFriday && matcher.daysOfMonth == 0
            && !matcher.includesLastDay && matcher.special.isEmpty
    }

    /// How the counted weekdays of a month begin, by their lanes in `SpecialDays`.
    static let ordinals = ["1st", "2nd", "3rd", "4th", "5th", "last"]

    /// `1st mon`, `last fri`, in the order of the month.
    private var countedWeekdays: [String] {
        Self.ordinals.enumerated().flatMap { lane, ordinal in
            Crontab.values(UInt64(matcher.special.weekdays(ofLane: lane))).map { weekday in
                "\(ordinal) " + CrontabField.weekdayNames[weekday].prefix(3).lowercased()
            }
        }
    }

    /// As tables say it: `sun-thu`, `the last day`, `mon, days 1, 15 and last`.
    var words: String {
        if isEveryDay { return "every day" }
        var parts = Self.weekdayWords(matcher.weekdays) + countedWeekdays
        if matcher.daysOfMonth != 0 || matcher.includesLastDay {
            parts.append(
                Self.monthDayWords(UInt64(matcher.daysOfMonth), last: matcher.includesLastDay)
            )
        }
        return parts.joined(separator: ", ")
    }

    /// `day 1`, `days 1-7`, `days 1, 15 and last`, `the last day`.
    static func monthDayWords(_ mask: UInt64, last includesLastDay: Bool = false) -> String {
        guard mask != 0 else { return "the last day" }
        let items = Crontab.list(mask).split(separator: ",").joined(separator: ", ")
        let noun = mask.nonzeroBitCount == 1 && !includesLastDay ? "day" : "days"
        return "\(noun) \(items)" + (includesLastDay ? " and last" : "")
    }

    /// Names of weekdays; three and more in a row are a range, which may cross the end of the week.
    static func weekdayWords(_ mask: UInt8) -> [String] {
        // From Monday on, so that a weekend is one range.
        let fromMonday = UInt64(mask & 0x7E) | UInt64(mask & 1) << 7
        var ranges = Crontab.ranges(fromMonday)
        if ranges.count > 1, let first = ranges.first, let last = ranges.last,
            first.lowerBound == 1, last.upperBound == 7, first.count + last.count > 2
        {
            ranges.removeFirst()
            ranges[ranges.count - 1] = last.lowerBound...(first.upperBound + 7)
        }
        let name = { (day: Int) in CrontabField.weekdayNames[day % 7].prefix(3).lowercased() }
        return ranges.flatMap { range in
            range.count < 3
                ? range.map(name) : ["\(name(range.lowerBound))-\(name(range.upperBound))"]
        }
    }

    /// One spelling for all lists that select the same days: `weekdays`, `fri-sun`, `mon,1,15,last`.
    package var text: String {
        if isEveryDay { return "every day" }
        var parts: [String] = []
        if matcher.weekdays == Self.mondayToFriday {
            parts.append("weekdays")
        } else {
            // From Monday on, so that a weekend is one range.
            let fromMonday = UInt64(matcher.weekdays & 0x7E) | UInt64(matcher.weekdays & 1) << 7
            for range in Crontab.ranges(fromMonday) {
                let ends = [range.lowerBound, range.upperBound].map { day in
                    CrontabField.weekdayNames[day % 7].prefix(3).lowercased()
                }
                switch range.count {
                case 1: parts.append(ends[0])
                case 2: parts += ends
                default: parts.append("\(ends[0])-\(ends[1])")
                }
            }
        }
        parts += countedWeekdays
        if matcher.daysOfMonth != 0 { parts.append(Crontab.list(UInt64(matcher.daysOfMonth))) }
        if matcher.includesLastDay { parts.append("last") }
        return parts.joined(separator: ",")
    }
}

/// Collects what the items of a day list select.
private struct DayReader {
    var daysOfMonth: UInt32 = 0
    var weekdays: UInt8 = 0
    var includesLastDay = false
    var special = SpecialDays()

    private enum Day {
        case weekday(Int)
        case monthDay(Int)
    }

    mutating func read(_ text: String) throws(TextError) {
        var offset = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let length = part.unicodeScalars.count
            let leading = part.unicodeScalars.prefix { $0 == " " }.count
            let word = String(part.unicodeScalars.drop { $0 == " " }).trimmingBlankSuffix()
            do {
                try readPart(word)
            } catch {
                throw error.shifted(by: offset + leading)
            }
            offset += length + 1
        }
    }

    private mutating func readPart(_ word: String) throws(TextError) {
        switch word.lowercased() {
        case "last": includesLastDay = true
        case "weekdays": weekdays |= 0x3E
        case _ where word.contains(" "):
            let (lane, weekday) = try counted(word)
            special.insert(weekday: weekday, lane: lane)
        default:
            let ends = word.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard ends.count <= 2, ends.allSatisfy({ !$0.isEmpty }) else { throw unknown(word) }
            let first = try day(ends[0], in: word)
            guard ends.count == 2 else { return select(first, first) }
            let last = try day(ends[1], in: word)
            try selectRange(first, last, word)
        }
    }

    /// `1st mon`, `last friday`, in any case; the weekday is 0 for Sunday.
    private func counted(_ word: String) throws(TextError) -> (lane: Int, weekday: Int) {
        let parts = word.lowercased().split(separator: " ").map(String.init)
        guard parts.count == 2 else { throw unknown(word) }
        guard let weekday = Self.weekday(parts[1]) else {
            if parts == ["last", "day"] { throw badCount(word, "Write `last`") }
            let names = parts[1].split(separator: "-").compactMap { Self.weekday(String($0)) }
            guard names.isEmpty else {
                throw badCount(word, "Write each weekday with its number: `\(parts[0]) mon`")
            }
            throw unknown(word)
        }
        guard Self.weekday(parts[0]) == nil else {
            throw badCount(word, "Write a comma between two days: `\(parts[0]),\(parts[1])`")
        }
        if let lane = DaySelection.ordinals.firstIndex(of: parts[0]) { return (lane, weekday) }
        let name = CrontabField.weekdayNames[weekday].prefix(3).lowercased()
        let words = ["first", "second", "third", "fourth", "fifth"]
        let digits = parts[0].prefix { $0.isASCII && $0.isNumber }
        let number = words.firstIndex(of: parts[0]).map { $0 + 1 } ?? Int(digits)
        guard let number, (1...5).contains(number) else {
            throw badCount(word, "Write `1st \(name)` to `5th \(name)`, or `last \(name)`")
        }
        throw badCount(word, "Write `\(DaySelection.ordinals[number - 1]) \(name)`")
    }

    private func badCount(_ word: String, _ remedy: String) -> TextError {
        error(TextErrorCode.badDay, "`\(word)` is no weekday of a month", word, remedy: remedy)
    }

    private static func weekday(_ text: String) -> Int? {
        let lower = text.lowercased()
        return CrontabField.weekdayNames.firstIndex { name in
            name.lowercased() == lower || name.prefix(3).lowercased() == lower
        }
    }

    private mutating func selectRange(_ first: Day, _ last: Day, _ word: String) throws(TextError) {
        switch (first, last) {
        case (.monthDay(let low), .monthDay(let high)):
            guard low <= high else { throw backwards(word, "\(low)-31,1-\(high)") }
        case (.weekday(let low), .weekday(let high)):
            guard low <= high || high == 0 else {
                let names = CrontabField.weekdayNames.map { $0.prefix(3).lowercased() }
                let head = low == 6 ? "sat-sun" : "\(names[low])-sun"
                let tail = high == 1 ? "mon" : "mon-\(names[high])"
                throw backwards(word, "\(head),\(tail)")
            }
        case (.monthDay, .weekday), (.weekday, .monthDay):
            throw unknown(word)
        }
        select(first, last)
    }

    private mutating func select(_ first: Day, _ last: Day) {
        switch (first, last) {
        case (.monthDay(let low), .monthDay(let high)):
            for day in low...high { daysOfMonth |= 1 << UInt32(day) }
        case (.weekday(let low), .weekday(let high)):
            for day in low...(high < low ? 7 : high) { weekdays |= 1 << UInt8(day % 7) }
        case (.monthDay, .weekday), (.weekday, .monthDay):
            preconditionFailure("a range of days has ends of one kind")
        }
    }

    private func day(_ text: String, in word: String) throws(TextError) -> Day {
        if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            guard let number = Int(text), (1...31).contains(number) else {
                throw error(
                    TextErrorCode.badDay,
                    "day \(text) is out of range 1-31",
                    word,
                    remedy: "Write 1 to 31 for a day of the month, or a name such as `mon`"
                )
            }
            return .monthDay(number)
        }
        guard let index = Self.weekday(text) else { throw unknown(word) }
        return .weekday(index)
    }

    private func unknown(_ word: String) -> TextError {
        let names = CrontabField.weekdayNames.map { $0.lowercased() }
        let known =
            names.map { String($0.prefix(3)) } + names + ["last", "weekdays"]
        let remedy: String
        switch word.lowercased() {
        case "weekday", "workdays", "workday", "businessdays": remedy = "Did you mean `weekdays`?"
        case "weekend", "weekends": remedy = "Write `sat-sun`"
        case let ordinal where DaySelection.ordinals.contains(ordinal):
            let number = ordinal.prefix(1)
            remedy =
                "Write `\(number)` for the day of the month, or a weekday behind it: `\(ordinal) mon`"
        case "daily", "everyday", "every day", "*", "all": remedy = "Leave the key `days` out"
        default:
            let near = Suggestion.nearest(to: word, among: known)
            remedy =
                near.first.map { "Did you mean `\($0)`?" }
                ?? "Write names (`mon`, `mon-fri`), days of the month (`1`, `10-15`), `1st mon`,"
                + " `last` or `weekdays`"
        }
        return error(TextErrorCode.badDay, "`\(word)` is no day", word, remedy: remedy)
    }

    private func backwards(_ word: String, _ fix: String) -> TextError {
        error(
            TextErrorCode.backwardsDays,
            "the range `\(word)` runs backwards",
            word,
            remedy: "Write `\(fix)`"
        )
    }

    private func error(
        _ code: String,
        _ message: String,
        _ word: String,
        remedy: String
    ) -> TextError {
        TextError(
            code: code,
            message: message,
            offset: 0,
            length: word.unicodeScalars.count,
            remedy: remedy
        )
    }
}

extension String {
    fileprivate func trimmingBlankSuffix() -> String {
        var copy = self
        while copy.last == " " { copy.removeLast() }
        return copy
    }
}
