/// What the command line needs of backups; all of it works without a daemon.
package protocol BackupOperations: Sendable {
    /// The copies of a schedule that count, the oldest first.
    ///
    /// - Throws: `BackupError` of kind `missing` when there is no folder of copies.
    func backups(of place: BackupPlace) throws(BackupError) -> [BackupListing.Copy]

    /// Checks every copy of a schedule, and names what has the name of a copy but is none.
    ///
    /// - Parameters:
    ///   - place: which copies.
    ///   - scratch: a folder for unpacked databases, with space for the largest one.
    ///   - watch: told how far it is, asked whether to stop.
    ///   - each: given each verdict as it comes.
    /// - Throws: `BackupError` when the folder cannot be read, or the work is stopped.
    func verifyBackups(
        of place: BackupPlace,
        scratch: String,
        watch: BackupWatch,
        each: (BackupVerdict) -> Void
    ) throws(BackupError)

    /// Puts a copy back.
    ///
    /// - Parameters:
    ///   - request: which copy, and where to.
    ///   - watch: told how far it is, asked whether to stop.
    ///   - decide: what to do with the slots after the snapshot; asked for a copy of the service's own
    ///     state alone, while nothing is changed yet.
    /// - Throws: `BackupError`, also what `decide` throws; what was at the place is then still there.
    func restoreBackup(
        _ request: RestoreRequest,
        watch: BackupWatch,
        decide: @escaping (StateGap) throws(BackupError) -> SlotsAfterRestore
    ) throws(BackupError)

    /// Whether a path leads to the database of a state folder, also through links.
    func isDatabase(_ path: String, ofStateFolder folder: String) -> Bool
}

/// The copies of one schedule: where they are, and whose.
package struct BackupPlace: Hashable, Sendable {
    package var schedule: String
    /// The folder, absolute.
    package var destination: String
    /// Earlier names of the schedule, whose copies count as its own.
    package var formerNames: Set<String>

    package init(schedule: String, destination: String, formerNames: Set<String> = []) {
        self.schedule = schedule
        self.destination = destination
        self.formerNames = formerNames
    }
}

/// How to follow work on copies, and how to end it.
package struct BackupWatch {
    package var report: (BackupProgress) -> Void
    package var isCancelled: () -> Bool

    package init(
        report: @escaping (BackupProgress) -> Void,
        isCancelled: @escaping () -> Bool
    ) {
        self.report = report
        self.isCancelled = isCancelled
    }
}

/// What a check of one copy found.
package struct BackupVerdict: Hashable, Sendable {
    /// The copy's file.
    package var path: String
    /// Nil: the manifest cannot be read.
    package var manifest: BackupManifest?
    /// What is wrong, in sentences without full stop; empty: the copy is good.
    package var problems: [String]

    package var isGood: Bool { problems.isEmpty }

    package init(path: String, manifest: BackupManifest?, problems: [String]) {
        self.path = path
        self.manifest = manifest
        self.problems = problems
    }
}

/// A copy to be put back.
package struct RestoreRequest: Sendable {
    /// What becomes of something that is already at the target.
    package enum Replacement: Hashable, Sendable {
        /// An error of kind `wouldOverwrite`.
        case never
        case always
    }

    /// What the copy holds.
    package enum Content: Hashable, Sendable {
        case state
        case other
    }

    package var place: BackupPlace
    package var copy: BackupListing.Copy
    /// Absolute.
    package var target: String
    package var replacement: Replacement
    package var content: Content
    /// The state folder of the service, absolute: its database is not replaced under a daemon.
    package var stateFolder: String

    package init(
        place: BackupPlace,
        copy: BackupListing.Copy,
        target: String,
        replacement: Replacement,
        content: Content,
        stateFolder: String
    ) {
        self.place = place
        self.copy = copy
        self.target = target
        self.replacement = replacement
        self.content = content
        self.stateFolder = stateFolder
    }
}

/// What to do with the slots that came after a snapshot of the service's own state.
package enum SlotsAfterRestore: String, Sendable, CaseIterable {
    /// The marks move to now: those slots do not run, and the ledger says so.
    case skip
    /// The marks stay: catch-up decides at the next start, as after a downtime.
    case replay
}

/// What came after a snapshot of the service's own state.
package struct StateGap: Hashable, Sendable {
    /// The slots of one schedule since its mark in the copy.
    package struct Slots: Hashable, Sendable {
        package var schedule: String
        /// At least 1.
        package var count: Int
        package var first: Timestamp
        package var last: Timestamp
        /// How many of them fired, by the present database; nil: there is none to ask.
        package var fired: Int?

        package init(
            schedule: String,
            count: Int,
            first: Timestamp,
            last: Timestamp,
            fired: Int?
        ) {
            self.schedule = schedule
            self.count = count
            self.first = first
            self.last = last
            self.fired = fired
        }
    }

    package var takenAt: Timestamp
    /// By name; schedules without such a slot are left out.
    package var slots: [Slots]
    /// Runs that had not ended in the copy, but for the backup itself; they go on at the next start.
    package var unfinishedRuns: Int

    package init(takenAt: Timestamp, slots: [Slots], unfinishedRuns: Int) {
        self.takenAt = takenAt
        self.slots = slots
        self.unfinishedRuns = unfinishedRuns
    }
}
