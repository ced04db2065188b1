import DownbeatCore

/// Reads `dst_gap` and `dst_overlap`: what becomes of times at a change of the clock.
struct DaylightDecoder {
    let fields: ScheduleFields
    let context: DecodingContext

    /// The triggers that do not look at the wall clock.
    private static let otherTriggers = [ScheduleKey.every, .once, .after].map(\.rawValue)

    /// The policy for a trigger of this name.
    func decode(_ trigger: String) -> DaylightPolicy {
        var policy = DaylightPolicy()
        guard !Self.otherTriggers.contains(trigger) else {
            // Inherited words are of no use to an interval, and are not its mistake.
            [ScheduleKey.dstGap, .dstOverlap].compactMap(fields.own)
                .forEach { report($0, with: trigger) }
            return policy
        }
        if let entry = fields.field(.dstGap)?.entry,
            let gap = context.word(entry.value, of: entry.name, as: DaylightPolicy.Gap.self)
        {
            policy.gap = gap
        }
        if let entry = fields.field(.dstOverlap)?.entry,
            let overlap = context.word(
                entry.value,
                of: entry.name,
                as: DaylightPolicy.Overlap.self
            )
        {
            policy.overlap = overlap
        }
        return policy
    }

    private func report(_ entry: YAMLEntry, with trigger: String) {
        context.report(
            .companionMissing,
            "`\(entry.name)` goes with `cron`, `crontab` or `at`, not with `\(trigger)`",
            at: entry.key,
            label: "remove this key"
        )
    }
}
