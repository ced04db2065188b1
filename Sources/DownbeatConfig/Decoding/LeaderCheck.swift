import DownbeatCore

/// Looks at what schedules follow which: whether each follows one that is there, and none itself.
struct LeaderCheck {
    /// A cycle of more schedules than this is not named in full.
    private static let shownMax = 12

    let context: DecodingContext
    let decoded: [ScheduleDecoder.Decoded]
    /// Every name that the files use, by its lower case form, also of schedules with mistakes.
    let names: [String: (name: String, node: YAMLNode)]
    /// False when a file could not be read, so that what is not there may be in it.
    let isComplete: Bool

    func check() {
        var leaders: [String: String] = [:]
        var nodes: [String: YAMLNode] = [:]
        for item in decoded {
            guard let leader = item.schedule.rule.leader, let node = item.afterNode else {
                continue
            }
            leaders[item.schedule.name] = leader
            nodes[item.schedule.name] = node
            if names[leader.lowercased()]?.name != leader { reportUnknown(leader, at: node) }
        }
        var seen: Set<String> = []
        for item in decoded where !seen.contains(item.schedule.name) {
            var path: [String] = []
            var next: String? = item.schedule.name
            while let name = next, seen.insert(name).inserted {
                path.append(name)
                next = leaders[name]
            }
            guard let last = next, let start = path.firstIndex(of: last) else { continue }
            report(Array(path[start...]), nodes)
        }
    }

    private func reportUnknown(_ leader: String, at node: YAMLNode) {
        guard isComplete else { return }
        if let renamed = decoded.first(where: { $0.schedule.renamedFrom == leader })?.schedule.name
        {
            context.report(
                .unknownLeader,
                "no schedule `\(leader)`: it is now `\(renamed)`",
                at: node,
                label: "write `\(renamed)`",
                suggestion: renamed
            )
            return
        }
        let near = Suggestion.nearest(to: leader, among: names.values.map(\.name).sorted())
        context.report(
            .unknownLeader,
            "no schedule `\(leader)`",
            at: node,
            label: near.isEmpty
                ? "name a schedule of these files"
                : "did you mean \(near.map { "`\($0)`" }.joined(separator: " or "))?",
            suggestion: near.count == 1 ? near.first : nil
        )
    }

    /// Reports a cycle at its first schedule: in `a -> b -> a`, a run of `a` triggers `b` and so on.
    private func report(_ cycle: [String], _ nodes: [String: YAMLNode]) {
        guard let first = cycle.first, let node = nodes[first] else { return }
        guard cycle.count > 1 else {
            context.report(
                .leaderCycle,
                "`\(first)` cannot follow itself",
                at: node,
                label: "name another schedule, or give it a time"
            )
            return
        }
        // Each follows the next one, so runs go the other way round.
        let order = [first] + cycle.reversed()
        let shown = order.prefix(Self.shownMax).map { "`\($0)`" }
        let text = (order.count > shown.count ? shown + [".."] : shown).joined(separator: " -> ")
        context.report(
            .leaderCycle,
            "these schedules wait for each other: \(text)",
            at: node,
            label: "one of them needs a time: `at`, `cron` or `every`",
            related: nodes[cycle[1]].map { context.related($0, "and this leads back") }
        )
    }
}
