import DownbeatCore

/// Reads `calendar` and `calendar_miss`, and `days: workdays`, which is the calendar cn-workdays.
struct CalendarKeyDecoder {
    /// A calendar that ends within this time is warned about: the dates of a year are published in
    /// the November before it.
    static let warningDays = 60
    static let workdays = "workdays"
    static let workdaysCalendar = "cn-workdays"

    let fields: ScheduleFields
    let context: DecodingContext
    let zone: ZoneRules

    /// Whether `days` is the one word `workdays`.
    static func saysWorkdays(_ fields: ScheduleFields) -> Bool {
        guard let entry = fields.own(.days) else { return false }
        if case .sequence(let items) = entry.value.content, items.count == 1 {
            return items[0].text == workdays
        }
        return entry.value.text == workdays
    }

    /// What the keys say.
    enum Outcome {
        case none
        case calendar(RuleCalendar)
        /// Something is wrong, which has been reported.
        case wrong
    }

    func decode(_ trigger: Trigger?) -> Outcome {
        let missEntry = fields.own(.calendarMiss)
        let miss = missEntry.map { context.word($0.value, of: $0.name, as: CalendarMiss.self) }
        let found = calendar()
        if case .none = found, let missEntry {
            context.report(
                .companionMissing,
                "`\(missEntry.name)` goes with `calendar`, which is missing",
                at: missEntry.key,
                label: "add `calendar`, or remove this key"
            )
            return .wrong
        }
        guard case .calendar(var rule) = found else { return found }
        guard let miss = miss ?? .skip else { return .wrong }
        rule.miss = miss
        guard fits(trigger, miss) else { return .wrong }
        return .calendar(rule)
    }

    private func calendar() -> Outcome {
        let days = Self.saysWorkdays(fields) ? fields.own(.days) : nil
        guard let entry = fields.own(.calendar) else {
            return days.map { named(Self.workdaysCalendar, $0.value) } ?? .none
        }
        if let days {
            context.report(
                .calendarForm,
                "`days: workdays` is the calendar `\(Self.workdaysCalendar)`, and `calendar` is another",
                at: days.value,
                label: "write `calendar: { all_of: [\(Self.workdaysCalendar), …] }` without it"
            )
            return .wrong
        }
        let decoder = CalendarDecoder(context: context)
        guard let expression = decoder.expression(entry.value, of: "calendar") else {
            return .wrong
        }
        return found(expression, entry.value)
    }

    private func named(_ name: String, _ node: YAMLNode) -> Outcome {
        found(.named(name), node)
    }

    private func found(_ expression: CalendarDefinition.Expression, _ node: YAMLNode) -> Outcome {
        let declared = context.calendars
        do throws(CalendarBook.Failure) {
            let calendar = try declared.book.calendar(of: expression)
            warnOfEnd(calendar, node)
            return .calendar(RuleCalendar(calendar))
        } catch {
            if case .unknown = error, !declared.isComplete { return .wrong }
            // A cycle stands among the definitions and has been reported there.
            if case .cycle = error { return .wrong }
            CalendarDecoder(context: context).report(error, at: node, declared.book)
            return .wrong
        }
    }

    private func fits(_ trigger: Trigger?, _ miss: CalendarMiss) -> Bool {
        guard let entry = fields.own(.calendar) ?? fields.own(.days) else { return true }
        switch trigger {
        case .once:
            context.report(
                .calendarTrigger,
                "`once` names its day itself, so `\(entry.name)` has nothing to choose",
                at: entry.key,
                label: "remove it, and correct the date if need be"
            )
            return false
        case .after(let leader):
            context.report(
                .calendarTrigger,
                "`after` has the days of the runs it follows, so `\(entry.name)` has nothing to choose",
                at: entry.key,
                label: "remove it, or write it in `\(leader)`"
            )
            return false
        case .every where miss != .skip:
            let entry = fields.own(.calendarMiss) ?? entry
            context.report(
                .calendarTrigger,
                "the times of `every` do not move to other days: each day has them anyway",
                at: entry.key,
                label: "use `calendar_miss: skip`, or `at` or `cron` for the trigger"
            )
            return false
        default:
            return true
        }
    }

    /// A calendar that ends soon, or has ended, said once where it is defined or first used.
    private func warnOfEnd(_ calendar: DayCalendar, _ node: YAMLNode) {
        let today = zone.civilTime(at: context.now).date
        guard let last = calendar.lastKnownDate(from: today) else { return }
        let left = last.dayNumber - today.dayNumber
        guard left <= Self.warningDays, context.warnedCalendars.insert(calendar.name).inserted
        else {
            return
        }
        let day = InstantText.dateText(last)
        let message: String
        if left >= 0 {
            let days = left == 1 ? "1 day" : "\(left) days"
            message =
                "calendar `\(calendar.name)` ends on \(day), in \(days): after that nothing fires"
        } else {
            message =
                "calendar `\(calendar.name)` knows \(calendar.rangeWords): today nothing fires"
        }
        context.report(
            .calendarEnds,
            message,
            at: context.calendars.places[calendar.name] ?? node,
            label: "add the dates of \(last.year + 1), or `beyond: weekdays`"
        )
    }
}
