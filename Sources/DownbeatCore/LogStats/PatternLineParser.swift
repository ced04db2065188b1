/// Lines of a user's pattern: all ways through the program are followed at once.
///
/// A thread is a place in the program and the slots noted so far. Threads are kept in order of
/// preference and at most one for each place, so that a byte costs at most the program's length.
struct PatternLineParser: LogLineParser {
    private let pattern: LinePattern
    /// The places of the groups' roles in `RoleSlices`.
    private let places: [Int]
    private let slotCount: Int
    private var slices: RoleSlices
    private var current: Threads
    private var next: Threads
    /// The slots of the thread that is followed.
    private var slots: [Int32]
    private var matched: [Int32]

    private struct Threads {
        var programPlaces: [Int32]
        var slots: [Int32]
        /// Places that have a thread in this step.
        var marks: [UInt32]
        var mark: UInt32 = 0
        var count = 0

        init(places: Int, slots slotCount: Int) {
            programPlaces = Array(repeating: 0, count: places)
            slots = Array(repeating: 0, count: places * slotCount)
            marks = Array(repeating: 0, count: places)
        }

        mutating func clear() {
            count = 0
            if mark == .max {
                marks = Array(repeating: 0, count: marks.count)
                mark = 0
            }
            mark += 1
        }
    }

    init(_ pattern: LinePattern, slices: RoleSlices) {
        self.pattern = pattern
        self.slices = slices
        places = pattern.roles.map(\.place)
        slotCount = pattern.roles.count * 2
        current = Threads(places: pattern.program.count, slots: slotCount)
        next = current
        slots = Array(repeating: -1, count: slotCount)
        matched = slots
    }

    mutating func parse(
        _ start: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>,
        within span: LogSpan,
        into line: inout LogLine
    ) -> LogLineVerdict {
        guard matches(start, length: end - start) else { return .malformed }
        slices.clear()
        for (group, place) in places.enumerated() {
            let first = Int(matched[group * 2])
            let last = Int(matched[group * 2 + 1])
            guard first >= 0, last >= first else { continue }
            slices[place] = ByteSlice(start: start + first, count: last - first)
        }
        return slices.assemble(within: span, into: &line)
    }

    /// Whether the line matches from its beginning; the slots of the match are then in `matched`.
    private mutating func matches(_ start: UnsafePointer<UInt8>, length: Int) -> Bool {
        for slot in slots.indices { slots[slot] = -1 }
        var isMatch = false
        current.clear()
        let program = pattern.program
        Self.follow(0, at: 0, isEnd: length == 0, program, &slots, &current)
        var offset = 0
        // The loop that all threads come from.
        var loop: ByteSet?
        while current.count > 0 {
            if let loop {
                while offset + 1 < length, loop.contains(start[offset]),
                    loop.contains(start[offset + 1])
                {
                    offset += 1
                }
            }
            loop = nil
            next.clear()
            let byte: UInt8? = offset < length ? start[offset] : nil
            for thread in 0..<current.count {
                let place = Int(current.programPlaces[thread])
                if case .match = program[place] {
                    isMatch = true
                    for slot in 0..<slotCount {
                        matched[slot] = current.slots[thread * slotCount + slot]
                    }
                    // Threads after this one are less preferred.
                    break
                }
                guard let byte, case .bytes(let set) = program[place],
                    pattern.sets[set].contains(byte)
                else { continue }
                loop = thread == 0 && pattern.skips[place] ? pattern.sets[set] : nil
                for slot in 0..<slotCount {
                    slots[slot] = current.slots[thread * slotCount + slot]
                }
                let behind = offset + 1
                let isEnd = behind == length
                Self.follow(place + 1, at: Int32(behind), isEnd: isEnd, program, &slots, &next)
            }
            swap(&current, &next)
            offset += 1
        }
        return isMatch
    }

    /// Adds threads for all that can be reached from a place without reading a byte.
    private static func follow(
        _ place: Int,
        at offset: Int32,
        isEnd: Bool,
        _ program: [LinePattern.Instruction],
        _ slots: inout [Int32],
        _ threads: inout Threads
    ) {
        guard threads.marks[place] != threads.mark else { return }
        threads.marks[place] = threads.mark
        switch program[place] {
        case .jump(let target): follow(target, at: offset, isEnd: isEnd, program, &slots, &threads)
        case .split(let preferred, let other):
            follow(preferred, at: offset, isEnd: isEnd, program, &slots, &threads)
            follow(other, at: offset, isEnd: isEnd, program, &slots, &threads)
        case .save(let slot):
            let before = slots[slot]
            slots[slot] = offset
            follow(place + 1, at: offset, isEnd: isEnd, program, &slots, &threads)
            slots[slot] = before
        case .lineEnd:
            guard isEnd else { return }
            follow(place + 1, at: offset, isEnd: isEnd, program, &slots, &threads)
        case .bytes, .match:
            let count = threads.count
            threads.programPlaces[count] = Int32(place)
            for slot in slots.indices { threads.slots[count * slots.count + slot] = slots[slot] }
            threads.count = count + 1
        }
    }
}
