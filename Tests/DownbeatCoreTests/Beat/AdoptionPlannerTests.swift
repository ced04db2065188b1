import DownbeatCore
import Support
import Testing

/// What a change of configuration does to marks.
@Suite("Adoption planner")
struct AdoptionPlannerTests {
    private static let now = Timeline.minute(100)

    private static func hourly(_ name: String, minutes: Int = 10) -> Schedule {
        .fixture(.every(Interval(period: .seconds(60 * minutes))), named: name)
    }

    /// What is stored of a schedule that was considered up to minute 50.
    private static func stored(_ schedule: Schedule, isPresent: Bool = true) -> StoredSchedule {
        var state = ScheduleState.fixture(mark: Timeline.minute(50))
        state.name = schedule.name
        state.isEnabled = schedule.isEnabled
        state.ruleText = schedule.rule.canonicalText
        state.revision = schedule.definition.revision
        return StoredSchedule(state: state, isPresent: isPresent)
    }

    private static func plan(
        _ stored: [StoredSchedule],
        _ new: [Schedule],
        rules: [Rule] = []
    ) -> [ScheduleChange] {
        AdoptionPlanner.plan(stored: stored, new: new, now: now) { text in
            rules.first { $0.canonicalText == text }
        }
    }

    private static func range(_ first: Int, _ last: Int, _ reason: SkipReason) -> SlotPlan.Item {
        .skipRange(
            first: Timeline.minute(first),
            last: Timeline.minute(last),
            count: (last - first) / 10 + 1,
            reason: reason
        )
    }

    @Test func `a new schedule and one that is back start at now, without rows`() {
        let schedule = Self.hourly("a")
        for stored in [[], [Self.stored(schedule, isPresent: false)]] {
            var expected = ScheduleChange(name: "a")
            expected.isAdded = true
            expected.newMark = Self.now
            #expect(Self.plan(stored, [schedule]) == [expected])
        }
    }

    @Test func `a schedule that is back counts what fell due while it was gone`() {
        let schedule = Self.hourly("a")
        var stored = Self.stored(schedule, isPresent: false)
        stored.removedAt = Timeline.minute(65)
        var expected = ScheduleChange(name: "a")
        expected.isAdded = true
        expected.newMark = Self.now
        expected.counted = Self.range(70, 100, .edited)
        #expect(Self.plan([stored], [schedule]) == [expected])
    }

    @Test func `a rename alone counts as one change and leaves the revision`() {
        let old = Self.hourly("a")
        var new = old
        new.name = "b"
        new.renamedFrom = "a"
        #expect(new.revision == old.revision)
        let changes = AdoptionPlanner.changes(from: [old], to: [new], now: Self.now)
        #expect(changes.map(\.kind) == [.changed])
        #expect(changes.map(\.isRedefined) == [false])
    }

    @Test func `an unchanged schedule keeps everything`() {
        let schedule = Self.hourly("a")
        let changes = Self.plan([Self.stored(schedule)], [schedule])
        #expect(changes == [ScheduleChange(name: "a")])
        #expect(changes.filter(\.isUnchanged).count == 1)
    }

    @Test func `another key keeps the mark`() {
        let old = Self.hourly("a")
        var new = old
        new.definition.revision = "2"
        new.catchUp.policy = .skip
        new.overlap = .replace
        var expected = ScheduleChange(name: "a")
        expected.isRedefined = true
        #expect(Self.plan([Self.stored(old)], [new]) == [expected])
    }

    struct RuleRow: CustomTestStringConvertible, Sendable {
        var name: String
        var change: @Sendable (inout Rule) throws -> Void
        var testDescription: String { name }
    }

    @Test(arguments: [
        RuleRow(name: "trigger") { $0.trigger = .every(Interval(period: .seconds(60))) },
        RuleRow(name: "anchor") {
            $0.trigger = .every(Interval(period: .seconds(600), anchor: .start))
        },
        RuleRow(name: "from") { $0.from = Timeline.minute(0) },
        RuleRow(name: "until") { $0.until = Timeline.minute(900) },
        RuleRow(name: "timezone") { $0.zone = try ZoneFiles().zone(named: "Asia/Tokyo") },
    ])
    func `an edit of the rule starts at now and counts what it passes over`(_ row: RuleRow) throws {
        let old = Self.hourly("a")
        var new = old
        try row.change(&new.rule)
        var expected = ScheduleChange(name: "a")
        expected.ruleChanged = true
        expected.newMark = Self.now
        expected.forgetsSkips = true
        expected.counted = Self.range(60, 100, .edited)
        #expect(Self.plan([Self.stored(old)], [new], rules: [old.rule]) == [expected])
        // A rule that cannot be read any more cannot be counted.
        expected.counted = nil
        #expect(Self.plan([Self.stored(old)], [new]) == [expected])
    }

    @Test func `enabling starts at now, disabling does not move the mark`() {
        let enabled = Self.hourly("a")
        var disabled = enabled
        disabled.isEnabled = false
        var expected = ScheduleChange(name: "a")
        expected.nowEnabled = false
        #expect(Self.plan([Self.stored(enabled)], [disabled]) == [expected])
        expected.nowEnabled = true
        expected.newMark = Self.now
        expected.counted = Self.range(60, 100, .disabled)
        #expect(Self.plan([Self.stored(disabled)], [enabled]) == [expected])
    }

    @Test func `an edit of a disabled rule counts its slots as disabled`() {
        var old = Self.hourly("a")
        old.isEnabled = false
        var new = Self.hourly("a", minutes: 7)
        new.isEnabled = false
        let changes = Self.plan([Self.stored(old)], [new], rules: [old.rule])
        #expect(changes.first?.newMark == Self.now)
        #expect(changes.first?.counted == Self.range(60, 100, .disabled))
    }

    @Test func `an edit counts the slots of an interval that counts from its runs`() {
        var old = Self.hourly("a")
        old.rule.trigger = .every(Interval(period: .seconds(600), anchor: .lastEnd))
        let new = Self.hourly("a", minutes: 7)
        var stored = Self.stored(old)
        stored.state.latestSlot = .init(
            nominal: Timeline.minute(50),
            fired: true,
            startedAt: Timeline.minute(50),
            endedAt: Timeline.minute(53)
        )
        let changes = Self.plan([stored], [new], rules: [old.rule])
        #expect(changes.first?.counted == Self.range(63, 93, .edited))
        stored.state.latestSlot?.endedAt = nil
        #expect(Self.plan([stored], [new], rules: [old.rule]).first?.counted == nil)
    }

    @Test func `a mark ahead of now is set to now by an edit`() {
        let old = Self.hourly("a")
        var stored = Self.stored(old)
        stored.state.mark = Timeline.minute(200)
        let new = Self.hourly("a", minutes: 7)
        let change = Self.plan([stored], [new], rules: [old.rule]).first
        #expect(change?.newMark == Self.now)
        #expect(change?.counted == nil)
    }

    @Test func `removals come last, by name`() {
        let schedules = ["c", "a", "b"].map { Self.hourly($0) }
        let changes = Self.plan(schedules.map { Self.stored($0) }, [schedules[2]])
        #expect(changes.map(\.name) == ["b", "a", "c"])
        #expect(changes.map(\.isRemoved) == [false, true, true])
    }

    @Test func `a rename carries the mark over`() {
        let old = Self.hourly("a")
        var new = old
        new.name = "b"
        new.renamedFrom = "a"
        var expected = ScheduleChange(name: "b")
        expected.renamedFrom = "a"
        #expect(Self.plan([Self.stored(old)], [new]) == [expected])
        // The key may stay in the file.
        var stored = Self.stored(new)
        stored.state.name = "b"
        #expect(Self.plan([stored], [new]).filter(\.isUnchanged).count == 1)
    }

    @Test func `a rename with an edit is an edit`() {
        let old = Self.hourly("a")
        var new = Self.hourly("b", minutes: 7)
        new.renamedFrom = "a"
        let changes = Self.plan([Self.stored(old)], [new], rules: [old.rule])
        #expect(changes.map(\.name) == ["b"])
        #expect(changes.first?.renamedFrom == "a")
        #expect(changes.first?.counted == Self.range(60, 100, .edited))
    }

    struct NoRenameRow: CustomTestStringConvertible, Sendable {
        var name: String
        var stored: [String]
        var isPresent = true
        var wanted: [String]
        var added: [String]
        var testDescription: String { name }
    }

    /// `b` says that it was renamed from `a`.
    @Test(arguments: [
        NoRenameRow(name: "a is still wanted", stored: ["a"], wanted: ["a", "b"], added: ["b"]),
        NoRenameRow(name: "b is there", stored: ["a", "b"], wanted: ["b"], added: []),
        NoRenameRow(name: "a was never there", stored: [], wanted: ["b"], added: ["b"]),
        NoRenameRow(
            name: "a was removed before",
            stored: ["a"],
            isPresent: false,
            wanted: ["b"],
            added: ["b"]
        ),
    ])
    func `a rename needs an old name that goes and a new one that comes`(_ row: NoRenameRow) {
        let wanted = row.wanted.map { name in
            var schedule = Self.hourly(name)
            if name == "b" { schedule.renamedFrom = "a" }
            return schedule
        }
        let stored = row.stored.map { Self.stored(Self.hourly($0), isPresent: row.isPresent) }
        let changes = Self.plan(stored, wanted)
        #expect(changes.allSatisfy { $0.renamedFrom == nil })
        #expect(changes.filter(\.isAdded).map(\.name) == row.added)
    }

    @Test func `two schedules cannot take over one`() {
        let new = ["b", "c"].map { name in
            var schedule = Self.hourly(name)
            schedule.renamedFrom = "a"
            return schedule
        }
        let changes = Self.plan([Self.stored(Self.hourly("a"))], new)
        #expect(changes.map(\.renamedFrom) == ["a", nil])
        #expect(changes.map(\.isAdded) == [false, true])
    }
}
