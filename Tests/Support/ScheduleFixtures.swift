package import DownbeatCore

extension Schedule {
    /// A schedule in UTC that does nothing, for tests of the beat.
    package static func fixture(
        _ trigger: Trigger,
        named name: String = "report",
        zone: ZoneRules = .utc,
        from: Timestamp? = nil,
        until: Timestamp? = nil,
        overlap: OverlapPolicy = .allow,
        catchUp: CatchUp = CatchUp(policy: .all, limit: 1000),
        expires: Duration? = nil
    ) -> Schedule {
        Schedule(
            name: name,
            rule: Rule(trigger: trigger, zone: zone, from: from, until: until),
            definition: RunDefinition(action: .command(["/bin/true"]), zone: zone.name),
            overlap: overlap,
            catchUp: catchUp,
            expires: expires
        )
    }
}

extension ScheduleState {
    /// The state of a schedule that has been considered up to `mark`.
    package static func fixture(
        mark: Timestamp,
        pause: Pause? = nil,
        skipNext: [Timestamp] = []
    ) -> ScheduleState {
        ScheduleState(
            id: 1,
            name: "report",
            mark: mark,
            pause: pause,
            skipNext: skipNext,
            firstSeen: mark
        )
    }

    /// The state after a plan, as a store writes it; runs that a plan fires have not started.
    package func after(_ plan: SlotPlan) -> ScheduleState {
        var state = self
        state.mark = plan.mark ?? state.mark
        if plan.endsPause { state.pause = nil }
        state.skipNext.removeAll { plan.forgottenSkips.contains($0) }
        for item in plan.items {
            let slot: Timestamp
            var fired = false
            switch item {
            case .fire(let nominal, _): (slot, fired) = (nominal, true)
            case .skip(let nominal, _, _): slot = nominal
            case .skipRange(_, let last, _, _): slot = last
            case .replaceActive: continue
            }
            state.latestSlot = LatestSlot(nominal: slot, fired: fired, startedAt: nil, endedAt: nil)
        }
        return state
    }
}

extension ActiveRun {
    /// Waiting runs, oldest first, told apart by their number.
    package static func fixtures(_ count: Int) -> [ActiveRun] {
        (0..<count).map { ActiveRun(id: RunID.fixture(UInt64($0)), state: .queued) }
    }
}

extension RunID {
    /// An id that is the same for the same number.
    package static func fixture(_ number: UInt64) -> RunID {
        RunID(at: Timestamp(seconds: 1_767_225_600), random: (0, number))
    }
}
