/// One event while it is read: its dates, and how it repeats.
struct ICSEvent: Sendable {
    /// Days of one event; more is a mistake in the year.
    static let daysMax = 366
    /// Characters of a summary that are kept, for notes beside dates.
    private static let summaryMax = 60
    /// Days taken out of the repetitions of one event.
    private static let exceptionsMax = 10_000

    /// A date, or a date and time, as the file says it.
    struct Moment: Hashable, Sendable {
        var date: CivilDate
        /// Nil: the whole day.
        var secondOfDay: Int?
    }

    /// `FREQ=YEARLY`.
    struct Repetition: Hashable, Sendable {
        var interval = 1
        var count: Int?
        var until: CivilDate?

        var isEndless: Bool { count == nil && until == nil }
    }

    let line: Int
    private(set) var start: Moment?
    private(set) var summary: String?
    private(set) var isCancelled = false
    private(set) var repetition: Repetition?
    private var finish: Moment?
    /// Whole days of `DURATION`; less than one counts as one.
    private var durationDays: Int?
    private var excluded: Set<Int> = []

    init(line: Int) { self.line = line }

    mutating func take(_ line: ICSLine, zone: ZoneRules) throws(ICSError) {
        switch line.name {
        case "DTSTART": start = try ICSValue.moment(line.value, line, zone)
        case "DTEND": finish = try ICSValue.moment(line.value, line, zone)
        case "DURATION": durationDays = try ICSValue.days(ofDuration: line)
        case "RRULE": repetition = try ICSValue.repetition(line, zone)
        case "EXDATE":
            for text in line.value.split(separator: ",") {
                guard excluded.count < Self.exceptionsMax else { break }
                excluded.insert(try ICSValue.moment(String(text), line, zone).date.dayNumber)
            }
        case "STATUS": isCancelled = line.value.uppercased() == "CANCELLED"
        case "SUMMARY": summary = ICSValue.text(line.value, prefix: Self.summaryMax)
        case "RDATE", "EXRULE", "RECURRENCE-ID":
            throw ICSError(
                line: line.number,
                message:
                    "`\(line.name)` is not read: the dates of such an event would be incomplete",
                remedy: "Write these days under `off` or `on`, or export single events"
            )
        default: break
        }
    }

    /// Throws when the event has no dates that can be used.
    func check() throws(ICSError) {
        guard !isCancelled else { return }
        guard start != nil else {
            throw ICSError(
                line: line,
                message: "an event has no `DTSTART`",
                remedy: "Export the file again, or remove the event"
            )
        }
        guard let days, days.count <= Self.daysMax else {
            throw ICSError(
                line: line,
                message: days == nil
                    ? "an event ends before it begins"
                    : "an event has more than \(Self.daysMax) days",
                remedy: "Correct its `DTEND`"
            )
        }
    }

    /// The days of the event itself, without repetitions; nil when it ends before it begins.
    ///
    /// The end of RFC 5545 is exclusive: an event that ends at midnight does not touch the day.
    var days: ClosedRange<Int>? {
        guard let start else { return nil }
        let first = start.date.dayNumber
        var last = first
        if let finish {
            last = finish.date.dayNumber
            if finish.secondOfDay ?? 0 == 0, last > first { last -= 1 }
        } else if let durationDays {
            last = first + max(1, durationDays) - 1
        }
        return first <= last ? first...last : nil
    }

    /// All days on which it takes place that touch some years; nil: those in which it lies itself.
    func occurrences(in years: ClosedRange<Int>?) -> [ClosedRange<Int>] {
        guard let days else { return [] }
        guard let repetition, let years else {
            return excluded.contains(days.lowerBound) ? [] : [days]
        }
        let first = CivilDate(dayNumber: days.lowerBound)
        let length = days.count - 1
        var found: [ClosedRange<Int>] = []
        var number = 0
        var year = first.year
        while year <= years.upperBound, number < repetition.count ?? .max {
            let date = CivilDate(year: year, month: first.month, day: first.day)
            year += repetition.interval
            // RFC 5545: a 29 February is passed over in years without it, and does not count.
            guard date.exists else { continue }
            if let until = repetition.until, date > until { break }
            number += 1
            let day = date.dayNumber
            if !excluded.contains(day) { found.append(day...(day + length)) }
        }
        return found
    }
}
