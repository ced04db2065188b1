package import DownbeatCore

/// An error that a command ends with: what, where, why, remedy, and the exit status.
///
/// All errors of the command line become one of these, and one function renders them.
package struct CommandError: Error, Hashable, Sendable {
    package var status: ExitStatus
    /// What is wrong, without a full stop.
    package var what: String
    /// The file, schedule, run or place; nil: `what` says it.
    package var place: String?
    /// The cause; nil: `what` says it.
    package var why: String?
    /// What to type or to change.
    package var remedy: String?

    package init(
        _ status: ExitStatus,
        _ what: String,
        place: String? = nil,
        why: String? = nil,
        remedy: String? = nil
    ) {
        self.status = status
        self.what = what
        self.place = place
        self.why = why
        self.remedy = remedy
    }

    /// What, where and why, in one line.
    package var sentence: String {
        var text = what
        if let place { text += " (\(place))" }
        if let why { text += ": \(why)" }
        return text
    }

    /// The text for stderr: `error: what (place): why` and, where there is one, a `help:` line.
    package func render(colour: Bool) -> String {
        // Our own colours are added last: what comes from elsewhere must not steer the terminal.
        var text = Colour.red.paint("error:", when: colour) + " \(SafeText.output(sentence))\n"
        guard let remedy else { return text }
        let lines = remedy.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let lead = index == 0 ? Colour.cyan.paint("help:", when: colour) : "     "
            text += "\(lead) \(SafeText.output(String(line)))\n"
        }
        return text
    }
}

extension CommandError {
    /// What is meant when something the user named does not exist: a suggestion, or what there is.
    ///
    /// The status is 64 for a word of ours and 66 for a name of theirs; `list` is the command that
    /// lists them all.
    package static func unknown(
        _ status: ExitStatus,
        _ kind: String,
        _ name: String,
        candidates: [String],
        list: String = ""
    ) -> CommandError {
        let near = Suggestion.nearest(to: name, among: candidates)
        var what = "\(kind) `\(name)`"
        if !near.isEmpty {
            what += "; did you mean " + near.map { "`\($0)`" }.joined(separator: " or ") + "?"
            if !list.isEmpty { what += "   (\(list))" }
            return CommandError(status, what)
        }
        let shown = candidates.prefix(Self.candidatesMax).map { "`\($0)`" }
        let rest = candidates.count - shown.count
        guard !shown.isEmpty else {
            return CommandError(status, what, remedy: list.isEmpty ? nil : "try `\(list)`")
        }
        let tail = rest > 0 ? " and \(rest) more" : ""
        return CommandError(
            status,
            what,
            remedy: "there are " + shown.joined(separator: ", ") + tail
                + (list.isEmpty ? "" : "; `\(list)` lists them")
        )
    }

    /// A word of the command line that is none of a closed list: 64, with what was likely meant, else
    /// the list.
    static func noSuch(_ kind: String, _ word: String, among words: [String]) -> CommandError {
        let near = Suggestion.nearest(to: word, among: words)
        return CommandError(
            .usage,
            "no \(kind) `\(word)`",
            remedy: near.isEmpty
                ? "use one of \(words.joined(separator: ", "))"
                : "did you mean \(near.map { "`\($0)`" }.joined(separator: " or "))?"
        )
    }

    /// The most names that an error lists.
    private static let candidatesMax = 8

    /// An error of the store in the words of a command.
    package init(_ error: StoreError, folder: String) {
        let database = folder + "/state.db"
        if case .readOnly = error, let refusal = FolderRefusal(folder) {
            self = refusal.error
            return
        }
        self.init(error, database: database)
        // Most sentences of the store name the file themselves.
        if why?.contains(database) == true || why?.contains(folder) == true { place = nil }
    }

    private init(_ error: StoreError, database: String) {
        switch error {
        case .busy(let why):
            self.init(
                .temporary,
                "the database is busy",
                place: database,
                why: why,
                remedy: "try again; if it stays, another program holds it: downbeat doctor"
            )
        case .full(let why):
            self.init(
                .inputOutput,
                "no space left",
                place: database,
                why: why,
                remedy: "free some space on that disk and try again; nothing was changed"
            )
        case .readOnly(let why):
            self.init(
                .inputOutput,
                "cannot write",
                place: database,
                why: why,
                remedy: "run as the user that owns the folder, or name another with --state"
            )
        case .inputOutput(let why):
            self.init(
                .inputOutput,
                "cannot read or write",
                place: database,
                why: why,
                remedy: "check the disk, then look with: downbeat doctor"
            )
        case .damaged(let why):
            self.init(
                .data,
                "the database is damaged",
                place: database,
                why: why,
                remedy: "keep the file, stop the daemon, and start from a copy or an empty folder"
            )
        case .newerSchema(let found, let supported):
            self.init(
                .data,
                "the database was written by a newer version",
                place: database,
                why: "schema \(found), this version knows \(supported)",
                remedy: "use that newer version; the file is left as it is"
            )
        case .missing(let path):
            self.init(
                .missing,
                "no database at \(path)",
                remedy: "start the daemon once (downbeat up), or name the state folder with --state"
            )
        case .notFound(let what):
            self.init(.missing, what)
        case .conflict(let what):
            self.init(.temporary, what)
        }
    }
}
