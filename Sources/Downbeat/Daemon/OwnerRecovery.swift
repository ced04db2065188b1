import DownbeatCore
import DownbeatRuntime

/// Takes over the runs of owners that have died, once nothing below them is left.
///
/// An owner's lock is held by the process itself, its keeper, and the reaper of each of its attempts.
/// Only when it is free may its runs be claimed again: no two attempts of a run ever overlap. What was
/// left when all of those were killed at once holds no lock, and is ended here first.
struct OwnerRecovery {
    /// How long a starting process waits for the locks of dead owners.
    static let waitMax: Duration = .seconds(5)

    let store: any Store
    let folder: StateFolder
    let own: String

    /// What one look at the others found.
    struct Outcome {
        var transitions: [WorkReply.Transition] = []
        /// Dead owners below which processes are left.
        var leftovers: [(owner: String, pids: [Int32])] = []
        /// Owners that are alive.
        var alive = 0
    }

    /// Recovers every dead owner whose lock is free.
    func look(now: Timestamp) throws -> Outcome {
        var outcome = Outcome()
        let known = try store.otherOwners(than: own)
        for owner in known {
            switch try OwnerLock.status(of: owner.id, in: folder) {
            case .free, .missing:
                let left = Leftovers.end(of: try store.runsExecuted(by: owner.id))
                guard left.isEmpty else {
                    outcome.leftovers.append((owner.id, left))
                    continue
                }
                outcome.transitions += try store.recover(owner: owner.id, now: now)
                _ = try OwnerLock.removeIfFree(owner.id, in: folder)
            case .held:
                if identity(of: owner).isAlive() {
                    outcome.alive += 1
                } else {
                    let pids = OwnerLock.processesHolding(owner.id, in: folder)
                    outcome.leftovers.append((owner.id, pids))
                }
            }
        }
        // Owners that died before they were registered leave only their files.
        let ids = Set(known.map(\.id) + [own])
        for id in OwnerLock.owners(in: folder) where !ids.contains(id) {
            _ = try OwnerLock.removeIfFree(id, in: folder)
        }
        return outcome
    }

    private func identity(of owner: OwnerRecord) -> ProcessIdentity {
        ProcessIdentity(
            pid: owner.pid,
            startTime: UInt64(max(0, owner.processStart)),
            bootID: owner.bootID
        )
    }
}
