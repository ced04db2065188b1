import DownbeatCore

/// What a change works with: the connection inside the transaction, and the writer's memory.
final class WriteScope {
    let connection: Connection
    let memory: WriterMemory
    /// Ended runs that are not counted yet.
    var tally = EndTally()
    /// Runs that this request made because a run that their schedule follows has succeeded.
    var followed: [RunID] = []
    private var latestNumber: Int64?

    init(_ connection: Connection, _ memory: WriterMemory) {
        self.connection = connection
        self.memory = memory
    }

    /// The key of the next run: read once in a transaction, then counted on.
    func nextRunNumber() throws -> Int64 {
        let latest = try latestNumber ?? connection.number("SELECT max(n) FROM runs") ?? 0
        latestNumber = latest + 1
        return latest + 1
    }
}

/// What the writing thread remembers between transactions: caches and the latest id.
final class WriterMemory {
    /// Definitions kept decoded, about 500 bytes each; beyond, the cache starts over.
    static let definitionsMax = 16_384

    /// The key of the schedule that pruning looked at last.
    var prunedUpTo: Int64 = 0
    let statements = StatementCache()
    var schedules = ScheduleMemory()
    private let random: any RandomSource
    private var dataVersion: Int64?
    private var latestMillisecond: Int64 = .min
    private var latestChance: (UInt64, UInt64) = (0, 0)
    private var definitions: [Int64: RunDefinition] = [:]

    init(random: any RandomSource) {
        self.random = random
    }

    /// Makes an id; ids made in the same millisecond ascend, so that they sort by creation.
    func makeRunID(at now: Timestamp) -> RunID {
        let millisecond = now.microseconds / 1000
        if millisecond == latestMillisecond {
            // As the specification of ULIDs says; a draw for each would be a call of the system.
            let (sum, overflow) = latestChance.1.addingReportingOverflow(1)
            latestChance = (overflow ? latestChance.0 &+ 1 : latestChance.0, sum)
        } else {
            latestMillisecond = millisecond
            // The top bit stays free, so that counting on within a millisecond cannot wrap around.
            latestChance = (random.next() & 0x7FFF, random.next())
        }
        return RunID(at: now, random: latestChance)
    }

    /// Finds out whether another connection has written since the last transaction.
    ///
    /// Must be called inside a transaction, at its begin.
    func lookAround(_ connection: Connection) throws {
        let version = try connection.number("PRAGMA data_version")
        if version != dataVersion { forgetSchedules() }
        dataVersion = version
    }

    /// Forgets what a transaction wrote that was rolled back: the numbers that it gave to definitions
    /// will be given to others.
    func forget() {
        forgetSchedules()
        definitions.removeAll()
    }

    /// Has the next tick read the schedules again.
    func forgetSchedules() {
        schedules.removeAll()
    }

    func definition(_ number: Int64) -> RunDefinition? {
        definitions[number]
    }

    func remember(_ definition: RunDefinition, as number: Int64) {
        if definitions.count >= Self.definitionsMax { definitions.removeAll() }
        definitions[number] = definition
    }
}
