/// What a schedule says about times that the clock jumps over or shows twice.
///
/// It counts for changes of up to three hours; larger ones are changes of the date or corrections,
/// where what the wall shows counts and nothing else.
package struct DaylightPolicy: Hashable, Sendable {
    /// Times that a clock going forward jumps over.
    package enum Gap: String, Sendable, CaseIterable {
        /// `next` for fixed times, `skip` for a rhythm.
        case auto
        /// Once, at the first instant after the gap, however many they are.
        case next
        /// Not at all.
        case skip
        /// Each later by the width of the gap: 02:30 becomes 03:30.
        case shift
    }

    /// Times that a clock going back shows twice.
    package enum Overlap: String, Sendable, CaseIterable {
        /// `first` for fixed times, `both` for a rhythm.
        case auto
        case first
        case second
        case both
    }

    package var gap: Gap
    package var overlap: Overlap

    package init(gap: Gap = .auto, overlap: Overlap = .auto) {
        self.gap = gap
        self.overlap = overlap
    }

    /// The policy with `auto` decided.
    @inline(__always)
    func decided(isWildcard: Bool) -> DaylightPolicy {
        DaylightPolicy(
            gap: gap == .auto ? (isWildcard ? .skip : .next) : gap,
            overlap: overlap == .auto ? (isWildcard ? .both : .first) : overlap
        )
    }
}
