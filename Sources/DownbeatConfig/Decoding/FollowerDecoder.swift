import DownbeatCore

/// Reads `after`: the schedule whose runs bring this one's slots about.
///
/// Whether there is such a schedule, and whether the chain leads back, is seen when all are read.
struct FollowerDecoder {
    let fields: ScheduleFields
    let context: DecodingContext

    /// Keys that say something about times of a rule, of which `after` has none.
    ///
    /// Inherited ones do not apply; one that the schedule has itself is a mistake.
    static let meaningless: Set<ScheduleKey> = [
        .catchUp, .catchUpWithin, .catchUpLimit, .lateAfter, .jitter, .dstGap, .dstOverlap,
    ]

    /// Of those, the ones that no other decoder refuses.
    private static let refused: [ScheduleKey] = [
        .catchUp, .catchUpWithin, .catchUpLimit, .lateAfter,
    ]

    /// What of `defaults` a schedule with `after` takes over.
    static func inheritable(_ layer: ScheduleFields.Layer) -> ScheduleFields.Layer {
        layer.filter { !meaningless.contains($0.key) }
    }

    func decode(_ node: YAMLNode) -> Trigger? {
        for entry in Self.refused.compactMap(fields.own) {
            context.report(
                .followerKey,
                "`\(entry.name)` does not go with `after`: a trigger is judged when it happens, and"
                    + " nothing is caught up",
                at: entry.key,
                label: "remove this key"
            )
        }
        if case .sequence(let items) = node.content {
            let names = items.compactMap(\.text)
            context.report(
                .severalLeaders,
                "`after` takes one schedule, not a list",
                at: node,
                label: names.count == 1
                    ? "write `after: \(names[0])`"
                    : "let them follow each other, or make a schedule for each",
                suggestion: names.count == 1 ? names[0] : nil
            )
            return nil
        }
        guard let text = context.text(node, of: "after"),
            let name = context.checkName(text, at: node, noun: "schedule")
        else { return nil }
        return .after(name)
    }
}
