extension Rule {
    /// Whether its slots depend on when its runs start or end.
    package var countsFromRuns: Bool {
        guard case .every(let interval) = trigger else { return false }
        return interval.anchor == .lastStart || interval.anchor == .lastEnd
    }

    /// The schedule whose runs bring its slots about; nil: they are times.
    package var leader: String? {
        guard case .after(let name) = trigger else { return nil }
        return name
    }
}
