import DownbeatCore

extension Operations {
    /// Processes at work on a state folder; none when there is no database yet.
    func daemonsOrNone(folder: String) throws(CommandError) -> [OwnerRecord] {
        do {
            return try daemons(folder: folder)
        } catch .missing {
            return []
        } catch {
            throw CommandError(error, folder: folder)
        }
    }
}

extension OwnerRecord {
    /// Whether it turns due slots into runs.
    var hasBeat: Bool {
        switch kind {
        case .up, .beat: true
        case .worker, .here: false
        }
    }

    /// Whether it executes the runs of queues.
    var hasWorker: Bool {
        switch kind {
        case .up, .worker: true
        case .beat, .here: false
        }
    }

    /// Whether it takes runs from a queue.
    func serves(_ queue: String) -> Bool { hasWorker && queues.contains(queue) }
}
