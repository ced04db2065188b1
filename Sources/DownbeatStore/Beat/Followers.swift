import DownbeatCore

/// A schedule with `after`, as the table `followers` holds it.
private struct FollowerRow: Hashable {
    var leader: Int64
    var schedule: Int64
    var terms: Follower

    static let columns = "leader, schedule, overlap, expires_us, from_us, until_us"

    init(leader: Int64, schedule: Int64, terms: Follower) {
        self.leader = leader
        self.schedule = schedule
        self.terms = terms
    }

    init(_ row: Row) throws {
        leader = row.integer(0)
        schedule = row.integer(1)
        terms = Follower(
            overlap: try row.word(2, OverlapPolicy.self),
            expires: row.optionalInteger(3).map { .microseconds($0) },
            from: row.optionalInstant(4),
            until: row.optionalInstant(5)
        )
    }
}

extension WriteScope {
    /// Notes which schedules of a configuration follow which; writes only when that has changed.
    ///
    /// - Parameters:
    ///   - schedules: the whole configuration.
    ///   - known: every schedule with its key, those of the configuration included.
    /// - Throws: what the database throws.
    func writeFollowers(of schedules: [Schedule], _ known: [ScheduleRow]) throws {
        let followers = schedules.filter { $0.rule.leader != nil }
        let before = try connection.rows(
            "SELECT \(FollowerRow.columns) FROM followers",
            read: FollowerRow.init
        )
        guard !followers.isEmpty || !before.isEmpty else { return }
        let ids = Dictionary(uniqueKeysWithValues: known.map { ($0.state.name, $0.id) })
        let rows = followers.compactMap { schedule -> FollowerRow? in
            guard let leader = schedule.rule.leader.flatMap({ ids[$0] }),
                let id = ids[schedule.name], let terms = Follower(schedule)
            else { return nil }
            return FollowerRow(leader: leader, schedule: id, terms: terms)
        }
        guard Set(rows) != Set(before) else { return }
        try connection.execute("DELETE FROM followers")
        for row in rows {
            try connection.execute(
                "INSERT INTO followers (\(FollowerRow.columns)) VALUES (?, ?, ?, ?, ?, ?)",
                row.leader,
                row.schedule,
                row.terms.overlap.rawValue,
                row.terms.expires?.wholeMicroseconds,
                row.terms.from,
                row.terms.until
            )
        }
    }

    /// Has the schedules that follow a run's schedule judge its slot, in the commit that makes the run
    /// `succeeded`.
    ///
    /// A slot that a follower has a row of its own for is left alone: a slot triggers once, also when a
    /// retry succeeds again. Served by the primary key of `followers`.
    ///
    /// - Parameters:
    ///   - leader: key of the schedule whose run has succeeded.
    ///   - slot: the run's nominal time.
    ///   - now: the instant of the commit.
    /// - Throws: what the database throws.
    func follow(_ leader: Int64, slot: Timestamp, now: Timestamp) throws {
        let followers = try connection.rows(
            "SELECT \(FollowerRow.columns) FROM followers WHERE leader = ? ORDER BY schedule",
            leader,
            read: FollowerRow.init
        )
        guard !followers.isEmpty else { return }
        for follower in followers { try trigger(follower, slot: slot, now: now) }
        Failpoint.pass("P17")
    }

    private func trigger(_ follower: FollowerRow, slot: Timestamp, now: Timestamp) throws {
        let judged = try connection.number(
            "SELECT 1 FROM slots WHERE schedule = ? AND slot_us = ?",
            follower.schedule,
            slot
        )
        guard judged == nil, let row = try connection.schedule(follower.schedule),
            row.isPresent, row.definition != nil
        else { return }
        let active = try connection.activeRuns(
            ofSchedule: row.id,
            limit: Self.activeRunsSeen
        )
        let plan = FollowPlanner.plan(
            follower.terms,
            state: row.state,
            slot: slot,
            active: active,
            now: now
        )
        var writing = PlanWriting(
            row: row,
            active: active.map(\.id),
            now: now,
            joining: row.state.latestSlot.flatMap { $0.nominal < slot ? $0.nominal : nil }
        )
        var claims: TickClaims?
        let terms = PlanWriting.Terms(
            name: row.state.name,
            queue: row.queue,
            overlap: follower.terms.overlap,
            expires: follower.terms.expires
        )
        try writing.write(plan, terms, in: self, &claims)
        followed += writing.enqueued
        memory.schedules.update(row.id) { $0.state = writing.state }
    }
}
