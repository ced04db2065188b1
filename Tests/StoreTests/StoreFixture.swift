import DownbeatCore
import DownbeatStore
import Foundation
import Support
import Synchronization
import Testing

/// Where a store of a test lives: the conformance suite runs on both.
enum Medium: CaseIterable, CustomTestStringConvertible {
    case disk
    case memory

    var testDescription: String {
        switch self {
        case .disk: "on disk"
        case .memory: "in memory"
        }
    }
}

/// A folder of its own with a store in it, and a clock that only moves when told.
final class StoreFixture {
    let folder: String
    let store: SQLiteStore
    /// 2025-06-01T00:00:00Z, on a minute.
    static let start = Timestamp(seconds: 1_748_736_000)

    var path: String { folder + "/state.db" }

    init(_ medium: Medium = .disk) throws {
        folder = try Self.makeFolder()
        switch medium {
        case .disk: store = try Self.open(folder + "/state.db")
        case .memory: store = try SQLiteStore.inMemory(Self.surroundings)
        }
    }

    deinit {
        store.close()
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            // The system's folder for temporary files is emptied in any case.
        }
    }

    /// Another store on the same file, as another process would have it.
    func another(_ opening: SQLiteStore.Opening = .existing) throws -> SQLiteStore {
        try Self.open(path, opening)
    }

    static func open(
        _ path: String,
        _ opening: SQLiteStore.Opening = .createOrMigrate,
        access: SQLiteStore.Access = .readWrite
    ) throws -> SQLiteStore {
        try SQLiteStore(path: path, access: access, opening: opening, surroundings: surroundings)
    }

    /// A folder that `body` may use and that is gone afterwards.
    static func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
        let folder = try makeFolder()
        let result = Result { try body(folder) }
        try FileManager.default.removeItem(atPath: folder)
        return try result.get()
    }

    private static func makeFolder() throws -> String {
        let folder = NSTemporaryDirectory() + "downbeat-store-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return folder
    }

    static var surroundings: SQLiteStore.Surroundings {
        SQLiteStore.Surroundings(
            random: SeededSource(seed: SeededGenerator.ofThisRun().seed),
            clocks: StandingClocks()
        )
    }
}

/// Seconds after the start of the tests' time.
func after(_ seconds: Int64) -> Timestamp {
    StoreFixture.start + .seconds(seconds)
}

/// A schedule that fires at every full minute.
func minutely(
    _ name: String = "sync",
    overlap: OverlapPolicy = .skip,
    catchUp: CatchUp = CatchUp(policy: .once),
    retry: RetryPolicy = .none,
    delivery: Delivery = .atLeastOnce,
    queue: String = "default",
    expires: Duration? = nil,
    period: Duration = .seconds(60),
    command: [String] = ["/bin/true"],
    renamedFrom: String? = nil
) throws -> Schedule {
    let rule = Rule(
        trigger: .every(Interval(period: period, anchor: .instant(Timestamp(seconds: 0)))),
        zone: try ZoneFiles().zone(named: "UTC")
    )
    let words = "\(name) \(overlap) \(catchUp) \(retry) \(delivery) \(queue) \(command)"
    return Schedule(
        name: name,
        rule: rule,
        definition: RunDefinition(
            action: .command(command),
            retry: retry,
            delivery: delivery,
            revision: FNV1a64(words).hexadecimal
        ),
        queue: queue,
        overlap: overlap,
        catchUp: catchUp,
        expires: expires,
        renamedFrom: renamedFrom
    )
}

extension SQLiteStore {
    /// Adopts a configuration without knowledge of earlier rules.
    @discardableResult
    func adopt(_ schedules: [Schedule], at now: Timestamp) throws -> [ScheduleState] {
        try adopt(schedules, now: now) { _ in nil }
    }

    /// A tick of a beat that began with the tests' time.
    @discardableResult
    func tick(_ schedules: [Schedule], at now: Timestamp) throws -> TickReply {
        try tick(schedules, now: now, beatStart: StoreFixture.start)
    }

    /// Claims what there is.
    func claim(
        _ owner: String = "one",
        limit: Int = 100,
        queues: [String: Int] = ["default": 100],
        at now: Timestamp
    ) throws -> [ClaimedRun] {
        try exchange(WorkRequest(owner: owner, now: now, claimLimit: limit, queues: queues)).claimed
    }

    /// Hands in the end of an attempt.
    @discardableResult
    func complete(
        _ run: ClaimedRun,
        _ end: AttemptEnd = .exited(0),
        owner: String = "one",
        at now: Timestamp
    ) throws -> WorkReply {
        let completion = WorkRequest.Completion(
            run: run.id,
            attempt: run.attempt,
            end: end,
            endedAt: now,
            usage: ResourceUsage(userMicroseconds: 1, systemMicroseconds: 2, peakMemory: 3)
        )
        return try exchange(WorkRequest(owner: owner, now: now, completions: [completion]))
    }

    /// A manual run of a schedule.
    func enqueue(
        _ schedule: Schedule,
        place: ManualRun.Place = .queue,
        at now: Timestamp
    ) throws -> RunID {
        try enqueue(manual(schedule, place: place, at: now))
    }
}

/// The request for a manual run.
func manual(
    _ schedule: Schedule,
    place: ManualRun.Place = .queue,
    at now: Timestamp
) -> ManualRun {
    ManualRun(
        schedule: schedule.name,
        definition: schedule.definition,
        queue: schedule.queue,
        overlap: schedule.overlap,
        expires: schedule.expires,
        place: place,
        now: now
    )
}
