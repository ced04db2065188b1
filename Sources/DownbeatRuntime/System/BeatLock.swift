/// The lock of the one beat that a database may have.
package enum BeatLock {
    /// Takes the lock, or says who has it.
    ///
    /// Held until released or the process ends.
    ///
    /// - Parameters:
    ///   - folder: whose beat.
    ///   - holder: what the second beat will be told.
    /// - Returns: the lock, or its present holder.
    /// - Throws: `SystemError` when the lock's file cannot be used.
    package static func acquire(
        in folder: StateFolder,
        as holder: LockHolder
    ) throws(SystemError) -> FileLock.Attempt {
        try FileLock.acquire(folder.beatLock, as: holder)
    }

    /// Whether a beat runs.
    package static func status(in folder: StateFolder) throws(SystemError) -> FileLock.Status {
        try FileLock.status(of: folder.beatLock)
    }
}
