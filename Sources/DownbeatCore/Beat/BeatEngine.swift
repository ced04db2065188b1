/// The beat without its clock: what the service does at each wake-up, and simulations on virtual time.
///
/// Belongs to one thread. Its memory is only a plan of when to look; the truth is in the store.
package struct BeatEngine: Sendable {
    private let store: any Store
    private var beatStart: Timestamp
    private var beat: BeatState

    /// Starts without schedules.
    ///
    /// - Parameters:
    ///   - store: of which this process holds the beat lock.
    ///   - beatStart: when it got it; `anchor: start` counts from here.
    package init(store: any Store, beatStart: Timestamp) {
        self.store = store
        self.beatStart = beatStart
        beat = BeatState(schedules: [], states: [], beatStart: beatStart)
    }

    /// Takes over a configuration by the mark rules.
    ///
    /// - Parameters:
    ///   - new: the whole configuration.
    ///   - now: the instant of the change.
    ///   - previousRule: reads back a canonical rule text that the configuration before did not have.
    /// - Returns: the state of each schedule.
    /// - Throws: `StoreError`; then the configuration before stays in force.
    package mutating func adopt(
        _ new: [Schedule],
        now: Timestamp,
        previousRule: @escaping @Sendable (String) -> Rule?
    ) throws(StoreError) -> [ScheduleState] {
        let known = Dictionary(
            beat.rules.map { ($0.canonicalText, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let states = try store.adopt(new, now: now) { known[$0] ?? previousRule($0) }
        Failpoint.pass("P11")
        beat = BeatState(schedules: new, states: states, beatStart: beatStart)
        return states
    }

    /// The earliest instant at which something is due; nil: nothing ever, as things stand.
    package mutating func nextWake() -> Timestamp? {
        beat.nextWake()
    }

    /// Has the store judge everything that is due.
    ///
    /// - Parameters:
    ///   - now: the one reading of the wall clock, or an instant that is about to come.
    ///   - hold: keeps the commit back until that instant; nil: `now` is now.
    ///   - claim: the places that a worker offers for so many due schedules; called when something is
    ///     due.
    ///   - deliver: gets the runs that were claimed, before anything else is done.
    /// - Returns: what was decided; nil when nothing is due.
    /// - Throws: `StoreError`; what was due is due again.
    package mutating func tick(
        now: Timestamp,
        hold: TickHold? = nil,
        claim: (Int) -> ClaimOffer? = { _ in nil },
        deliver: ([ClaimedRun]) -> Void = { _ in }
    ) throws(StoreError) -> TickReply? {
        if beatStart - now > SlotPlanner.clockStepMax {
            beatStart = now
            beat.restart(at: now)
        }
        let due = beat.takeDue(now: now)
        guard !due.isEmpty else { return nil }
        Failpoint.pass("P1")
        do throws(StoreError) {
            let reply = try store.tick(
                due,
                now: now,
                beatStart: beatStart,
                claim: claim(due.count),
                hold: hold
            )
            Failpoint.pass("P3")
            if !reply.claimed.isEmpty { Failpoint.pass("P4") }
            deliver(reply.claimed)
            beat.update(reply.states)
            return reply
        } catch {
            beat.putBack(due.map(\.name))
            throw error
        }
    }

    /// Reads the state of all schedules again: somebody paused, resumed, skipped, or a run that an
    /// interval counts from has started or ended.
    package mutating func refresh() throws(StoreError) {
        beat.update(try store.scheduleStates())
    }
}
