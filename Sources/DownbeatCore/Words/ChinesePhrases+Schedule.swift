/// Rules and policies in Simplified Chinese.
extension ChinesePhrases {
    // MARK: Triggers

    func interval(_ period: Duration, from origin: IntervalOrigin) -> (words: String, note: String)
    {
        let period = duration(period, units: .max)
        let isOne = period.first?.isNumber != true
        let every = isOne ? "每\(period)" : "每 \(period)"
        return switch origin {
        case .time(let time):
            ("\(every)一次，从 \(time) 起算", "时刻固定：重新启动不会改变")
        case .start:
            ("\(every)一次，从服务启动时起算", "每次启动重新起算：停机期间的不补跑")
        case .lastStart:
            ("上一次运行开始 \(period)后", "同时只有一个时刻：上一次运行开始后才确定")
        case .lastEnd:
            ("上一次运行结束 \(period)后", "同时只有一个时刻：上一次运行结束后才确定")
        }
    }

    func after(_ name: String) -> (words: String, note: String) {
        ("\(name) 某个时刻的运行成功时，为同一时刻运行", "\(name) 的手动运行没有时刻，不触发；retry 沿用原运行的时刻")
    }

    func once(at time: String) -> String { "仅一次，\(time)" }

    func alternatives(_ sentences: [String]) -> String {
        sentences.dropFirst().reduce(sentences.first ?? "") { text, sentence in
            text + "；以及" + (sentence.first?.isNumber == true ? " " : "") + sentence
        }
    }

    func standing(_ sentence: String) -> String { sentence }

    func note(_ note: TriggerNote) -> String {
        switch note {
        case .neverFires: "没有哪个月有这样的日子：永远不会触发"
        case .celery: "Celery 的规则：五个字段须同时满足；省略的字段为 `*`。"
        case .plus: "星期前有 `+`：日期和星期须同时满足。"
        case .either: "cron 的传统规则：日期和星期都有限制时，满足任意一个即可。"
        case .star: "cron 的传统规则：日期或星期以 `*` 开头时，两者须同时满足。"
        }
    }

    func suggestion(_ suggestion: TriggerSuggestion) -> String {
        switch suggestion {
        case .firstWeekday(let day, let cron):
            "如果只想要每月第一个\(Self.weekday(day))：  cron: \"\(cron)\""
        case .bothDays(let cron):
            "如果要两者同时满足：  cron: \"\(cron)\""
        }
    }

    // MARK: Rules

    func restricted(_ sentence: String, by restrictions: [RuleRestriction]) -> String {
        let parts = restrictions.map { restriction in
            switch restriction {
            case .zone(let name): "时区 \(name)"
            case .calendar(let name, let miss): calendar(name, miss)
            case .from(let time): "自 \(time) 起"
            case .through(let date): "至 \(date) 止（含当天）"
            case .until(let time): "至 \(time) 止（不含）"
            }
        }
        return ([sentence] + parts).joined(separator: "，")
    }

    func calendar(_ calendar: DayCalendar, _ miss: CalendarMiss) -> String {
        "\(self.calendar(calendar.name, miss))；日历范围：\(Self.range(calendar))"
    }

    private func calendar(_ name: String, _ miss: CalendarMiss) -> String {
        let lead = "仅限 \(name) 的工作日"
        return switch miss {
        case .skip: lead
        case .before: lead + "（其他日子的提前到前一个工作日）"
        case .after: lead + "（其他日子的推迟到后一个工作日）"
        }
    }

    func daylight(_ policy: DaylightPolicy) -> String? {
        let gap: String? =
            switch policy.gap {
            case .auto: nil
            case .next: "时钟拨快时跳过的时刻，拨快后立即运行一次"
            case .skip: "时钟拨快时跳过的时刻不运行"
            case .shift: "时钟拨快时跳过的时刻，顺延相同时长后运行"
            }
        let overlap: String? =
            switch policy.overlap {
            case .auto: nil
            case .first: "重复出现的时刻只在第一次运行"
            case .second: "重复出现的时刻只在第二次运行"
            case .both: "重复出现的时刻两次都运行"
            }
        let parts = [gap, overlap].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "；")
    }

    func clockEffect(_ effect: ClockEffect) -> String {
        let date = InstantText.dateText(effect.date)
        let times =
            effect.first == effect.last
            ? effect.first.text : "\(effect.first.text) 至 \(effect.last.text)"
        switch effect.kind {
        case .gap:
            let lead = "\(date) 没有 \(times)："
            guard let first = effect.runs.first, let last = effect.runs.last else {
                return lead + "当天不运行"
            }
            guard first != last else { return lead + "改为当天 \(first.text) 运行一次" }
            return lead + "改为当天 \(first.text) 至 \(last.text) 运行"
        case .overlap:
            let lead = "\(date) 的 \(times) 出现两次："
            return switch effect.passes {
            case .first: lead + "只在第一次运行"
            case .second: lead + "只在第二次运行"
            case .both: lead + "两次都运行"
            }
        }
    }

    func end(_ end: RuleEnd) -> String {
        switch end {
        case .oncePassed: return "`once` 的时刻已过"
        case .untilPassed: return "已过 `until`"
        case .never: return "规则永远不会触发"
        case .noneBeforeUntil: return "`until` 之前没有时刻了"
        case .calendar(let calendar):
            return "日历 \(calendar.name) 不再有工作日（范围：\(Self.range(calendar))）"
        }
    }

    /// `2004-01-01 至 2026-12-31`.
    private static func range(_ calendar: DayCalendar) -> String {
        let range = calendar.knownRange
        let first = range.first.map(InstantText.dateText)
        let last = range.last.map(InstantText.dateText)
        return switch (first, last) {
        case (nil, nil): "不限"
        case (let first?, nil): "\(first) 起"
        case (nil, let last?): "至 \(last)"
        case (let first?, let last?): "\(first) 至 \(last)"
        }
    }

    func change(_ change: ZoneChange, on day: String) -> String {
        let width = change.offsetAfter - change.offsetBefore
        let size = duration(.seconds(abs(width)))
        return "\(day)：时钟拨\(width > 0 ? "快" : "慢") \(size)"
    }

    // MARK: Times

    func shortWeekday(_ weekday: Int) -> String { Self.weekday(weekday) }

    func dated(_ date: String, _ weekday: String) -> String { "\(date) \(weekday)" }

    var clauseBreak: String { "；" }

    func duration(_ duration: Duration) -> String { self.duration(duration, units: 2) }

    /// `1 小时 30 分钟`, from the largest unit on.
    private func duration(_ duration: Duration, units: Int) -> String {
        let micros = max(0, duration.wholeMicroseconds)
        guard micros >= 1_000_000 else {
            if micros == 0 { return "0 秒" }
            return micros < 1000 ? "不到 1 毫秒" : "\(micros / 1000) 毫秒"
        }
        var rest = micros / 1_000_000
        var parts: [String] = []
        let sizes: [(String, Int64)] = [("天", 86_400), ("小时", 3600), ("分钟", 60), ("秒", 1)]
        for (name, size) in sizes where rest >= size && parts.count < units {
            parts.append("\(rest / size) \(name)")
            rest %= size
        }
        let millis = micros / 1000 % 1000
        if millis > 0, units > 2 { parts.append("\(millis) 毫秒") }
        return parts.joined(separator: " ")
    }

    // MARK: Expressions

    func means(_ sentence: String) -> String { "含义  “\(standing(sentence))”" }

    func nextTimes(_ times: [String], hasMore: Bool, zone: String) -> String {
        guard !times.isEmpty else { return "下次  永远不会" }
        return "下次  \(times.joined(separator: "，"))\(hasMore ? " .." : "")   (\(zone))"
    }

    // MARK: Schedules

    func label(_ label: ScheduleLabel) -> String {
        switch label {
        case .about: "说明"
        case .when: "时间"
        case .dialect: "方言"
        case .calendar: "日历"
        case .jitter: "错开"
        case .clocks: "时钟"
        case .does: "任务"
        case .stdin: "输入"
        case .paused: "暂停"
        case .overlap: "重叠"
        case .catchUp: "补跑"
        case .attempts: "重试"
        case .failed: "失败"
        case .queue: "队列"
        case .start: "开始"
        case .keeps: "保留"
        case .tags: "标签"
        case .inherits: "继承"
        case .note: "注意"
        case .last: "上次"
        }
    }

    func overlap(_ policy: OverlapPolicy) -> String {
        let lead = "上一次运行未结束时："
        return switch policy {
        case .skip: lead + "跳过并记录"
        case .queue: lead + "再排队一次，更多的跳过"
        case .queueAll: lead + "全部排队，逐个运行"
        case .replace: lead + "结束它，运行新的"
        case .allow: "各次运行可以同时进行"
        }
    }

    func catchUp(_ catchUp: CatchUp) -> String {
        let within = duration(catchUp.within)
        let lead = "守护进程停止期间错过的："
        return switch catchUp.policy {
        case .skip: lead + "只运行迟到不超过 \(duration(catchUp.lateAfter)) 的最近一次"
        case .once: lead + "启动时运行最近一次，前提是迟到不超过 \(within)"
        case .all: lead + "补跑最近 \(within) 内的每一次，最多 \(catchUp.limit) 次"
        }
    }

    func attempts(_ definition: RunDefinition) -> String {
        let retry = definition.retry
        var text = retry.times == 0 ? "不重试" : "失败后重试 \(retry.times) 次"
        if retry.times > 0 {
            text += "，间隔 \(duration(retry.wait))"
            if retry.factor != 1 { text += "，逐次乘以 \(retry.factorText)" }
            text += "，最长 \(duration(retry.maxWait))"
            if retry.jitter > 0 { text += "，随机浮动 \(retry.jitterPercent)%" }
        }
        guard let timeout = definition.timeout else { return text + "；不设超时" }
        let grace = duration(definition.grace)
        return text + "；超时 \(duration(timeout))（先 TERM，\(grace)后 KILL）"
    }

    func queue(_ name: String, limit: Int?) -> String {
        limit.map { "\(name)（同时最多 \($0) 个）" } ?? name
    }

    func expires(after time: Duration) -> String {
        "到期后 \(duration(time))内没有开始则作废（expired）"
    }

    var atMostOnce: String {
        "至多开始一次：结果不明的记为 unknown，不会重来"
    }

    func keeps(_ keep: KeepPolicy, atLeast: String, atMost: String) -> String {
        "运行记录 \(duration(keep.runs))，输出 \(duration(keep.output))；保留 \(atLeast) 至 \(atMost) 次"
    }

    func lines(_ count: Int) -> String { "\(count) 行" }

    func inherits(_ keys: String, from place: String) -> String {
        "\(keys) 来自 defaults（\(place)）"
    }

    func onFailure(_ command: String) -> String { "最终失败时执行一次 \(command)" }

    func place(folder: String?, user: String?, variables: [String]) -> String {
        var text = ""
        if let folder { text += "，目录 \(folder)" }
        if let user { text += "，用户 \(user)" }
        if !variables.isEmpty { text += "，变量 \(variables.joined(separator: " "))" }
        return text
    }

    func paused(until end: String?, reason: String, resume: String) -> String {
        (end.map { "到 \($0)" } ?? "直到恢复") + (reason.isEmpty ? "" : "，\(reason)")
            + "   (\(resume))"
    }

    func next(_ next: NextWords) -> String {
        switch next {
        case .disabled: "已停用"
        case .paused: "已暂停"
        case .ended(let cause): "不再运行" + (cause.map { "：\(end($0))" } ?? "")
        case .leader(let name, let next):
            switch next {
            case .disabled: "\(name) 已停用"
            case .paused: "\(name) 已暂停"
            case .after(let leader): "\(name) 接在 \(leader) 之后"
            case .time(let time): "\(name) 下次运行 \(time)"
            case .ended: "\(name) 不再运行"
            }
        case .time(let time, let zone, let jitter, let distance):
            "下次运行 \(time)" + (zone.map { " \($0)" } ?? "")
                + (jitter.map { "，错开 \(duration($0))" } ?? "") + "（\(duration(distance))后）"
        }
    }

    // MARK: Other dialects, jitter

    func translated(_ translation: DialectTranslation) -> String {
        "\(translation.dialect.rawValue) \"\(translation.written)\" 即 \(translation.key):"
            + " \"\(translation.core)\""
    }

    func dialect(_ note: DialectNote) -> String {
        switch note {
        case .countsFromItsStart(let dialect):
            return "\(dialect.program) 从它自己的起点算起；这里的时刻固定，重启不会改变"
                + "（要随启动起算：`every:` 加 `anchor: start`）"
        case .clockChanges(let dialect):
            let own = dialect.ownDaylight
            let gap = own.gap == .shift ? "顺延被时钟跳过的时刻" : "略过被时钟跳过的时刻"
            let overlap =
                switch own.overlap {
                case .both: "两次都运行"
                case .second: "只在第二次运行"
                case .auto, .first: "只在第一次运行"
                }
            return "\(dialect.program) 自己\(gap)，重复出现的时刻\(overlap)：与"
                + " `dst_gap: \(own.gap.rawValue)`、`dst_overlap: \(own.overlap.rawValue)` 相同"
        }
    }

    func jitter(_ jitter: Jitter) -> String {
        let max = duration(jitter.max)
        return switch jitter.mode {
        case .stable: "每次运行比时刻晚，不超过 \(max)，由任务名决定，每次相同"
        case .random: "每次运行比时刻晚，不超过 \(max)，由任务名和该时刻决定"
        }
    }

    func last(_ last: LastWords) -> String {
        var text = "\(last.state.rawValue) \(last.time)"
        if last.attempts > 1 { text += "，尝试 \(last.attempts) 次" }
        if let error = last.error { text += "，\(error)" }
        return text + "   -> downbeat logs \(last.schedule)"
    }
}
