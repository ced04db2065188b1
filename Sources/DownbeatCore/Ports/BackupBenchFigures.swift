/// What `bench backup` is to measure.
package struct BackupBenchOptions: Hashable, Sendable {
    /// Size of the database.
    package var bytes: Int64
    /// Copies, and as many runs of `cp` and `sync` between them.
    package var rounds: Int

    package init(bytes: Int64, rounds: Int) {
        self.bytes = bytes
        self.rounds = rounds
    }
}

/// What `bench backup` measured; milliseconds, medians of the rounds.
package struct BackupBenchFigures: Hashable, Sendable {
    package var bytes: Int64
    /// The copying phase of a backup, to the end of its sync.
    package var copy = 0.0
    /// Of that, until the snapshot was let go and the writer's log could start over.
    package var held = 0.0
    /// `cp` of the database's file, then `sync`.
    package var plainCopy = 0.0
    /// The writer's commits while a backup copied, 99th percentile.
    package var commitDuringCopy = 0.0
    /// The writer's commits during `cp` and `sync`, 99th percentile.
    package var commitDuringPlainCopy = 0.0
    /// The writer's commits while nothing else happened, 99th percentile.
    package var commitAlone = 0.0
    /// Rows that the writer committed, a second.
    package var rowsPerSecond = 0.0
    /// Whether each copy passed `integrity_check` and held rows 1 to k without a hole.
    package var areGood = true
    package var load = 0.0

    package init(bytes: Int64) {
        self.bytes = bytes
    }
}
