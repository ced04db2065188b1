/// Schedules in Simplified Chinese.
///
/// A sentence goes from the year to the time of day, with full-width punctuation and a blank between
/// Chinese and digits.
struct ChinesePhrases: Phrases {
    private static let weekdays = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"]
    private static let ordinals = ["第一个", "第二个", "第三个", "第四个", "第五个"]

    // MARK: Patterns

    func sentence(_ pattern: PatternDescription) -> String {
        let clock = clock(pattern.clock, onEveryDay: pattern.days == .every)
        // Times of day and hours need a day before them, a rhythm does not.
        let isRhythm = clock.hasPrefix("每")
        var date = isRhythm && pattern.days == .every ? "" : days(pattern.days, of: pattern.months)
        if pattern.days == .every, let months = pattern.months {
            date = Self.months(months, every: true) + (date.isEmpty ? "" : "，" + date)
        }
        var suffix = ""
        if case .either = pattern.days, let months = pattern.months {
            suffix = "，仅限 " + Self.months(months)
        }
        if let years = pattern.years {
            if case .either = pattern.days {
                suffix += "，仅限 " + Self.years(years)
            } else {
                date = Self.within(years, date)
            }
        }
        return Self.joined(date, clock, pattern.days) + suffix
    }

    func days(_ days: PatternDescription.Days) -> String { self.days(days, of: nil) }

    func words(of field: FieldDescription) -> String {
        switch field {
        case .second(let values):
            if let cycle = values.cycle, cycle.first == 0 { return Self.every(cycle.step, "秒") }
            return "第 \(Self.list(values)) 秒"
        case .minute(let values):
            if let cycle = values.cycle, cycle.first == 0 { return Self.every(cycle.step, "分钟") }
            return "第 \(Self.list(values)) 分"
        case .hour(let values):
            if let cycle = values.cycle, cycle.first == 0 { return Self.every(cycle.step, "小时") }
            return "\(Self.list(values)) 时"
        case .monthDays(let days):
            return days.numbers.isFull ? "每日" : "日期：" + monthDays(days)
        case .month(let values):
            return values.isFull ? "每月" : "月份：" + Self.months(values)
        case .weekdays(let days):
            return days.map { "星期：" + weekdays($0, every: "", month: "当月") } ?? "不限星期"
        case .year(let values):
            return values.isFull ? "每年" : "年份：" + Self.years(values)
        }
    }

    /// A date before a clock: times stand right behind it.
    private static func joined(
        _ date: String,
        _ clock: String,
        _ days: PatternDescription.Days
    ) -> String {
        if date.isEmpty { return clock }
        switch days {
        case .both, .either: return "\(date)，\(clock)"
        case .every, .monthDays, .weekdays: break
        }
        if clock.hasPrefix("从") { return date + clock }
        if clock.hasPrefix("每") { return "\(date)，\(clock)" }
        return date.hasSuffix("）") ? date + clock : "\(date) \(clock)"
    }

    /// A date in some years: `2027 年 1 月 1 日`, `2027 年，每天`, `2027 年至 2030 年，每月 1 日`.
    private static func within(_ years: FieldValues, _ date: String) -> String {
        let words = self.years(years)
        let everyYear = "每年 "
        if years.only != nil, date.hasPrefix(everyYear) {
            return "\(words) \(date.dropFirst(everyYear.count))"
        }
        return date.isEmpty ? words : "\(words)，\(date)"
    }

    // MARK: Times of day

    private func clock(_ clock: ClockDescription, onEveryDay: Bool) -> String {
        switch clock {
        case .times(let times):
            return TimeOfDay.texts(times).joined(separator: "、")
        case .hours(let step, let spans, let isCycle):
            let rhythm = Self.every(step, "小时") + "一次"
            if isCycle, onEveryDay { return "从 \(spans[0].lowerBound.text) 起，\(rhythm)" }
            return "\(Self.spans(spans))，\(rhythm)"
        case .minutes(let minutes, let hours):
            return self.minutes(minutes, hours)
        case .seconds(let seconds, let hours):
            return self.seconds(seconds, hours)
        case .secondsOfMinutes(let seconds, let minutes):
            let lead = self.clock(minutes, onEveryDay: onEveryDay)
            if let cycle = seconds.cycle, cycle.first == 0 {
                return "\(lead)，该分钟内\(Self.every(cycle.step, "秒"))一次"
            }
            return "\(lead)，该分钟的第 \(Self.list(seconds)) 秒"
        }
    }

    private func minutes(
        _ minutes: FieldValues,
        _ hours: ClockDescription.HourDescription
    ) -> String {
        if let cycle = minutes.cycle {
            let rhythm = Self.every(cycle.step, "分钟")
            let last = minutes.domain.upperBound - cycle.step + cycle.first + 1
            switch hours {
            case .every where cycle.first == 0: return rhythm
            case .every: return "每小时从第 \(cycle.first) 分起，\(rhythm)一次"
            case .runs(let runs):
                let spans = runs.map {
                    ClosedRange(hours: $0, from: cycle.first * 60, to: last * 60)
                }
                return "\(Self.spans(spans))，\(rhythm)一次"
            case .list(let list) where cycle.first == 0:
                return "\(Self.list(list)) 时内，\(rhythm)一次"
            case .list: break
            }
        }
        let part = "第 \(Self.list(minutes)) 分"
        switch hours {
        case .every: return minutes.only == 0 ? "每小时整点" : "每小时的\(part)"
        case .runs(let runs):
            if runs.count == 1, runs[0].count == 1 { return "\(runs[0].lowerBound) 时的\(part)" }
            let names = runs.map { run in
                run.count == 1
                    ? "\(run.lowerBound) 时" : "\(run.lowerBound) 时至 \(run.upperBound) 时"
            }
            return "\(names.joined(separator: "、"))，每小时的\(part)"
        case .list(let list): return "\(Self.list(list)) 时，每小时的\(part)"
        }
    }

    private func seconds(
        _ seconds: FieldValues,
        _ hours: ClockDescription.HourDescription
    ) -> String {
        if let cycle = seconds.cycle {
            let rhythm = Self.every(cycle.step, "秒")
            let last = 59 * 60 + seconds.domain.upperBound - cycle.step + cycle.first + 1
            switch hours {
            case .every where cycle.first == 0: return rhythm
            case .every: return "每分钟从第 \(cycle.first) 秒起，\(rhythm)一次"
            case .runs(let runs):
                let spans = runs.map { ClosedRange(hours: $0, from: cycle.first, to: last) }
                return "\(Self.spans(spans))，\(rhythm)一次"
            case .list(let list) where cycle.first == 0:
                return "\(Self.list(list)) 时内，\(rhythm)一次"
            case .list: break
            }
        }
        let part = "每分钟的第 \(Self.list(seconds)) 秒"
        switch hours {
        case .every: return part
        case .runs(let runs):
            return Self.spans(runs.map { ClosedRange(hours: $0, from: 0, to: 59 * 60) }) + "，"
                + part
        case .list(let list): return "\(Self.list(list)) 时内，\(part)"
        }
    }

    /// `每 5 分钟`, `每分钟`.
    private static func every(_ step: Int, _ unit: String) -> String {
        step == 1 ? "每\(unit)" : "每 \(step) \(unit)"
    }

    private static func spans(_ spans: [ClosedRange<TimeOfDay>]) -> String {
        spans.map { span in
            let texts = TimeOfDay.texts([span.lowerBound, span.upperBound])
            return texts[0] == texts[1] ? texts[0] : "\(texts[0]) 至 \(texts[1])"
        }.joined(separator: "、")
    }

    // MARK: Days

    private func days(_ days: PatternDescription.Days, of months: FieldValues?) -> String {
        switch days {
        case .every: return "每天"
        case .monthDays(let days): return Self.lead(months, days) + monthDays(days)
        case .weekdays(let days):
            guard let months else { return weekdays(days, every: "每", month: "每月") }
            return Self.months(months, every: true) + "的"
                + weekdays(days, every: "每", month: "")
        case .both(let days, let weekdays):
            let lead = Self.lead(months, days) + monthDays(days)
            guard let exception = weekdays.exception, weekdays.nth.isEmpty else {
                let names = self.weekdays(weekdays, every: "", month: "当月", conjunction: "或")
                return "\(lead)，且当天是\(names)"
            }
            return "\(lead)，且当天不是\(Self.weekday(exception))"
        case .either(let days, let weekdays):
            // What restricts the months stands at the end, so that it counts for both.
            let names = self.weekdays(weekdays, every: "每", month: "每月", conjunction: "或")
            return Self.lead(nil, days) + "\(monthDays(days))，或者\(names)"
        }
    }

    /// `每月 `, `每年 1 月 `, `每年 1 月、7 月的 `: what stands before days of a month.
    private static func lead(
        _ months: FieldValues?,
        _ days: PatternDescription.MonthDays
    ) -> String {
        let blank = days.numbers.values.isEmpty ? "" : " "
        guard let months else { return "每月" + blank }
        let isDate = months.only != nil && days.isPlain
        let isNearest = days.nearestWeekday != nil && blank.isEmpty
        return self.months(months, every: true) + (isDate ? " " : isNearest ? "" : "的" + blank)
    }

    /// `1 日至 7 日和最后一天`.
    private func monthDays(_ days: PatternDescription.MonthDays) -> String {
        var parts: [String] = []
        if !days.numbers.values.isEmpty { parts.append(Self.list(days.numbers, " 日")) }
        if let count = days.lastDays {
            parts.append("最后 \(count) 天")
        } else {
            if days.includesLastDay { parts.append("最后一天") }
            parts += days.daysBeforeLast.map { "倒数第 \($0 + 1) 天" }
        }
        if days.includesLastWeekday { parts.append("最后一个工作日（周一至周五）") }
        if let distance = days.nearestBeforeLast {
            parts.append("离倒数第 \(distance + 1) 天最近的工作日（周一至周五）")
        }
        if let day = days.nearestWeekday {
            parts.append("离 \(day) 日最近的工作日（周一至周五）")
        }
        return parts.joined(separator: "和")
    }

    /// `每周一至周五`, `每周一、周四和每月第二个周五`, `除周五外的每一天`.
    private func weekdays(
        _ days: PatternDescription.Weekdays,
        every: String,
        month: String,
        conjunction: String = "和"
    ) -> String {
        var parts: [String] = []
        if let exception = days.exception {
            parts.append("除\(Self.weekday(exception))外的每一天")
        } else if !days.runs.isEmpty {
            let names = days.runs.flatMap { run in
                run.count < 3
                    ? run.map(Self.weekday)
                    : ["\(Self.weekday(run.lowerBound))至\(Self.weekday(run.upperBound))"]
            }
            let hasOr = conjunction == "或" && names.count > 1
            let list = names.dropLast(hasOr ? 1 : 0).joined(separator: "、")
            parts.append(every + list + (hasOr ? "或\(names[names.count - 1])" : ""))
        }
        parts += days.nth.map { day in
            let ordinal = day.number.map { Self.ordinals[$0 - 1] } ?? "最后一个"
            return "\(month)\(ordinal)\(Self.weekday(day.weekday))"
        }
        return parts.joined(separator: conjunction)
    }

    static func weekday(_ day: Int) -> String { weekdays[day % 7] }

    // MARK: Months, years and lists

    /// `6 月至 8 月`; with `every`: `每年 6 月至 8 月`.
    private static func months(_ months: FieldValues, every: Bool = false) -> String {
        (every ? "每年 " : "") + list(months, " 月")
    }

    private static func years(_ years: FieldValues) -> String { list(years, " 年") }

    /// `1 日、15 日`, `1 日至 7 日`, `1、3、5…31 日`.
    private static func list(_ values: FieldValues, _ unit: String) -> String {
        switch values.series {
        case .progression: list(values) + unit
        case .ranges(let ranges):
            ranges.map { range in
                range.count == 1
                    ? "\(range.lowerBound)\(unit)"
                    : "\(range.lowerBound)\(unit)至 \(range.upperBound)\(unit)"
            }.joined(separator: "、")
        }
    }

    /// `15、45`, `0 至 30`, `0、7、14…56`.
    private static func list(_ values: FieldValues) -> String {
        switch values.series {
        case .progression(let first, let last):
            first.map(String.init).joined(separator: "、") + "…\(last)"
        case .ranges(let ranges):
            ranges.map { range in
                range.count == 1
                    ? "\(range.lowerBound)" : "\(range.lowerBound) 至 \(range.upperBound)"
            }.joined(separator: "、")
        }
    }
}
