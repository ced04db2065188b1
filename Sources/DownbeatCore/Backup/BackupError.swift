/// Why a backup, a check of one or a restore failed: what, where, why, and what to do.
package struct BackupError: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// What kind of failure it is; the command line has an exit status for each.
    package enum Kind: String, Hashable, Sendable, Codable {
        /// Something that must exist does not: 66.
        case missing
        /// Something would be overwritten: 73.
        case wouldOverwrite = "would_overwrite"
        /// No space left: 74.
        case full
        /// Cannot read or write: 74.
        case inputOutput = "input_output"
        /// What is there is damaged: 65.
        case damaged
        /// Locked by another: 75.
        case busy
        /// What was asked for makes no sense: 64, or 78 in a file.
        case refused
        /// Ended on request: 130.
        case cancelled
    }

    package var kind: Kind
    /// What failed, without a full stop.
    package var what: String
    /// The path that is meant; nil: `what` says it.
    package var place: String?
    package var why: String?
    /// An imperative sentence without a full stop.
    package var remedy: String?

    package init(
        _ kind: Kind,
        _ what: String,
        place: String? = nil,
        why: String? = nil,
        remedy: String? = nil
    ) {
        self.kind = kind
        self.what = what
        self.place = place
        self.why = why
        self.remedy = remedy
    }

    /// Everything in one line.
    package var description: String {
        var text = what
        if let place { text += " \(place)" }
        if let why { text += ": \(why)" }
        if let remedy { text += "; \(remedy)" }
        return text
    }

    /// The work was stopped on request.
    package static let cancelled = BackupError(.cancelled, "the backup was stopped")
}
