import DownbeatCore
import Support
import Testing

/// The life of attempts, drawn as events and actions.
@Suite("Worker machine")
struct WorkerMachineTests {
    private static func run(
        _ number: UInt64 = 1,
        timeout: Int? = nil,
        grace: Int = 10
    ) -> ClaimedRun {
        ClaimedRun(
            id: .fixture(number),
            schedule: "report",
            slot: nil,
            due: Timeline.start,
            queue: "default",
            attempt: 1,
            definition: RunDefinition(
                action: .shell("true"),
                timeout: timeout.map { .seconds($0) },
                grace: .seconds(grace),
                successCodes: [0, 3]
            ),
            lastSucceeded: nil
        )
    }

    /// A machine with one attempt, key 1, that was claimed at 0.
    private static func machine(
        timeout: Int? = nil,
        grace: Int = 10,
        started: Bool = true
    ) -> WorkerMachine {
        var machine = WorkerMachine(places: 2)
        let run = run(timeout: timeout, grace: grace)
        _ = machine.claimed([run])
        if started { _ = machine.started(1, at: .zero) }
        return machine
    }

    @Test func `claimed runs are spawned under keys of their own and take places`() {
        var machine = WorkerMachine(places: 2)
        let first = Self.run(1)
        let second = Self.run(2)
        #expect(machine.freePlaces == 2)
        #expect(
            machine.claimed([first, second]) == [.spawn(key: 1, first), .spawn(key: 2, second)]
        )
        #expect(machine.freePlaces == 0)
        #expect(machine.run(of: 2) == second)
        #expect(machine.ended(1, .exited(0))?.run == first)
        #expect(machine.freePlaces == 1)
        #expect(machine.claimed([first]) == [.spawn(key: 3, first)])
        machine.places = 1
        #expect(machine.freePlaces == 0)
        #expect(machine.count == 2)
        #expect(machine.ended(1, .exited(0))?.end == nil)
    }

    @Test func `a timeout counts from the start and ends with TERM, grace, KILL`() throws {
        var machine = Self.machine(timeout: 60, started: false)
        #expect(machine.nextDeadline == nil)
        #expect(machine.started(1, at: .seconds(5)) == [])
        #expect(machine.nextDeadline == .seconds(65))
        #expect(machine.timePassed(.seconds(64)) == [])
        #expect(machine.timePassed(.seconds(66)) == [.terminate(key: 1)])
        #expect(machine.nextDeadline == .seconds(76))
        #expect(machine.timePassed(.seconds(75)) == [])
        #expect(machine.timePassed(.seconds(76)) == [.kill(key: 1)])
        #expect(machine.nextDeadline == nil)
        #expect(machine.timePassed(.seconds(999)) == [])
        #expect(machine.ended(1, .signalled(9))?.end == .timedOut(signal: 9, killed: true))
    }

    @Test func `no grace means TERM and KILL`() {
        var machine = Self.machine(timeout: 60, grace: 0)
        var actions = machine.timePassed(.seconds(60))
        #expect(machine.nextDeadline == .seconds(60))
        actions += machine.timePassed(.seconds(60))
        #expect(actions == [.terminate(key: 1), .kill(key: 1)])
    }

    @Test func `a cancel before the start takes effect at the start`() {
        var machine = Self.machine(started: false)
        #expect(machine.cancel([.fixture(1)], at: .zero) == [])
        #expect(machine.nextDeadline == nil)
        #expect(machine.started(1, at: .seconds(3)) == [.terminate(key: 1)])
        #expect(machine.nextDeadline == .seconds(13))
        #expect(machine.ended(1, .signalled(15))?.end == .cancelled)
    }

    @Test func `a cancel names runs and repeats nothing`() {
        var machine = Self.machine()
        _ = machine.claimed([Self.run(2)])
        _ = machine.started(2, at: .zero)
        #expect(machine.cancel([.fixture(2), .fixture(9)], at: .zero) == [.terminate(key: 2)])
        #expect(machine.cancel([.fixture(2)], at: .seconds(5)) == [])
        #expect(machine.timePassed(.seconds(10)) == [.kill(key: 2)])
        #expect(machine.cancel([.fixture(2)], at: .seconds(11)) == [])
    }

    enum Ending: String, Sendable, CaseIterable {
        case none, timedOut, cancelled, drained, cancelledInDrain, cancelledAfterTimeout
        case cancelledEarly, drainedEarly, cancelledInEarlyDrain, killedAtOnce, killedAfterCancel
    }

    /// What reports mean after each kind of ending.
    private static func meaning(_ ending: Ending, _ report: WorkerMachine.Report) -> AttemptEnd {
        let byUs: AttemptEnd? =
            switch ending {
            case .none: nil
            case .timedOut, .cancelledAfterTimeout: .timedOut()
            case .drained, .drainedEarly, .killedAtOnce: .drained
            case .cancelled, .cancelledInDrain, .cancelledEarly, .cancelledInEarlyDrain,
                .killedAfterCancel:
                .cancelled
            }
        switch report {
        case .lost: return .lost
        case .notStarted(let why): return .notStarted(why)
        case .failed(let why, let mayRepeat): return byUs ?? .failed(why, mayRepeat: mayRepeat)
        case .exited(let status):
            if byUs != .timedOut(), status == 0 || status == 3 { return .exited(status) }
            return byUs ?? .exited(status)
        case .signalled(let signal):
            return byUs == .timedOut() ? .timedOut(signal: signal) : byUs ?? .signalled(signal)
        }
    }

    @Test(arguments: Ending.allCases)
    func `an end means what led to it, and a success stays one but after a timeout`(
        _ ending: Ending
    ) {
        let reports: [WorkerMachine.Report] = [
            .exited(0), .exited(3), .exited(1), .signalled(15), .signalled(9), .lost,
            .notStarted("no such file"), .failed("no space", mayRepeat: false),
        ]
        for report in reports {
            let isEarly = [.cancelledEarly, .drainedEarly, .cancelledInEarlyDrain].contains(ending)
            var machine = Self.machine(timeout: 60, started: !isEarly)
            let drain = { (machine: inout WorkerMachine) in
                machine.drain(at: .zero, limit: .zero)
                _ = machine.timePassed(.zero)
            }
            switch ending {
            case .none: break
            case .timedOut: _ = machine.timePassed(.seconds(60))
            case .cancelled, .cancelledEarly: _ = machine.cancel([.fixture(1)], at: .zero)
            case .drained, .drainedEarly: drain(&machine)
            case .cancelledInDrain, .cancelledInEarlyDrain:
                drain(&machine)
                #expect(machine.cancel([.fixture(1)], at: .zero) == [])
            case .cancelledAfterTimeout:
                _ = machine.timePassed(.seconds(60))
                #expect(machine.cancel([.fixture(1)], at: .seconds(61)) == [])
            case .killedAtOnce: #expect(machine.stopAtOnce() == [.kill(key: 1)])
            case .killedAfterCancel:
                _ = machine.cancel([.fixture(1)], at: .zero)
                #expect(machine.stopAtOnce() == [.kill(key: 1)])
            }
            #expect(machine.ended(1, report)?.end == Self.meaning(ending, report), "\(report)")
            #expect(machine.count == 0)
        }
    }

    @Test func `a drain claims no more, waits, and then ends what still runs`() {
        var machine = Self.machine()
        machine.drain(at: .seconds(100), limit: .seconds(30))
        #expect(machine.isDraining)
        #expect(machine.freePlaces == 0)
        #expect(machine.nextDeadline == .seconds(130))
        machine.drain(at: .seconds(120), limit: .seconds(30))
        #expect(machine.nextDeadline == .seconds(130))
        #expect(machine.timePassed(.seconds(130)) == [.terminate(key: 1)])
        #expect(machine.timePassed(.seconds(140)) == [.kill(key: 1)])
        #expect(machine.ended(1, .signalled(9))?.end == .drained)
        #expect(machine.nextDeadline == nil)
    }

    @Test func `an attempt may time out while the service drains`() {
        var machine = Self.machine(timeout: 60)
        machine.drain(at: .seconds(50), limit: .seconds(30))
        #expect(machine.timePassed(.seconds(60)) == [.terminate(key: 1)])
        #expect(machine.timePassed(.seconds(80)) == [.kill(key: 1)])
        #expect(machine.ended(1, .exited(0))?.end == .timedOut(killed: true))
    }

    @Test func `a second signal kills everything at once`() {
        var machine = Self.machine()
        _ = machine.claimed([Self.run(2)])
        machine.drain(at: .zero, limit: .seconds(30))
        #expect(machine.stopAtOnce() == [.kill(key: 1), .kill(key: 2)])
        #expect(machine.started(2, at: .zero) == [])
        #expect(machine.nextDeadline == nil)
        #expect(machine.freePlaces == 0)
        #expect(machine.timePassed(.seconds(99)) == [])
    }

    @Test func `the keeper's death loses every attempt`() {
        var machine = Self.machine()
        _ = machine.claimed([Self.run(2)])
        let lost = machine.keeperDied()
        #expect(lost.map(\.run.id) == [.fixture(1), .fixture(2)])
        #expect(lost.allSatisfy { $0.end == .lost })
        #expect(machine.freePlaces == 2)
        #expect(machine.ended(1, .exited(0))?.end == nil)
    }

    @Test func `events of unknown keys are ignored`() {
        var machine = WorkerMachine(places: 1)
        #expect(machine.started(5, at: .zero) == [])
        #expect(machine.ended(5, .lost)?.end == nil)
        #expect(machine.cancel([.fixture(1)], at: .zero) == [])
        #expect(machine.stopAtOnce() == [])
    }
}
