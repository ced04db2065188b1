import DownbeatCore

extension PolicyDecoder {
    /// How far the slots may be moved, by whole minutes, so at least one and at most a day.
    func spread() -> Duration? {
        guard let tolerance = limit(.spread), let entry = fields.field(.spread)?.entry else {
            return nil
        }
        let range = SpreadProposal.toleranceMin...SpreadProposal.toleranceMax
        guard !range.contains(tolerance) else { return tolerance }
        context.report(
            .spreadOutOfRange,
            "`spread: \(DurationText.format(tolerance))` is out of range",
            at: entry.value,
            label: "write a time from `1m` to `24h`, or `none`"
        )
        return nil
    }

    /// Sees to it that runs which go on where the last one ended never stand side by side: both would
    /// count the same lines.
    ///
    /// Runs of one schedule follow one another under every other `overlap`, manual ones and repeats
    /// too, and what a run left is read when its successor is claimed.
    func keepReadingsApart(_ policies: inout Policies) {
        guard policies.overlap == .allow, let field = fields.field(.overlap),
            let window = sinceLast
        else { return }
        guard field.isInherited else {
            context.report(
                .sideBySide,
                "`overlap: allow` contradicts `window: since_last`: two runs at once would count the same lines",
                at: field.entry.key,
                label: "write `overlap: skip`, or leave it out",
                related: context.related(window, "goes on where the last run ended")
            )
            return
        }
        policies.overlap = policies.catchUp == .all ? .queueAll : .skip
        policies.remarks.append(
            "inherited `overlap: allow` became `\(policies.overlap.rawValue)`, since runs of `window: since_last` follow one another"
        )
    }

    /// The key `window` of a `log_stats` that says `since_last`.
    private var sinceLast: YAMLNode? {
        guard case .mapping(let entries) = fields.own(.logStats)?.value.content else { return nil }
        return entries.first {
            $0.name == "window" && $0.value.text == LogWindow.Kind.sinceLast.rawValue
        }?.key
    }
}
