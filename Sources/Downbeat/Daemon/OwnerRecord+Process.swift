import DownbeatCore
import DownbeatRuntime

extension OwnerRecord {
    /// The record of a process that begins to take part.
    init(
        ofThisProcess id: String,
        kind: Kind,
        startedAt: Timestamp,
        concurrency: Int,
        queues: Set<String>
    ) {
        let process = ProcessIdentity.current
        self.init(
            id: id,
            kind: kind,
            pid: process.pid,
            processStart: Int64(clamping: process.startTime),
            bootID: process.bootID,
            startedAt: startedAt,
            version: DownbeatVersion.text,
            concurrency: concurrency,
            queues: queues
        )
    }
}
