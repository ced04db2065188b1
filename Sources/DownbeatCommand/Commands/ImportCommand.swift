import ArgumentParser
import DownbeatCore

/// `downbeat import`: schedule files from those of other programs.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Turn a crontab into a schedule file.",
        discussion: """
            EXAMPLES:
              crontab -l | downbeat import crontab - > schedules/imported.yaml
              downbeat import crontab /etc/crontab > schedules/system.yaml
            """,
        subcommands: [ImportCrontabCommand.self]
    )
}

/// `downbeat import crontab`.
struct ImportCrontabCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "crontab",
        abstract: "Write the schedule file for a crontab to stdout, and notes to stderr.",
        discussion: """
            EXAMPLES:
              crontab -l | downbeat import crontab - > schedules/imported.yaml
              downbeat import crontab /etc/cron.d/app --from-zone UTC > schedules/app.yaml
              downbeat import crontab --system old-server/crontab

            Files under /etc are read in the system form, with the user in the sixth field; of others \
            the lines decide, and a note says which form was taken. The next 1,000 fire times of each \
            line are computed by cron's reading and by Downbeat's, and compared.

            Exit status: 0 every line came over; 1 some were left out (`@reboot` among them) or fire \
            otherwise, the rest is written all the same; 65 not a crontab; 66 no such file.
            """
    )

    @Argument(
        help: "The crontab; - for standard input (default).",
        completion: .file()
    )
    var file = "-"

    @Flag(help: "The sixth field is the user, as in /etc/crontab.")
    var system = false

    @Flag(help: "There is no user in the lines, as in `crontab -l`.")
    var user = false

    @Option(
        name: .customLong("from-zone"),
        help: "The zone that the old system runs in: the times are those of its clock.",
        completion: ValueCompletion.zones.kind
    )
    var fromZone: String?

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let text = try CrontabText.read(file, session)
        let (form, sentence) = try form(of: text, session)
        let settings = session.configurationIfAny()?.settings
        let zone = try session.zone(
            fromZone ?? session.options.zone ?? settings?.zone ?? ServiceSettings().zone
        )
        let context = session.context
        let imported = CrontabImport(
            text,
            CrontabImport.Surroundings(
                form: form,
                shown: file == "-" ? "standard input" : file,
                zone: zone,
                zones: session.operations.zones,
                home: { context.home($0) },
                now: session.now
            )
        )
        session.write(imported.text)
        session.say("note  \(sentence)")
        say(imported, zone, session)
        return (imported.isWhole ? ExitStatus.success : .failure).rawValue
    }

    private func form(
        of text: String,
        _ session: Session
    ) throws(CommandError) -> (CrontabFile.Form, String) {
        switch (system, user) {
        case (true, true):
            throw CommandError(
                .usage,
                "--system and --user exclude each other",
                remedy: "--system if the sixth field is the user, --user if it begins the command"
            )
        case (true, false): return (.system, "read in the system form, as --system says")
        case (false, true): return (.user, "read as a user's crontab, as --user says")
        case (false, false): break
        }
        let path = file == "-" ? nil : session.absolute(file)
        guard let reading = CrontabFormReading(path: path, shown: file, text: text) else {
            throw CommandError(
                .usage,
                "some lines have a user in the sixth field and some seem to have none",
                place: file == "-" ? "standard input" : file,
                remedy: "say which it is: --system or --user"
            )
        }
        return (reading.form, reading.sentence)
    }

    private func say(_ imported: CrontabImport, _ zone: ZoneRules, _ session: Session) {
        for note in imported.notes {
            let level = DisplayWidth.padded(note.level.rawValue, to: 5)
            let text = level + " " + (note.line.map { "line \($0): " } ?? "") + note.text
            // What did not come over is no talk.
            if note.level == .error {
                session.context.errors.write(SafeText.output(text) + "\n")
            } else {
                session.say(text)
            }
        }
        sayProof(imported, zone, session)
        let count = Words.count(imported.lineCount, "line")
        session.say(
            "imported \(imported.importedCount) of \(count), zone \(zone.name)"
                + shift(zone, session.context)
        )
    }

    private func sayProof(_ imported: CrontabImport, _ zone: ZoneRules, _ session: Session) {
        var agreeing = 0
        for (line, proof) in imported.proofs {
            switch proof {
            case .agrees: agreeing += 1
            case .differs(let number, let cron, let downbeat):
                let one = cron.map { InstantText.format($0, zone: zone) } ?? "none"
                let other = downbeat.map { InstantText.format($0, zone: zone) } ?? "none"
                session.context.errors.write(
                    "error line \(line): fire time \(number) differs: cron \(one), Downbeat \(other)\n"
                )
            }
        }
        guard agreeing > 0 else { return }
        let times = Words.grouped(CronProof.fireTimes)
        let lines = agreeing == 1 ? "1 line agree" : "each of \(agreeing) lines agree"
        session.say(
            "proof: \(times) fire times of \(lines), read as cron (Debian's and cronie's ways with"
                + " daylight saving) and as Downbeat"
        )
    }

    /// What to know when this system's clock is not in the zone of the schedules.
    private func shift(_ zone: ZoneRules, _ context: CommandContext) -> String {
        guard fromZone == nil, let system = context.systemZone, system != zone.name else {
            return ""
        }
        return " (this system says \(system): times were NOT shifted, use --from-zone)"
    }
}
