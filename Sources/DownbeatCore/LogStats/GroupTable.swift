/// Counts of requests and bytes by key: an open-addressing table over one arena of key bytes.
///
/// A slot holds the upper half of a key's hash and the number of its entry, so that most misses cost
/// one read. Keys are stored as printable text (`LogKeyText`); a raw key that is not printable is
/// translated at each look-up, which is rare.
///
/// Up to a limit of keys counts are exact. At the limit the half with the lower counts is dropped into
/// `dropped` and counting goes on (after Misra and Gries): the sum over all keys stays exact, and a
/// reported count is at least the true one less what was dropped of it. Keys are told apart by
/// count, bytes and text alone, so that the outcome does not depend on the seed.
struct GroupTable: ~Copyable {
    struct Entry {
        var hash: UInt64
        var keyStart: Int
        var keyCount: Int
        var count: Int64
        var bytes: Int64
    }

    struct Sum: Hashable {
        var count: Int64 = 0
        var bytes: Int64 = 0
    }

    /// Keys in the table.
    private(set) var count = 0
    /// Of keys that were dropped.
    private(set) var dropped = Sum()
    /// Whether keys were dropped.
    private(set) var hasDropped = false

    private let limits: LogStatsLimits
    private let seed: UInt64
    private var slots: UnsafeMutablePointer<UInt64>
    private var slotMask: Int
    private var entries: UnsafeMutablePointer<Entry>
    private var entryCapacity: Int
    private var arena: UnsafeMutablePointer<UInt8>
    private var arenaCapacity: Int
    private var arenaCount = 0
    /// The entry of the last key: many fields repeat theirs.
    private var last = 0

    private static let firstSlots = 64
    private static let firstArena = 1024
    private static let upperHalf: UInt64 = 0xFFFF_FFFF_0000_0000

    init(limits: LogStatsLimits, seed: UInt64) {
        self.limits = limits
        self.seed = seed
        slotMask = Self.firstSlots - 1
        slots = .allocate(capacity: Self.firstSlots)
        slots.initialize(repeating: 0, count: Self.firstSlots)
        entryCapacity = Self.firstSlots / 2
        entries = .allocate(capacity: entryCapacity)
        arenaCapacity = Self.firstArena
        arena = .allocate(capacity: arenaCapacity)
    }

    deinit {
        slots.deallocate()
        entries.deallocate()
        arena.deallocate()
    }

    /// Counts a request under a key.
    ///
    /// - Returns: false, and nothing is counted, if the key is new and the table is full.
    @inline(__always)
    mutating func add(_ key: ByteSlice, bytes: Int64) -> Bool {
        guard let start = key.start, key.count > 0 else {
            let dash: StaticString = "-"
            return addNonempty(dash.utf8Start, 1, bytes: bytes)
        }
        return addNonempty(start, key.count, bytes: bytes)
    }

    @inline(__always)
    private mutating func addNonempty(
        _ start: UnsafePointer<UInt8>,
        _ length: Int,
        bytes: Int64
    ) -> Bool {
        if last < count, entries[last].keyCount == length,
            ByteSearch.areEqual(arena + entries[last].keyStart, start, count: length)
        {
            entries[last].count &+= 1
            entries[last].bytes &+= bytes
            return true
        }
        return addElsewhere(start, length, bytes: bytes)
    }

    private mutating func addElsewhere(
        _ start: UnsafePointer<UInt8>,
        _ length: Int,
        bytes: Int64
    ) -> Bool {
        let hash = ByteHash.hash(start, count: length, seed: seed)
        let slot = slot(of: start, length, hash)
        if slots[slot] != 0 {
            last = Int(truncatingIfNeeded: slots[slot] & ~Self.upperHalf) - 1
            entries[last].count &+= 1
            entries[last].bytes &+= bytes
            return true
        }
        return addNew(start, length, hash, at: slot, bytes: bytes)
    }

    /// The slot of a key, or the empty one where it belongs.
    @inline(__always)
    private func slot(of start: UnsafePointer<UInt8>, _ length: Int, _ hash: UInt64) -> Int {
        let tag = hash & Self.upperHalf
        var slot = Int(truncatingIfNeeded: hash) & slotMask
        while slots[slot] != 0 {
            if slots[slot] & Self.upperHalf == tag {
                let entry = entries + (Int(truncatingIfNeeded: slots[slot] & ~Self.upperHalf) - 1)
                if entry.pointee.keyCount == length,
                    ByteSearch.areEqual(arena + entry.pointee.keyStart, start, count: length)
                {
                    return slot
                }
            }
            slot = (slot + 1) & slotMask
        }
        return slot
    }

    @inline(never)
    private mutating func addNew(
        _ start: UnsafePointer<UInt8>,
        _ length: Int,
        _ hash: UInt64,
        at slot: Int,
        bytes: Int64
    ) -> Bool {
        if let text = LogKeyText.canonical(UnsafeBufferPointer(start: start, count: length)) {
            return text.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return true }
                let hash = ByteHash.hash(base, count: buffer.count, seed: seed)
                let slot = self.slot(of: base, buffer.count, hash)
                guard slots[slot] == 0 else {
                    last = Int(truncatingIfNeeded: slots[slot] & ~Self.upperHalf) - 1
                    entries[last].count &+= 1
                    entries[last].bytes &+= bytes
                    return true
                }
                return insert(base, buffer.count, hash, at: slot, bytes: bytes)
            }
        }
        return insert(start, length, hash, at: slot, bytes: bytes)
    }

    private mutating func insert(
        _ start: UnsafePointer<UInt8>,
        _ length: Int,
        _ hash: UInt64,
        at slot: Int,
        bytes: Int64
    ) -> Bool {
        guard count < limits.distinctMax, arenaCount + length <= limits.keyBytesMax else {
            return false
        }
        if count == entryCapacity { growEntries() }
        if arenaCount + length > arenaCapacity { growArena(to: arenaCount + length) }
        (arena + arenaCount).update(from: start, count: length)
        (entries + count).initialize(
            to: Entry(hash: hash, keyStart: arenaCount, keyCount: length, count: 1, bytes: bytes)
        )
        arenaCount += length
        slots[slot] = hash & Self.upperHalf | UInt64(count + 1)
        last = count
        count += 1
        if count * 2 > slotMask { growSlots() }
        return true
    }

    private mutating func growEntries() {
        let wider = UnsafeMutablePointer<Entry>.allocate(capacity: entryCapacity * 2)
        wider.moveInitialize(from: entries, count: count)
        entries.deallocate()
        entries = wider
        entryCapacity *= 2
    }

    private mutating func growArena(to needed: Int) {
        while arenaCapacity < needed { arenaCapacity *= 2 }
        let wider = UnsafeMutablePointer<UInt8>.allocate(capacity: arenaCapacity)
        wider.moveInitialize(from: arena, count: arenaCount)
        arena.deallocate()
        arena = wider
    }

    private mutating func growSlots() {
        slots.deallocate()
        slotMask = slotMask * 2 + 1
        slots = .allocate(capacity: slotMask + 1)
        fillSlots()
    }

    private mutating func fillSlots() {
        slots.initialize(repeating: 0, count: slotMask + 1)
        for index in 0..<count {
            let hash = entries[index].hash
            var slot = Int(truncatingIfNeeded: hash) & slotMask
            while slots[slot] != 0 { slot = (slot + 1) & slotMask }
            slots[slot] = hash & Self.upperHalf | UInt64(index + 1)
        }
    }

    /// Drops the lower half of the keys to make room.
    mutating func dropHalf() {
        hasDropped = true
        let order = ranked()
        let keptCount = order.count / 2
        for index in order[keptCount...] {
            dropped.count += entries[index].count
            dropped.bytes += entries[index].bytes
        }
        let kept = order[..<keptCount].sorted()
        let keyBytes = kept.reduce(0) { $0 + entries[$1].keyCount }
        let packed = UnsafeMutablePointer<UInt8>.allocate(capacity: max(keyBytes, Self.firstArena))
        arenaCount = 0
        for (index, old) in kept.enumerated() {
            var entry = entries[old]
            (packed + arenaCount).update(from: arena + entry.keyStart, count: entry.keyCount)
            entry.keyStart = arenaCount
            arenaCount += entry.keyCount
            entries[index] = entry
        }
        arena.deallocate()
        arena = packed
        arenaCapacity = max(keyBytes, Self.firstArena)
        count = keptCount
        last = 0
        fillSlots()
    }

    /// Counts what found no place as dropped.
    mutating func drop(bytes: Int64) {
        hasDropped = true
        dropped.count += 1
        dropped.bytes += bytes
    }

    /// Entries by count, then bytes, both falling, then by key.
    func ranked() -> [Int] {
        (0..<count).sorted { left, right in
            let (first, second) = (entries[left], entries[right])
            if first.count != second.count { return first.count > second.count }
            if first.bytes != second.bytes { return first.bytes > second.bytes }
            return key(left).lexicographicallyPrecedes(key(right))
        }
    }

    func entry(_ index: Int) -> Entry { entries[index] }

    /// The bytes of a key; they live until the table is changed.
    func key(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: arena + entries[index].keyStart,
            count: entries[index].keyCount
        )
    }
}
