import DownbeatCore

extension RunState {
    /// The colour of the state's word in tables.
    var colour: Colour? {
        switch self {
        case .succeeded: .green
        case .failed, .unknown: .red
        case .running: .blue
        case .scheduled, .expired: .yellow
        case .queued: .cyan
        case .cancelled: .faint
        }
    }

    var cell: Table.Cell { Table.Cell(rawValue, colour) }
}

extension RunRecord {
    /// From the first start to the end; nil while there is no end or no start.
    var duration: Duration? {
        guard let startedAt, let endedAt, endedAt >= startedAt else { return nil }
        return endedAt - startedAt
    }

    /// `3/3`.
    var tries: String { "\(attempts)/\(attemptsMax)" }
}
