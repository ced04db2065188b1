import DownbeatCore
import DownbeatRuntime

/// Waiting for a database that another process has locked for the length of a commit.
enum LockedStore {
    /// A person who gives a command waits this long before it ends with "try again".
    static let patience: Duration = .seconds(5)
    private static let pause: Duration = .milliseconds(10)

    /// Repeats a request that found the database locked; nothing of it was written.
    ///
    /// - Parameter body: one whole request.
    /// - Returns: what it gives.
    /// - Throws: `StoreError`; `busy` only when the time is over.
    static func wait<Value>(
        _ body: () throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        let clocks = SystemClocks()
        let deadline = clocks.monotonic + patience
        while true {
            do throws(StoreError) {
                return try body()
            } catch {
                guard case .busy = error, clocks.monotonic < deadline else { throw error }
            }
            Pause.wait(pause)
        }
    }
}
