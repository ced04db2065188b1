import DownbeatCore
import Foundation

/// The database's files on disk, checked before SQLite touches them.
///
/// SQLite follows symbolic links and opens FIFOs and devices; here they are refused, also in place of
/// the write-ahead log. A new file is made empty, exclusively and with mode 0600; SQLite gives its log
/// and its shared memory the mode of the database.
struct DatabaseFile: Sendable {
    let path: String

    /// Files that belong to the database besides itself.
    private static let companions = ["-wal", "-shm", "-journal"]

    /// Checks what is there.
    ///
    /// - Returns: whether the database exists.
    func check() throws(StoreError) -> Bool {
        let exists = try Self.isOrdinary(path)
        for suffix in Self.companions { _ = try Self.isOrdinary(path + suffix) }
        return exists
    }

    /// Makes an empty file that only its owner can read.
    func create() throws(StoreError) {
        // Safe for the locks of other connections: the file is new, nobody has it open.
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            // Another process was faster: its file is as good as ours.
            if errno == EEXIST { return }
            throw Self.error(errno, "cannot create \(path)")
        }
        _ = fchmod(descriptor, 0o600)
        close(descriptor)
    }

    /// Takes the rights of others away from files of our own.
    func restrict() throws(StoreError) {
        for name in [path] + Self.companions.map({ path + $0 }) {
            var status = stat()
            guard lstat(name, &status) == 0, status.st_uid == geteuid(),
                status.st_mode & 0o077 != 0
            else { continue }
            guard chmod(name, 0o600) == 0 else {
                throw Self.error(errno, "cannot set the mode of \(name)")
            }
        }
    }

    /// Bytes of the database and of its write-ahead log; 0 when a file is not there.
    var sizes: (main: Int64, log: Int64) {
        (Self.size(path), logSize)
    }

    /// Bytes of the write-ahead log; 0 when it is not there.
    var logSize: Int64 { Self.size(path + "-wal") }

    /// Whether there is a write-ahead log: somebody writes, or did not end in order.
    var hasLog: Bool { logSize > 0 }

    /// The name under which SQLite reads the file as one that nobody changes, without locks.
    var immutableName: String {
        var name = "file:"
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."):
                name.append(Character(Unicode.Scalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                name += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return name + "?immutable=1"
    }

    private static func size(_ path: String) -> Int64 {
        var status = stat()
        return lstat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    private static func isOrdinary(_ path: String) throws(StoreError) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw error(errno, "cannot look at \(path)")
            }
            return false
        }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG, status.st_nlink == 1 else {
            let words =
                switch kind {
                case S_IFREG: "a file with another name elsewhere (hard link)"
                case S_IFLNK: "a symbolic link"
                case S_IFIFO: "a FIFO"
                case S_IFDIR: "a folder"
                default: "not an ordinary file"
                }
            throw .damaged(
                "\(path) is \(words), so it is not opened; remove it, or choose another state folder"
            )
        }
        return true
    }

    private static func error(_ code: Int32, _ what: String) -> StoreError {
        let reason = String(cString: strerror(code))
        switch code {
        case ENOSPC, EDQUOT:
            return .full("\(what): \(reason); free some space")
        case EACCES, EPERM, EROFS, ENOENT, ENOTDIR:
            return .readOnly("\(what): \(reason); make its folder and give this user access")
        default:
            return .inputOutput("\(what): \(reason); check the disk")
        }
    }
}
