import DownbeatCore

/// Finds the run that a user means: an id, its last characters, or a schedule's name.
enum RunReference {
    /// Fewer would be ambiguous too soon.
    private static let suffixLengthMin = 6

    /// The run meant; a schedule's name stands for its latest run.
    static func resolve(
        _ text: String,
        state: any StateAccess,
        settings: ServiceSettings?,
        session: Session
    ) throws(CommandError) -> RunRecord {
        if let id = RunID(text) {
            let detail = try session.with(settings) { () throws(StoreError) in try state.run(id) }
            if let detail { return detail.record }
            throw noRun(text)
        }
        let named = try session.with(settings) { () throws(StoreError) in
            try state.runs(RunQuery(schedule: text, limit: 1))
        }
        if let run = named.first { return run }
        if let run = try bySuffix(text, state: state, settings: settings, session: session) {
            return run
        }
        let names = try names(state: state, settings: settings, session: session)
        if names.contains(text) {
            throw CommandError(
                .missing,
                "`\(text)` has no runs yet",
                remedy: "see when it runs: downbeat next \(text)"
            )
        }
        throw .unknown(
            .missing,
            "no run or schedule",
            text,
            candidates: names,
            list: "downbeat runs, downbeat schedules"
        )
    }

    /// Names of the files and of the database.
    static func names(
        state: any StateAccess,
        settings: ServiceSettings?,
        session: Session
    ) throws(CommandError) -> [String] {
        let known = try session.with(settings) { () throws(StoreError) in
            try state.schedules().map(\.state.name)
        }
        let written = session.configurationIfAny()?.schedules.map(\.name) ?? []
        return known + written.filter { !known.contains($0) }
    }

    private static func bySuffix(
        _ text: String,
        state: any StateAccess,
        settings: ServiceSettings?,
        session: Session
    ) throws(CommandError) -> RunRecord? {
        let suffix = text.uppercased()
        let isSuffix =
            suffix.utf8.count >= suffixLengthMin
            && suffix.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        guard isSuffix else { return nil }
        let found = try session.with(settings) { () throws(StoreError) in
            try state.runs(endingWith: suffix)
        }
        guard found.count < 2 else {
            throw CommandError(
                .missing,
                "`\(text)` is the end of several runs",
                remedy: "use more of the id: " + found.map(\.text).joined(separator: ", ")
            )
        }
        guard let id = found.first else { return nil }
        return try session.with(settings) { () throws(StoreError) in try state.run(id)?.record }
    }

    private static func noRun(_ text: String) -> CommandError {
        CommandError(
            .missing,
            "no run `\(text)`",
            why: "there never was one, or it is older than `keep` allows",
            remedy: "list runs: downbeat runs"
        )
    }
}
