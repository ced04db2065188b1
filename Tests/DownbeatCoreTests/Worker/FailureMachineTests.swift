import DownbeatCore
import Support
import Testing

/// `on_failure` commands: their number, their time, their ends.
@Suite("Failure machine")
struct FailureMachineTests {
    private static func failure(_ number: UInt64) -> ClaimedFailure {
        ClaimedFailure(
            run: ClaimedRun(
                id: .fixture(number),
                schedule: "report",
                slot: nil,
                due: Timeline.minute(0),
                queue: "default",
                attempt: 3,
                definition: RunDefinition(
                    action: .shell("exit 1"),
                    input: "for the action alone",
                    onFailure: ["/bin/page", "{{schedule}} {{attempt}}"]
                ),
                lastSucceeded: nil
            ),
            error: "exit 1"
        )
    }

    private static let key = FailureMachine.firstKey

    @Test func `as many as there are places are claimed, none while it stops`() {
        var machine = FailureMachine()
        #expect(machine.freePlaces == FailureMachine.atOnceMax)
        let actions = machine.claimed([Self.failure(1), Self.failure(2)], at: .zero)
        #expect(
            actions == [
                .spawn(key: Self.key, Self.failure(1)), .spawn(key: Self.key + 1, Self.failure(2)),
            ]
        )
        #expect(machine.freePlaces == FailureMachine.atOnceMax - 2)
        #expect(FailureMachine.owns(Self.key) && !FailureMachine.owns(1))
        machine.drain(at: .seconds(1), limit: .seconds(30))
        #expect(machine.freePlaces == 0)
        #expect(machine.nextDeadline == .seconds(31))
        #expect(
            machine.timePassed(.seconds(31))
                == [.terminate(key: Self.key), .terminate(key: Self.key + 1)]
        )
        let ended = machine.ended(Self.key, .signalled(15), tail: "")
        #expect(ended?.problem == "ended because the service stopped")
    }

    @Test func `one that takes too long gets TERM, then KILL`() {
        var machine = FailureMachine()
        _ = machine.claimed([Self.failure(1)], at: .seconds(5))
        #expect(machine.nextDeadline == .seconds(65))
        #expect(machine.timePassed(.seconds(64)) == [])
        #expect(machine.timePassed(.seconds(65)) == [.terminate(key: Self.key)])
        #expect(machine.timePassed(.seconds(69)) == [])
        #expect(machine.timePassed(.seconds(70)) == [.kill(key: Self.key)])
        #expect(machine.nextDeadline == nil)
        let ended = machine.ended(Self.key, .signalled(9), tail: "")
        #expect(ended?.problem == "timed out after 60s")
        #expect(machine.count == 0)
    }

    struct EndRow: Sendable {
        var report: WorkerMachine.Report
        var tail = ""
        var problem: String?
    }

    @Test(arguments: [
        EndRow(report: .exited(0), tail: "sent", problem: nil),
        EndRow(report: .exited(3), problem: "exit 3"),
        EndRow(report: .exited(3), tail: "no route", problem: "exit 3: no route"),
        EndRow(report: .signalled(11), problem: "signal 11 (SIGSEGV)"),
        EndRow(report: .notStarted("no such file"), problem: "not started: no such file"),
        EndRow(report: .lost, problem: "lost: its keeper died"),
    ])
    func `an end is told in words, with the last of the output`(_ row: EndRow) {
        var machine = FailureMachine()
        _ = machine.claimed([Self.failure(1)], at: .zero)
        let ended = machine.ended(Self.key, row.report, tail: row.tail)
        #expect(ended?.failure == Self.failure(1))
        #expect(ended?.problem == row.problem)
        #expect(machine.ended(Self.key, row.report, tail: "") == nil)
    }

    @Test func `the command is as an attempt, with the state and the error`() throws {
        let command = try AttemptCommand(
            Self.failure(1),
            zone: .utc,
            surroundings: AttemptCommand.Surroundings(
                home: "/",
                language: "C",
                user: "down",
                workingDirectory: "/srv"
            )
        ) { _ throws(NotRendered) in "" }
        #expect(command.arguments == ["/bin/page", "report 3"])
        #expect(command.environment.contains("DOWNBEAT_ATTEMPT=3"))
        #expect(
            command.environment.suffix(2) == ["DOWNBEAT_STATE=failed", "DOWNBEAT_ERROR=exit 1"]
        )
        #expect(command.input == nil)
        #expect(command.workingDirectory == "/srv")
    }
}
