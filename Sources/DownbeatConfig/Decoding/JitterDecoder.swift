import DownbeatCore

/// Reads `jitter`: a duration, or a map of `max` and `mode`.
struct JitterDecoder {
    let fields: ScheduleFields
    let context: DecodingContext

    /// The jitter of a rule; nil when there is none, or when it is wrong, which is reported.
    func decode(_ rule: Rule, at trigger: YAMLEntry) -> Jitter? {
        guard let field = fields.field(.jitter), field.entry.value.text != "none" else {
            return nil
        }
        guard !refuses(rule, field) else { return nil }
        guard let jitter = jitter(field.entry.value) else { return nil }
        guard jitter.max > Jitter.shortestMax else {
            context.report(
                .jitterTooShort,
                "a jitter of \(DurationText.format(jitter.max)) leaves nothing to choose: delays are"
                    + " whole seconds below it",
                at: field.entry.value,
                label: "write at least `2s`, or remove it"
            )
            return nil
        }
        guard let (first, second) = rule.slots(notFurtherApartThan: jitter.max) else {
            return jitter
        }
        report(jitter, field, trigger, gap: second - first)
        return nil
    }

    /// Checks `jitter` under `defaults`, whether or not a schedule takes it over.
    func checkDefault() {
        guard let field = fields.field(.jitter), field.entry.value.text != "none" else { return }
        _ = jitter(field.entry.value)
    }

    /// Whether the trigger has no use for jitter; an inherited one does not apply then.
    private func refuses(_ rule: Rule, _ field: ScheduleFields.Field) -> Bool {
        let why: String
        switch rule.trigger {
        case .once: why = "`once` names its instant itself"
        case .after: why = "`after` fires when the run that it follows has succeeded"
        case .every(let interval) where interval.anchor.isEvent:
            why = "an interval that counts from a start or an end is spread by it"
        case .every, .cron, .celery, .daily: return false
        }
        if !field.isInherited {
            context.report(
                .jitterTrigger,
                "`jitter` does not go with this trigger: \(why)",
                at: field.entry.key,
                label: "remove this key"
            )
        }
        return true
    }

    private func jitter(_ node: YAMLNode) -> Jitter? {
        guard case .mapping(let entries) = node.content else {
            if let text = node.text, text.hasSuffix("%") {
                context.report(
                    .wrongShape,
                    "`jitter` takes a duration, not a share",
                    at: node,
                    label:
                        "write `5m`; the share that varies repeats is `retry: { jitter: \(text) }`"
                )
                return nil
            }
            return context.duration(node, of: "jitter").map { Jitter(max: $0) }
        }
        var max: Duration?
        var mode: Jitter.Mode? = .stable
        var hasMax = false
        for entry in entries {
            switch entry.name {
            case "max":
                hasMax = true
                max = context.duration(entry.value, of: "jitter.max")
            case "mode":
                mode = context.word(entry.value, of: "jitter.mode", as: Jitter.Mode.self)
            default:
                context.reportUnknown(entry, at: .inner(parent: "jitter", keys: InnerKey.jitter))
            }
        }
        if !hasMax {
            context.report(
                .keyMissing,
                "`jitter` needs `max`",
                at: node,
                label: "write `{ max: 5m, mode: random }`"
            )
        }
        guard let max, let mode else { return nil }
        return Jitter(max: max, mode: mode)
    }

    private func report(
        _ jitter: Jitter,
        _ field: ScheduleFields.Field,
        _ trigger: YAMLEntry,
        gap: Duration
    ) {
        let length = DurationText.format(gap)
        let message =
            "a jitter of \(DurationText.format(jitter.max)) is not less than the time between two"
            + " slots, \(length)"
        guard field.isInherited else {
            context.report(
                .jitterTooLong,
                message,
                at: field.entry.value,
                label: "write less than `\(length)`",
                related: context.related(trigger.key, "its slots can be \(length) apart")
            )
            return
        }
        context.report(
            .jitterTooLong,
            message,
            at: trigger.key,
            label: "write `jitter: none` here, or less than `\(length)`",
            related: context.related(field.entry.key, "inherited from here")
        )
    }
}
