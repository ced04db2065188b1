import ArgumentParser
import DownbeatCore

/// `downbeat doctor`: is this machine fit, and what to do if not.
struct DoctorCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check zone data, files, database, disk, programs and what the keeper can use.",
        discussion: """
            EXAMPLES:
              downbeat doctor
              downbeat doctor --json
              downbeat doctor --state /var/lib/downbeat

            Exit status: 0 no failure, 1 at least one.
            """
    )

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let facts = Examination(session: session).facts()
        let failures = facts.filter { $0.level == .failure }.count
        let warnings = facts.filter { $0.level == .warning }.count
        let listing = Listing(
            ["level", "text", "fix"],
            items: facts.map { [.string($0.level.rawValue), .string($0.text), .text($0.remedy)] }
        )
        session.emit(listing) {
            for fact in facts { write(fact, session) }
            session.line("\(Words.count(failures, "failure")), \(Words.count(warnings, "warning"))")
        }
        return (failures == 0 ? ExitStatus.success : .failure).rawValue
    }

    private func write(_ fact: SystemFact, _ session: Session) {
        let (word, colour): (String, Colour) =
            switch fact.level {
            case .ok: ("ok  ", .green)
            case .warning: ("warn", .yellow)
            case .failure: ("FAIL", .red)
            }
        let text = SafeText.line(fact.text)
        session.write(colour.paint(word, when: session.colour) + "  \(text)\n")
        if let remedy = fact.remedy { session.line("      fix: \(remedy)") }
    }
}
