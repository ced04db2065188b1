/// The years from 1970 to 2199 that a year field selects, as bits; a new one holds all of them.
///
/// These are the years of OCPS 1.2, which every implementation of a year field has. A full set stands
/// for a rule without a year field: it restricts nothing, not even the years outside.
package struct YearSet: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64)

    package static let years = 1970...2199
    private static let all = YearSet()

    package init() {
        words = (~0, ~0, ~0, ~0 &>> UInt64(256 - Self.years.count))
    }

    /// A set without a year, to be filled.
    static var none: YearSet {
        var set = YearSet()
        set.words = (0, 0, 0, 0)
        return set
    }

    /// Whether no year is left out.
    package var isFull: Bool { self == Self.all }

    package func contains(_ year: Int) -> Bool {
        guard Self.years.contains(year) else { return false }
        let bit = year - Self.years.lowerBound
        return self[bit >> 6] & (1 &<< UInt64(bit & 63)) != 0
    }

    /// The first selected year at or after one; nil when there is none.
    func first(onOrAfter year: Int) -> Int? {
        let bit = max(year, Self.years.lowerBound) - Self.years.lowerBound
        guard bit < Self.years.count else { return nil }
        var mask: UInt64 = ~0 &<< UInt64(bit & 63)
        for index in (bit >> 6)..<4 {
            let found = self[index] & mask
            if found != 0 {
                return Self.years.lowerBound + index * 64 + found.trailingZeroBitCount
            }
            mask = ~0
        }
        return nil
    }

    /// Selects every `step` years from `low` to `high`, which lie in `years`.
    mutating func insert(_ low: Int, _ high: Int, step: Int) {
        for year in stride(from: low, through: high, by: step) {
            let bit = year - Self.years.lowerBound
            self[bit >> 6] |= 1 &<< UInt64(bit & 63)
        }
    }

    /// The selected years in runs of neighbours.
    var ranges: [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        var year = first(onOrAfter: Self.years.lowerBound)
        while let low = year {
            var high = low
            while contains(high + 1) { high += 1 }
            ranges.append(low...high)
            year = first(onOrAfter: high + 1)
        }
        return ranges
    }

    private subscript(index: Int) -> UInt64 {
        get {
            switch index {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        }
        set {
            switch index {
            case 0: words.0 = newValue
            case 1: words.1 = newValue
            case 2: words.2 = newValue
            default: words.3 = newValue
            }
        }
    }

    package static func == (left: YearSet, right: YearSet) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
