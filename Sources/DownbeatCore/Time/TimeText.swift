/// Times and durations as people read them: one place, so that all commands agree.
///
/// A zone is named beside every table of times, and never by an abbreviation: `CST` has two meanings.
package struct TimeText: Sendable {
    package let zone: ZoneRules
    package let now: Timestamp
    /// Of weekdays; numbers and their order stay but for the place of the weekday.
    package let language: Language
    private let year: Int

    package init(zone: ZoneRules, now: Timestamp, language: Language = .english) {
        self.zone = zone
        self.now = now
        self.language = language
        year = zone.civilTime(at: now).date.year
    }

    /// The same clock in another zone.
    package func inZone(_ other: ZoneRules) -> TimeText {
        TimeText(zone: other, now: now, language: language)
    }

    /// The same clock in another language.
    package func inLanguage(_ other: Language) -> TimeText {
        TimeText(zone: zone, now: now, language: other)
    }

    /// `Mon 11-23 03:00:00`, with the year if it is not this one.
    package func absolute(_ instant: Timestamp) -> String {
        let wall = zone.civilTime(at: instant)
        return "\(day(wall, date(wall))) \(clock(wall)):\(Self.two(wall.second))"
    }

    /// Whether a time of day ends with its seconds.
    package enum Seconds: Sendable {
        /// Only if they are not 0: for a time that stands alone.
        case ifAny
        case always
        case never
    }

    /// One form for all times of a column or a list: with seconds if any of them has some.
    package func seconds(of instants: some Sequence<Timestamp>) -> Seconds {
        instants.contains { zone.civilTime(at: $0).second != 0 } ? .always : .never
    }

    /// `Mon 11-23 03:00`, with seconds only where they are not 0.
    package func brief(_ instant: Timestamp) -> String { brief(instant, seconds: .ifAny) }

    /// `Mon 11-23 03:00`.
    package func brief(_ instant: Timestamp, seconds: Seconds) -> String {
        let wall = zone.civilTime(at: instant)
        return "\(day(wall, date(wall))) \(clock(wall, seconds))"
    }

    /// `Mon 11-23 06:00-07:00`, `Mon 11-23` for a whole date, else `Mon 11-23 06:00 to Tue 11-24 06:00`.
    ///
    /// A stretch that ends with its date ends at 24:00.
    package func span(_ start: Timestamp, _ end: Timestamp, seconds: Seconds) -> String {
        let (from, to) = (zone.civilTime(at: start), zone.civilTime(at: end))
        let day = day(from, date(from))
        let endsWithDate =
            to.secondOfDay == 0 && to.date.dayNumber == from.date.dayNumber + 1
        if endsWithDate, from.secondOfDay == 0 { return day }
        if endsWithDate {
            return "\(day) \(clock(from, seconds))-24:00" + (seconds == .always ? ":00" : "")
        }
        guard from.date == to.date else {
            return "\(brief(start, seconds: seconds)) to \(brief(end, seconds: seconds))"
        }
        return "\(day) \(clock(from, seconds))-\(clock(to, seconds))"
    }

    /// `03:00` for today, `Tue 02:30` within six days, with seconds only where they are not 0.
    package func near(_ instant: Timestamp) -> String { near(instant, seconds: .ifAny) }

    /// `03:00` for today, `Tue 02:30` within the next six days, else `Tue 12-01 02:30`.
    package func near(_ instant: Timestamp, seconds: Seconds) -> String {
        let wall = zone.civilTime(at: instant)
        let today = zone.civilTime(at: now)
        if wall.date == today.date { return clock(wall, seconds) }
        guard instant > now, instant - now < .seconds(6 * 86_400) else {
            return brief(instant, seconds: seconds)
        }
        return "\(language.phrases.shortWeekday(wall.date.weekday)) \(clock(wall, seconds))"
    }

    /// `Mon 09:00` for an instant within six days, else with its date: for the end of a pause.
    package func end(_ instant: Timestamp) -> String {
        guard instant - now < .seconds(6 * 86_400) else { return brief(instant) }
        return weekdayAndClock(instant)
    }

    /// `Sat 04:30`, with seconds only where they are not 0.
    package func weekdayAndClock(_ instant: Timestamp) -> String {
        weekdayAndClock(instant, seconds: .ifAny)
    }

    /// `Sat 04:30`.
    package func weekdayAndClock(_ instant: Timestamp, seconds: Seconds) -> String {
        let wall = zone.civilTime(at: instant)
        return "\(language.phrases.shortWeekday(wall.date.weekday)) \(clock(wall, seconds))"
    }

    /// `02:42:00`.
    package func timeOfDay(_ instant: Timestamp) -> String {
        let wall = zone.civilTime(at: instant)
        return "\(clock(wall)):\(Self.two(wall.second))"
    }

    /// `02:42:00.004`.
    package func timeOfDayWithMilliseconds(_ instant: Timestamp) -> String {
        let micros = instant.microseconds - instant.seconds * 1_000_000
        let fraction = String(micros / 1000)
        return timeOfDay(instant) + "."
            + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    /// `Tue 2026-11-24 02:30:00`: always with the year, for what lies further away.
    package func dated(_ instant: Timestamp) -> String { dated(instant, seconds: .always) }

    /// `Tue 2026-11-24 02:30`: always with the year, and in the form given.
    package func dated(_ instant: Timestamp, seconds: Seconds) -> String {
        let wall = zone.civilTime(at: instant)
        return "\(day(wall, InstantText.dateText(wall.date))) \(clock(wall, seconds))"
    }

    /// `Fri 2026-01-02`.
    package static func day(_ date: CivilDate, in language: Language = .english) -> String {
        let phrases = language.phrases
        return phrases.dated(InstantText.dateText(date), phrases.shortWeekday(date.weekday))
    }

    /// `Fri 2027-03-12 15:30:00 UTC-5`: for a zone that is not the display's.
    package func withOffset(_ instant: Timestamp) -> String {
        dated(instant) + " " + offset(at: instant)
    }

    /// `UTC+8`, `UTC-3:30`, `UTC`.
    package func offset(at instant: Timestamp) -> String {
        let seconds = zone.offset(at: instant)
        guard seconds != 0 else { return "UTC" }
        let size = abs(seconds)
        let minutes = size / 60 % 60 == 0 ? "" : ":\(Self.two(size / 60 % 60))"
        return "UTC\(seconds < 0 ? "-" : "+")\(size / 3600)\(minutes)"
    }

    /// RFC 3339 with this zone's offset.
    package func machine(_ instant: Timestamp) -> String {
        InstantText.format(instant, zone: zone)
    }

    /// `in 18m 53s`, `4m 10s ago`, `now`.
    package func relative(_ instant: Timestamp) -> String {
        let distance = instant - now
        if distance >= .seconds(1) { return "in \(Self.duration(distance))" }
        if distance <= .seconds(-1) { return "\(Self.duration(.zero - distance)) ago" }
        return "now"
    }

    /// `53s`: how far `instant` lies ahead; `0s` when it is past.
    package func until(_ instant: Timestamp) -> String {
        Self.duration(max(.zero, .seconds((instant - now).components.seconds)))
    }

    /// At most two units: `27ms`, `4.2s`, `18m 53s`, `2d 4h`.
    package static func duration(_ duration: Duration) -> String {
        let micros = max(0, duration.wholeMicroseconds)
        if micros > 0, micros < 1000 { return "<1ms" }
        if micros > 0, micros < 1_000_000 { return "\(micros / 1000)ms" }
        var seconds = micros / 1_000_000
        var parts: [String] = []
        let units: [(String, Int64)] = [("y", 31_536_000), ("d", 86_400), ("h", 3600), ("m", 60)]
        for (name, size) in units {
            let count = seconds / size
            seconds %= size
            if count > 0 {
                parts.append("\(count)\(name)")
            } else if !parts.isEmpty {
                return parts[0]
            }
            if parts.count == 2 { return parts.joined(separator: " ") }
        }
        if seconds > 0 || parts.isEmpty { parts.append("\(seconds)s") }
        return parts.joined(separator: " ")
    }

    private func date(_ wall: CivilTime) -> String {
        let day = "\(Self.two(wall.date.month))-\(Self.two(wall.date.day))"
        return wall.date.year == year ? day : "\(wall.date.year)-\(day)"
    }

    private func clock(_ wall: CivilTime, _ seconds: Seconds = .never) -> String {
        let minutes = "\(Self.two(wall.hour)):\(Self.two(wall.minute))"
        let hasSeconds = seconds == .always || seconds == .ifAny && wall.second != 0
        return hasSeconds ? "\(minutes):\(Self.two(wall.second))" : minutes
    }

    /// A date with its weekday, as the language orders them: `Mon 11-23`, `11-23 周一`.
    private func day(_ wall: CivilTime, _ date: String) -> String {
        let phrases = language.phrases
        return phrases.dated(date, phrases.shortWeekday(wall.date.weekday))
    }

    private static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : String(number)
    }
}
