import GRDBSQLite
import Glibc
import Synchronization

/// A file system of SQLite for the one file that a copy is written to: big writes instead of small.
///
/// SQLite writes page after page, each with a call of its own; here neighbours are gathered into
/// writes of 1 MiB, which halves the time of a copy, and the kernel is told to put them on the disk
/// while the next ones are read, so that the sync at the end has nothing left to do. There is no
/// locking: nobody else knows the file yet. Everything but the open file is SQLite's own.
enum CopyFileSystem {
    /// As `sqlite3_open_v2` takes it; registered on first use.
    static var name: String {
        registration
        return systemName
    }

    private static let systemName = "downbeat-copy"

    private static let registration: Void = {
        guard let usual = sqlite3_vfs_find(nil) else {
            preconditionFailure("SQLite has no file system of its own")
        }
        // Both live as long as the process, as SQLite wants it.
        let system = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        system.initialize(to: usual.pointee)
        system.pointee.pNext = nil
        system.pointee.zName = UnsafePointer(strdup(systemName))
        system.pointee.szOsFile = Int32(MemoryLayout<OpenCopyFile>.size)
        system.pointee.xOpen = { _, path, file, flags, outFlags in
            guard let path, let file else { return SQLITE_CANTOPEN }
            return CopyFileSystem.open(path, file, flags, outFlags)
        }
        let code = sqlite3_vfs_register(system, 0)
        precondition(code == SQLITE_OK, "SQLite refuses a file system: \(code)")
    }()

    private static func open(
        _ path: UnsafePointer<CChar>,
        _ file: UnsafeMutablePointer<sqlite3_file>,
        _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        // SQLite calls xClose only of a file that has methods.
        file.pointee.pMethods = nil
        guard flags & SQLITE_OPEN_MAIN_DB != 0 else { return SQLITE_CANTOPEN }
        let number = Glibc.open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { return SQLITE_CANTOPEN }
        let copy = CopyFile(owning: number)
        UnsafeMutableRawPointer(file).assumingMemoryBound(to: OpenCopyFile.self)
            .initialize(
                to: OpenCopyFile(
                    base: sqlite3_file(pMethods: UnsafePointer(methods)),
                    copy: Unmanaged.passRetained(copy)
                )
            )
        outFlags?.pointee = flags
        return SQLITE_OK
    }

    // Written once, before SQLite sees it, and never again.
    nonisolated(unsafe) private static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        var table = sqlite3_io_methods()
        table.iVersion = 1
        table.xClose = { file in
            guard let file else { return SQLITE_OK }
            let opened = UnsafeMutableRawPointer(file).assumingMemoryBound(to: OpenCopyFile.self)
            let copy = opened.pointee.copy.takeRetainedValue()
            file.pointee.pMethods = nil
            return copy.close()
        }
        table.xRead = { file, buffer, count, offset in
            CopyFileSystem.copy(file).read(buffer, Int(count), offset)
        }
        table.xWrite = { file, bytes, count, offset in
            CopyFileSystem.copy(file).write(bytes, Int(count), offset)
        }
        table.xTruncate = { file, size in CopyFileSystem.copy(file).truncate(size) }
        table.xSync = { file, _ in CopyFileSystem.copy(file).flush() }
        table.xFileSize = { file, size in
            guard let size else { return SQLITE_MISUSE }
            return CopyFileSystem.copy(file).size(&size.pointee)
        }
        table.xLock = { _, _ in SQLITE_OK }
        table.xUnlock = { _, _ in SQLITE_OK }
        table.xCheckReservedLock = { _, answer in
            answer?.pointee = 0
            return SQLITE_OK
        }
        table.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
        table.xSectorSize = { _ in 4096 }
        table.xDeviceCharacteristics = { _ in 0 }
        methods.initialize(to: table)
        return methods
    }()

    private static func copy(_ file: UnsafeMutablePointer<sqlite3_file>?) -> CopyFile {
        guard let file else { preconditionFailure("SQLite gave no file") }
        let opened = UnsafeMutableRawPointer(file).assumingMemoryBound(to: OpenCopyFile.self)
        return opened.pointee.copy.takeUnretainedValue()
    }
}

/// What SQLite keeps for an open file: its own part first.
private struct OpenCopyFile {
    var base: sqlite3_file
    var copy: Unmanaged<CopyFile>
}

/// A file that is written mostly from front to back.
private final class CopyFile {
    /// Gathered before a write.
    private static let bufferBytes = 1 << 20

    private let number: Int32
    private let buffer = UnsafeMutableRawPointer.allocate(
        byteCount: CopyFile.bufferBytes,
        alignment: 4096
    )
    private var start: Int64 = 0
    private var count = 0

    init(owning number: Int32) {
        self.number = number
    }

    deinit {
        buffer.deallocate()
    }

    func close() -> Int32 {
        let code = flush()
        Glibc.close(number)
        return code
    }

    func write(_ bytes: UnsafeRawPointer?, _ size: Int, _ offset: Int64) -> Int32 {
        guard let bytes else { return SQLITE_MISUSE }
        if offset != start + Int64(count) || count + size > Self.bufferBytes {
            let code = flush()
            guard code == SQLITE_OK else { return code }
            start = offset
        }
        guard size <= Self.bufferBytes else { return put(bytes, size, offset) }
        (buffer + count).copyMemory(from: bytes, byteCount: size)
        count += size
        return SQLITE_OK
    }

    func read(_ target: UnsafeMutableRawPointer?, _ size: Int, _ offset: Int64) -> Int32 {
        let code = flush()
        guard code == SQLITE_OK, let target else { return code }
        var done = 0
        while done < size {
            let count = pread(number, target + done, size - done, off_t(offset) + done)
            if count < 0 {
                if errno == EINTR { continue }
                return Self.inputOutput(1)
            }
            guard count > 0 else {
                memset(target + done, 0, size - done)
                return Self.inputOutput(2)
            }
            done += count
        }
        return SQLITE_OK
    }

    func truncate(_ size: Int64) -> Int32 {
        let code = flush()
        guard code == SQLITE_OK else { return code }
        return ftruncate(number, off_t(size)) == 0 ? SQLITE_OK : Self.inputOutput(6)
    }

    func size(_ size: inout Int64) -> Int32 {
        var facts = stat()
        guard fstat(number, &facts) == 0 else { return Self.inputOutput(7) }
        size = max(Int64(facts.st_size), count > 0 ? start + Int64(count) : 0)
        return SQLITE_OK
    }

    func flush() -> Int32 {
        guard count > 0 else { return SQLITE_OK }
        let code = put(buffer, count, start)
        start += Int64(count)
        count = 0
        return code
    }

    private func put(_ bytes: UnsafeRawPointer, _ size: Int, _ offset: Int64) -> Int32 {
        var done = 0
        while done < size {
            let count = pwrite(number, bytes + done, size - done, off_t(offset) + done)
            if count < 0 {
                if errno == EINTR { continue }
                return errno == ENOSPC || errno == EDQUOT ? SQLITE_FULL : Self.inputOutput(3)
            }
            done += count
        }
        // Linux begins to write such a range out, and keeps what is not yet written.
        posix_fadvise(number, off_t(offset), off_t(size), Int32(POSIX_FADV_DONTNEED))
        return SQLITE_OK
    }

    /// An extended code of SQLITE_IOERR: 1 read, 2 short read, 3 write, 6 truncate, 7 size.
    private static func inputOutput(_ detail: Int32) -> Int32 { SQLITE_IOERR | detail << 8 }
}
