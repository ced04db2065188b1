import DownbeatCore

/// The calendars that schedules may refer to.
struct DeclaredCalendars {
    var book = CalendarBook()
    /// Where each of the files' own is defined.
    var places: [String: YAMLNode] = [:]
    /// False when a file could not be read, so that an unknown name may be declared there.
    var isComplete = true
}
