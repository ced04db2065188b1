import DownbeatCore

extension AttemptEnd {
    /// The end as the columns `end_kind`, `end_value` and `end_text`.
    var columns: (kind: String, value: Int32?, text: String?) {
        switch self {
        case .exited(let status): ("exited", status, nil)
        case .signalled(let number): ("signalled", number, nil)
        case .timedOut(let signal, let killed): ("timed_out", signal, killed ? "killed" : nil)
        case .failed(let reason, let mayRepeat): ("failed", mayRepeat ? 1 : 0, reason)
        case .notStarted(let reason): ("not_started", nil, reason)
        case .cancelled: ("cancelled", nil, nil)
        case .drained: ("drained", nil, nil)
        case .lost: ("lost", nil, nil)
        }
    }

    /// Reads the columns; nil: the attempt has not ended.
    ///
    /// - Throws: `StoreError.damaged` for a word that is none of ours.
    static func read(_ row: Row, at column: Int32) throws -> AttemptEnd? {
        guard let kind = row.optionalText(column) else { return nil }
        let value = Int32(clamping: row.integer(column + 1))
        switch kind {
        case "exited": return .exited(value)
        case "signalled": return .signalled(value)
        case "timed_out":
            return .timedOut(
                signal: row.optionalInteger(column + 1).map { Int32(clamping: $0) },
                killed: row.optionalText(column + 2) != nil
            )
        case "failed": return .failed(row.text(column + 2), mayRepeat: row.flag(column + 1))
        case "not_started": return .notStarted(row.text(column + 2))
        case "cancelled": return .cancelled
        case "drained": return .drained
        case "lost": return .lost
        default:
            throw StoreError.damaged(
                "an attempt ended as \"\(kind)\", which is unknown; run `downbeat doctor`"
            )
        }
    }

    /// The end in words for people.
    func sentence(_ definition: RunDefinition) -> String {
        switch self {
        case .exited(let status): return "exit \(status)"
        case .signalled(let number): return SignalName.words(number)
        case .timedOut(_, let killed):
            var words = "timed out"
            if let timeout = definition.timeout {
                words += " after \(DurationText.format(timeout))"
            }
            guard killed else { return words }
            guard definition.grace > .zero else { return words + ", killed" }
            return words + ", killed \(DurationText.format(definition.grace)) later"
        case .failed(let reason, _), .notStarted(let reason): return reason
        case .cancelled: return "cancelled"
        case .drained: return "ended because the service stopped"
        case .lost: return "lost"
        }
    }
}
