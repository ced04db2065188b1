import DownbeatCore
import Foundation
import GRDB
import Synchronization

/// The one connection that writes, on a thread of its own, with group commit.
///
/// Requests that arrived while the last commit ran share the next one, but a tick goes first and alone;
/// each has its own savepoint, so that one that fails takes nothing with it. Nobody waits for company: a request that
/// finds the writer idle is committed at once. A commit takes no further request after
/// `statementsMax` statements or `workMax`; a single request is never split.
///
/// After an I/O error nobody can know whether the commit happened, so the connection is closed and
/// every call fails until `reopen` has read the database again.
final class Writer: Sendable {
    /// Beyond this many statements a commit takes no further request.
    static let statementsMax = 1000
    /// Beyond this much work a commit takes no further request.
    static let workMax: Duration = .milliseconds(2)
    /// A log that cannot be cut back because somebody reads is tried again after this many commits.
    static let cutBackPause = 256

    private struct State {
        var waiting: [WriteRequest] = []
        var database: DatabaseQueue?
        var isClosing = false
        /// The log is to be cut back after the next commit, however many came since the last try.
        var triesToCutBack = false
    }

    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let opening: DatabaseOpening
    private let surroundings: SQLiteStore.Surroundings

    init(
        _ database: DatabaseQueue,
        opening: DatabaseOpening,
        surroundings: SQLiteStore.Surroundings
    ) {
        state = Mutex(State(database: database))
        self.opening = opening
        self.surroundings = surroundings
    }

    /// Starts the thread; it holds on to the writer until `close`.
    func start() {
        let thread = Thread { self.work() }
        thread.name = "downbeat-store"
        thread.start()
    }

    /// Has a change committed, and waits for it.
    func perform<Value: Sendable>(
        _ urgency: Urgency,
        hold: TickHold?,
        _ change: @escaping @Sendable (WriteScope) throws -> Value
    ) throws(StoreError) -> Value {
        let outcome = Outcome<Value>()
        let request = WriteRequest(
            urgency: urgency,
            hold: hold,
            change: { outcome.keep(try change($0)) },
            finish: { outcome.finish($0) }
        )
        let isAccepted = state.withLock { state in
            guard !state.isClosing else { return false }
            state.waiting.append(request)
            return true
        }
        guard isAccepted else {
            throw .conflict("\(opening.path) has been closed; open it again")
        }
        wake.signal()
        return try outcome.wait()
    }

    /// Reads on the writing connection: the only one of a database in memory.
    func read<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        guard let database = state.withLock({ $0.database }) else { throw closedError }
        return try database.read { try body(Connection($0)) }
    }

    /// Cuts the write-ahead log back if a reader has kept it long and nothing was written since.
    func shortenLog() throws(StoreError) {
        guard logIsLong else { return }
        state.withLock { $0.triesToCutBack = true }
        // A commit without changes costs no write; the log is looked at after it.
        try perform(.usual, hold: nil) { _ in }
    }

    /// Opens the database again after an I/O error; does nothing otherwise.
    func reopen() throws(StoreError) {
        guard state.withLock({ $0.database == nil && !$0.isClosing }) else { return }
        let database = try opening.openWriter(.existing).queue
        state.withLock { $0.database = database }
    }

    /// Commits what waits, closes the connection and ends the thread.
    func close() {
        let isFirst = state.withLock { state in
            defer { state.isClosing = true }
            return !state.isClosing
        }
        wake.signal()
        if isFirst { ended.wait() }
    }

    private var closedError: StoreError {
        .inputOutput(
            "\(opening.path) was closed after an input/output error; check the disk, then start again"
        )
    }

    // MARK: On the thread

    private func work() {
        let memory = WriterMemory(random: surroundings.random)
        var commitsUntilCutBack = 0
        while true {
            wake.wait()
            // `close` signals once more, so whatever waits is seen before the thread ends.
            while true {
                let (batch, database) = takeBatch()
                guard !batch.isEmpty else { break }
                guard let database else {
                    for request in batch { request.finish(closedError) }
                    continue
                }
                commit(batch, to: database, memory)
                commitsUntilCutBack -= 1
                if takeWishToCutBack() { commitsUntilCutBack = 0 }
                if commitsUntilCutBack <= 0, logIsLong {
                    commitsUntilCutBack = cutBack(database) ? 0 : Self.cutBackPause
                } else if isTimeToMoveLog {
                    moveLog(database)
                }
            }
            // A request may have come in between; from now on none is accepted.
            guard !state.withLock({ $0.isClosing && $0.waiting.isEmpty }) else { break }
        }
        closeDatabase(memory)
        ended.signal()
    }

    private func takeBatch() -> ([WriteRequest], DatabaseQueue?) {
        state.withLock { state in
            if let tick = state.waiting.firstIndex(where: { $0.urgency == .tick }) {
                return ([state.waiting.remove(at: tick)], state.database)
            }
            defer { state.waiting.removeAll() }
            return (state.waiting, state.database)
        }
    }

    /// Commits as many requests as fit, and puts the rest back in front of the line.
    private func commit(_ batch: [WriteRequest], to database: DatabaseQueue, _ memory: WriterMemory)
    {
        var results: [(WriteRequest, StoreError?)] = []
        do {
            try database.writeWithoutTransaction { database in
                let connection = Connection(database, statements: memory.statements)
                try connection.execute("BEGIN IMMEDIATE")
                do {
                    try memory.lookAround(connection)
                    results = try execute(batch, WriteScope(connection, memory))
                    try holdBack(batch)
                    try connection.execute("COMMIT")
                } catch {
                    memory.forget()
                    rollBack(connection)
                    throw error
                }
            }
            let rest = batch[results.count...]
            state.withLock { $0.waiting.insert(contentsOf: rest, at: 0) }
            for (request, error) in results { request.finish(error) }
        } catch {
            if SQLiteFailure(any: error)?.isUncertain == true { closeDatabase(memory) }
            let error = StoreError(error, path: opening.path)
            for request in batch { request.finish(error) }
        }
    }

    /// Waits for the instant of a tick that was prepared early.
    private func holdBack(_ batch: [WriteRequest]) throws(StoreError) {
        guard batch.allSatisfy({ $0.hold?.wait() ?? true }) else {
            throw .busy("the clock was set while a tick was being prepared; it is judged again")
        }
    }

    private func execute(
        _ batch: [WriteRequest],
        _ scope: WriteScope
    ) throws -> [(WriteRequest, StoreError?)] {
        let connection = scope.connection
        let start = surroundings.clocks.monotonic
        var results: [(WriteRequest, StoreError?)] = []
        let changesBefore = connection.totalChanges
        // Without company the transaction itself is what is rolled back, and no page is copied twice.
        let isAlone = batch.count == 1
        for request in batch {
            let isFull =
                connection.statementCount >= Self.statementsMax
                || surroundings.clocks.monotonic - start >= Self.workMax
            guard results.isEmpty || !isFull else { break }
            if !isAlone { try connection.execute("SAVEPOINT request") }
            do {
                try request.change(scope)
                try scope.writeTally()
                if !isAlone { try connection.execute("RELEASE request") }
                results.append((request, nil))
            } catch {
                let spoils = SQLiteFailure(any: error)?.spoilsTransaction ?? false
                guard !spoils, !isAlone, connection.isInTransaction else { throw error }
                scope.tally = EndTally()
                scope.memory.forget()
                try connection.execute("ROLLBACK TO request")
                try connection.execute("RELEASE request")
                results.append((request, StoreError(error, path: opening.path)))
            }
        }
        // A commit without changes costs no fsync, so it is not counted either.
        if connection.totalChanges != changesBefore {
            try connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'commits'")
        }
        return results
    }

    private func rollBack(_ connection: Connection) {
        guard connection.isInTransaction else { return }
        do {
            try connection.execute("ROLLBACK")
        } catch {
            // The transaction has failed already, and its own error is the one to report; the
            // connection is closed if that error left its state uncertain.
        }
    }

    private func takeWishToCutBack() -> Bool {
        state.withLock { state in
            defer { state.triesToCutBack = false }
            return state.triesToCutBack
        }
    }

    /// Whether the log is long and nobody waits, or so long that it must not grow on.
    private var isTimeToMoveLog: Bool {
        let pages = opening.gauge.pages
        guard pages >= DatabaseOpening.checkpointPages else { return false }
        return pages >= DatabaseOpening.checkpointPagesMax
            || state.withLock { $0.waiting.isEmpty }
    }

    /// Moves what no reader needs from the log into the database; the next commit writes over it.
    private func moveLog(_ database: DatabaseQueue) {
        Failpoint.pass("P13")
        do {
            try database.writeWithoutTransaction { database in
                _ = try Connection(database).number("PRAGMA wal_checkpoint(PASSIVE)")
            }
            // The next commit tells how long the log is then: a reader may have kept it.
            opening.gauge.reset()
        } catch {
            // A checkpoint that fails loses nothing; if the disk is at fault the next commit says so.
        }
    }

    private var logIsLong: Bool {
        opening.file.map { $0.logSize > DatabaseOpening.logBytesMax } ?? false
    }

    /// Moves the write-ahead log into the database and cuts it to nothing, unless somebody reads.
    private func cutBack(_ database: DatabaseQueue) -> Bool {
        Failpoint.pass("P13")
        do {
            return try database.writeWithoutTransaction { database in
                let busy = try Connection(database).number("PRAGMA wal_checkpoint(TRUNCATE)")
                return busy == 0
            }
        } catch {
            // A checkpoint that fails loses nothing; if the disk is at fault the next commit says so.
            return false
        }
    }

    private func closeDatabase(_ memory: WriterMemory) {
        memory.statements.removeAll()
        memory.forget()
        let database = state.withLock { state in
            defer { state.database = nil }
            return state.database
        }
        do {
            try database?.close()
        } catch {
            // Closing fails only while statements are in use; none outlives its function, and the
            // file is consistent in any case.
        }
    }
}
