import DownbeatCore
import DownbeatRuntime
import Glibc

/// Unpacks a copy and compares it with its manifest while doing so.
struct Unpacking {
    let check: CopyCheck
    let manifest: BackupManifest

    /// Unpacks a database into a new file, which is synced.
    ///
    /// - Parameters:
    ///   - path: the copy.
    ///   - target: the file to make; it must not exist.
    /// - Throws: `BackupError`.
    func database(_ path: String, to target: String) throws(BackupError) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = open(target, flags, 0o600)
        guard number >= 0 else { throw BackupError("cannot create", place: target) }
        let file = Descriptor(owning: number)
        check.meter.begin(.copying, total: manifest.originalBytes)
        let digest = try check.unpack(path) { part throws(BackupError) in
            try Transfer.write(part, to: file, named: target)
        }
        try compare(digest, path)
        guard fsync(file.number) == 0 else { throw BackupError("cannot sync", place: target) }
    }

    /// Unpacks an archive into an existing folder.
    func folder(_ path: String, into target: String) throws(BackupError) {
        check.meter.begin(.copying, total: manifest.originalBytes)
        var digest = FileDigest()
        try Archive().extract(into: target) { take throws(BackupError) in
            digest = try check.unpack(path, take)
        }
        try compare(digest, path)
        do {
            try FileSystem.syncAll(around: target)
        } catch {
            throw BackupError(error)
        }
    }

    private func compare(_ digest: FileDigest, _ path: String) throws(BackupError) {
        check.meter.finish()
        guard digest.bytes == manifest.originalBytes, digest.sha256 == manifest.originalSHA256
        else {
            throw BackupError(
                .damaged,
                "the copy is damaged:",
                place: path,
                why: "unpacked it is not what its manifest says",
                remedy: "choose another one: downbeat backup list \(manifest.schedule)"
            )
        }
    }
}
