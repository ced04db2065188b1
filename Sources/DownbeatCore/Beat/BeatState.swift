import HeapModule

/// The beat's memory: which schedules there are and when each wants to be looked at next.
///
/// A heap of instants with lazy deletion: a schedule whose next instant changed leaves its old entry
/// behind, recognised by its generation. A tick costs by what is due, not by how many schedules
/// there are.
package struct BeatState: Sendable {
    private struct Entry: Comparable, Sendable {
        var time: Timestamp
        var index: Int
        var generation: UInt32

        static func < (left: Entry, right: Entry) -> Bool {
            (left.time, left.index) < (right.time, right.index)
        }
    }

    package private(set) var schedules: [Schedule]
    package private(set) var states: [ScheduleState]
    private var beatStart: Timestamp
    private var indexes: [String: Int] = [:]
    private var generations: [UInt32]
    private var heap = Heap<Entry>()
    private var lastNow = Timestamp.distantFuture

    /// Starts from a configuration and the state of its schedules.
    ///
    /// - Parameters:
    ///   - schedules: the configuration.
    ///   - states: what the store says of each, in the same order.
    ///   - beatStart: when the beat took the database.
    package init(schedules: [Schedule], states: [ScheduleState], beatStart: Timestamp) {
        precondition(schedules.count == states.count, "each schedule needs its state")
        self.schedules = schedules
        self.states = states
        self.beatStart = beatStart
        generations = Array(repeating: 0, count: schedules.count)
        for (index, schedule) in schedules.enumerated() { indexes[schedule.name] = index }
        var entries: [Entry] = []
        entries.reserveCapacity(schedules.count)
        for index in schedules.indices {
            guard let time = wake(of: index) else { continue }
            entries.append(Entry(time: time, index: index, generation: 0))
        }
        heap = Heap(entries)
    }

    /// The earliest instant at which something is due; nil: nothing ever.
    package mutating func nextWake() -> Timestamp? {
        while let entry = heap.min {
            if entry.generation == generations[entry.index] { return entry.time }
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
            due = states.indices.filter { states[$0].mark - now > SlotPlanner.clockStepMax }
            for index in due { generations[index] &+= 1 }
        }
        while due.count < limit, let entry = heap.min, entry.time <= now {
            heap.removeMin()
            guard entry.generation == generations[entry.index] else { continue }
            generations[entry.index] &+= 1
            due.append(entry.index)
        }
        return due.map { schedules[$0] }
    }

    /// Takes in states that the store gave back and plans the next look at each.
    package mutating func update(_ newStates: some Sequence<ScheduleState>) {
        for state in newStates {
            guard let index = indexes[state.name] else { continue }
            states[index] = state
            generations[index] &+= 1
            guard let time = wake(of: index) else { continue }
            heap.insert(Entry(time: time, index: index, generation: generations[index]))
        }
    }

    /// Schedules taken out but not judged, because the store could not, are due again at once.
    package mutating func putBack(_ names: some Sequence<String>) {
        // A mark too far ahead is looked for at steps backwards only: look again.
        lastNow = .distantFuture
        update(names.compactMap { name in indexes[name].map { states[$0] } })
    }

    /// Counts `anchor: start` from another moment: the clock was far ahead when the beat started.
    package mutating func restart(at instant: Timestamp) {
        beatStart = instant
        update(states)
    }

    /// The next slot of a schedule; nil: none, or not known yet.
    package func nextSlot(of name: String) -> Timestamp? {
        guard let index = indexes[name] else { return nil }
        return SlotSource(schedules[index], state: states[index], beatStart: beatStart)?.next
    }

    /// When to look at a schedule next; nil: never, or not before an event that rings.
    ///
    /// Disabled schedules are not looked at: the stretch is counted when they are enabled.
    private func wake(of index: Int) -> Timestamp? {
        let state = states[index]
        guard state.isEnabled else { return nil }
        let slot = SlotSource(schedules[index], state: state, beatStart: beatStart)?.wake
        guard let end = state.pause?.until else { return slot }
        return slot.map { min($0, end) } ?? end
    }
}
