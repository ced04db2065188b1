import ArgumentParser
import DownbeatCore

/// `downbeat check`: all problems of all files at once; touches nothing.
struct CheckCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validate schedule files; shows every problem with its place and its fix.",
        discussion: """
            EXAMPLES:
              downbeat check
              downbeat check schedules/backup.yaml
              downbeat check --strict --json       warnings fail too

            Exit status: 0 valid, 78 invalid, 66 no such file.
            """
    )

    @Argument(help: "Files or folders (default: --config).")
    var paths: [String] = []

    @Flag(help: "Treat warnings as errors.")
    var strict = false

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let places = paths.isEmpty ? session.configurationPaths : paths.map(session.path)
        let reading = session.operations.readConfiguration(places)
        if let missing = reading.missing { throw session.noSchedules(missing) }
        let errors = reading.diagnostics.filter { $0.severity == .error }.count
        let warnings = reading.diagnostics.count - errors
        let isValid = errors == 0 && !(strict && warnings > 0)
        switch session.format {
        case .table: writeBlocks(session, reading)
        case .plain: writeLines(session, reading)
        case .json, .jsonl: session.write(Self.listing(reading).render(session.format))
        }
        return (isValid ? ExitStatus.success : .configuration).rawValue
    }

    private func writeBlocks(_ session: Session, _ reading: ConfigurationReading) {
        let renderer = DiagnosticRenderer(colouring: session.colour ? .coloured : .plain)
        for diagnostic in reading.diagnostics {
            session.write(renderer.block(diagnostic) + "\n\n")
        }
        let errors = reading.diagnostics.contains { $0.severity == .error }
        writeTranslations(session, reading)
        session.write(
            (errors || (strict && !reading.diagnostics.isEmpty)
                ? renderer.summary(reading.diagnostics, fileCount: reading.files.count)
                : Self.praise(reading)) + "\n"
        )
    }

    /// Translations shown when not all are asked for with `-v`.
    private static let translationsShown = 10

    /// What the texts of other dialects were read as, so that nobody has to trust it.
    private func writeTranslations(_ session: Session, _ reading: ConfigurationReading) {
        let lines = (reading.configuration?.schedules ?? []).flatMap { schedule in
            schedule.translations.map { "\(schedule.name)  \($0.words)" }
        }
        guard !lines.isEmpty, !session.options.isQuiet else { return }
        let shown = session.options.isVerbose ? lines.count : Self.translationsShown
        for line in lines.prefix(shown) { session.line(SafeText.line(line)) }
        if lines.count > shown {
            session.line("and \(lines.count - shown) more (-v)")
        }
        session.line()
    }

    /// One line each, for grep and editors; the summary is talk.
    private func writeLines(_ session: Session, _ reading: ConfigurationReading) {
        let renderer = DiagnosticRenderer()
        for diagnostic in reading.diagnostics {
            session.write(renderer.line(diagnostic) + "\n")
        }
        if reading.diagnostics.contains(where: { $0.severity == .error }) {
            session.say(renderer.summary(reading.diagnostics, fileCount: reading.files.count))
        } else {
            session.line(Self.praise(reading))
        }
    }

    /// `ok  2 files, 1 schedule, 0 warnings`.
    private static func praise(_ reading: ConfigurationReading) -> String {
        let parts = [
            Words.count(reading.files.count, "file"),
            Words.count(reading.scheduleCount, "schedule"),
            Words.count(reading.diagnostics.count, "warning"),
        ]
        return "ok  " + parts.joined(separator: ", ")
    }

    private static func listing(_ reading: ConfigurationReading) -> Listing {
        Listing(
            ["file", "line", "column", "severity", "code", "message", "suggestion"],
            items: reading.diagnostics.map { diagnostic in
                [
                    .string(diagnostic.place.file),
                    .int(Int64(diagnostic.place.line)),
                    .int(Int64(diagnostic.place.column)),
                    .string(diagnostic.severity.rawValue),
                    .string(diagnostic.code),
                    .string(diagnostic.message),
                    .text(diagnostic.suggestion),
                ]
            }
        )
    }
}
