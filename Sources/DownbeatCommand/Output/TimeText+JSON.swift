package import DownbeatCore

extension TimeText {
    /// RFC 3339 with milliseconds, or null: for what happened, in contrast to slots.
    package func precise(_ instant: Timestamp?) -> JSONValue {
        .text(instant.map { InstantText.format($0, zone: zone, fraction: .milliseconds) })
    }

    /// RFC 3339, or null.
    package func json(_ instant: Timestamp?) -> JSONValue {
        .text(instant.map(machine))
    }
}
