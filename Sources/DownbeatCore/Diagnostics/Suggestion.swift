/// The one rule for "did you mean": commands, options, keys, names, zones, states.
///
/// A candidate is near when its Damerau–Levenshtein distance (optimal string alignment) is at most
/// `max(1, length / 3)` of the text. Case differences cost nothing.
package enum Suggestion {
    /// The nearest candidates: one, two if tied, none if nothing is near.
    ///
    /// Cost: O(text × candidate) for each candidate whose length is close enough.
    package static func nearest(
        to text: String,
        among candidates: some Sequence<String>
    ) -> [String] {
        let wanted = Array(text.lowercased().unicodeScalars)
        var best = max(1, wanted.count / 3)
        var found: [String] = []
        for candidate in candidates where candidate != text {
            let other = Array(candidate.lowercased().unicodeScalars)
            guard abs(other.count - wanted.count) <= best else { continue }
            let distance = self.distance(wanted, other)
            guard distance <= best else { continue }
            if distance < best || found.isEmpty {
                best = distance
                found = [candidate]
            } else if found.count < 2, !found.contains(candidate) {
                found.append(candidate)
            }
        }
        return found
    }

    /// The edit distance with transpositions of neighbours.
    package static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        guard !left.isEmpty else { return right.count }
        guard !right.isEmpty else { return left.count }
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for i in 1...left.count {
            var row = [Int](repeating: i, count: right.count + 1)
            for j in 1...right.count {
                let same = left[i - 1] == right[j - 1]
                row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1))
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    row[j] = min(row[j], beforeLast[j - 2] + 1)
                }
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
