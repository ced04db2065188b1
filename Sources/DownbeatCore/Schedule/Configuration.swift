/// Everything that the schedule files say, checked.
package struct Configuration: Sendable {
    package var settings: ServiceSettings
    /// In the order of files and of entries within a file.
    package var schedules: [Schedule]
    /// Warnings; a configuration with an error does not come to be.
    package var warnings: [Diagnostic]
    /// The files read, as they are to be shown.
    package var files: [String]
    /// The built-in calendars and those that the files define.
    package var calendars: CalendarBook

    package init(
        settings: ServiceSettings,
        schedules: [Schedule],
        warnings: [Diagnostic] = [],
        files: [String] = [],
        calendars: CalendarBook = CalendarBook()
    ) {
        self.settings = settings
        self.schedules = schedules
        self.warnings = warnings
        self.files = files
        self.calendars = calendars
    }
}

/// Settings of the service as a whole.
package struct ServiceSettings: Sendable, Hashable {
    /// The zone used where a schedule names none.
    package var zone: String
    /// The state folder, absolute; nil: `.downbeat` in the working directory.
    package var stateFolder: String?
    /// Runs at once, by queue.
    package var queues: [String: Int]
    /// How long running attempts may finish when the service stops.
    package var drain: Duration
    package var secrets: [String: SecretSource]

    package init(
        zone: String = "Asia/Shanghai",
        stateFolder: String? = nil,
        queues: [String: Int] = ["default": 2],
        drain: Duration = .seconds(30),
        secrets: [String: SecretSource] = [:]
    ) {
        self.zone = zone
        self.stateFolder = stateFolder
        self.queues = queues
        self.drain = drain
        self.secrets = secrets
    }
}

/// Where the value of a secret is read from at each attempt.
package enum SecretSource: Sendable, Hashable {
    /// A variable of the worker's own environment.
    case environment(String)
    /// A file, absolute; one line end at its end is not part of the value.
    case file(String)
}
