import DownbeatCore
import DownbeatRuntime
import Glibc
import Testing

/// The folder, its locks and its doorbells.
@Suite("State folder")
struct StateFolderTests {
    private let temporary: TemporaryFolder
    private var path: String { temporary.path + "/a/state" }
    private let holder = LockHolder(
        process: .current,
        kind: "beat",
        since: Timestamp(microseconds: 1_700_000_000_000_001)
    )

    init() throws {
        temporary = try TemporaryFolder()
    }

    private func mode(_ path: String) -> mode_t {
        var facts = stat()
        return lstat(path, &facts) == 0 ? facts.st_mode & 0o7777 : 0
    }

    @Test func `it is made private whatever the umask`() throws {
        let folder = try StateFolder(path + "/", mode: .create)
        #expect(folder.path == path)
        #expect(folder.warnings == [])
        for made in [folder.path, folder.keepers, folder.doorbells] { #expect(mode(made) == 0o700) }
        let lock = try OwnerLock(owner: "A1", in: folder, as: holder)
        let bell = try Doorbell(for: lock, in: folder)
        #expect(mode(folder.keepers + "/A1.lock") == 0o600)
        #expect(mode(folder.doorbells + "/A1") == 0o600)
        withExtendedLifetime(bell) {}
    }

    @Test func `a missing one is not made by a reader`() {
        let error = #expect(throws: SystemError.self) { try StateFolder(path, mode: .existing) }
        #expect(error?.errorNumber == ENOENT)
    }

    @Test func `one that others may have written to is refused`() throws {
        _ = try StateFolder(path, mode: .create)
        chmod(path, 0o770)
        #expect(try StateFolder(path, mode: .existing).warnings.count == 1)
        chmod(path, 0o777)
        let error = #expect(throws: SystemError.self) { try StateFolder(path, mode: .create) }
        #expect(error?.description.contains("chmod 700") == true)
        chmod(path, 0o700)
        let link = temporary.path + "/link"
        symlink(path, link)
        #expect(throws: SystemError.self) { try StateFolder(link, mode: .create) }
        #expect(throws: SystemError.self) { try StateFolder("/dev/null", mode: .existing) }
    }

    @Test func `a second beat learns who the first is`() throws {
        let folder = try StateFolder(path, mode: .create)
        #expect(try BeatLock.status(in: folder) == .missing)
        guard case .acquired(let first) = try BeatLock.acquire(in: folder, as: holder) else {
            Issue.record("a free lock was not acquired")
            return
        }
        guard case .held(let other) = try BeatLock.acquire(in: folder, as: holder) else {
            Issue.record("the lock was given twice")
            return
        }
        #expect(other == holder)
        #expect(try BeatLock.status(in: folder) == .held(holder))
        first.release()
        // What another test of this process is starting holds it as well, until it has become a program.
        try Patience.wait(for: "the lock to be free") {
            try BeatLock.status(in: folder) == .free(holder) ? () : nil
        }
    }

    @Test func `a lock is not taken through a link or from a FIFO`() throws {
        let folder = try StateFolder(path, mode: .create)
        let target = temporary.path + "/target"
        symlink(target, folder.beatLock)
        #expect(throws: SystemError.self) { try BeatLock.acquire(in: folder, as: holder) }
        #expect(access(target, F_OK) != 0)
        unlink(folder.beatLock)
        mkfifo(folder.beatLock, 0o600)
        #expect(throws: SystemError.self) { try BeatLock.acquire(in: folder, as: holder) }
    }

    @Test func `a ring reaches every listener and sweeps dead bells`() throws {
        let folder = try StateFolder(path, mode: .create)
        let first = try OwnerLock(owner: "A1", in: folder, as: holder)
        let second = try OwnerLock(owner: "B2", in: folder, as: holder)
        let bells = try [Doorbell(for: first, in: folder), Doorbell(for: second, in: folder)]
        mkfifo(folder.doorbells + "/DEAD", 0o600)
        let target = temporary.path + "/plain"
        close(open(target, O_CREAT | O_WRONLY, 0o600))
        symlink(target, folder.doorbells + "/link")
        #expect(Doorbell.ring(in: folder) == 2)
        for bell in bells {
            #expect(isReadable(bell.descriptor))
            try bell.answer()
            #expect(!isReadable(bell.descriptor))
        }
        #expect(access(folder.doorbells + "/DEAD", F_OK) != 0)
        var facts = stat()
        #expect(stat(target, &facts) == 0 && facts.st_size == 0)
    }

    @Test func `ringing a bell nobody answers never blocks`() throws {
        let folder = try StateFolder(path, mode: .create)
        let lock = try OwnerLock(owner: "A1", in: folder, as: holder)
        let bell = try Doorbell(for: lock, in: folder)
        for _ in 0..<70_000 { Doorbell.ring(in: folder) }
        try bell.answer()
        #expect(!isReadable(bell.descriptor))
    }

    /// A program that is being started has copies of all descriptors until its exec; these wait
    /// before it, at a FIFO.
    @Test func `a look at a lock leaves nothing of it to programs that start meanwhile`()
        async throws
    {
        let folder = try StateFolder(path, mode: .create)
        let lock = folder.keepers + "/A1.lock"
        let gate = temporary.path + "/gate"
        try #require(mkfifo(gate, 0o600) == 0)
        try await OwnThread.run {
            for _ in 0..<40 {
                try TextFile.write("", to: lock)
                // Both sides wait in system calls, so neither may take a thread of the tests' pool.
                let starter = try ServiceThread("starter") { Self.startProgram(behind: gate) }
                for _ in 0..<100 { _ = try OwnerLock.status(of: "A1", in: folder) }
                #expect(try OwnerLock.removeIfFree("A1", in: folder))
                // Open for both, it waits for nobody: a program that another test is starting may have
                // a copy of the last one, and let this reader through before.
                let opener = open(gate, O_RDWR | O_CLOEXEC)
                starter.join()
                close(opener)
            }
        }
    }

    /// Starts a program whose exec waits until somebody opens the gate for writing, and waits for it.
    private static func startProgram(behind gate: String) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, gate, O_RDONLY, 0)
        var pid: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        defer { free(arguments[0]) }
        let error = posix_spawn(&pid, "/bin/true", &actions, nil, &arguments, environ)
        guard error == 0 else {
            Issue.record("/bin/true was not started: error \(error)")
            return
        }
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }
}

/// Whether a read would find something now.
func isReadable(_ descriptor: Int32) -> Bool {
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&polled, 1, 0) == 1
}
