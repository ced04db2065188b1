import FoundationEssentials

/// What a request to load the files again came to: the detail of a `config.applied` or
/// `config.rejected` event, as JSON.
package struct ReloadReport: Codable, Hashable, Sendable {
    /// Events that this is the detail of, and the one that asks for it (its detail is the request's
    /// id alone).
    package enum Event {
        package static let requested = "config.requested"
        package static let applied = "config.applied"
        package static let rejected = "config.rejected"
    }

    /// The id of the request that is answered; nil: a signal, or the start.
    package var request: String?
    /// How many schedules are in force.
    package var schedules: Int
    package var added: Int
    package var changed: Int
    package var removed: Int
    /// Of the first error; nil: none.
    package var file: String?
    package var line: Int?
    package var column: Int?
    package var code: String?
    package var message: String?

    package init(
        request: String?,
        schedules: Int,
        added: Int = 0,
        changed: Int = 0,
        removed: Int = 0,
        problem: Diagnostic? = nil
    ) {
        self.request = request
        self.schedules = schedules
        self.added = added
        self.changed = changed
        self.removed = removed
        file = problem?.place.file
        line = problem?.place.line
        column = problem?.place.column
        code = problem?.code
        message = problem?.message
    }

    /// The report that an event carries; nil: it carries none, or one of another version.
    package init?(_ event: EventRecord) {
        guard event.name == Event.applied || event.name == Event.rejected else { return nil }
        // What does not decode is not a report.
        guard let report = try? JSONDecoder().decode(Self.self, from: Data(event.detail.utf8))
        else {
            return nil
        }
        self = report
    }

    /// The report as the detail of an event.
    package var detail: String {
        get throws {
            String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
        }
    }

    /// The first error of files that were refused; nil: they were taken.
    package var problem: Diagnostic? {
        guard let message else { return nil }
        return Diagnostic(
            severity: .error,
            code: code ?? "",
            message: message,
            place: SourcePlace(file: file ?? "", line: line ?? 0, column: column ?? 0)
        )
    }

    /// What is wrong with the files since they were loaded last, by events, newest first; nil: nothing.
    package static func standingProblem(in events: [EventRecord]) -> Diagnostic? {
        events.lazy.compactMap { ReloadReport($0) }.first?.problem
    }
}
