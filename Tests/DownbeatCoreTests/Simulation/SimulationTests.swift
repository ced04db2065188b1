import DownbeatCore
import Support
import Testing

@Suite("Simulation")
struct SimulationTests {
    private static func daily(_ name: String, _ time: String) throws -> Schedule {
        var schedule = Schedule.fixture(
            .daily(times: [try TimeOfDay(time)], days: .everyDay),
            named: name,
            overlap: .skip
        )
        schedule.spread = .seconds(1200)
        return schedule
    }

    private static func options(
        _ durations: [String: Int],
        places: Int = 1,
        days: Int = 7
    ) -> Simulation.Options {
        Simulation.Options(
            from: Timeline.start,
            to: Timeline.start + .seconds(days * 86_400),
            queues: ["default": places],
            durations: SimulatedDurations(
                known: durations.mapValues { .fixed(.seconds($0)) }
            )
        )
    }

    @Test func `a slot at the first instant counts and one at the last does not`() throws {
        var simulation = Simulation([try Self.daily("a", "00:00")], Self.options([:]))
        let report = try simulation.run()
        #expect(report.slots == 7)
        #expect(report.ended(.succeeded) == 7)
    }

    @Test func `an interval from the end of its run waits for it`() throws {
        let anchor = Interval.Anchor.lastEnd
        let schedule = Schedule.fixture(
            .every(Interval(period: .seconds(600), anchor: anchor)),
            named: "a"
        )
        var simulation = Simulation([schedule], Self.options(["a": 3000], days: 1))
        // 10 minutes of pause and 50 of work, 24 times; the first pause begins with the range.
        #expect(try simulation.run().runs == 24)
    }

    @Test func `advice has been simulated`() throws {
        let schedules = try ["a", "b", "c"].map { try Self.daily($0, "03:00") }
        let options = Self.options(["a": 300, "b": 30, "c": 10])
        var simulation = Simulation(schedules, options)
        let report = try simulation.run()
        // `a` starts first, so that the other two are 5 minutes and more late.
        #expect(report.late == 14)
        #expect(report.peakQueue?.count == 2)
        let advice = try SimulationAdvice.find(schedules, options, report)
        #expect(advice.map(\.late) == [0, 0])
        guard case .move("a", let minutes, let text) = advice.first?.change else {
            Issue.record("\(advice)")
            return
        }
        #expect((minutes, text) == (5, "at: \"03:05\""))
        #expect(advice.last?.change == .queue("default", limit: 2))
    }

    @Test func `a proposal says what to write and has been simulated`() throws {
        let schedules = try ["a", "b", "c"].map { try Self.daily($0, "03:00") }
        let proposal = try SpreadProposal(
            schedules,
            Self.options(["a": 300, "b": 30, "c": 10])
        )
        #expect(proposal.peakBefore?.count == 3)
        #expect(proposal.peakAfter?.count == 1)
        #expect(proposal.before.late == 14)
        #expect(proposal.after.late == 0)
        #expect(Set(proposal.moves.map(\.schedule)).count == 2)
        #expect(proposal.moves.allSatisfy { (1..<20).contains($0.minutes) })
    }
}
