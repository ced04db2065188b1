import ArgumentParser
import DownbeatCore

/// `downbeat backup verify`.
struct BackupVerifyCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every copy: SHA-256, unpacking, and what is inside.",
        discussion: """
            EXAMPLES:
              downbeat backup verify
              downbeat backup verify nightly-backup
              downbeat backup verify --json

            A database is unpacked into TMPDIR (default /var/tmp), which needs space for it.
            Exit status: 0 all copies are good, 1 one is bad or a schedule has none, 66 there is none.
            """
    )

    /// Where databases are unpacked when TMPDIR names no place: on a disk, where /tmp may be memory.
    private static let standardScratch = "/var/tmp"

    @Argument(
        help: "Name of a schedule (default: all that make backups).",
        completion: ValueCompletion.schedules.kind
    )
    var name: String?

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let schedules = try BackupSchedules(session)
        let picked = try schedules.picked(name)
        let report = VerifyReport(session, times: try session.times(schedules.settings))
        for schedule in picked { try verify(schedule, report, session, isOnly: picked.count == 1) }
        guard report.hasChecked else {
            throw CommandError(
                .missing,
                "there are no backups to verify",
                place: Set(picked.map(\.options.destination)).sorted().joined(separator: ", "),
                remedy: "make one: "
                    + (try RunNow.command(picked[0].name, session, schedules.settings))
            )
        }
        report.finish()
        return (report.bad == 0 ? ExitStatus.success : .failure).rawValue
    }

    private func verify(
        _ schedule: BackupSchedule,
        _ report: VerifyReport,
        _ session: Session,
        isOnly: Bool
    ) throws(CommandError) {
        let told = session.context.environment["TMPDIR"]
        let scratch = told.flatMap { $0.isEmpty ? nil : $0 } ?? Self.standardScratch
        report.begin(schedule)
        do throws(BackupError) {
            try session.operations.verifyBackups(
                of: schedule.place,
                scratch: session.absolute(scratch),
                watch: BackupBar("verify", session).watch,
                each: report.take
            )
        } catch {
            guard error.kind == .missing, !isOnly else { throw CommandError(error) }
            report.miss("\(error)")
            return
        }
        report.end()
    }
}

/// What a check of all copies finds, said as it comes.
private final class VerifyReport {
    private let session: Session
    private let times: TimeText
    private var items: [[JSONValue]] = []
    private var schedule: BackupSchedule?
    private var found = 0
    /// Schedules may share a folder, where a file without a manifest may be anybody's.
    private var seen: Set<String> = []
    private(set) var good = 0
    private(set) var bad = 0
    private var missing: [String] = []

    init(_ session: Session, times: TimeText) {
        self.session = session
        self.times = times
    }

    var hasChecked: Bool { !seen.isEmpty }

    func begin(_ schedule: BackupSchedule) {
        self.schedule = schedule
        found = 0
    }

    func take(_ verdict: BackupVerdict) {
        if verdict.manifest != nil { found += 1 }
        guard seen.insert(verdict.path).inserted else { return }
        if verdict.isGood { good += 1 } else { bad += 1 }
        let takenAt = verdict.manifest?.taken
        items.append([
            .string(schedule?.name ?? ""),
            .string(verdict.path),
            times.json(takenAt),
            .number(verdict.manifest?.bytes),
            .bool(verdict.isGood),
            .text(verdict.isGood ? nil : verdict.problems.joined(separator: "; ")),
        ])
        guard session.isTable else { return }
        let word =
            verdict.isGood
            ? Colour.green.paint("ok ", when: session.colour)
            : Colour.red.paint("BAD", when: session.colour)
        var parts = [SafeText.line(session.shown(verdict.path))]
        if let bytes = verdict.manifest?.bytes { parts.append(Words.bytes(bytes)) }
        if let takenAt { parts.append("of \(times.brief(takenAt))") }
        session.write("\(word)  \(parts.joined(separator: "  "))\n")
        for problem in verdict.problems { session.line("     \(problem)") }
    }

    /// A schedule without a single copy is what nobody must find out about too late.
    func end() {
        guard found == 0, let schedule else { return }
        miss("no backup in \(schedule.options.destination)")
    }

    func miss(_ why: String) {
        missing.append("\(schedule?.name ?? ""): \(why)")
    }

    func finish() {
        bad += missing.count
        guard session.isTable else {
            let fields = ["schedule", "path", "taken_at", "bytes", "good", "problem"]
            session.write(Listing(fields, items: items).render(session.format))
            missing.forEach { session.say("error: \($0)") }
            return
        }
        let word = Colour.red.paint("BAD", when: session.colour)
        missing.forEach { session.write("\(word)  \(SafeText.line($0))\n") }
        session.line("\(Words.count(good, "copy", "copies")) good, \(bad) bad")
    }
}
