import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Logging

extension Daemon {
    /// Looks whether commits are missing that the database had before, and says so once.
    ///
    /// Call it before the first commit of a start.
    func compareSequence() throws {
        let file = SequenceFile(in: folder)
        keptSequence = file.read()
        guard let seen = keptSequence else { return }
        let count = try store.commitCount()
        guard count < seen else { return }
        let missing = seen - count
        try store.record(
            EventRecord(
                time: clocks.now,
                name: "rows.missing",
                schedule: nil,
                detail: "the database lacks the newest \(missing) of \(seen) commits and what they "
                    + "wrote: its write-ahead log was damaged or removed, or an older copy was put "
                    + "in its place; runs since then may repeat or be missing from the history",
                isError: true
            )
        )
        log.error(
            "rows.missing",
            metadata: ["database": "\(folder.database)", "commits": "\(missing)", "of": "\(seen)"]
        )
        try keepSequence()
    }

    /// Notes how many commits there are, unless the note says so already.
    ///
    /// A note that cannot be written is written the next time: the number before is still true.
    func keepSequence() throws {
        guard beatLock != nil else { return }
        let count = try store.commitCount()
        guard count != keptSequence else { return }
        do throws(SystemError) {
            try SequenceFile(in: folder).write(count)
            keptSequence = count
        } catch {
            log.warning("sequence.not_kept", metadata: ["why": "\(error)"])
        }
    }
}
