package import DownbeatCore
import DownbeatRuntime
import Glibc

/// The folder that holds the copies of a schedule.
package struct BackupFolder: Hashable, Sendable {
    /// Absolute.
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    func path(of name: String) -> String { path == "/" ? "/" + name : path + "/" + name }

    /// Makes the folder if it alone is missing, and finds out whether files can be made in it.
    ///
    /// A missing parent is not made: it is more likely a disk that is not there.
    func prepare() throws(BackupError) {
        if mkdir(path, 0o700) == 0 {
            try sync()
        } else if errno != EEXIST {
            var error = BackupError("cannot make the folder of the backups", place: path)
            if error.kind == .missing {
                error.remedy = "mount its disk, or make it: mkdir -p \(path)"
            }
            throw error
        }
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            throw BackupError("cannot look at the folder of the backups", place: path)
        }
        guard facts.st_mode & S_IFMT == S_IFDIR else {
            throw BackupError(
                .missing,
                "the place of the backups is not a folder",
                place: path,
                remedy: "name a folder under `to:`"
            )
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw BackupError("cannot write to the folder of the backups", place: path)
        }
    }

    /// What is in the folder.
    ///
    /// - Throws: `BackupError` when it is missing or cannot be read.
    package func listing() throws(BackupError) -> BackupListing {
        guard let folder = opendir(path) else {
            var error = BackupError("cannot read the folder of the backups", place: path)
            if error.kind == .missing { error.remedy = "mount its disk, or make a first backup" }
            throw error
        }
        closedir(folder)
        return BackupListing(
            names: Folder.names(in: path),
            size: { Self.size(path(of: $0)) },
            manifest: { manifest($0) }
        )
    }

    private func manifest(_ name: String) -> BackupManifest? {
        guard let size = Self.size(path(of: name)), size <= Int64(SmallFile.bytesMax) else {
            return nil
        }
        return SmallFile.read(path(of: name)).flatMap { BackupManifest(json: Array($0.utf8)) }
    }

    /// Bytes of a plain file; nil: there is none.
    static func size(_ path: String) -> Int64? {
        var facts = stat()
        guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(facts.st_size)
    }

    func sync() throws(BackupError) {
        do {
            try FileSystem.syncFolder(path)
        } catch {
            throw BackupError(error)
        }
    }

    // MARK: Writing a copy

    /// Takes a name for a new copy, and its lock.
    func reserve(
        at now: Timestamp,
        kind: BackupKind,
        compression: BackupCompression
    ) throws(BackupError) -> BackupReservation {
        let holder = LockHolder(process: .current, kind: "backup", since: now)
        for number in 1...BackupFileName.numberMax {
            let name = BackupFileName(
                at: now,
                number: number,
                kind: kind,
                compression: compression
            )
            let lock: FileLock.Attempt
            do {
                lock = try FileLock.acquire(path(of: name.aside(.lock)), as: holder)
            } catch {
                throw BackupError(error)
            }
            guard case .acquired(let lock) = lock else { continue }
            let reservation = BackupReservation(folder: self, name: name, lock: lock)
            // Looked at under the lock: whoever finished meanwhile has renamed before letting go.
            let isTaken = [name.text, name.manifest].contains { access(path(of: $0), F_OK) == 0 }
            if !isTaken { return reservation }
            reservation.release()
        }
        throw BackupError(
            .busy,
            "there are too many backups of this second in",
            place: path,
            remedy: "try again"
        )
    }

    /// Removes what interrupted backups and deletions have left.
    ///
    /// Files of a backup that still runs are known by its lock and stay.
    ///
    /// - Parameter now: for the locks that it takes.
    /// - Returns: the names of the copies that were not finished.
    /// - Throws: `BackupError`.
    func clean(at now: Timestamp) throws(BackupError) -> [BackupFileName] {
        var removed: [BackupFileName] = []
        for name in try listing().unfinished where try remove(unfinished: name, now) {
            removed.append(name)
        }
        return removed
    }

    private func remove(
        unfinished name: BackupFileName,
        _ now: Timestamp
    ) throws(BackupError) -> Bool {
        // Held while its files are removed, so that nobody takes the name meanwhile.
        let holder = LockHolder(process: .current, kind: "backup", since: now)
        let attempt: FileLock.Attempt
        do {
            attempt = try FileLock.acquire(path(of: name.aside(.lock)), as: holder)
        } catch {
            throw BackupError(error)
        }
        guard case .acquired(let lock) = attempt else { return false }
        defer { lock.release() }
        // Without its manifest the copy was never finished, or its deletion had begun.
        if access(path(of: name.manifest), F_OK) != 0 { try remove(name.text) }
        for aside in BackupFileName.Aside.allCases where aside != .lock {
            try remove(name.aside(aside))
        }
        // Last: as long as it is there, the rest is known to be left over.
        try remove(name.aside(.lock))
        return true
    }

    /// Deletes a copy; interrupted, it is no longer listed and the next backup ends the work.
    func delete(_ name: BackupFileName) throws(BackupError) {
        let manifest = path(of: name.manifest)
        let aside = path(of: name.aside(.manifest))
        guard rename(manifest, aside) == 0 || errno == ENOENT else {
            throw BackupError("cannot delete the copy", place: path(of: name.text))
        }
        try sync()
        try remove(name.text)
        try remove(name.aside(.manifest))
    }

    func remove(_ name: String) throws(BackupError) {
        guard unlink(path(of: name)) == 0 || errno == ENOENT else {
            throw BackupError("cannot remove", place: path(of: name))
        }
    }
}
