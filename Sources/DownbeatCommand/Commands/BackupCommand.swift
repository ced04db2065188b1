import ArgumentParser
import DownbeatCore

/// `downbeat backup`: the copies that schedules have made.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "List, verify and restore the copies of backups; needs no daemon.",
        discussion: """
            EXAMPLES:
              downbeat backup list
              downbeat backup verify nightly-backup
              downbeat backup restore nightly-backup --to /tmp/app.db
              downbeat run nightly-backup --wait        make a copy now
            """,
        subcommands: [
            BackupListCommand.self, BackupVerifyCommand.self, BackupRestoreCommand.self,
        ],
        defaultSubcommand: BackupListCommand.self
    )
}

/// `downbeat backup list`.
struct BackupListCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List copies, the newest first.",
        discussion: """
            EXAMPLES:
              downbeat backup list
              downbeat backup list nightly-backup
              downbeat backup list --json

            Exit status: 66 when there is none.
            """
    )

    @Argument(
        help: "Name of a schedule (default: all that make backups).",
        completion: ValueCompletion.schedules.kind
    )
    var name: String?

    @OptionGroup var global: GlobalOptions

    /// A copy with the schedule that lists it.
    private struct Row {
        var schedule: BackupSchedule
        var copy: BackupListing.Copy

        var path: String { schedule.path(of: copy) }
    }

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let schedules = try BackupSchedules(session)
        let picked = try schedules.picked(name)
        var rows: [Row] = []
        var notes: [String] = []
        for schedule in picked {
            do throws(BackupError) {
                let copies = try session.operations.backups(of: schedule.place)
                rows += copies.reversed().map { Row(schedule: schedule, copy: $0) }
            } catch {
                guard picked.count > 1, error.kind == .missing else { throw CommandError(error) }
                notes.append("note: \(schedule.name) has no backups: \(error)")
            }
        }
        let times = try session.times(schedules.settings)
        session.emit(Self.listing(rows, times)) {
            guard !rows.isEmpty else { return }
            session.line("\(times.zone.name), now \(times.absolute(session.now))")
            session.line()
            session.write(table(rows, times, session))
        }
        // Where there is none at all, the error says so once.
        if !rows.isEmpty { notes.forEach { session.say($0) } }
        guard rows.isEmpty else { return ExitStatus.success.rawValue }
        throw CommandError(
            .missing,
            "there are no backups yet",
            place: Set(picked.map(\.options.destination)).sorted().joined(separator: ", "),
            remedy: "make one: " + (try RunNow.command(picked[0].name, session, schedules.settings))
        )
    }

    private func table(_ rows: [Row], _ times: TimeText, _ session: Session) -> Table {
        var table = Table([
            Table.Column("SCHEDULE", cutOrder: 1), Table.Column("TAKEN"), Table.Column("AGO"),
            Table.Column("SIZE"), Table.Column("TOOK"), Table.Column("VERIFIED"),
            Table.Column("FILE", wraps: true),
        ])
        let seconds = times.seconds(of: rows.map(\.copy.takenAt))
        for row in rows {
            let manifest = row.copy.manifest
            table.rows.append([
                Table.Cell(row.schedule.name, .bold),
                Table.Cell(times.brief(row.copy.takenAt, seconds: seconds)),
                Table.Cell(Self.age(row.copy, session)),
                Table.Cell(Words.bytes(manifest.bytes)),
                Table.Cell(TimeText.duration(.milliseconds(manifest.durationMilliseconds))),
                manifest.isVerified ? Table.Cell("yes", .green) : Table.Cell("no", .yellow),
                Table.Cell(session.shown(row.path)),
            ])
        }
        return table
    }

    private static func age(_ copy: BackupListing.Copy, _ session: Session) -> String {
        TimeText.duration(.seconds(max(0, session.now.seconds - copy.takenAt.seconds)))
    }

    private static func listing(_ rows: [Row], _ times: TimeText) -> Listing {
        Listing(
            [
                "schedule", "path", "taken_at", "bytes", "sha256", "duration_ms", "verified",
                "kind",
            ],
            items: rows.map { row in
                let manifest = row.copy.manifest
                return [
                    .string(row.schedule.name),
                    .string(row.path),
                    times.json(row.copy.takenAt),
                    .int(manifest.bytes),
                    .string(manifest.sha256),
                    .int(manifest.durationMilliseconds),
                    .bool(manifest.isVerified),
                    .string(manifest.kind.rawValue),
                ]
            }
        )
    }
}

extension BackupSchedule {
    /// A copy's file.
    func path(of copy: BackupListing.Copy) -> String {
        (options.destination == "/" ? "" : options.destination) + "/" + copy.name.text
    }
}
