import HeapModule

/// The beat's memory: which schedules there are and when each wants to be looked at next.
///
/// A heap of instants with lazy deletion: a schedule whose next instant changed leaves its old entry
/// behind, recognised by its time. A tick costs by what is due, not by how many schedules there are.
///
/// A schedule takes less than 200 bytes: what it shares with others is kept once (`ScheduleShapes`),
/// and of its state only the mark, unless the rest decides when to look at it.
package struct BeatState: Sendable {
    private struct Look: Comparable, Sendable {
        var time: Timestamp
        var index: UInt32

        static func < (left: Look, right: Look) -> Bool {
            (left.time, left.index) < (right.time, right.index)
        }
    }

    /// What is kept of each schedule.
    private struct Entry: Sendable {
        var name: String
        var mark: Timestamp
        /// When it is looked at next; `distantFuture`: never, or it is being judged.
        var look = Timestamp.distantFuture
        var shape: ScheduleShapes.Place
        var isEnabled: Bool
    }

    private var shapes = ScheduleShapes()
    private var entries: [Entry] = []
    /// States that say more than the mark, by index: pauses, and what event anchors count from.
    private var fullStates: [UInt32: ScheduleState] = [:]
    private var indexes: [String: UInt32] = [:]
    private var beatStart: Timestamp
    private var heap = Heap<Look>()
    private var lastNow = Timestamp.distantFuture

    /// Void entries of the heap that are left alone, besides as many as there are schedules.
    private static let voidLooksMin = 1000

    /// Starts from a configuration and the state of its schedules.
    ///
    /// - Parameters:
    ///   - schedules: the configuration.
    ///   - states: what the store says of each, in the same order.
    ///   - beatStart: when the beat took the database.
    package init(schedules: [Schedule], states: [ScheduleState], beatStart: Timestamp) {
        precondition(schedules.count == states.count, "each schedule needs its state")
        self.init(zip(schedules, states), count: schedules.count, beatStart: beatStart)
    }

    /// Starts from schedules that are made one after the other, so that they need not be in memory all
    /// at once.
    ///
    /// - Parameters:
    ///   - schedules: each with what the store says of it.
    ///   - count: how many there are; memory for so many is set aside.
    ///   - beatStart: when the beat took the database.
    package init(
        _ schedules: some Sequence<(Schedule, ScheduleState)>,
        count: Int,
        beatStart: Timestamp
    ) {
        self.beatStart = beatStart
        entries.reserveCapacity(count)
        indexes.reserveCapacity(count)
        var looks: [Look] = []
        looks.reserveCapacity(count)
        for (schedule, state) in schedules {
            let index = UInt32(entries.count)
            indexes[schedule.name] = index
            var entry = Entry(
                name: schedule.name,
                mark: state.mark,
                shape: shapes.place(of: schedule),
                isEnabled: state.isEnabled
            )
            if Self.saysMore(state, schedule.rule) { fullStates[index] = state }
            if let time = wake(schedule.rule, state) {
                entry.look = time
                looks.append(Look(time: time, index: index))
            }
            entries.append(entry)
        }
        heap = Heap(looks)
    }

    /// The rules that schedules have, each once.
    package var rules: [Rule] { shapes.rules }

    /// The earliest instant at which something is due; nil: nothing ever.
    package mutating func nextWake() -> Timestamp? {
        while let look = heap.min {
            if isInForce(look) { return look.time }
            heap.removeMin()
        }
        return nil
    }

    /// Takes out the schedules that are due; the caller has the store judge them and then hands in
    /// their new states with `update`.
    ///
    /// After a step of the clock backwards, schedules whose mark is too far ahead are due as well, so
    /// that the mark is set right.
    ///
    /// - Parameters:
    ///   - now: the tick's instant.
    ///   - limit: the most schedules for one tick.
    /// - Returns: the schedules to judge now, earliest first.
    package mutating func takeDue(now: Timestamp, limit: Int = .max) -> [Schedule] {
        defer { lastNow = now }
        var due: [Int] = []
        if now < lastNow {
            due = entries.indices.filter { entries[$0].mark - now > SlotPlanner.clockStepMax }
            for index in due { entries[index].look = .distantFuture }
        }
        while due.count < limit, let look = heap.min, look.time <= now {
            heap.removeMin()
            guard isInForce(look) else { continue }
            entries[Int(look.index)].look = .distantFuture
            due.append(Int(look.index))
        }
        return due.map { shapes.schedule(named: entries[$0].name, at: entries[$0].shape) }
    }

    /// Takes in states that the store gave back and plans the next look at each.
    package mutating func update(_ newStates: some Sequence<ScheduleState>) {
        for state in newStates {
            guard let index = indexes[state.name] else { continue }
            let place = Int(index)
            entries[place].mark = state.mark
            entries[place].isEnabled = state.isEnabled
            fullStates[index] =
                Self.saysMore(state, shapes.rule(at: entries[place].shape))
                ? state : nil
            plan(index, state)
        }
        if heap.count > 2 * entries.count + Self.voidLooksMin { dropVoidLooks() }
    }

    /// Schedules taken out but not judged, because the store could not, are due again at once.
    package mutating func putBack(_ names: some Sequence<String>) {
        // A mark too far ahead is looked for at steps backwards only: look again.
        lastNow = .distantFuture
        for name in names {
            guard let index = indexes[name] else { continue }
            plan(index, state(of: index))
        }
    }

    /// Counts `anchor: start` from another moment: the clock was far ahead when the beat started.
    package mutating func restart(at instant: Timestamp) {
        beatStart = instant
        for index in entries.indices { plan(UInt32(index), state(of: UInt32(index))) }
    }

    /// The next slot of a schedule; nil: none, or not known yet.
    package func nextSlot(of name: String) -> Timestamp? {
        guard let index = indexes[name] else { return nil }
        let rule = shapes.rule(at: entries[Int(index)].shape)
        return SlotSource(rule, state: state(of: index), beatStart: beatStart)?.next
    }

    private func isInForce(_ look: Look) -> Bool {
        look.time == entries[Int(look.index)].look
    }

    /// Plans the next look at a schedule; one that stays leaves no second entry in the heap.
    private mutating func plan(_ index: UInt32, _ state: ScheduleState) {
        let before = entries[Int(index)].look
        let time = wake(shapes.rule(at: entries[Int(index)].shape), state) ?? .distantFuture
        guard time != before else { return }
        entries[Int(index)].look = time
        if time < .distantFuture { heap.insert(Look(time: time, index: index)) }
    }

    /// Builds the heap anew from what is in force.
    private mutating func dropVoidLooks() {
        heap = Heap(
            entries.enumerated().lazy.filter { $0.element.look < .distantFuture }.map {
                Look(time: $0.element.look, index: UInt32($0.offset))
            }
        )
    }

    /// Whether more of a state than its mark decides when to look at its schedule.
    private static func saysMore(_ state: ScheduleState, _ rule: Rule) -> Bool {
        if case .every(let interval) = rule.trigger, interval.anchor.isEvent { return true }
        return state.pause != nil || rule.jitter != nil
    }

    /// What was kept of a state.
    private func state(of index: UInt32) -> ScheduleState {
        if let state = fullStates[index] { return state }
        let entry = entries[Int(index)]
        return ScheduleState(
            id: 0,
            name: entry.name,
            mark: entry.mark,
            isEnabled: entry.isEnabled,
            firstSeen: entry.mark
        )
    }

    /// When to look at a schedule next; nil: never, or not before an event that rings.
    ///
    /// Disabled schedules are not looked at: the stretch is counted when they are enabled.
    private func wake(_ rule: Rule, _ state: ScheduleState) -> Timestamp? {
        guard state.isEnabled else { return nil }
        let slot = SlotSource(rule, state: state, beatStart: beatStart)?.wake
        guard let end = state.pause?.until else { return slot }
        return slot.map { min($0, end) } ?? end
    }
}
