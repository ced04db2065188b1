import DownbeatRuntime
import Glibc

/// Runs bodies that wait for processes on threads of their own.
///
/// On the cooperative pool, which has as many threads as the machine has cores, they would keep all
/// other tests waiting.
enum OwnThread {
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        // Still in the test's own task, so that issues are known to be its own.
        try await withTaskExecutorPreference(ThreadExecutor()) { @concurrent () async throws in
            try body()
        }
    }

    /// Runs several, so many at once, and gives their values in order of their ends.
    static func run<Value: Sendable>(
        _ bodies: [@Sendable () throws -> Value],
        atOnce: Int
    ) async throws -> [Value] {
        try await withThrowingTaskGroup { group in
            var waiting = bodies[...]
            var values: [Value] = []
            for body in waiting.prefix(atOnce) { group.addTask { try await run(body) } }
            waiting = waiting.dropFirst(atOnce)
            while let value = try await group.next() {
                values.append(value)
                guard let body = waiting.popFirst() else { continue }
                group.addTask { try await run(body) }
            }
            return values
        }
    }
}

/// Runs each piece of a task on a thread of its own.
private final class ThreadExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        do {
            _ = try ServiceThread("test") { [self] in
                job.runSynchronously(on: asUnownedTaskExecutor())
            }
        } catch {
            preconditionFailure("no thread for a test: \(error)")
        }
    }
}

/// Waiting for what other processes do.
enum Patience {
    /// Far beyond what anything takes that works; reaching it fails the test.
    static let limit: Duration = .seconds(60)

    /// Between two looks at a condition that nobody announces.
    private static let pause: Duration = .milliseconds(4)

    struct RanOut: Error, CustomStringConvertible {
        var waitingFor: String

        var description: String { "waited in vain for \(waitingFor)" }
    }

    /// Looks until there is a value.
    ///
    /// - Parameters:
    ///   - what: for the error.
    ///   - limit: how long to look.
    ///   - value: nil: not yet.
    /// - Returns: the value.
    /// - Throws: `RanOut`, and what `value` throws.
    static func wait<Value>(
        for what: @autoclosure () -> String,
        within limit: Duration = limit,
        _ value: () throws -> Value?
    ) throws -> Value {
        let clocks = SystemClocks()
        let deadline = clocks.monotonic + limit
        while true {
            if let found = try value() { return found }
            guard clocks.monotonic < deadline else { throw RanOut(waitingFor: what()) }
            rest(pause)
        }
    }

    /// Lets time pass: for moments that are meant to be arbitrary, never for a condition.
    static func rest(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        _ = poll(nil, 0, Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000))
    }
}
