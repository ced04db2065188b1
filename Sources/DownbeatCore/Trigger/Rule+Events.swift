extension Rule {
    /// Whether its slots depend on when its runs start or end.
    package var countsFromRuns: Bool {
        guard case .every(let interval) = trigger else { return false }
        return interval.anchor == .lastStart || interval.anchor == .lastEnd
    }
}
