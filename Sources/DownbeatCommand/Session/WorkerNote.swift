import DownbeatCore

/// What is said when nobody is there to do the work.
enum WorkerNote {
    /// A sentence; nil: there are a beat, and a worker for the queue.
    static func text(
        _ session: Session,
        _ settings: ServiceSettings?,
        queue: String
    ) throws(CommandError) -> String? {
        let folder = session.stateFolder(settings)
        let daemons = try session.operations.daemonsOrNone(folder: folder)
        if daemons.isEmpty { return "no daemon is running: nothing runs until `downbeat up`" }
        if !daemons.contains(where: \.hasBeat) {
            return "no beat is running: no slot becomes a run (downbeat up, or downbeat beat)"
        }
        if !daemons.contains(where: \.hasWorker) {
            return "no worker is running: its runs wait in queue \(queue) (downbeat worker)"
        }
        guard !daemons.contains(where: { $0.serves(queue) }) else { return nil }
        return "no worker serves queue \(queue): its runs wait (downbeat worker --queues \(queue))"
    }
}

/// The command that runs a schedule now.
enum RunNow {
    /// Through a worker where there is one, else in the foreground: it would wait for one.
    static func command(
        _ name: String,
        _ session: Session,
        _ settings: ServiceSettings?
    ) throws(CommandError) -> String {
        let folder = session.stateFolder(settings)
        let daemons = try session.operations.daemonsOrNone(folder: folder)
        let way = daemons.contains(where: \.hasWorker) ? "--wait" : "--here"
        return "downbeat run \(name) \(way)"
    }
}

extension RunRecord {
    /// When a run in backoff starts its next attempt: `attempt 2 of 4 again in 14s`.
    func repetition(_ times: TimeText) -> String {
        let when = readyAt.map { " again \(times.relative($0))" } ?? ""
        return "attempt \(attempts + 1) of \(attemptsMax)\(when)"
    }
}
