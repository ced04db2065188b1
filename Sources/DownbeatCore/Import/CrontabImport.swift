/// A crontab turned into a schedule file, with what there is to say about it.
///
/// Each line becomes a schedule that runs as cron ran it: its fields unchanged, its command by the
/// shell that cron used, in the home folder, with the variables set above it, side by side with a run
/// that is still going, and never later than its time. A line that cannot be carried over exactly is
/// left out with the reason, and stands in the file as a comment.
package struct CrontabImport: Sendable {
    /// What the import has to know besides the text.
    package struct Surroundings: Sendable {
        package var form: CrontabFile.Form
        /// Where the text came from, for the head of the file.
        package var shown: String
        /// The zone of the lines when they name none.
        package var zone: ZoneRules
        package var zones: any ZoneSource
        /// The home folder of a user; nil: not known here.
        package var home: @Sendable (String) -> String?
        package var now: Timestamp

        package init(
            form: CrontabFile.Form,
            shown: String,
            zone: ZoneRules,
            zones: any ZoneSource,
            home: @escaping @Sendable (String) -> String?,
            now: Timestamp
        ) {
            self.form = form
            self.shown = shown
            self.zone = zone
            self.zones = zones
            self.home = home
            self.now = now
        }
    }

    /// Something to say about the crontab.
    package struct Note: Hashable, Sendable {
        package enum Level: String, Sendable {
            case note
            /// Read it: the line came over and may not mean what was meant.
            case warning = "warn"
            /// The line did not come over.
            case error
        }

        package var level: Level
        /// From 1; nil: about the whole file.
        package var line: Int?
        /// A sentence without a full stop.
        package var text: String
    }

    /// The schedule file.
    package private(set) var text = ""
    /// In order of their lines.
    package private(set) var notes: [Note] = []
    /// Lines for a command.
    package private(set) var lineCount = 0
    /// Those that became schedules.
    package private(set) var importedCount = 0
    /// What the comparison of both readings came to, by line.
    package private(set) var proofs: [(line: Int, proof: CronProof)] = []

    private let surroundings: Surroundings
    private var settings: CronSettings
    private var names = ImportedName()
    private var items: [CrontabFileWriter.Item] = []
    private var saidUser = false
    private var unknownHomes: Set<String> = []

    /// Imports a text.
    package init(_ text: String, _ surroundings: Surroundings) {
        self.surroundings = surroundings
        settings = CronSettings(zone: surroundings.zone)
        let file = CrontabFile(text, form: surroundings.form)
        noteFile(file)
        for index in file.lines.indices { take(index, of: file) }
        notes.sort { ($0.line ?? 0) < ($1.line ?? 0) }
        self.text = CrontabFileWriter(
            shown: surroundings.shown,
            form: surroundings.form,
            zone: surroundings.zone.name,
            items: items,
            lineCount: lineCount,
            importedCount: importedCount
        ).text()
    }

    /// Whether every line came over and fires as before.
    package var isWhole: Bool {
        importedCount == lineCount
            && proofs.allSatisfy { if case .agrees = $0.proof { true } else { false } }
    }

    private mutating func say(_ level: Note.Level, _ line: Int?, _ text: String) {
        notes.append(Note(level: level, line: line, text: text))
    }

    private mutating func noteFile(_ file: CrontabFile) {
        if file.hasByteOrderMark { say(.note, nil, "a byte order mark at the start was removed") }
        if file.hasCarriageReturns {
            say(.note, nil, "line ends of Windows were removed; cron passes them to the commands")
        }
        if file.lacksLastNewline {
            say(
                .warning,
                file.lines.count,
                "the last line has no newline: cron leaves such a line out, here it counts"
            )
        }
    }

    private mutating func take(_ index: Int, of file: CrontabFile) {
        let number = index + 1
        switch file.lines[index] {
        case .blank, .comment: return
        case .setting(let name, let value):
            for (level, text) in settings.set(name, value, surroundings.zones) {
                say(level, number, text)
            }
        case .unreadable(let text):
            lineCount += 1
            refuse(number, text, CronTrap.unreadable(text, surroundings.form))
        case .entry(let entry):
            lineCount += 1
            take(entry, description: CrontabComments.description(above: index, in: file))
        }
    }

    private mutating func refuse(_ line: Int, _ text: String, _ reason: String) {
        say(.error, line, "\(reason); the line is left out")
        items.append(.refused(line: line, text: text, reason: reason))
    }

    private mutating func take(_ entry: CrontabFile.Entry, description: String?) {
        let shown = [entry.schedule, entry.user, entry.command].compactMap(\.self)
            .joined(separator: " ")
        if let reason = CronTrap.reason(entry) ?? settings.refusal {
            return refuse(entry.line, shown, reason)
        }
        let cron = CronTrap.translated(entry.schedule)
        let crontab: Crontab
        do {
            crontab = try Crontab(cron)
        } catch {
            let remedy = error.remedy.map { "; \(Self.lowered($0))" } ?? ""
            return refuse(entry.line, shown, error.message + remedy)
        }
        guard let reading = CronReading(cron) else {
            return refuse(entry.line, shown, "cron itself does not read `\(cron)` so")
        }
        guard !crontab.isNever else {
            let reason = "`\(cron)` never comes, so cron never started it; correct the date"
            return refuse(entry.line, shown, reason)
        }
        let rule = Rule(trigger: .cron([crontab]), zone: settings.zone)
        proofs.append((entry.line, CronProof(reading, rule, now: surroundings.now)))
        for warning in crontab.warnings {
            say(.warning, entry.line, "`\(cron)`: \(warning.message); kept as is")
        }
        for (level, text) in CronTrap.remarks(entry) { say(level, entry.line, text) }
        add(entry, cron, description)
    }

    private static func lowered(_ sentence: String) -> String {
        sentence.prefix(1).lowercased() + sentence.dropFirst()
    }

    private mutating func add(_ entry: CrontabFile.Entry, _ cron: String, _ description: String?) {
        let (flags, raw) = CronTrap.flags(of: entry.command)
        let command = CronCommand(raw)
        if command.input != nil {
            let text =
                "an unescaped `%` is a newline in cron and begins the input: it became `stdin`"
            say(.note, entry.line, text)
        }
        if let input = command.input, input.utf8.count > RunDefinition.inputBytesMax {
            let reason = "its input is longer than \(RunDefinition.inputBytesMax) bytes"
            return refuse(entry.line, entry.command, reason)
        }
        let user = user(of: entry)
        importedCount += 1
        items.append(
            .schedule(
                CrontabFileWriter.Schedule(
                    name: names.next(for: command.text, line: entry.line),
                    line: entry.line,
                    description: description,
                    cron: cron,
                    zone: settings.zone.name == surroundings.zone.name ? nil : settings.zone.name,
                    shell: settings.shell,
                    command: command.text,
                    input: command.input,
                    user: user,
                    folder: folder(of: user, line: entry.line),
                    environment: settings.environment,
                    overlap: flags.contains("s") ? "skip" : nil
                )
            )
        )
    }

    private mutating func user(of entry: CrontabFile.Entry) -> String? {
        guard let field = entry.user else { return nil }
        if !saidUser {
            say(.note, nil, "`user:` needs a daemon that runs as root")
            saidUser = true
        }
        guard let colon = field.firstIndex(where: { $0 == ":" || $0 == "/" }) else { return field }
        say(.warning, entry.line, "the group in `\(field)` is left out: a user has its own groups")
        return String(field[..<colon])
    }

    /// Where cron starts the command: the home folder, or what `HOME` says.
    private mutating func folder(of user: String?, line: Int) -> String? {
        if let home = settings.home { return YAMLText.keepingVariables(home) }
        guard let user else { return CrontabFileWriter.ownHome }
        if let home = surroundings.home(user) { return YAMLText.keepingVariables(home) }
        if unknownHomes.insert(user).inserted {
            let text =
                "user `\(user)` is not known here, so `cwd` is left out; cron starts in its home"
            say(.warning, line, text)
        }
        return nil
    }
}
