import Glibc

/// A lock of a file (`flock`), held until it is released or every process that has it has ended.
///
/// The lock belongs to the open file, so processes that inherit the descriptor hold it too.
package final class FileLock {
    package enum Attempt {
        case acquired(FileLock)
        /// Another has it; who, if the file says so.
        case held(LockHolder?)
    }

    package enum Status: Hashable, Sendable {
        /// There is no such file.
        case missing
        /// Nobody has it; who had it last, if the file says so.
        case free(LockHolder?)
        case held(LockHolder?)
    }

    /// A file may be removed between opening and locking it; more often than this is no accident.
    private static let openingsMax = 16

    package let path: String
    package let descriptor: Descriptor

    private init(path: String, descriptor: Descriptor) {
        self.path = path
        self.descriptor = descriptor
    }

    /// Takes the lock if it is free and writes who has it into the file, which is made if missing.
    ///
    /// - Throws: `SystemError` when the file cannot be used: no rights, a link, not a plain file.
    package static func acquire(
        _ path: String,
        as holder: LockHolder
    ) throws(SystemError) -> Attempt {
        for _ in 0..<openingsMax {
            let file = try openFile(path, create: true)
            guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
                guard errno == EWOULDBLOCK else { throw SystemError("lock", place: path) }
                return .held(readHolder(of: file))
            }
            guard isStillAt(path, file) else { continue }
            try write(holder.line, to: file, at: path)
            return .acquired(FileLock(path: path, descriptor: file))
        }
        throw SystemError("lock", place: path, errorNumber: 0, reason: "it keeps being removed")
    }

    /// Whether somebody has the lock, without taking it from anybody.
    package static func status(of path: String) throws(SystemError) -> Status {
        let file: Descriptor
        do {
            file = try openFile(path, create: false)
        } catch {
            if error.errorNumber == ENOENT { return .missing }
            throw error
        }
        // A shared lock: two who look at the same time do not take each other for the holder.
        if flock(file.number, LOCK_SH | LOCK_NB) == 0 {
            // Not by closing alone: a program that this process is just starting has a copy of the
            // descriptor until its exec, and would keep the lock as long.
            flock(file.number, LOCK_UN)
            return .free(readHolder(of: file))
        }
        guard errno == EWOULDBLOCK else { throw SystemError("test the lock", place: path) }
        return .held(readHolder(of: file))
    }

    /// Removes the file if nobody has the lock; says whether it is gone.
    @discardableResult
    package static func removeIfFree(_ path: String) throws(SystemError) -> Bool {
        let file: Descriptor
        do {
            file = try openFile(path, create: false)
        } catch {
            if error.errorNumber == ENOENT { return true }
            throw error
        }
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { return false }
        guard isStillAt(path, file) else { return true }
        guard unlink(path) == 0 || errno == ENOENT else { throw SystemError("remove", place: path) }
        return true
    }

    /// Lets go of it in this process; others that inherited it keep it.
    package func release() {
        descriptor.close()
    }

    /// The processes that hold the file open, this one included; of those that /proc shows us.
    ///
    /// Cost: one look at every descriptor of every process; for messages only.
    package static func processesHolding(_ path: String) -> [Int32] {
        var wanted = stat()
        guard lstat(path, &wanted) == 0 else { return [] }
        return Folder.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
            Folder.names(in: "/proc/\(pid)/fd").contains { number in
                var found = stat()
                guard stat("/proc/\(pid)/fd/\(number)", &found) == 0 else { return false }
                return found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino
            }
        }.sorted()
    }

    private static func openFile(_ path: String, create: Bool) throws(SystemError) -> Descriptor {
        // Not blocking: somebody may have put a FIFO there.
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (create ? O_CREAT : 0)
        let number = open(path, flags, 0o600)
        guard number >= 0 else {
            guard errno == ELOOP else { throw SystemError("open the lock", place: path) }
            throw SystemError("open the lock", place: path, reason: "it is a symbolic link")
        }
        let file = Descriptor(owning: number)
        var facts = stat()
        guard fstat(number, &facts) == 0 else { throw SystemError("look at", place: path) }
        guard facts.st_mode & S_IFMT == S_IFREG, facts.st_nlink <= 1 else {
            throw SystemError(
                "use the lock",
                place: path,
                errorNumber: 0,
                reason: "it is not a plain file with one name",
                remedy: "remove it"
            )
        }
        return file
    }

    /// Whether the path still leads to the open file, and not to a newer one or nowhere.
    private static func isStillAt(_ path: String, _ file: Descriptor) -> Bool {
        var byPath = stat()
        var byDescriptor = stat()
        guard lstat(path, &byPath) == 0, fstat(file.number, &byDescriptor) == 0 else {
            return false
        }
        return byPath.st_ino == byDescriptor.st_ino && byPath.st_dev == byDescriptor.st_dev
    }

    private static func readHolder(of file: Descriptor) -> LockHolder? {
        SmallFile.read(from: file).flatMap { LockHolder(line: $0) }
    }

    private static func write(
        _ line: String,
        to file: Descriptor,
        at path: String
    ) throws(SystemError) {
        let bytes = Array(line.utf8)
        guard ftruncate(file.number, 0) == 0,
            pwrite(file.number, bytes, bytes.count, 0) == bytes.count
        else { throw SystemError("write the lock", place: path) }
    }
}
