import DownbeatCore
import DownbeatRuntime

/// What this program can do by itself.
enum BuiltIns {
    /// The code of each built-in, by its key in the schedule file: a line each.
    private static let bodies: [String: BuiltInBody] = [
        BackupOptions.builtInName: BackupBuiltIn.run,
        LogStatsOptions.builtInName: LogStatistics.run,
    ]

    /// All of them.
    static var registry: BuiltInRegistry {
        #if DEBUG
            BuiltInRegistry(bodies.merging([SelfTest.name: SelfTest.run]) { $1 })
        #else
            BuiltInRegistry(bodies)
        #endif
    }
}
