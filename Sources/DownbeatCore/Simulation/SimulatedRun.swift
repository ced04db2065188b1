/// A run that is not done, as a simulation keeps it.
package struct SimulatedRun: Sendable {
    package let id: RunID
    /// Counts up over all runs: the order in which they were made.
    package let number: Int
    /// The place of its schedule in the simulated store.
    let schedule: Int
    package let slot: Timestamp
    package let due: Timestamp
    let queue: Int
    let definition: Int
    package internal(set) var state: RunState
    /// Waits for an earlier run of its schedule.
    package internal(set) var isHeld: Bool
    /// When it became, or becomes, claimable.
    var ready: Timestamp
    let expires: Timestamp?
    var attempts = 0
    var failures = 0
    var losses = 0
    package internal(set) var startedAt: Timestamp?
    var cancelRequested = false
}

/// Runs that are not done, in places that are used again.
///
/// A run is found by its place at once. A key that stayed in a heap when its run was moved or ended is
/// recognised by the run's number, which no other run has.
struct SimulatedRuns {
    /// By place; what is over stays until its place is used again.
    private(set) var slots: [SimulatedRun] = []
    private var free: [Int] = []
    private var places: [RunID: Int] = [:]
    private(set) var made = 0

    /// In the order in which they were made.
    var all: [SimulatedRun] {
        slots.filter { !$0.state.isFinal }.sorted { $0.number < $1.number }
    }

    /// The number that the next run gets.
    var nextNumber: Int { made + 1 }

    mutating func insert(_ run: SimulatedRun) -> Int {
        made += 1
        let place = free.popLast() ?? slots.count
        if place == slots.count { slots.append(run) } else { slots[place] = run }
        places[run.id] = place
        return place
    }

    /// Ends a run: its place is free.
    mutating func remove(at place: Int, state: RunState) {
        places[slots[place].id] = nil
        slots[place].state = state
        free.append(place)
    }

    /// Where a run stands; nil once it is done.
    func place(of id: RunID) -> Int? { places[id] }

    subscript(place: Int) -> SimulatedRun { slots[place] }

    /// Changes a run in its place.
    @inline(__always)
    mutating func change(_ place: Int, _ body: (inout SimulatedRun) -> Void) {
        body(&slots[place])
    }
}
