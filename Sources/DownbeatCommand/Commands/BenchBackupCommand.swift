import ArgumentParser
import DownbeatCore

/// `downbeat bench backup`: the copying phase of a backup beside `cp` and `sync`.
struct BenchBackupCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Measure the copying phase of a database's backup under a busy writer.",
        discussion: """
            EXAMPLES:
              downbeat bench backup
              downbeat bench backup --megabytes 1000 --json

            It makes a database in a temporary folder of the working directory, has another process \
            commit 1,000 rows a second to it, and copies it in turn by a backup and by cp and sync.
            """
    )

    private static let megabytesMax = 100_000
    private static let roundsMax = 100

    @Option(help: "Size of the database.")
    var megabytes = 200

    @Option(help: "Copies of each kind.")
    var rounds = 5

    /// Makes this the writer of a measurement, which starts it.
    @Option(help: .hidden)
    var writer: String?

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        if let writer {
            try session.with(nil) { () throws(StoreError) in
                try session.operations.writeForBench(writer)
            }
            return ExitStatus.success.rawValue
        }
        guard (1...Self.megabytesMax).contains(megabytes), (1...Self.roundsMax).contains(rounds)
        else {
            throw CommandError(
                .usage,
                "--megabytes or --rounds is out of range",
                remedy: "use up to \(Self.megabytesMax) megabytes and \(Self.roundsMax) rounds"
            )
        }
        session.say("measuring \(rounds) copies of \(megabytes) MB")
        let options = BackupBenchOptions(bytes: Int64(megabytes) * 1_000_000, rounds: rounds)
        let figures = try session.with(nil) { () throws(StoreError) in
            try session.operations.measureBackup(options)
        }
        session.emit(Self.listing(figures)) { write(figures, session) }
        return (figures.areGood ? ExitStatus.success : .failure).rawValue
    }

    private func write(_ figures: BackupBenchFigures, _ session: Session) {
        var table = Table([
            Table.Column("MILLISECONDS"), Table.Column("COPY"), Table.Column("COMMIT P99"),
        ])
        let rows = [
            ("backup, copying phase", figures.copy, figures.commitDuringCopy),
            ("cp and sync", figures.plainCopy, figures.commitDuringPlainCopy),
        ]
        table.rows = rows.map { name, copy, commit in
            [Table.Cell(name)] + [copy, commit].map { Table.Cell(Self.text($0)) }
        }
        table.rows.append([
            Table.Cell("writer alone"), Table.Cell(""),
            Table.Cell(Self.text(figures.commitAlone)),
        ])
        session.write(table)
        session.line(
            "\(ByteText.short(figures.bytes)), \(Int(figures.rowsPerSecond)) rows/s, "
                + "copies \(figures.areGood ? "good" : "BAD"), load \(Self.text(figures.load))"
        )
    }

    private static func text(_ number: Double) -> String {
        JSONValue.double((number * 100).rounded() / 100).plain
    }

    private static func listing(_ figures: BackupBenchFigures) -> Listing {
        Listing(
            [
                "bytes", "copy_ms", "held_ms", "cp_sync_ms", "commit_p99_ms",
                "cp_sync_commit_p99_ms", "alone_commit_p99_ms", "rows_per_second", "good", "load",
            ],
            items: [
                [
                    .int(figures.bytes), .double(figures.copy), .double(figures.held),
                    .double(figures.plainCopy), .double(figures.commitDuringCopy),
                    .double(figures.commitDuringPlainCopy), .double(figures.commitAlone),
                    .double(figures.rowsPerSecond), .bool(figures.areGood), .double(figures.load),
                ]
            ]
        )
    }
}
