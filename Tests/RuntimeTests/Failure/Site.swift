import DownbeatCore
import DownbeatRuntime
import Glibc

/// A folder with schedules and a state, on which a test starts services and asks commands, and what
/// the database says afterwards.
final class Site {
    private static let mark = "FAILURE_SITE"

    /// How a program ended, and what it wrote.
    struct Answer: CustomStringConvertible {
        var end: StartedProcess.End
        var output: String
        var errors: String

        var description: String { "\(end): \(output)\(errors)" }
    }

    struct Missing: Error {
        var program: String
    }

    struct EndedEarly: Error, CustomStringConvertible {
        var answer: Answer

        var description: String { "the service has ended: \(answer)" }
    }

    /// Slots each second, of which none may be missing.
    static let ticking = """
          tick:
            every: 1s
            catch_up: all
            catch_up_within: 1h
            overlap: allow
            shell: echo hello
        """

    let path: String
    let tool: String
    private let temporary: TemporaryFolder
    private var started = 0

    /// Makes the folder.
    ///
    /// - Parameters:
    ///   - schedules: the text below `schedules:`, indented by two.
    ///   - settings: further lines of the service.
    /// - Throws: when the disk does not let it.
    init(_ schedules: String = Site.ticking, settings: String = "drain: 1s") throws {
        temporary = try TemporaryFolder()
        path = temporary.path
        tool = try BuiltTool.path()
        guard mkdir(path + "/schedules", 0o755) == 0 else {
            throw StartedProcess.NotStarted(program: path, errorNumber: errno)
        }
        try configure(schedules, settings: settings)
    }

    deinit {
        // A test that failed may have left some.
        for process in processes.all() { kill(process.pid, SIGKILL) }
    }

    var state: String { path + "/.downbeat" }
    var database: String { state + "/state.db" }
    var scheduleFile: String { path + "/schedules/downbeat.yaml" }
    var processes: MarkedProcesses { MarkedProcesses(mark: "\(Self.mark)=\(path)") }

    func configure(_ schedules: String, settings: String = "drain: 1s") throws {
        let text = """
            queues: { default: 30 }
            \(settings)
            defaults: { env: { \(Self.mark): "\(path)" } }
            schedules:
            \(schedules)
            """
        try TextFile.write(text + "\n", to: scheduleFile)
    }

    // MARK: Programs

    /// Starts `downbeat`.
    ///
    /// - Parameters:
    ///   - arguments: its own.
    ///   - wrapper: a program that executes the rest of its arguments.
    ///   - environment: more variables of the service.
    /// - Returns: the process, or the wrapper's.
    /// - Throws: `StartedProcess.NotStarted`.
    func start(
        _ arguments: [String] = ["up"],
        through wrapper: [String] = [],
        environment: [String] = []
    ) throws -> StartedProcess {
        try launch(wrapper + [tool] + arguments, environment: environment)
    }

    /// Starts a service and waits until it is ready.
    func startReady(_ arguments: [String] = ["up"]) throws -> StartedProcess {
        let service = try start(arguments)
        try waitUntilReady(service)
        return service
    }

    func waitUntilReady(
        _ service: StartedProcess,
        within limit: Duration = Patience.limit
    ) throws {
        try Patience.wait(for: "a service to be ready", within: limit) {
            if service.output.contains("\nscheduled ") { return () }
            guard let end = service.end else { return nil }
            throw EndedEarly(
                answer: Answer(end: end, output: service.output, errors: service.errors)
            )
        }
    }

    /// Has `downbeat` answer.
    func ask(_ arguments: String..., through wrapper: [String] = []) throws -> Answer {
        try run(wrapper + [tool] + arguments)
    }

    /// Runs any program to its end.
    func run(
        _ arguments: [String],
        within limit: Duration = Patience.limit
    ) throws -> Answer {
        let process = try launch(arguments)
        let end = try process.waitForEnd(within: limit)
        return Answer(end: end, output: process.output, errors: process.errors)
    }

    /// Starts any program.
    func launch(_ arguments: [String], environment: [String] = []) throws -> StartedProcess {
        started += 1
        return try StartedProcess(
            arguments,
            environment: [
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "LANG=C.UTF-8",
                "\(Self.mark)=\(path)",
            ] + environment,
            directory: path,
            output: "\(path)/output-\(started)"
        )
    }

    /// Has it end in order; gives how it ended.
    func stop(_ service: StartedProcess) throws -> StartedProcess.End {
        service.signal(SIGTERM)
        return try service.waitForEnd()
    }

    // MARK: The database

    /// What the `sqlite3` program answers: a line a row, fields with bars between.
    func query(_ sql: String, of database: String? = nil) throws -> [String] {
        guard let program = Programs.path("sqlite3") else { throw Missing(program: "sqlite3") }
        let answer = try run([program, database ?? self.database, ".timeout 20000", sql])
        guard answer.end == .exited(0) else { throw EndedEarly(answer: answer) }
        return answer.output.split(separator: "\n").map(String.init)
    }

    /// The second of the newest slot that has fired; 0: none, or no table yet.
    func newestSlot() throws -> Int {
        do {
            let rows = try query("SELECT coalesce(max(slot_us), 0) / 1000000 FROM slots")
            return rows.first.flatMap { Int($0) } ?? 0
        } catch let error as EndedEarly where error.answer.errors.contains("no such table") {
            return 0
        }
    }

    /// Waits for a slot after now: the beat is at work.
    func waitForSlot(within limit: Duration = Patience.limit) throws {
        let now = Int(SystemClocks().now.seconds)
        try Patience.wait(for: "a slot after \(now)", within: limit) {
            // Each look starts a program.
            Patience.rest(.milliseconds(50))
            return try newestSlot() > now ? () : nil
        }
    }

    /// What the ledger says of schedules with a slot each second: gaps, skipped slots, slots without
    /// a run of their own.
    func ledgerProblems() throws -> [String] {
        let gaps = try query(
            """
            SELECT name, first, last, count FROM (
              SELECT s.name, min(l.slot_us) / 1000000 first, max(l.slot_us) / 1000000 last,
                count(*) count
              FROM slots l JOIN schedules s ON s.id = l.schedule GROUP BY s.name)
            WHERE last - first + 1 <> count
            """
        )
        let skipped = try query("SELECT * FROM slots WHERE outcome = 'skipped'")
        let ranges = try query("SELECT * FROM slot_ranges")
        let shared = try query("SELECT run FROM slots GROUP BY run HAVING count(*) > 1")
        return gaps.map { "missing: \($0)" } + skipped.map { "skipped: \($0)" }
            + ranges.map { "skipped: \($0)" } + shared.map { "shared: \($0)" }
    }

    /// `state|number` of all runs.
    func runStates() throws -> [String] {
        try query("SELECT state, count(*) FROM runs GROUP BY state ORDER BY state")
    }
}

extension String {
    func count(of part: String) -> Int {
        ranges(of: part).count
    }
}
