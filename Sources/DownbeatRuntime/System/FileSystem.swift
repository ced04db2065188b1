import CDownbeat
import Glibc

/// Durability of more than one file.
package enum FileSystem {
    /// Writes a folder's entries to the disk: names that were made, changed or removed in it.
    ///
    /// - Throws: `SystemError`.
    package static func syncFolder(_ path: String) throws(SystemError) {
        let number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("open the folder", place: path) }
        let folder = Descriptor(owning: number)
        guard fsync(folder.number) == 0 else { throw SystemError("sync the folder", place: path) }
    }

    /// Writes everything of the file system that holds `path` to the disk.
    ///
    /// - Throws: `SystemError`.
    package static func syncAll(around path: String) throws(SystemError) {
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { throw SystemError("open", place: path) }
        let file = Descriptor(owning: number)
        let code = downbeat_file_system_sync(file.number)
        guard code == 0 else { throw SystemError("sync", place: path, errorNumber: code) }
    }

    /// Bytes that this user may still write to the file system of a folder; nil: it does not say.
    package static func freeBytes(at path: String) -> Int64? {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return nil }
        return Int64(facts.f_bavail) * Int64(facts.f_frsize)
    }
}
