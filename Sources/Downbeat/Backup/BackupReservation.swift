import DownbeatCore
import DownbeatRuntime
import Glibc

/// A copy that is being written: its name and its lock, and the files beside it.
final class BackupReservation {
    let folder: BackupFolder
    let name: BackupFileName
    private let lock: FileLock

    init(folder: BackupFolder, name: BackupFileName, lock: FileLock) {
        self.folder = folder
        self.name = name
        self.lock = lock
    }

    func path(_ aside: BackupFileName.Aside) -> String { folder.path(of: name.aside(aside)) }

    /// Makes the empty file of a part of the copy, for this user alone.
    func create(_ aside: BackupFileName.Aside) throws(BackupError) -> Descriptor {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = Glibc.open(path(aside), flags, 0o600)
        guard number >= 0 else { throw BackupError("cannot create", place: path(aside)) }
        return Descriptor(owning: number)
    }

    func open(_ aside: BackupFileName.Aside) throws(BackupError) -> Descriptor {
        let number = Glibc.open(path(aside), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw BackupError("cannot open", place: path(aside)) }
        return Descriptor(owning: number)
    }

    /// Writes the copy to the disk, so that it is read back from there.
    func sync(_ aside: BackupFileName.Aside) throws(BackupError) {
        let file = try open(aside)
        guard fsync(file.number) == 0 else {
            throw BackupError("cannot sync", place: path(aside))
        }
        // What is read from now on is what the disk has; a kernel that keeps it does no harm.
        posix_fadvise(file.number, 0, 0, Int32(POSIX_FADV_DONTNEED))
    }

    /// Gives copy and manifest their names: from the second rename on the copy counts.
    func commit(_ manifest: BackupManifest) throws(BackupError) {
        let bytes: [UInt8]
        do {
            bytes = try manifest.json()
        } catch {
            throw BackupError(.refused, "cannot write the manifest", why: "\(error)")
        }
        let file = try create(.manifest)
        let place = path(.manifest)
        try Transfer.write(bytes, to: file, named: place)
        guard fsync(file.number) == 0 else { throw BackupError("cannot sync", place: place) }
        try rename(.copy, to: name.text)
        try rename(.manifest, to: name.manifest)
        try folder.sync()
        release()
    }

    private func rename(_ aside: BackupFileName.Aside, to name: String) throws(BackupError) {
        guard Glibc.rename(path(aside), folder.path(of: name)) == 0 else {
            throw BackupError("cannot rename", place: path(aside))
        }
    }

    /// Removes everything but finished files: the backup has failed.
    func abandon() {
        for aside in BackupFileName.Aside.allCases where aside != .lock { unlink(path(aside)) }
        // A copy that has its name but no manifest yet.
        if access(folder.path(of: name.manifest), F_OK) != 0 { unlink(folder.path(of: name.text)) }
        release()
    }

    /// Lets go of the name.
    func release() {
        unlink(path(.lock))
        lock.release()
    }
}
