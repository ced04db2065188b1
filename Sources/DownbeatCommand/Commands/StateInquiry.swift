import DownbeatCore

/// Says which slots came after a copy of Downbeat's own state, and finds out what to do with them.
struct StateInquiry {
    /// As the command line says; nil: a person is asked.
    let choice: SlotsAfterRestore?
    let times: TimeText
    let bar: BackupBar
    let session: Session

    /// Slots listed by schedule; the rest is a number.
    private static let rowsMax = 50

    func decide(_ gap: StateGap) throws(BackupError) -> SlotsAfterRestore {
        bar.clear()
        describe(gap)
        if let choice { return choice }
        // Also with nothing between, so that a script does not work on one day alone.
        guard session.context.inputIsTerminal else {
            throw Self.undecided("nobody can be asked here")
        }
        // Both come to the same.
        guard !gap.slots.isEmpty else { return .replay }
        let errors = session.context.errors
        errors.write(
            "skip: they do not run (again); replay: catch-up decides at the next start\n"
                + "skip or replay? "
        )
        let answer = (session.context.answer() ?? "").lowercased().filter { !$0.isWhitespace }
        let meant = SlotsAfterRestore.allCases.filter {
            !answer.isEmpty && $0.rawValue.hasPrefix(answer)
        }
        guard meant.count == 1, let choice = meant.first else {
            throw Self.undecided("`\(answer)` is neither")
        }
        return choice
    }

    private static func undecided(_ why: String) -> BackupError {
        BackupError(
            .refused,
            "what is to become of these slots?",
            why: "\(why); nothing was changed",
            remedy: "add --after skip (they do not run) or --after replay (catch-up decides)"
        )
    }

    private func describe(_ gap: StateGap) {
        let when = "\(times.absolute(gap.takenAt)) \(times.zone.name)"
        if gap.slots.isEmpty {
            session.say("no slot came after the copy of \(when)")
        } else {
            session.say("slots that came after the copy of \(when):")
            session.say("")
            // A question needs its subject, also when asked to be quiet.
            session.context.errors.write(
                table(gap).render(width: session.width, colour: session.errorColour) + "\n"
            )
        }
        let left = gap.slots.count - Self.rowsMax
        if left > 0 { session.say("and of \(Words.count(left, "schedule")) more") }
        if gap.unfinishedRuns > 0 {
            session.say(
                "\(Words.count(gap.unfinishedRuns, "run")) had not ended in the copy and "
                    + "will go on or be repeated at the next start"
            )
        }
    }

    private func table(_ gap: StateGap) -> Table {
        var table = Table([
            Table.Column("SCHEDULE", cutOrder: 1), Table.Column("SLOTS"), Table.Column("FIRED"),
            Table.Column("FIRST"), Table.Column("LAST"),
        ])
        let shown = gap.slots.prefix(Self.rowsMax)
        let seconds = times.seconds(of: shown.flatMap { [$0.first, $0.last] })
        table.rows = shown.map { slots in
            [
                Table.Cell(slots.schedule, .bold), Table.Cell(Words.grouped(slots.count)),
                Table.Cell(slots.fired.map { Words.grouped($0) } ?? "?"),
                Table.Cell(times.brief(slots.first, seconds: seconds)),
                Table.Cell(times.brief(slots.last, seconds: seconds)),
            ]
        }
        return table
    }
}
