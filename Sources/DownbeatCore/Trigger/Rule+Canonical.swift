extension Rule {
    /// Reads a canonical text back: what the store kept of a rule that the files no longer have.
    ///
    /// Nil when the text does not read, as when a later version wrote it or its zone is gone.
    ///
    /// - Parameters:
    ///   - canonicalText: as `canonicalText` gives it.
    ///   - zone: the rules of a zone; nil: unknown.
    ///   - calendar: the calendar with a content hash; nil: unknown.
    package init?(
        canonicalText: String,
        zone: (String) -> ZoneRules?,
        calendar: (String) -> DayCalendar? = { CalendarBook().calendar(withContentHash: $0) }
    ) {
        var words = canonicalText.split(separator: " ", omittingEmptySubsequences: false)[...]
        func takeInstant(_ word: Substring) -> Timestamp? {
            guard words.count > 2, words[words.endIndex - 2] == word,
                let microseconds = words.last.flatMap({ Int64($0) })
            else { return nil }
            words = words.dropLast(2)
            return Timestamp(microseconds: microseconds)
        }
        let until = takeInstant("until")
        let from = takeInstant("from")
        var jitter: Jitter?
        if words.count > 3, words[words.endIndex - 3] == "jitter" {
            guard let max = Int64(words[words.endIndex - 2]),
                let mode = Jitter.Mode(rawValue: String(words[words.endIndex - 1]))
            else { return nil }
            jitter = Jitter(max: .microseconds(max), mode: mode)
            words = words.dropLast(3)
        }
        var ruleCalendar: RuleCalendar?
        if words.count > 3, words[words.endIndex - 3] == "calendar" {
            guard let found = calendar(String(words[words.endIndex - 2])),
                let miss = CalendarMiss(rawValue: String(words[words.endIndex - 1]))
            else { return nil }
            ruleCalendar = RuleCalendar(found, miss: miss)
            words = words.dropLast(3)
        }
        func takeWord(_ key: Substring) -> String? {
            guard words.count > 2, words[words.endIndex - 2] == key, let word = words.last else {
                return nil
            }
            words = words.dropLast(2)
            return String(word)
        }
        var daylight = DaylightPolicy()
        if let word = takeWord("dst_overlap") {
            guard let overlap = DaylightPolicy.Overlap(rawValue: word) else { return nil }
            daylight.overlap = overlap
        }
        if let word = takeWord("dst_gap") {
            guard let gap = DaylightPolicy.Gap(rawValue: word) else { return nil }
            daylight.gap = gap
        }
        guard words.count > 2, words[words.endIndex - 2] == "zone",
            let rules = words.last.flatMap({ zone(String($0)) })
        else { return nil }
        words = words.dropLast(2)
        guard let trigger = Trigger(canonicalText: words.joined(separator: " ")) else { return nil }
        self.init(
            trigger: trigger,
            zone: rules,
            daylight: daylight,
            from: from,
            until: until,
            calendar: ruleCalendar,
            jitter: jitter
        )
    }
}

extension Trigger {
    fileprivate init?(canonicalText: String) {
        guard let space = canonicalText.firstIndex(of: " ") else { return nil }
        let rest = String(canonicalText[canonicalText.index(after: space)...])
        switch canonicalText[..<space] {
        case "cron":
            var expressions: [Crontab] = []
            for text in rest.split(separator: "|") {
                let trimmed = text.drop { $0 == " " }
                // A text that does not read any more is answered with nil, whatever is wrong with it.
                guard let crontab = try? Crontab(canonicalText: String(trimmed)) else { return nil }
                expressions.append(crontab)
            }
            self = .cron(expressions)
        case "every":
            guard let interval = Interval(canonicalText: rest) else { return nil }
            self = .every(interval)
        case "once":
            guard let microseconds = Int64(rest) else { return nil }
            self = .once(Timestamp(microseconds: microseconds))
        case "after":
            self = .after(rest)
        case "at":
            guard let on = rest.split(separator: " ").firstIndex(of: "on") else { return nil }
            let words = rest.split(separator: " ")
            let times = words[..<on].joined().split(separator: ",").compactMap { Int($0) }
            let days = words[(on + 1)...].joined(separator: " ")
            // `every day` is the one selection whose words are not those of a list.
            let everyDay = days == DaySelection.everyDay.text ? DaySelection.everyDay : nil
            // As above.
            guard !times.isEmpty, let selection = everyDay ?? (try? DaySelection([days])) else {
                return nil
            }
            self = .daily(times: times.map { TimeOfDay(secondOfDay: $0) }, days: selection)
        default:
            return nil
        }
    }
}

extension Interval {
    fileprivate init?(canonicalText: String) {
        let words = canonicalText.split(separator: " ")
        guard let period = words.first.flatMap({ Int64($0) }) else { return nil }
        let anchor: Anchor
        switch words.dropFirst().map(String.init) {
        case []: anchor = .standard
        case ["anchor", "start"]: anchor = .start
        case ["anchor", "last_start"]: anchor = .lastStart
        case ["anchor", "last_end"]: anchor = .lastEnd
        case let rest where rest.count == 3 && rest[1] == "at":
            guard let microseconds = Int64(rest[2]) else { return nil }
            anchor = .instant(Timestamp(microseconds: microseconds))
        case let rest where rest.count == 2:
            guard let second = Int(rest[1]) else { return nil }
            anchor = .timeOfDay(TimeOfDay(secondOfDay: second))
        default: return nil
        }
        self.init(period: .microseconds(period), anchor: anchor)
    }
}
