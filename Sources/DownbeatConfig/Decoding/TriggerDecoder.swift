import DownbeatCore

/// Reads what makes a schedule fire: one trigger family with its companions, `from` and `until`.
struct TriggerDecoder {
    /// Expressions, times or days in one list.
    static let listCountMax = 100
    /// A rule whose fire times lie further apart than a year and a day fires less than once a year.
    private static let year = Duration.seconds(366 * 86_400)

    let fields: ScheduleFields
    let context: DecodingContext
    let zone: ZoneRules
    /// Of the schedule; decides what `H` stands for.
    let name: String

    func decode() -> Rule? {
        reportLoneCompanions()
        DialectDecoder(fields: fields, context: context).reportAlone()
        let found = ScheduleKey.triggers.compactMap(fields.own)
            .sorted { Self.order($0) < Self.order($1) }
        guard let first = found.first else { return nil }
        for other in found.dropFirst() {
            context.report(
                .severalTriggers,
                "`\(first.name)` and `\(other.name)` exclude each other: a schedule has one trigger",
                at: other.key,
                label: "remove one, or make two schedules",
                related: context.related(first.key, "first trigger")
            )
        }
        let bounds = bounds()
        let daylight = DaylightDecoder(fields: fields, context: context).decode(first.name)
        // All of them are read, so that their own mistakes are reported too.
        let triggers = found.map { entry in
            ScheduleKey.byName[entry.name].flatMap { trigger($0, entry.value) }
        }
        let calendar = CalendarKeyDecoder(fields: fields, context: context, zone: zone)
            .decode(triggers[0])
        guard found.count == 1, let trigger = triggers[0], let bounds else { return nil }
        var rule = Rule(
            trigger: trigger,
            zone: zone,
            daylight: daylight,
            from: bounds.from,
            until: bounds.until
        )
        switch calendar {
        case .none: break
        case .calendar(let calendar): rule.calendar = calendar
        case .wrong: return nil
        }
        check(rule, at: first)
        rule.jitter = JitterDecoder(fields: fields, context: context).decode(rule, at: first)
        return rule
    }

    private static func order(_ entry: YAMLEntry) -> Int {
        entry.key.spot.line << 20 | min(entry.key.spot.column, 1 << 20 - 1)
    }

    private func reportLoneCompanions() {
        for (key, companion) in [(ScheduleKey.days, ScheduleKey.at), (.anchor, .every)] {
            guard let entry = fields.own(key), fields.own(companion) == nil else { continue }
            context.report(
                .companionMissing,
                "`\(entry.name)` goes with `\(companion.rawValue)`, which is missing",
                at: entry.key,
                label: "add `\(companion.rawValue)`, or remove this key"
            )
        }
    }

    private func trigger(_ key: ScheduleKey, _ node: YAMLNode) -> Trigger? {
        switch key {
        case .cron: cron(node)
        case .crontab: crontab(node)
        case .at: daily(node)
        case .every: every(node)
        case .once: instant(node, of: "once", bareDate: .refused).map(Trigger.once)
        case .after: FollowerDecoder(fields: fields, context: context).decode(node)
        default: nil
        }
    }

    // MARK: Families

    /// What the texts behind `cron` mean, where they are of another dialect and right.
    func translations() -> [DialectTranslation] {
        guard let entry = fields.own(.cron),
            case .dialect(let dialect) = DialectDecoder(fields: fields, context: context).decode(),
            let texts = list(entry.value, of: "cron")
        else { return [] }
        // A text that is wrong has been reported with its place.
        return texts.compactMap { try? dialect.translate($0.text, in: zone) }
    }

    /// The trigger of a text with what is valid in it but seldom meant.
    private func parse(
        _ text: String,
        of dialect: CronDialect?
    ) throws(TextError) -> (trigger: Trigger, warnings: [TextError]) {
        guard let dialect else {
            let trigger = try Trigger.parseCron(text, name: name)
            return (trigger, trigger.warnings)
        }
        let translation = try dialect.translate(text, in: zone)
        return (translation.trigger, translation.warnings)
    }

    private func cron(_ node: YAMLNode) -> Trigger? {
        guard let texts = list(node, of: "cron") else { return nil }
        var dialect: CronDialect?
        switch DialectDecoder(fields: fields, context: context).decode() {
        case .core: break
        case .dialect(let found): dialect = found
        case .wrong: return nil
        }
        var expressions: [Crontab] = []
        var seen: [String: (text: String, node: YAMLNode)] = [:]
        for (text, item) in texts {
            let read = context.parse(text, in: item) { text throws(TextError) in
                try parse(text, of: dialect)
            }
            guard let (parsed, warnings) = read else { continue }
            report(warnings, of: text, in: item)
            switch parsed {
            case .cron(let crontabs):
                expressions += crontabs
                guard texts.count > 1 else { continue }
                let meaning = crontabs.map(\.canonicalText).joined(separator: "|")
                warnOfRepetition(text, item, first: seen[meaning])
                seen[meaning] = seen[meaning] ?? (text, item)
            default:
                if case .every(let interval) = parsed { warnOfMovingTimes(interval, text, item) }
                if texts.count == 1 { return parsed }
                context.report(
                    .severalTriggers,
                    dialect == .eventbridge
                        ? "`\(text)` is no cron rule, and cannot stand in a list of them"
                        : "`@every` cannot stand in a list of cron rules",
                    at: item,
                    label: dialect == .eventbridge
                        ? "make it a schedule of its own"
                        : "make it a schedule of its own, with `every:`"
                )
            }
        }
        return expressions.count == texts.count ? .cron(expressions) : nil
    }

    /// Warnings about an expression; where `H` has become a number, places in it are not those of the
    /// file, so the whole is meant.
    private func report(_ warnings: [TextError], of text: String, in node: YAMLNode) {
        for var warning in warnings {
            if text.contains("H") {
                (warning.offset, warning.length) = (0, text.unicodeScalars.count)
            }
            context.report(warning, in: node, text: text)
        }
    }

    private func crontab(_ node: YAMLNode) -> Trigger? {
        guard let entries = context.entries(node, of: "crontab") else { return nil }
        var texts: [String: String] = [:]
        var nodes: [String: YAMLNode] = [:]
        var isComplete = true
        for entry in entries {
            guard InnerKey.crontab.contains(entry.name) else {
                context.reportUnknown(entry, at: .inner(parent: "crontab", keys: InnerKey.crontab))
                isComplete = isComplete && entry.name.hasPrefix("x-")
                continue
            }
            let parts = list(entry.value, of: "crontab.\(entry.name)")
            isComplete = isComplete && parts != nil
            texts[entry.name] = parts.map { $0.map(\.text).joined(separator: ",") }
            nodes[entry.name] = entry.value
        }
        // Each key by itself first, so that all their mistakes are reported at once.
        for (key, text) in texts.sorted(by: { $0.key < $1.key }) {
            isComplete = celery([key: text], nodes, node) != nil && isComplete
        }
        guard isComplete, let crontab = celery(texts, nodes, node) else { return nil }
        for warning in Trigger.celery(crontab).warnings {
            context.report(warning, in: node, text: "")
        }
        return .celery(crontab)
    }

    private func celery(
        _ texts: [String: String],
        _ nodes: [String: YAMLNode],
        _ node: YAMLNode
    ) -> Crontab? {
        do {
            return try Crontab(
                celeryMinute: texts["minute"],
                hour: texts["hour"],
                dayOfWeek: texts["day_of_week"],
                dayOfMonth: texts["day_of_month"],
                monthOfYear: texts["month_of_year"]
            )
        } catch {
            let key = error.key ?? ""
            context.report(error, in: nodes[key] ?? node, text: texts[key] ?? "")
            return nil
        }
    }

    private func daily(_ node: YAMLNode) -> Trigger? {
        guard let texts = list(node, of: "at") else { return nil }
        let times = texts.compactMap {
            context.parse($0.text, in: $0.node) { text throws(TextError) in try TimeOfDay(text) }
        }
        let days = days()
        guard times.count == texts.count, let days else { return nil }
        var seen: [TimeOfDay: (text: String, node: YAMLNode)] = [:]
        for (time, item) in zip(times, texts) {
            warnOfRepetition(item.text, item.node, first: seen[time])
            seen[time] = seen[time] ?? item
        }
        return .daily(times: times, days: days)
    }

    private func days() -> DaySelection? {
        guard let entry = fields.own(.days), !CalendarKeyDecoder.saysWorkdays(fields) else {
            return .everyDay
        }
        guard let items = list(entry.value, of: "days") else { return nil }
        // Each by itself first, so that all mistakes are reported at once.
        let isGood = items.map { item in
            context.parse(item.text, in: item.node) { text throws(TextError) in
                try DaySelection([text])
            } != nil
        }
        guard isGood.allSatisfy(\.self) else { return nil }
        return context.parse("", in: entry.value) { _ throws(TextError) in
            try DaySelection(items.map(\.text))
        }
    }

    private func every(_ node: YAMLNode) -> Trigger? {
        let period: Duration? = context.text(node, of: "every").flatMap { text in
            context.parse(text, in: node, Interval.parsePeriod)
        }
        let anchor = anchor()
        guard let period, let anchor else { return nil }
        let interval = Interval(period: period, anchor: anchor)
        warnOfMovingTimes(interval, node.text ?? "", node)
        return .every(interval)
    }

    /// An interval whose times of day will move, as they do where the clocks change.
    private func warnOfMovingTimes(_ interval: Interval, _ text: String, _ node: YAMLNode) {
        guard interval.standsOnTimesOfDay, let change = context.nextChange(in: zone),
            let warning = interval.warning(of: change, in: zone)
        else { return }
        context.report(warning, in: node, text: text, length: text.unicodeScalars.count)
    }

    /// A rule of a list that says the same as an earlier one.
    private func warnOfRepetition(
        _ text: String,
        _ node: YAMLNode,
        first: (text: String, node: YAMLNode)?
    ) {
        guard let first else { return }
        context.report(
            .duplicateRule,
            first.text == text
                ? "`\(text)` is there twice" : "`\(text)` says the same as `\(first.text)`",
            at: node,
            label: "remove one of them",
            related: context.related(first.node, "first here")
        )
    }

    private func anchor() -> Interval.Anchor? {
        guard let entry = fields.own(.anchor) else { return .standard }
        guard let text = context.text(entry.value, of: "anchor") else { return nil }
        switch text {
        case "start": return .start
        case "last_start": return .lastStart
        case "last_end": return .lastEnd
        default: break
        }
        if text.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || (0x61...0x7A).contains($0) }) {
            let words = ["start", "last_start", "last_end"]
            let near = Suggestion.nearest(to: text, among: words)
            context.report(
                .unknownWord,
                "`anchor` has no value `\(text)`",
                at: entry.value,
                label: near.isEmpty
                    ? "one of \(words.joined(separator: ", ")), a time of day, or an instant"
                    : "did you mean \(near.map { "`\($0)`" }.joined(separator: " or "))?",
                suggestion: near.count == 1 ? near.first : nil
            )
            return nil
        }
        if text.utf8.count > 8 {
            return context.parse(text, in: entry.value) { text throws(TextError) in
                try InstantText.parse(text, zone: zone, bareDate: .refused)
            }
            .map { .instant($0) }
        }
        return context.parse(text, in: entry.value) { text throws(TextError) in try TimeOfDay(text)
        }
        .map { .timeOfDay($0) }
    }

    // MARK: Bounds

    private func bounds() -> (from: Timestamp?, until: Timestamp?)? {
        let fromEntry = fields.own(.from)
        let untilEntry = fields.own(.until)
        let from = fromEntry.flatMap { instant($0.value, of: "from", bareDate: .startOfDay) }
        let until = untilEntry.flatMap { instant($0.value, of: "until", bareDate: .endOfDay) }
        guard (fromEntry == nil) == (from == nil), (untilEntry == nil) == (until == nil) else {
            return nil
        }
        guard let until, let untilEntry else { return (from, nil) }
        if let from, from >= until, let fromEntry {
            context.report(
                .emptyBounds,
                "`until` is not after `from`",
                at: untilEntry.value,
                label: "no time lies between them",
                related: context.related(fromEntry.value, "from here")
            )
            return nil
        }
        if until <= context.now {
            context.report(
                .pastInstant,
                "`until` has passed: the schedule fires no more",
                at: untilEntry.value
            )
        }
        return (from, until)
    }

    private func instant(
        _ node: YAMLNode,
        of key: String,
        bareDate: InstantText.DateHandling
    ) -> Timestamp? {
        guard let text = context.text(node, of: key) else { return nil }
        return context.parse(text, in: node) { text throws(TextError) in
            try InstantText.parse(text, zone: zone, bareDate: bareDate)
        }
    }

    // MARK: Checks

    private func check(_ rule: Rule, at entry: YAMLEntry) {
        guard !rule.firesNever else {
            context.report(
                .neverFires,
                "the rule never fires: no date of any year matches",
                at: Self.firstScalar(of: entry.value),
                label: "correct the day or the month"
            )
            return
        }
        guard !rule.firesNeverInCalendar else {
            let name = rule.calendar?.calendar.name ?? ""
            let range = rule.calendar?.calendar.rangeWords ?? ""
            context.report(
                .neverFires,
                "the rule never fires: calendar `\(name)` has no working day for it (\(range))",
                at: Self.firstScalar(of: entry.value),
                label: "correct the rule, or the calendar"
            )
            return
        }
        // Which times it gets is a matter of another schedule.
        guard rule.leader == nil else { return }
        // Whether the calendar reaches the bounds is a matter of time and of new dates.
        let rule = rule.withoutCalendar
        if let until = rule.until, let from = rule.from ?? onceOf(rule),
            rule.next(after: from - .microseconds(1)) == nil, until > from || rule.from == nil
        {
            context.report(
                .neverFires,
                "the rule never fires: it has no time between `from` and `until`",
                at: entry.value
            )
            return
        }
        checkFuture(of: rule, at: entry)
    }

    private func onceOf(_ rule: Rule) -> Timestamp? {
        guard case .once(let instant) = rule.trigger else { return nil }
        return instant
    }

    /// Warnings that depend on the time of the check, which never makes a valid file invalid.
    private func checkFuture(of rule: Rule, at entry: YAMLEntry) {
        let node = Self.firstScalar(of: entry.value)
        switch rule.trigger {
        case .once(let instant):
            if let from = rule.from, instant < from {
                context.report(
                    .neverFires,
                    "the rule never fires: `once` lies before `from`",
                    at: entry.value
                )
            } else if instant <= context.now {
                context.report(
                    .pastInstant,
                    "`once` has passed: the schedule fires no more",
                    at: node
                )
            }
        case .every, .after:
            break
        case .cron, .celery, .daily:
            let free = Rule(trigger: rule.trigger, zone: rule.zone, daylight: rule.daylight)
            guard let first = free.next(after: context.now) else {
                context.report(
                    .pastInstant,
                    "no time of the rule is left: its years are over, or a change of the clock"
                        + " skips every one",
                    at: node
                )
                return
            }
            if let second = free.next(after: first), second - first > Self.year {
                let dates = [first, second].map {
                    InstantText.dateText(zone.civilTime(at: $0).date)
                }
                context.report(
                    .rarelyFires,
                    "the rule fires less than once a year: next \(dates.joined(separator: ", then "))",
                    at: node
                )
            }
            warnOfGap(free, at: node)
        }
    }

    /// A fixed time that the clock jumps over within a year.
    private func warnOfGap(_ rule: Rule, at node: YAMLNode) {
        guard context.clocksGoForward(in: zone) else { return }
        let end = context.now + DecodingContext.changeHorizon
        guard let gap = rule.skippedTimes(after: context.now, upTo: end, limit: 1).first else {
            return
        }
        context.report(
            .timeDoesNotExist,
            "\(gap.time.text) does not exist on \(InstantText.dateText(gap.date)) in \(zone.name)",
            at: node,
            label: gap.consequence,
            showsLine: false
        )
    }

    /// The first text of a list, the value of the first key of a map, or the node itself.
    private static func firstScalar(of node: YAMLNode) -> YAMLNode {
        switch node.content {
        case .scalar: node
        case .sequence(let items): items.first ?? node
        case .mapping: node
        }
    }

    private func list(_ node: YAMLNode, of key: String) -> [(text: String, node: YAMLNode)]? {
        guard let texts = context.texts(node, of: key, single: .allowed) else { return nil }
        guard texts.count <= Self.listCountMax else {
            context.report(
                .numberOutOfRange,
                "`\(key)` has \(texts.count) entries; at most \(Self.listCountMax) are taken",
                at: node
            )
            return nil
        }
        return texts
    }
}
