import CDownbeat
import Glibc

/// The content of a compressed file, by a pipe from the program gzip.
///
/// gzip gets the open file as its standard input, so no name is read twice, and the file's own offset
/// says how far it is. Belongs to one thread.
final class GzipStream {
    /// As env and shells use it if PATH is not set.
    private static let program = "gzip"

    private let path: String
    private let output: Descriptor
    /// 0 once it has been waited for.
    private var pid: pid_t = 0

    /// Starts gzip at the beginning of the file.
    init(_ file: Descriptor, path: String) throws(LogStatsFailure) {
        guard lseek(file.number, 0, SEEK_SET) == 0 else {
            throw .unreadable(SystemError("read", place: path))
        }
        var ends: (read: Int32, write: Int32) = (-1, -1)
        let failure = downbeat_output_pipe(&ends.read, &ends.write)
        guard failure == 0 else {
            throw .unreadable(SystemError("make a pipe for", place: path, errorNumber: failure))
        }
        self.path = path
        output = Descriptor(owning: ends.read)
        let writeEnd = Descriptor(owning: ends.write)
        // Nothing else is done meanwhile: reads wait.
        guard fcntl(ends.read, F_SETFL, 0) == 0 else {
            throw .unreadable(SystemError("make a pipe for", place: path))
        }
        let outcome = Self.start(input: file.number, output: writeEnd.number)
        guard outcome.error == 0 else {
            if outcome.error == ENOENT { throw .gzipMissing(path: path) }
            throw .unreadable(
                SystemError("start gzip for", place: path, errorNumber: outcome.error)
            )
        }
        pid = outcome.pid
    }

    deinit {
        guard pid > 0 else { return }
        // Nobody wants the rest: the next write of gzip ends it.
        output.close()
        _ = Self.wait(pid)
    }

    /// Reads some content; 0 at its end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(LogStatsFailure) -> Int {
        let outcome: Descriptor.ReadOutcome
        do {
            outcome = try output.read(into: buffer)
        } catch {
            throw .unreadable(error)
        }
        if case .bytes(let count) = outcome { return count }
        guard pid > 0 else { return 0 }
        let status = Self.wait(pid)
        pid = 0
        // Status 2 is a warning: zeros or garbage behind a sound end.
        guard status == 0 || status == 2 else { throw .damaged(path: path, status: status) }
        return 0
    }

    private static func start(input: Int32, output: Int32) -> (pid: pid_t, error: Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup("-dc"), nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let error = posix_spawnp(&pid, program, &actions, &attributes, &arguments, environ)
        return (error == 0 ? pid : 0, error)
    }

    /// The exit status; nil when a signal ended it.
    private static func wait(_ pid: pid_t) -> Int32? {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
    }
}
