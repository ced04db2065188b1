/// Moves starts inside their tolerances so that fewer runs go on in the fullest minute.
///
/// Time is cut into minutes; a run fills each minute in which it goes on, so that starts in one minute
/// count together however short they are. The search is a local one: schedule by schedule to the
/// offset with the lowest peak and, among those, the lowest sum of squares of the minutes it fills,
/// until nothing moves. It begins twice, with everything where it is and with nothing there, and takes
/// the better end. Moves that the peak does not need are taken back. The same loads give the same plan.
package struct SpreadPlanner: Sendable {
    /// The runs of one schedule over the range.
    package struct Load: Hashable, Sendable {
        /// The minutes that each run fills, from the start of the range.
        package var runs: [ClosedRange<Int>]
        /// Offsets in minutes that may be used, ascending; 0 is one of them.
        package var offsets: [Int]

        package init(runs: [ClosedRange<Int>], offsets: [Int] = [0]) {
            self.runs = runs
            self.offsets = offsets
        }

        /// Minutes filled: what is heavy is placed first.
        fileprivate var weight: Int { runs.reduce(0) { $0 + $1.count } }
    }

    /// Where each load is to go.
    package struct Plan: Hashable, Sendable {
        /// In minutes, in the order of the loads.
        package var offsets: [Int]
        /// The fullest minute before and after; nil: there are no runs.
        package var before: Peak?
        package var after: Peak?
    }

    /// The fullest minute, the first of several.
    package struct Peak: Hashable, Sendable {
        package var runs: Int
        /// From the start of the range.
        package var minute: Int

        package init(runs: Int, minute: Int) {
            self.runs = runs
            self.minute = minute
        }
    }

    /// After so many rounds the search ends; three are usual.
    private static let roundsMax = 50

    private let loads: [Load]
    private let movable: [Int]

    package init(_ loads: [Load]) {
        self.loads = loads
        movable = loads.indices.filter { loads[$0].offsets.count > 1 && !loads[$0].runs.isEmpty }
    }

    /// Searches; the peak of the plan is never above the one before.
    package func plan() -> Plan {
        let still = Array(repeating: 0, count: loads.count)
        let start = MinuteCounts(loads, still)
        var ends = [improved(start, still)]
        ends.append(improvedFromNothing())
        let best = ends.min { left, right in
            (left.counts.peak, left.counts.squares) < (right.counts.peak, right.counts.squares)
        }
        guard var best, best.counts.peak < start.peak else {
            return Plan(offsets: still, before: start.fullest, after: start.fullest)
        }
        takeBack(&best)
        return Plan(
            offsets: best.offsets,
            before: start.fullest,
            after: MinuteCounts(loads, best.offsets).fullest
        )
    }

    private typealias State = (counts: MinuteCounts, offsets: [Int])

    private func improved(_ counts: MinuteCounts, _ offsets: [Int]) -> State {
        var state: State = (counts, offsets)
        for _ in 0..<Self.roundsMax {
            var hasMoved = false
            for index in movable {
                let old = state.offsets[index]
                state.counts.remove(loads[index], at: old)
                let new = bestOffset(of: loads[index], in: state.counts, staying: old)
                state.counts.add(loads[index], at: new)
                state.offsets[index] = new
                hasMoved = hasMoved || new != old
            }
            guard hasMoved else { break }
        }
        return state
    }

    /// Begins without the loads that may move and puts them in, the heaviest first.
    private func improvedFromNothing() -> State {
        var offsets = Array(repeating: 0, count: loads.count)
        var counts = MinuteCounts(loads, offsets)
        for index in movable { counts.remove(loads[index], at: 0) }
        let order = movable.sorted { left, right in
            (loads[right].weight, left) < (loads[left].weight, right)
        }
        for index in order {
            offsets[index] = bestOffset(of: loads[index], in: counts, staying: 0)
            counts.add(loads[index], at: offsets[index])
        }
        return improved(counts, offsets)
    }

    /// Where a load raises peak and squares least; `staying` if nothing is better than that.
    private func bestOffset(of load: Load, in counts: MinuteCounts, staying: Int) -> Int {
        var best = staying
        var bestCost = counts.cost(of: load, at: staying)
        for offset in load.offsets where offset != staying {
            let cost = counts.cost(of: load, at: offset)
            if cost < bestCost { (best, bestCost) = (offset, cost) }
        }
        return best
    }

    /// Puts back what the peak allows, and then moves no further than needed.
    private func takeBack(_ state: inout State) {
        let peak = state.counts.peak
        for index in movable where state.offsets[index] > 0 {
            state.counts.remove(loads[index], at: state.offsets[index])
            let offset = loads[index].offsets.first { offset in
                state.counts.cost(of: loads[index], at: offset).peak <= peak
            }
            state.offsets[index] = offset ?? state.offsets[index]
            state.counts.add(loads[index], at: state.offsets[index])
        }
    }
}

/// How many runs go on in each minute, and how many minutes have each count.
private struct MinuteCounts {
    struct Cost: Comparable {
        var peak: Int
        var squares: Int

        static func < (left: Cost, right: Cost) -> Bool {
            (left.peak, left.squares) < (right.peak, right.squares)
        }
    }

    private var counts: [Int32]
    /// Minutes by their count.
    private var minutes: [Int]
    private(set) var squares = 0
    private(set) var peak = 0

    init(_ loads: [SpreadPlanner.Load], _ offsets: [Int]) {
        let end = loads.reduce(0) { end, load in
            let last = load.runs.reduce(-1) { max($0, $1.upperBound) }
            return max(end, last + (load.offsets.last ?? 0) + 1)
        }
        counts = Array(repeating: 0, count: end)
        minutes = [end]
        for (load, offset) in zip(loads, offsets) { add(load, at: offset) }
    }

    var fullest: SpreadPlanner.Peak? {
        guard peak > 0, let minute = counts.firstIndex(of: Int32(peak)) else { return nil }
        return SpreadPlanner.Peak(runs: peak, minute: minute)
    }

    mutating func add(_ load: SpreadPlanner.Load, at offset: Int) {
        for run in load.runs {
            for minute in (run.lowerBound + offset)...(run.upperBound + offset) {
                let count = Int(counts[minute])
                counts[minute] += 1
                minutes[count] -= 1
                if count + 1 == minutes.count { minutes.append(0) }
                minutes[count + 1] += 1
                squares += 2 * count + 1
                peak = max(peak, count + 1)
            }
        }
    }

    mutating func remove(_ load: SpreadPlanner.Load, at offset: Int) {
        for run in load.runs {
            for minute in (run.lowerBound + offset)...(run.upperBound + offset) {
                let count = Int(counts[minute])
                counts[minute] -= 1
                minutes[count] -= 1
                minutes[count - 1] += 1
                squares -= 2 * count - 1
            }
        }
        while peak > 0, minutes[peak] == 0 { peak -= 1 }
    }

    /// What the peak would be with a load, and what it would add to the squares.
    ///
    /// Runs of one schedule that overlap each other count one by one in the peak.
    func cost(of load: SpreadPlanner.Load, at offset: Int) -> Cost {
        var top = peak
        var added = 0
        var last = -1
        var overlapping = 0
        for run in load.runs {
            overlapping = run.lowerBound <= last ? overlapping + 1 : 0
            last = max(last, run.upperBound)
            for minute in (run.lowerBound + offset)...(run.upperBound + offset) {
                let count = Int(counts[minute]) + overlapping
                added += 2 * count + 1
                top = max(top, count + 1)
            }
        }
        return Cost(peak: top, squares: added)
    }
}
