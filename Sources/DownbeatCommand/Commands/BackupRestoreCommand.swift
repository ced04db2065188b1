import ArgumentParser
import DownbeatCore

/// `downbeat backup restore NAME --to PATH`.
struct BackupRestoreCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a copy back: checked, written aside, then renamed into its place.",
        discussion: """
            EXAMPLES:
              downbeat backup restore nightly-backup --to /tmp/app.db
              downbeat backup restore nightly-backup --at 2026-11-22 --to /srv/app/app.db --force
              downbeat backup restore nightly-files --to /srv/restored
              downbeat backup restore own-state --to .downbeat/state.db --force --after skip

            PATH is the file to write for a database, a folder that does not exist or is empty for a
            directory; anything else is refused without --force. Of Downbeat's own state it says
            which slots came after the copy, and asks what to do with them.
            Exit status: 65 the copy is damaged, 66 there is none, 73 will not overwrite, 75 a
            daemon uses the database.
            """
    )

    @Argument(help: "Name of a schedule.", completion: ValueCompletion.schedules.kind)
    var name: String

    @Option(help: "The newest copy of this time or before (default: the newest).")
    var at: String?

    @Option(help: ArgumentHelp("Where to put it.", valueName: "path"), completion: .file())
    var to: String

    @Flag(help: "Replace what is there.")
    var force = false

    @Option(
        help: ArgumentHelp(
            "Downbeat's own state: skip the slots after the copy, or let catch-up replay them.",
            valueName: "skip|replay"
        )
    )
    var after: SlotsAfterRestore?

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let schedules = try BackupSchedules(session)
        let schedule = try schedules.one(name)
        let times = try session.times(schedules.settings)
        let folder = session.stateFolder(schedules.settings)
        let content = content(schedule, session, folder)
        if after != nil, content == .other {
            throw CommandError(
                .usage,
                "--after is for backups of Downbeat's own state",
                why: "`\(name)` saves \(schedule.options.source.path)",
                remedy: "leave it out"
            )
        }
        let copy = try copy(schedule, times, session, schedules.settings)
        let request = RestoreRequest(
            place: schedule.place,
            copy: copy,
            target: session.absolute(to),
            replacement: force ? .always : .never,
            content: content,
            stateFolder: folder
        )
        let bar = BackupBar("restore", session)
        let inquiry = StateInquiry(choice: after, times: times, bar: bar, session: session)
        defer { bar.clear() }
        try session.onBackups { () throws(BackupError) in
            try session.operations.restoreBackup(
                request,
                watch: bar.watch,
                decide: inquiry.decide
            )
        }
        bar.clear()
        report(request, schedule, times, session)
        return ExitStatus.success.rawValue
    }

    private func content(
        _ schedule: BackupSchedule,
        _ session: Session,
        _ folder: String
    ) -> RestoreRequest.Content {
        guard case .sqlite(let path) = schedule.options.source else { return .other }
        return session.operations.isDatabase(path, ofStateFolder: folder) ? .state : .other
    }

    /// The newest copy, or the newest of a time or before; a date means all of that day.
    private func copy(
        _ schedule: BackupSchedule,
        _ times: TimeText,
        _ session: Session,
        _ settings: ServiceSettings
    ) throws(CommandError) -> BackupListing.Copy {
        var limit: Timestamp?
        if let at {
            do throws(TextError) {
                limit = try InstantText.parse(at, zone: times.zone, bareDate: .endOfDay)
            } catch {
                throw CommandError(error, text: at, option: "--at")
            }
        }
        let copies = try session.onBackups { () throws(BackupError) in
            try session.operations.backups(of: schedule.place)
        }
        if let found = copies.last(where: { copy in limit.map { copy.takenAt <= $0 } ?? true }) {
            return found
        }
        guard let first = copies.first else {
            throw CommandError(
                .missing,
                "there is no backup of `\(name)` in \(schedule.options.destination)",
                remedy: "make one: " + (try RunNow.command(name, session, settings))
            )
        }
        throw CommandError(
            .missing,
            "there is no backup of `\(name)` from that time or before",
            why: "the first one is of \(times.absolute(first.takenAt)) \(times.zone.name)",
            remedy: "list them: downbeat backup list \(name)"
        )
    }

    private func report(
        _ request: RestoreRequest,
        _ schedule: BackupSchedule,
        _ times: TimeText,
        _ session: Session
    ) {
        let path = schedule.path(of: request.copy)
        let manifest = request.copy.manifest
        let listing = Listing(
            ["schedule", "path", "taken_at", "bytes", "kind", "to"],
            items: [
                [
                    .string(name), .string(path), times.json(request.copy.takenAt),
                    .int(manifest.originalBytes), .string(manifest.kind.rawValue),
                    .string(request.target),
                ]
            ]
        )
        session.emit(listing) {
            session.line("restored  \(session.shown(request.target))")
            session.line(
                "          from \(session.shown(path)), \(times.absolute(request.copy.takenAt)) "
                    + times.zone.name
            )
        }
    }
}

extension SlotsAfterRestore: ExpressibleByArgument {}
