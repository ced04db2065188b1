/// Five fields as cron itself reads them: the second opinion that an import is checked against.
///
/// It follows `get_list`, `get_range` and `get_number` of Vixie's `entry.c`, as Debian's cron and
/// cronie have them, with plain sets and steps, and shares nothing with `Crontab`: a mistake in one
/// of the two would have to be made in the other as well to go unseen.
package struct CronReading: Hashable, Sendable {
    var minutes: Set<Int>
    var hours: Set<Int>
    var days: Set<Int>
    var months: Set<Int>
    /// 0 for Sunday to 6.
    var weekdays: Set<Int>
    /// The first character of day of month or day of week is `*`: both must match.
    var needsBothDays: Bool
    /// The first character of minute or hour is `*`: daylight saving treats it as a rhythm.
    var isWildcard: Bool

    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    private static let nicknames = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
        "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
        "@hourly": "0 * * * *",
    ]

    /// Reads five fields or a nickname; nil where cron does not take the line.
    ///
    /// - Parameter text: the fields with blanks between them.
    package init?(_ text: String) {
        let fields = (Self.nicknames[text] ?? text).split { $0 == " " || $0 == "\t" }
        guard fields.count == 5,
            let minutes = Self.list(fields[0], 0, 59),
            let hours = Self.list(fields[1], 0, 23),
            let days = Self.list(fields[2], 1, 31),
            let months = Self.list(fields[3], 1, 12, names: Self.monthNames, firstName: 1),
            let weekdays = Self.list(fields[4], 0, 7, names: Self.weekdayNames, firstName: 0)
        else { return nil }
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.weekdays = Set(weekdays.map { $0 % 7 })
        needsBothDays = fields[2].hasPrefix("*") || fields[4].hasPrefix("*")
        isWildcard = fields[0].hasPrefix("*") || fields[1].hasPrefix("*")
    }

    /// Whether cron starts the line on a date.
    func matches(_ date: CivilDate) -> Bool {
        guard months.contains(date.month) else { return false }
        let day = days.contains(date.day)
        let weekday = weekdays.contains(date.weekday)
        return needsBothDays ? day && weekday : day || weekday
    }

    /// Whether cron starts the line at a minute of the wall clock.
    func matches(minuteOfDay: Int) -> Bool {
        hours.contains(minuteOfDay / 60) && minutes.contains(minuteOfDay % 60)
    }

    private static func list(
        _ field: Substring,
        _ low: Int,
        _ high: Int,
        names: [String] = [],
        firstName: Int = 0
    ) -> Set<Int>? {
        var values: Set<Int> = []
        for item in field.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "/", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count) else { return nil }
            var step = 1
            if parts.count == 2 {
                guard let number = number(parts[1]), number > 0 else { return nil }
                step = number
            }
            var first = low
            var last = high
            if parts[0] != "*" {
                let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
                // A step needs `*` or a range: cron refuses `5/15`.
                guard ends.count == 2 || ends.count == 1 && parts.count == 1 else { return nil }
                let read = ends.map { value($0, names, firstName) }
                guard let from = read[0], var to = read[ends.count - 1] else { return nil }
                // As cronie; in Debian's cron a range that ends on Sunday by name never matches.
                if to == 0, from > 0, !names.isEmpty, number(ends[ends.count - 1]) == nil { to = 7 }
                first = from
                last = to
            }
            guard first >= low, last <= high, first <= last else { return nil }
            values.formUnion(stride(from: first, through: last, by: step))
        }
        return values
    }

    private static func number(_ text: Substring) -> Int? {
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isNumber ? Int(text) : nil
    }

    private static func value(_ text: Substring, _ names: [String], _ firstName: Int) -> Int? {
        number(text) ?? names.firstIndex(of: text.lowercased()).map { $0 + firstName }
    }
}
