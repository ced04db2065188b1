/// Finds the loops of a program whose bytes need not be looked at one by one.
///
/// In `\S+ ` or `[^"]*"` a byte of the loop leads back to the loop first, and to places that take only
/// other bytes. While such bytes come the threads stay what they are, so that all but the last of
/// them can be skipped; that is most of a usual line.
struct LinePatternSkips {
    private(set) var places: [Bool]

    private let program: [LinePattern.Instruction]
    private let sets: [ByteSet]

    /// A place that is reached without a byte, and whether a slot is noted on the way.
    private struct Reached {
        var place: Int
        var notes: Bool
    }

    init(program: [LinePattern.Instruction], sets: [ByteSet]) {
        self.program = program
        self.sets = sets
        places = Array(repeating: false, count: program.count)
        for place in program.indices { places[place] = isSkippable(place) }
    }

    private func isSkippable(_ place: Int) -> Bool {
        guard case .bytes(let set) = program[place] else { return false }
        var reached: [Reached] = []
        var seen: Set<Int> = []
        follow(place + 1, notes: false, &reached, &seen)
        guard let first = reached.first, first.place == place, !first.notes else { return false }
        return reached.dropFirst().allSatisfy { other in
            guard case .bytes(let otherSet) = program[other.place] else { return false }
            return sets[otherSet].isDisjoint(with: sets[set])
        }
    }

    /// In order of preference, away from the end of the line.
    private func follow(
        _ place: Int,
        notes: Bool,
        _ reached: inout [Reached],
        _ seen: inout Set<Int>
    ) {
        guard seen.insert(place).inserted else { return }
        switch program[place] {
        case .jump(let target): follow(target, notes: notes, &reached, &seen)
        case .split(let preferred, let other):
            follow(preferred, notes: notes, &reached, &seen)
            follow(other, notes: notes, &reached, &seen)
        case .save: follow(place + 1, notes: true, &reached, &seen)
        case .lineEnd: break
        case .bytes, .match: reached.append(Reached(place: place, notes: notes))
        }
    }
}
