import ArgumentParser
import DownbeatCore

/// `downbeat bench log`: how fast log lines are counted.
struct BenchLogCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Measure how fast log lines are counted, beside mawk.",
        discussion: """
            EXAMPLES:
              downbeat bench log
              downbeat bench log --megabytes 500 --json

            It writes a log in the combined format to a temporary folder, counts it once with every \
            field and once with the status alone, has mawk count the status, and removes it.
            """
    )

    private static let megabytesMax = 10_000

    @Option(help: "Size of the log.")
    var megabytes = 200

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        guard (1...Self.megabytesMax).contains(megabytes) else {
            throw CommandError(
                .usage,
                "--megabytes is out of range",
                remedy: "use 1 to \(Self.megabytesMax)"
            )
        }
        session.say("writing and counting \(megabytes) MB")
        let bytes = megabytes * 1_000_000
        let figures = try session.with(nil) { () throws(StoreError) in
            try session.operations.measureLogs(bytes: bytes)
        }
        session.emit(Self.listing(figures)) { write(figures, session) }
        return ExitStatus.success.rawValue
    }

    private func write(_ figures: LogBenchFigures, _ session: Session) {
        var table = Table([Table.Column("COUNTED"), Table.Column("MB/S")])
        table.rows = [
            ("every field", Self.rounded(figures.allFields)),
            ("status", Self.rounded(figures.status)),
            ("status by mawk", figures.mawk.map(Self.rounded) ?? "not installed"),
        ].map { [Table.Cell($0), Table.Cell($1)] }
        session.write(table)
        let load = LoadAverage.read().map { "\($0)" } ?? "unknown"
        session.line("\(figures.lines) lines, \(figures.bytes) bytes   load \(load)")
    }

    private static func rounded(_ rate: Double) -> String { "\(Int(rate.rounded()))" }

    private static func listing(_ figures: LogBenchFigures) -> Listing {
        Listing(
            [
                "bytes", "lines", "all_mb_per_s", "status_mb_per_s", "mawk_status_mb_per_s",
                "status_to_mawk", "note", "load",
            ],
            items: [
                [
                    .int(figures.bytes), .int(figures.lines), .double(figures.allFields),
                    .double(figures.status), figures.mawk.map(JSONValue.double) ?? .null,
                    figures.mawk.map { .double(figures.status / $0) } ?? .null,
                    figures.mawk == nil ? .string("mawk is not installed") : .null,
                    LoadAverage.read().map(JSONValue.double) ?? .null,
                ]
            ]
        )
    }
}
