import DownbeatRuntime
import Glibc

/// A folder with schedules, the state they lead to, and the services started on it.
final class ServiceFolder {
    static let mark = "EXACTLY_ONCE"

    struct Refused: Error, CustomStringConvertible {
        var arguments: [String]
        var end: StartedProcess.End
        var errors: String

        var description: String {
            "downbeat \(arguments.joined(separator: " ")): \(end): \(errors)"
        }
    }

    let path: String
    private let temporary: TemporaryFolder
    private let tool: String
    private var started = 0

    init() throws {
        temporary = try TemporaryFolder()
        path = temporary.path
        tool = try BuiltTool.path()
        guard mkdir(path + "/schedules", 0o700) == 0 else {
            throw StartedProcess.NotStarted(program: path, errorNumber: errno)
        }
    }

    deinit {
        // A test that failed may have left some.
        for process in processes.all() { kill(process.pid, SIGKILL) }
    }

    var processes: MarkedProcesses { MarkedProcesses(mark: "\(Self.mark)=\(path)") }

    /// Where the commands write.
    var diaryPath: String { path + "/diary" }

    func diary() throws -> Diary { try Diary(diaryPath) }

    /// Writes the schedule file; every command gets the mark and the place of the diary.
    ///
    /// - Parameters:
    ///   - schedules: the text below `schedules:`, indented by two.
    ///   - defaults: further lines below `defaults:`, indented by two.
    ///   - places: of the queue.
    /// - Throws: `NotStarted` when the file cannot be written.
    func configure(_ schedules: String, defaults: String = "", places: Int = 30) throws {
        let text = """
            timezone: Asia/Shanghai
            queues: { default: \(places) }
            defaults:
              env: { \(Self.mark): "\(path)", DIARY: "\(diaryPath)" }
            \(defaults)
            schedules:
            \(schedules)
            """
        try TextFile.write(text + "\n", to: path + "/schedules/downbeat.yaml")
    }

    /// Starts a service.
    func start(_ arguments: String..., failpoint: String? = nil) throws -> Service {
        started += 1
        var environment = Self.environment + ["\(Self.mark)=\(path)"]
        if let failpoint { environment.append("DOWNBEAT_FAILPOINT=\(failpoint)") }
        let process = try StartedProcess(
            [tool] + (arguments.isEmpty ? ["up"] : arguments),
            environment: environment,
            directory: path,
            output: "\(path)/service-\(started)"
        )
        return Service(process, in: self)
    }

    /// Has a short command answer; gives its standard output.
    func ask(_ arguments: String...) throws -> String {
        started += 1
        let process = try StartedProcess(
            [tool] + arguments,
            environment: Self.environment,
            directory: path,
            output: "\(path)/command-\(started)"
        )
        let end = try process.waitForEnd()
        guard end == .exited(0) else {
            throw Refused(arguments: arguments, end: end, errors: process.errors)
        }
        return process.output
    }

    /// What a sound database answers is `ok`.
    ///
    /// Nil where there is no `sqlite3` program.
    func integrity() throws -> String? {
        guard access("/usr/bin/sqlite3", X_OK) == 0 else { return nil }
        started += 1
        let process = try StartedProcess(
            ["/usr/bin/sqlite3", path + "/.downbeat/state.db", "PRAGMA integrity_check"],
            environment: Self.environment,
            directory: path,
            output: "\(path)/sqlite-\(started)"
        )
        _ = try process.waitForEnd()
        return process.output + process.errors
    }

    private static let environment = ["PATH=/usr/bin:/bin", "HOME=/", "LANG=C.UTF-8"]
}
