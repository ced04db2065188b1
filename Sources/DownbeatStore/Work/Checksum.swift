import DownbeatCore

/// A checksum over what must never change in a row, so that a flipped bit is found when it is read.
///
/// FNV-1a over 64 bits: it guards against accidents of a disk, not against an adversary.
struct Checksum {
    private var hash = FNV1a64()

    /// As SQLite stores it.
    var value: Int64 { Int64(bitPattern: hash.value) }

    mutating func add(_ text: String) {
        hash.combine(text)
        // No byte of UTF-8: two neighbouring texts cannot trade characters.
        hash.combine(UInt8(0xFF))
    }

    mutating func add(_ number: Int64?) {
        guard let number else { return hash.combine(UInt8(0xFE)) }
        hash.combine(number)
    }
}

/// The columns of a run that never change.
struct RunBody {
    var id: RunID
    var schedule: Int64
    var definition: Int64
    var queue: String
    var priority: Int64
    var slot: Timestamp?
    var due: Timestamp
    var enqueued: Timestamp
    var retryOf: RunID?

    var checksum: Int64 {
        var sum = Checksum()
        sum.add(id.text)
        sum.add(schedule)
        sum.add(definition)
        sum.add(queue)
        sum.add(priority)
        sum.add(slot?.microseconds)
        sum.add(due.microseconds)
        sum.add(enqueued.microseconds)
        sum.add(retryOf?.text ?? "")
        return sum.value
    }

    /// The columns that `init(_:)` reads, of `runs r`, as the first ones of a query.
    static let columns = """
        r.id, r.schedule, r.definition, r.queue, r.priority, r.slot_us, r.due_us, r.enqueued_us,
        r.retry_of, r.checksum
        """
    /// How many columns that are.
    static let columnCount: Int32 = 10

    /// Reads a body and checks it.
    ///
    /// - Throws: `StoreError.damaged`, naming the run.
    init(_ row: Row) throws {
        id = try row.runID(0)
        schedule = row.integer(1)
        definition = row.integer(2)
        queue = row.text(3)
        priority = row.integer(4)
        slot = row.optionalInstant(5)
        due = row.instant(6)
        enqueued = row.instant(7)
        retryOf = try row.optionalRunID(8)
        guard checksum == row.integer(9) else {
            throw StoreError.damaged(
                "run \(id.text) is damaged: its checksum does not match; run `downbeat doctor`"
            )
        }
    }

    init(
        id: RunID,
        schedule: Int64,
        definition: Int64,
        queue: String,
        slot: Timestamp?,
        due: Timestamp,
        enqueued: Timestamp,
        retryOf: RunID?
    ) {
        self.id = id
        self.schedule = schedule
        self.definition = definition
        self.queue = queue
        priority = 0
        self.slot = slot
        self.due = due
        self.enqueued = enqueued
        self.retryOf = retryOf
    }
}
