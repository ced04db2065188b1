import DownbeatCore
import Testing

@Suite("Child machine")
struct ChildMachineTests {
    typealias Report = WorkerMachine.Report

    struct Row: Sendable, CustomStringConvertible {
        var description: String
        var messages: [ChildMessage]
        var report: Report
        var meaning: Report
        /// Whether what it produced is kept.
        var keeps = false
    }

    private static let silent = Report.failed("the child ended without a result", mayRepeat: true)

    private static func broken(_ what: String) -> Report {
        .failed("the child sent \(what) and was ended", mayRepeat: true)
    }

    static let rows = [
        Row(
            description: "a result and an exit",
            messages: [.began, .positions([1]), .result([123, 125])],
            report: .exited(0),
            meaning: .exited(0),
            keeps: true
        ),
        Row(description: "nothing at all", messages: [], report: .exited(0), meaning: silent),
        Row(description: "no result", messages: [.began], report: .exited(0), meaning: silent),
        Row(
            description: "an exit of its own",
            messages: [.began],
            report: .exited(3),
            meaning: .exited(3)
        ),
        Row(
            description: "killed at work",
            messages: [.began, .positions([1])],
            report: .signalled(9),
            meaning: .signalled(9)
        ),
        Row(
            description: "killed after its last word",
            messages: [.began, .result([])],
            report: .signalled(9),
            meaning: .signalled(9)
        ),
        Row(
            description: "a failure",
            messages: [.began, .failed("no space", mayRepeat: false)],
            report: .exited(1),
            meaning: .failed("no space", mayRepeat: false)
        ),
        Row(
            description: "its reaper died",
            messages: [.began, .result([])],
            report: .lost,
            meaning: .lost
        ),
        Row(
            description: "a result before the begin",
            messages: [.result([])],
            report: .signalled(9),
            meaning: broken("a message before its job began")
        ),
        Row(
            description: "two begins",
            messages: [.began, .began],
            report: .signalled(9),
            meaning: broken("a second begin of its job")
        ),
        Row(
            description: "words after the last",
            messages: [.began, .result([]), .warning("late")],
            report: .exited(0),
            meaning: broken("a message after the end of its job")
        ),
        Row(
            description: "too long a result",
            messages: [
                .began, .result([UInt8](repeating: 48, count: AttemptProduct.resultBytesMax + 1)),
            ],
            report: .signalled(9),
            meaning: broken("a result of 65537 bytes")
        ),
    ]

    @Test(arguments: rows)
    func `an end means what was said before it`(row: Row) {
        var machine = ChildMachine(job: 4)
        for message in row.messages { _ = machine.received(message.frame(job: 4)) }
        let (meaning, product) = machine.ended(row.report)
        #expect(meaning == row.meaning)
        #expect((product != nil) == row.keeps)
    }

    @Test func `a child that cannot be understood is killed once`() {
        var machine = ChildMachine(job: 1)
        _ = machine.received(ChildMessage.began.frame(job: 1))
        #expect(machine.garbled(.version(7)) == .kill)
        #expect(machine.garbled(.version(7)) == .nothing)
        #expect(machine.received(ChildMessage.result([]).frame(job: 1)) == .nothing)
        #expect(
            machine.ended(.signalled(9)).report == Self.broken("a frame of version 7, not 1")
        )
    }

    @Test func `the words of another job break it`() {
        var machine = ChildMachine(job: 2)
        #expect(machine.received(ChildMessage.began.frame(job: 1)) == .kill)
    }

    @Test func `progress is shown when it changes, and warnings end at a bound`() {
        var machine = ChildMachine(job: 1)
        _ = machine.received(ChildMessage.began.frame(job: 1))
        let progress = RunProgress(phase: "copy", done: 1, total: 2, unit: .bytes)
        #expect(machine.received(ChildMessage.progress(progress).frame(job: 1)) == .show)
        #expect(machine.received(ChildMessage.progress(progress).frame(job: 1)) == .nothing)
        #expect(machine.progress == progress)
        for number in 1...ChildMachine.warningsMax + 5 {
            let action = machine.received(ChildMessage.warning("w").frame(job: 1))
            #expect(action == (number <= ChildMachine.warningsMax ? .warn("w") : .nothing))
        }
    }
}
