import Glibc

/// A program that a test has started: in its own session, with a listed environment and its output
/// in files.
///
/// Started by `posix_spawn`, so that nothing of the test's own is inherited. Only its own pid is ever
/// waited for, and it is signalled only before that.
final class StartedProcess {
    enum End: Hashable {
        case exited(Int32)
        case signalled(Int32)
    }

    struct NotStarted: Error {
        var program: String
        var errorNumber: Int32
    }

    let pid: Int32
    let outPath: String
    let errPath: String
    private var found: End?

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - arguments: the program's path first.
    ///   - environment: `NAME=value` each.
    ///   - directory: where it works.
    ///   - output: path of its output files, without their suffixes.
    /// - Throws: `NotStarted`.
    init(
        _ arguments: [String],
        environment: [String],
        directory: String,
        output: String
    ) throws {
        outPath = output + ".out"
        errPath = output + ".err"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, outPath, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errPath, flags, 0o600)
        try Self.arrange(&actions, directory: directory)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let wanted = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | Self.setSession
        posix_spawnattr_setflags(&attributes, Int16(wanted))
        var number: pid_t = 0
        let error = Self.withStrings(arguments) { words in
            Self.withStrings(environment) { variables in
                posix_spawn(&number, arguments[0], &actions, &attributes, words, variables)
            }
        }
        guard error == 0 else { throw NotStarted(program: arguments[0], errorNumber: error) }
        pid = number
    }

    /// POSIX_SPAWN_SETSID, which is behind a macro that Swift does not see.
    private static let setSession: Int32 = 0x80

    deinit {
        guard end == nil else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    /// How it ended; nil: it runs.
    var end: End? {
        if let found { return found }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        found = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
        return found
    }

    func signal(_ number: Int32) {
        guard end == nil else { return }
        kill(pid, number)
    }

    /// Signals its process group, of which it is the leader.
    func signalGroup(_ number: Int32) {
        guard end == nil else { return }
        kill(-pid, number)
    }

    func waitForEnd(within limit: Duration = Patience.limit) throws -> End {
        try Patience.wait(for: "the end of process \(pid)", within: limit) { end }
    }

    /// What it has written to standard output.
    var output: String { TextFile.contents(outPath) }
    /// What it has written to standard error.
    var errors: String { TextFile.contents(errPath) }

    /// Leaves only the standard descriptors open and changes the folder, by functions of the GNU
    /// library that are behind a macro.
    private static func arrange(
        _ actions: inout posix_spawn_file_actions_t,
        directory: String
    ) throws {
        typealias CloseFrom =
            @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt
        typealias ChangeFolder =
            @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>)
            -> CInt
        guard let closeFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np"),
            let changeFolder = dlsym(nil, "posix_spawn_file_actions_addchdir_np")
        else { throw NotStarted(program: "posix_spawn", errorNumber: ENOSYS) }
        _ = unsafeBitCast(closeFrom, to: CloseFrom.self)(&actions, STDERR_FILENO + 1)
        _ = unsafeBitCast(changeFolder, to: ChangeFolder.self)(&actions, directory)
    }

    private static func withStrings<Value>(
        _ strings: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
    ) -> Value {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }
}

/// Small files as text; a missing one is empty.
enum TextFile {
    static func contents(_ path: String) -> String {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return "" }
        defer { close(number) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(number, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func write(_ text: String, to path: String) throws {
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard number >= 0 else {
            throw StartedProcess.NotStarted(program: path, errorNumber: errno)
        }
        defer { close(number) }
        let bytes = Array(text.utf8)
        guard Glibc.write(number, bytes, bytes.count) == bytes.count else {
            throw StartedProcess.NotStarted(program: path, errorNumber: errno)
        }
    }
}
