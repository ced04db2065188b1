import DownbeatCore
import DownbeatRuntime
import Glibc

/// A state folder that nobody works in while its database is replaced.
///
/// The lock of the beat is held, so none starts; workers and runs in the foreground are looked for.
/// By locks alone: the database may be what is broken.
struct StateHold {
    let folder: StateFolder
    private let lock: FileLock

    /// Takes hold of a folder, which is made if it is missing.
    ///
    /// - Throws: `BackupError` of kind `busy` that names who is at work.
    init(_ path: String, now: Timestamp) throws(BackupError) {
        let attempt: FileLock.Attempt
        let workers: [LockHolder?]
        do {
            folder = try StateFolder(path, mode: .create)
            let holder = LockHolder(process: .current, kind: "restore", since: now)
            attempt = try BeatLock.acquire(in: folder, as: holder)
            workers = try Self.workers(in: folder)
        } catch {
            throw BackupError(error)
        }
        switch attempt {
        case .held(let holder): throw Self.busy(folder, holder)
        case .acquired(let lock): self.lock = lock
        }
        if let worker = workers.first { throw Self.busy(folder, worker) }
    }

    func release() {
        lock.release()
    }

    private static func workers(in folder: StateFolder) throws(SystemError) -> [LockHolder?] {
        var found: [LockHolder?] = []
        for owner in OwnerLock.owners(in: folder) {
            if case .held(let holder) = try OwnerLock.status(of: owner, in: folder) {
                found.append(holder)
            }
        }
        return found
    }

    private static func busy(_ folder: StateFolder, _ holder: LockHolder?) -> BackupError {
        let who = holder.map { "`\($0.kind)`, pid \($0.process.pid)" } ?? "another process"
        return BackupError(
            .busy,
            "the database is in use:",
            place: folder.database,
            why: "\(who) works with it",
            remedy: holder.map { "stop it first: kill \($0.process.pid)" } ?? "stop it first"
        )
    }
}
