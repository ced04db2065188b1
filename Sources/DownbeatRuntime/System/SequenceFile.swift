import Glibc

/// The file beside the database that says how many commits it had when somebody looked last.
///
/// SQLite cannot tell that commits are missing: a write-ahead log that was damaged, cut or deleted
/// leaves a sound database of an earlier day. A count below the file's says so. The file is
/// replaced as a whole, so it holds the old number or the new one, whenever the machine stops.
package struct SequenceFile {
    private let path: String

    package init(in folder: StateFolder) {
        path = folder.sequence
    }

    /// The number; nil when there is no file, or none that we have written.
    package func read() -> Int64? {
        SmallFile.read(path).flatMap { text in
            text.hasSuffix("\n") ? Int64(text.dropLast()) : nil
        }
    }

    /// Replaces the number, durably.
    ///
    /// - Throws: `SystemError`; the number before stays then.
    package func write(_ number: Int64) throws(SystemError) {
        let fresh = path + ".new"
        // What a process that died has left, or somebody has put there.
        guard unlink(fresh) == 0 || errno == ENOENT else {
            throw SystemError("replace", place: fresh)
        }
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = open(fresh, flags, 0o600)
        guard descriptor >= 0 else { throw SystemError("create", place: fresh) }
        let file = Descriptor(owning: descriptor)
        let bytes = Array("\(number)\n".utf8)
        guard Glibc.write(file.number, bytes, bytes.count) == bytes.count, fsync(file.number) == 0
        else { throw abandoned(fresh, SystemError("write", place: fresh)) }
        guard rename(fresh, path) == 0 else {
            throw abandoned(fresh, SystemError("replace", place: path))
        }
    }

    private func abandoned(_ fresh: String, _ error: SystemError) -> SystemError {
        unlink(fresh)
        return error
    }
}
