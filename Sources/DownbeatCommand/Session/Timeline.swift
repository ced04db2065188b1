import DownbeatCore

/// The fire times of several schedules as one ascending sequence.
///
/// Holds the next time of each schedule, latest first, so that the earliest is the last element:
/// taking one costs a rule's `next` and a move of at most as many elements as there are schedules.
struct Timeline {
    /// One fire time and the place of its schedule in the list given.
    struct Entry {
        var at: Timestamp
        var index: Int
    }

    /// A rule with the event that it counts from, for intervals with such an anchor.
    struct Source {
        var rule: Rule
        var anchor: Timestamp?
        /// Slots at or before this do not count: the end of a pause.
        var after: Timestamp
    }

    private let sources: [Source]
    private let step: (_ source: Int, _ at: Timestamp) -> Timestamp
    private var pending: [Entry]

    /// The fire times of sources.
    ///
    /// - Parameters:
    ///   - sources: what fires.
    ///   - step: the instant, of a source and one of its fire times, after which its next one counts.
    init(
        _ sources: [Source],
        step: @escaping (_ source: Int, _ at: Timestamp) -> Timestamp = { $1 }
    ) {
        self.sources = sources
        self.step = step
        pending = sources.indices.compactMap { index in
            sources[index].next(after: sources[index].after).map { Entry(at: $0, index: index) }
        }
        pending.sort { Self.isLater($0, $1) }
    }

    /// The earliest fire time that was not taken yet; equal times in the order of the sources.
    mutating func next() -> Entry? {
        guard let entry = pending.popLast() else { return nil }
        let source = sources[entry.index]
        // An interval that counts from an event has one slot at a time.
        guard !source.rule.countsFromEvent,
            let at = source.next(after: max(entry.at, step(entry.index, entry.at)))
        else { return entry }
        let following = Entry(at: at, index: entry.index)
        var low = 0
        var high = pending.count
        while low < high {
            let middle = (low + high) / 2
            if Self.isLater(pending[middle], following) { low = middle + 1 } else { high = middle }
        }
        pending.insert(following, at: low)
        return entry
    }

    private static func isLater(_ left: Entry, _ right: Entry) -> Bool {
        left.at == right.at ? left.index > right.index : left.at > right.at
    }
}

extension Timeline.Source {
    func next(after instant: Timestamp) -> Timestamp? {
        rule.next(after: instant, anchor: anchor)
    }
}

extension Rule {
    /// Whether its slots count from an event: a start, the start or end of the latest run, or a run of
    /// another schedule.
    var countsFromEvent: Bool {
        if leader != nil { return true }
        guard case .every(let interval) = trigger else { return false }
        return interval.anchor.isEvent
    }
}
