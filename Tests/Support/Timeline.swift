package import DownbeatCore

/// Time drawn as text: one character a minute, from the minute of the first `|`, which is 0.
///
/// In `|--x--x--|` something happens in minutes 3 and 6. A plan is drawn with one letter for what
/// became of each slot: `F` fired, `c` catch_up, `o` overlap, `p` paused, `s` skip_next, `x` expired,
/// `b` bounds, `d` disabled, `e` edited.
package enum Timeline {
    /// Minute 0: 2026-01-01T00:00:00Z.
    package static let start = Timestamp(seconds: 1_767_225_600)

    package static func minute(_ number: Int) -> Timestamp {
        start + .seconds(60 * number)
    }

    /// The minutes at which a drawing has anything but `-` between its ends.
    package static func minutes(_ drawing: String) -> [Int] {
        drawing.enumerated().filter { !"|-".contains($0.element) }.map(\.offset)
    }

    /// Draws a plan over the minutes 1 to `length`, by what `rule` lists without bounds.
    ///
    /// A counted row whose count is not that of its slots is drawn as `!`.
    package static func draw(_ plan: SlotPlan, of rule: Rule, length: Int) -> String {
        var columns = Array(repeating: "-", count: length)
        for fate in SlotFate.all(of: plan, rule) {
            let minute = Int((fate.slot - start).wholeMicroseconds / 60_000_000)
            guard (1...length).contains(minute) else { return "outside: \(fate)" }
            guard columns[minute - 1] == "-" else { return "twice: \(fate)" }
            columns[minute - 1] = fate.letter
        }
        return "|" + columns.joined() + "|"
    }
}

/// What a plan made of one slot.
package struct SlotFate: Hashable, Sendable {
    package var slot: Timestamp
    /// Nil: it fired.
    package var reason: SkipReason?

    package init(slot: Timestamp, reason: SkipReason?) {
        self.slot = slot
        self.reason = reason
    }

    /// The slots of a plan one by one, in its order.
    ///
    /// A counted row is listed by its rule without bounds; a wrong count or end shows as a slot at
    /// the end of time.
    package static func all(of plan: SlotPlan, _ rule: Rule) -> [SlotFate] {
        let unbounded = Rule(trigger: rule.trigger, zone: rule.zone)
        return plan.items.flatMap { item -> [SlotFate] in
            switch item {
            case .replaceActive:
                return []
            case .fire(let slot, _):
                return [SlotFate(slot: slot, reason: nil)]
            case .skip(let slot, let reason, _):
                return [SlotFate(slot: slot, reason: reason)]
            case .skipRange(let first, let last, let count, let reason):
                let slots = unbounded.fireTimes(
                    after: first - .microseconds(1),
                    upTo: last,
                    limit: .max
                )
                guard slots.count == count, slots.first == first, slots.last == last else {
                    return [SlotFate(slot: .distantFuture, reason: reason)]
                }
                return slots.map { SlotFate(slot: $0, reason: reason) }
            }
        }
    }

    package var letter: String {
        switch reason {
        case nil: "F"
        case .catchUp: "c"
        case .overlap: "o"
        case .paused: "p"
        case .skipNext: "s"
        case .expired: "x"
        case .bounds: "b"
        case .disabled: "d"
        case .edited: "e"
        case .calendar, .calendarRange: "k"
        }
    }
}
