import DownbeatCore
import Support

/// A random text of a dialect with a slow reading of it that shares nothing with the translation: each
/// second of each day in UTC is asked whether the text matches it.
struct DrawnDialect {
    var dialect: CronDialect
    var text: String
    private var second: (Int) -> Bool = { $0 == 0 }
    private var minute: (Int) -> Bool = { $0 == 0 }
    private var hour: (Int) -> Bool = { $0 == 0 }
    private var day: (Day) -> Bool = { _ in true }

    /// A day with what the fields of all dialects ask about.
    struct Day {
        var year: Int
        var month: Int
        var day: Int
        /// 0 for Sunday.
        var weekday: Int
        var length: Int

        init(dayNumber: Int) {
            let date = CivilDate(dayNumber: dayNumber)
            (year, month, day) = (date.year, date.month, date.day)
            weekday = ((dayNumber + 4) % 7 + 7) % 7
            let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            length = lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)
        }

        /// The weekday of another day of the month.
        func weekday(of other: Int) -> Int { ((weekday + other - day) % 7 + 7) % 7 }
    }

    /// A field as text with the values that it means, in the dialect's own numbers.
    private struct Drawn {
        var text: String
        var values: Set<Int>
        /// Has an item that is `*` or `*/1`.
        var isOpen = false
    }

    /// How many times a matching day has.
    var timesADay: Int {
        (0..<24).count(where: hour) * (0..<60).count(where: minute) * (0..<60).count(where: second)
    }

    /// The fire times in [first, last) days, as seconds since the epoch.
    func fireTimes(days: Range<Int>) -> [Int] {
        days.flatMap { number -> [Int] in
            guard day(Day(dayNumber: number)) else { return [] }
            return (0..<24).filter(hour).flatMap { h in
                (0..<60).filter(minute).flatMap { m in
                    (0..<60).filter(second).map { number * 86_400 + h * 3600 + m * 60 + $0 }
                }
            }
        }
    }

    init(_ dialect: CronDialect, _ random: inout SeededGenerator) {
        self.dialect = dialect
        text = ""
        switch dialect {
        case .celery: drawCelery(&random)
        case .robfig: drawRobfig(&random)
        case .quartz: drawQuartz(hasSeconds: true, &random)
        case .eventbridge: drawQuartz(hasSeconds: false, &random)
        case .systemd: drawSystemd(&random)
        }
    }

    // MARK: Cron-like fields

    private enum Habit { case wraps, opensSteps }

    private static func field(
        _ low: Int,
        _ high: Int,
        _ habits: Set<Habit>,
        _ random: inout SeededGenerator
    ) -> Drawn {
        var drawn = Drawn(text: "", values: [])
        let count = Int.random(in: 0..<4, using: &random) == 0 ? 2 : 1
        for number in 0..<count {
            let a = Int.random(in: low...high, using: &random)
            let b = Int.random(in: low...high, using: &random)
            let step = Int.random(in: 1...max(1, (high - low) / 2), using: &random)
            let size = high - low + 1
            var item = "\(a)"
            var values: [Int] = [a]
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                item = "*"
                values = Array(low...high)
                drawn.isOpen = true
            case 1:
                item = "*/\(step)"
                values = Array(stride(from: low, through: high, by: step))
                if step == 1 { drawn.isOpen = true }
            case 2 where habits.contains(.opensSteps):
                item = "\(a)/\(step)"
                values = Array(stride(from: a, through: high, by: step))
            case 3 where a <= b || habits.contains(.wraps):
                item = "\(a)-\(b)"
                let end = a <= b ? b : b + size
                values = (a...end).map { $0 > high ? $0 - size : $0 }
            case 4 where a <= b || habits.contains(.wraps):
                item = "\(a)-\(b)/\(step)"
                let end = a <= b ? b : b + size
                values = stride(from: a, through: end, by: step).map { $0 > high ? $0 - size : $0 }
            default: break
            }
            drawn.text += (number == 0 ? "" : ",") + item
            drawn.values.formUnion(values)
        }
        return drawn
    }

    private mutating func drawTimes(
        _ habits: Set<Habit>,
        _ random: inout SeededGenerator
    ) -> [String] {
        let minutes = Self.field(0, 59, habits, &random)
        let hours = Self.field(0, 23, habits, &random)
        minute = { minutes.values.contains($0) }
        hour = { hours.values.contains($0) }
        return [minutes.text, hours.text]
    }

    private mutating func drawCelery(_ random: inout SeededGenerator) {
        let times = drawTimes([.wraps], &random)
        let days = Self.field(1, 31, [.wraps], &random)
        let months = Self.field(1, 12, [.wraps], &random)
        let weekdays = Self.field(0, 6, [.wraps], &random)
        text = (times + [days.text, months.text, weekdays.text]).joined(separator: " ")
        day = {
            days.values.contains($0.day) && months.values.contains($0.month)
                && weekdays.values.contains($0.weekday)
        }
    }

    private mutating func drawRobfig(_ random: inout SeededGenerator) {
        let times = drawTimes([.opensSteps], &random)
        let days = Self.field(1, 31, [.opensSteps], &random)
        let months = Self.field(1, 12, [.opensSteps], &random)
        let weekdays = Self.field(0, 6, [.opensSteps], &random)
        text = (times + [days.text, months.text, weekdays.text]).joined(separator: " ")
        if Bool.random(using: &random) { text = text.replacing(" * ", with: " ? ") }
        day = {
            let byDay = days.values.contains($0.day)
            let byWeekday = weekdays.values.contains($0.weekday)
            let matches =
                days.isOpen || weekdays.isOpen ? byDay && byWeekday : byDay || byWeekday
            return months.values.contains($0.month) && matches
        }
    }

    private mutating func drawQuartz(hasSeconds: Bool, _ random: inout SeededGenerator) {
        let habits: Set<Habit> = hasSeconds ? [.wraps, .opensSteps] : [.opensSteps]
        var fields = drawTimes(habits, &random)
        if hasSeconds {
            let seconds = Self.field(0, 59, habits, &random)
            second = { seconds.values.contains($0) }
            fields.insert(seconds.text, at: 0)
        }
        let months = Self.field(1, 12, habits, &random)
        let year = Int.random(in: 2026...2028, using: &random)
        let (years, isYear): (String, (Int) -> Bool) =
            Bool.random(using: &random)
            ? ("*", { _ in true }) : ("\(year)/2", { $0 >= year && ($0 - year) % 2 == 0 })
        let days: (text: String, matches: (Day) -> Bool)
        if Bool.random(using: &random) {
            let drawn = Self.monthDay(hasSeconds, habits, &random)
            days = ("\(drawn.text) \(months.text) ?", drawn.matches)
        } else {
            let drawn = Self.weekday(habits, &random)
            days = ("? \(months.text) \(drawn.text)", drawn.matches)
        }
        day = {
            months.values.contains($0.month) && isYear($0.year) && days.matches($0)
        }
        let showsYear = !hasSeconds || years != "*" || Bool.random(using: &random)
        text = (fields + [days.text] + (showsYear ? [years] : [])).joined(separator: " ")
        if !hasSeconds { text = "cron(\(text))" }
    }

    private static func monthDay(
        _ isQuartz: Bool,
        _ habits: Set<Habit>,
        _ random: inout SeededGenerator
    ) -> (text: String, matches: (Day) -> Bool) {
        let number = Int.random(in: 1...31, using: &random)
        let distance = Int.random(in: 0...30, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return ("L", { $0.day == $0.length })
        case 1: return ("LW", { isNearest($0, to: $0.length) })
        case 2: return ("\(number)W", { isNearest($0, to: number) })
        case 3 where isQuartz: return ("L-\(distance)", { $0.day == $0.length - distance })
        case 4 where isQuartz:
            return ("L-\(distance)W", { isNearest($0, to: $0.length - distance) })
        default:
            let drawn = field(1, 31, habits, &random)
            return (drawn.text, { drawn.values.contains($0.day) })
        }
    }

    private static func isNearest(_ day: Day, to target: Int) -> Bool {
        guard (1...day.length).contains(target) else { return false }
        let weekdays = (1...day.length).filter { (1...5).contains(day.weekday(of: $0)) }
        return day.day == weekdays.min { abs($0 - target) < abs($1 - target) }
    }

    private static func weekday(
        _ habits: Set<Habit>,
        _ random: inout SeededGenerator
    ) -> (text: String, matches: (Day) -> Bool) {
        let number = Int.random(in: 1...7, using: &random)
        let count = Int.random(in: 1...5, using: &random)
        let name = ["SUN", "mon", "Tue", "WED", "thu", "FRI", "sat"][number - 1]
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return ("\(number)L", { $0.weekday == number - 1 && $0.day > $0.length - 7 })
        case 1:
            return ("\(name)#\(count)", { $0.weekday == number - 1 && ($0.day + 6) / 7 == count })
        case 2: return (name, { $0.weekday == number - 1 })
        case 3: return ("L", { $0.weekday == 6 })
        default:
            let drawn = field(1, 7, habits, &random)
            return (drawn.text, { drawn.values.contains($0.weekday + 1) })
        }
    }

    // MARK: systemd

    private static func component(
        _ low: Int,
        _ high: Int,
        _ random: inout SeededGenerator
    ) -> Drawn {
        guard Int.random(in: 0..<3, using: &random) > 0 else {
            return Drawn(text: "*", values: Set(low...high), isOpen: true)
        }
        var drawn = Drawn(text: "", values: [])
        for number in 0..<Int.random(in: 1...2, using: &random) {
            let a = Int.random(in: low...high, using: &random)
            let b = Int.random(in: a...high, using: &random)
            let step = Int.random(in: 1...max(1, (high - low) / 2), using: &random)
            let (item, values): (String, [Int]) =
                switch Int.random(in: 0..<4, using: &random) {
                case 0: ("\(a)", [a])
                case 1: ("\(a)..\(b)", Array(a...b))
                case 2: ("\(a)/\(step)", Array(stride(from: a, through: high, by: step)))
                default: ("\(a)..\(b)/\(step)", Array(stride(from: a, through: b, by: step)))
                }
            drawn.text += (number == 0 ? "" : ",") + item
            drawn.values.formUnion(values)
        }
        return drawn
    }

    private mutating func drawSystemd(_ random: inout SeededGenerator) {
        var words: [String] = []
        var tests: [(Day) -> Bool] = []
        if Bool.random(using: &random) {
            let names = ["Mon", "tue", "WED", "Thursday", "Fri", "sat", "Sunday"]
            let a = Int.random(in: 0..<7, using: &random)
            let b = Int.random(in: a..<7, using: &random)
            words.append(a == b ? names[a] : "\(names[a])..\(names[b])")
            tests.append { (a...b).contains(($0.weekday + 6) % 7) }
        }
        if Bool.random(using: &random) || words.isEmpty {
            let months = Self.component(1, 12, &random)
            tests.append { months.values.contains($0.month) }
            let year = Int.random(in: 2026...2027, using: &random)
            let years = ["*-", "", "\(year)-", "\(year)/3-", "\(year % 100)-"].drawn(&random)
            if years.contains("/") {
                tests.append { $0.year >= year && ($0.year - year) % 3 == 0 }
            } else if years.contains("2") {
                tests.append { $0.year == year }
            }
            let days = Self.fromEndOrStart(&random)
            words.append(years + months.text + days.text)
            tests.append(days.matches)
        }
        if Bool.random(using: &random) {
            let parts = [
                Self.component(0, 23, &random), Self.component(0, 59, &random),
                Self.component(0, 59, &random),
            ]
            let shown = Bool.random(using: &random) ? 3 : 2
            words.append(parts[..<shown].map(\.text).joined(separator: ":"))
            hour = { parts[0].values.contains($0) }
            minute = { parts[1].values.contains($0) }
            if shown == 3 { second = { parts[2].values.contains($0) } }
        }
        text = words.joined(separator: " ")
        day = { day in tests.allSatisfy { $0(day) } }
    }

    private static func fromEndOrStart(
        _ random: inout SeededGenerator
    ) -> (text: String, matches: (Day) -> Bool) {
        let number = Int.random(in: 1...31, using: &random)
        let step = Int.random(in: 1...7, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return ("~\(number)", { $0.length - $0.day + 1 == number })
        case 1:
            return (
                "~\(number)/\(step)",
                {
                    let fromEnd = $0.length - $0.day + 1
                    return fromEnd <= number && (number - fromEnd) % step == 0
                }
            )
        default:
            let drawn = component(1, 31, &random)
            return ("-" + drawn.text, { drawn.values.contains($0.day) })
        }
    }
}
