import DownbeatCore
import DownbeatRuntime
import Glibc
import Support
import Testing

/// How a command comes to run, and what it finds.
@Suite("Starting a command", .tags(.processes))
struct CommandStartTests {
    struct EndRow: CustomTestStringConvertible, Sendable {
        var script: String
        var end: AttemptEnd
        var testDescription: String { script }
    }

    @Test(arguments: [
        EndRow(script: "exit 0", end: .exited(0)),
        EndRow(script: "exit 3", end: .exited(3)),
        EndRow(script: "exit 255", end: .exited(255)),
        EndRow(script: "kill -KILL $$", end: .signalled(SIGKILL)),
        EndRow(script: "kill -SEGV $$", end: .signalled(SIGSEGV)),
    ])
    func `an exit status or a signal comes back as it was`(_ row: EndRow) throws {
        let commands = try KeptCommands()
        let end = try commands.finish(commands.shell(row.script)).end
        #expect(end.end == row.end)
        #expect(!end.wasStopped)
        #expect(!end.hadLeftovers)
        #expect(commands.keeper.close() == .exited(0))
    }

    @Test func `started comes before ended and names the session`() throws {
        let commands = try KeptCommands()
        let key = try commands.shell("ps -o pid=,sid=,pgid= -p $$ 2>/dev/null || echo $$ $$ $$")
        let out = try commands.finish(key).out
        guard case .started(key, let pid) = try #require(commands.events.first) else {
            Issue.record("the first event is \(commands.events)")
            return
        }
        let numbers = out.split(whereSeparator: \.isWhitespace).map(String.init)
        #expect(numbers == ["\(pid)", "\(pid)", "\(pid)"])
    }

    @Test(arguments: [KeeperMeans.all, []])
    func `a command inherits three descriptors and nothing else`(_ used: KeeperMeans) throws {
        let commands = try KeptCommands(without: KeeperMeans.all.subtracting(used))
        let script = """
            n=0; while [ $n -lt 300 ]; do [ -e /proc/$$/fd/$n ] && echo $n; n=$((n + 1)); done
            readlink /proc/$$/fd/0; umask
            """
        let (_, out, _) = try commands.finish(commands.shell(script))
        #expect(out == "0\n1\n2\n/dev/null\n0022\n")
    }

    @Test func `a command has no blocked and no ignored signals`() throws {
        let commands = try KeptCommands()
        let status = try commands.finish(commands.spawn(["cat", "/proc/self/status"])).out
        let signals = status.split(separator: "\n").filter { $0.hasPrefix("Sig") }.dropFirst()
        let none = "0000000000000000"
        #expect(
            signals == [
                "SigPnd:\t\(none)", "SigBlk:\t\(none)", "SigIgn:\t\(none)", "SigCgt:\t\(none)",
            ]
        )
    }

    @Test func `the environment is exactly the list`() throws {
        let commands = try KeptCommands()
        let key = try commands.spawn(
            ["env"],
            environment: ["PATH=/nowhere:/usr/bin:/bin", "EMPTY=", "WORDS=a b=c 今"]
        )
        #expect(
            try commands.finish(key).out == "PATH=/nowhere:/usr/bin:/bin\nEMPTY=\nWORDS=a b=c 今\n"
        )
    }

    @Test func `the working directory is entered`() throws {
        let commands = try KeptCommands()
        let key = try commands.spawn(["/bin/pwd"], workingDirectory: "/usr/bin")
        #expect(try commands.finish(key).out == "/usr/bin\n")
    }

    @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
    func `a command of another user cannot become root again`() throws {
        let commands = try KeptCommands()
        let key = try commands.spawn(
            ["/bin/sh", "-c", "id -u; id -G; grep -E '^(NoNewPrivs|CapEff)' /proc/self/status"],
            user: "nobody"
        )
        let nobody = try #require(try UserAccount(named: "nobody"))
        let groups = nobody.groups.map(String.init).joined(separator: " ")
        #expect(
            try commands.finish(key).out
                == "\(nobody.id)\n\(groups)\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n"
        )
    }

    struct FailureRow: CustomTestStringConvertible, Sendable {
        var name: String
        var arguments: [String]
        var directory: String?
        var stage: SpawnFailure.Stage
        var errorNumber: Int32
        var words: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        FailureRow(
            name: "no such file",
            arguments: ["/no/such"],
            stage: .execute,
            errorNumber: ENOENT,
            words: "there is no such file"
        ),
        FailureRow(
            name: "not in PATH",
            arguments: ["no-such-program"],
            stage: .execute,
            errorNumber: ENOENT,
            words: "in no folder of PATH"
        ),
        FailureRow(
            name: "not executable",
            arguments: ["/etc/passwd"],
            stage: .execute,
            errorNumber: EACCES,
            words: "chmod +x"
        ),
        FailureRow(
            name: "a folder",
            arguments: ["/etc"],
            stage: .execute,
            errorNumber: EACCES,
            words: "cannot execute /etc"
        ),
        FailureRow(
            name: "no such working directory",
            arguments: ["true"],
            directory: "/no/such",
            stage: .directory,
            errorNumber: ENOENT,
            words: "working directory /no/such"
        ),
        FailureRow(
            name: "too long",
            arguments: ["true", String(repeating: "x", count: 200_000)],
            stage: .execute,
            errorNumber: E2BIG,
            words: "too long"
        ),
    ])
    func `a command that cannot be started says why`(_ row: FailureRow) throws {
        let commands = try KeptCommands()
        let key = try commands.spawn(row.arguments, workingDirectory: row.directory)
        guard case .notStarted(_, let failure) = try commands.waitForLast(of: key) else {
            Issue.record("it was started")
            return
        }
        #expect(failure.stage == row.stage)
        #expect(failure.errorNumber == row.errorNumber)
        #expect(failure.description.contains(row.words))
        #expect(commands.events.count == 1)
    }

    @Test func `an impossible request is refused at once`() throws {
        let commands = try KeptCommands()
        #expect(throws: SpawnFailure.self) { try commands.spawn(["true"], user: "no-such-user") }
        #expect(throws: SpawnFailure.self) { try commands.spawn([]) }
        #expect(throws: SpawnFailure.self) { try commands.spawn(["echo", "a\0b"]) }
        let long = [String](repeating: String(repeating: "x", count: 100_000), count: 50)
        #expect(throws: SpawnFailure.self) { try commands.spawn(["echo"] + long) }
        #expect(try commands.finish(commands.shell("exit 0")).end.end == .exited(0))
    }

    @Test func `a wrong executable is no keeper`() {
        #expect(throws: SystemError.self) { try Keeper.start(executable: "/no/such", lock: nil) }
        #expect(throws: SystemError.self) { try Keeper.start(executable: "/bin/true", lock: nil) }
    }

    @Test func `many starts leave no zombie, no descriptor and no thread behind`() throws {
        let commands = try KeptCommands()
        let pid = commands.keeper.pid
        func startHundred() throws -> [Int] {
            for _ in 0..<10 {
                let keys = try (0..<10).map { _ in try commands.spawn(["/bin/true"]) }
                for key in keys { #expect(try commands.finish(key).end.end == .exited(0)) }
                commands.forget()
            }
            try Patience.wait(for: "the reapers to be gone") {
                commands.reapers().isEmpty ? () : nil
            }
            return [
                Processes.descriptors(of: pid), Folder.names(in: "/proc/\(pid)/task").count,
            ]
        }
        let first = try startHundred()
        for _ in 1..<(TestLength.isLong ? 1000 : 5) {
            #expect(try startHundred() == first)
        }
    }
}
