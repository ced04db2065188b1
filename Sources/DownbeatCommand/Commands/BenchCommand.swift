import ArgumentParser
import DownbeatCore

/// `downbeat bench`: figures of this machine.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure fire times, a large plan, the lag of firing, a backup, or logs.",
        discussion: """
            EXAMPLES:
              downbeat bench next
              downbeat bench plan
              downbeat bench lag --schedules 100 --json
              downbeat bench lag --seconds 60
              downbeat bench backup
              downbeat bench log --json
            """,
        subcommands: [
            BenchNextCommand.self, BenchPlanCommand.self, BenchLagCommand.self,
            BenchBackupCommand.self, BenchLogCommand.self,
        ]
    )
}

/// `downbeat bench next`: the time of one `next()`.
struct BenchNextCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Measure how long the next fire time of an expression takes.",
        discussion: """
            EXAMPLES:
              downbeat bench next
              downbeat bench next --json
              downbeat bench next --zone America/New_York
            """
    )

    /// Calls for each expression; enough for a steady figure, well under a second.
    private static let calls = 200_000
    private static let parses = 20_000
    private static let batchRequests = 25_000
    private static let expressions = [
        "* * * * *", "*/5 * * * *", "0 * * * *", "30 2 * * *", "0 9 * * 1-5", "0 0 1 * *",
        "0 0 29 2 *", "0 0 29 2 1", "*/10 * * * * *", "0 9 * * 1#1", "0 18 LW * *",
    ]

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let times = try session.times(nil)
        var rows: [(expression: String, next: Double, parse: Double)] = []
        for expression in Self.expressions {
            let trigger = try ExpressionReader.trigger(expression)
            let rule = Rule(trigger: trigger, zone: times.zone)
            let next = nanoseconds(session, count: Self.calls) { last in
                rule.next(after: last ?? session.now)
            }
            let parse = nanoseconds(session, count: Self.parses) { last in
                // The expression has been read once above; this measures, and its result is unused.
                (try? Crontab(expression)) == nil ? nil : last
            }
            rows.append((expression, next, parse))
        }
        let rate = batchRate(session, zone: times.zone.name)
        let load = LoadAverage.read()
        let listing = Listing(
            ["expression", "zone", "next_ns", "parse_ns", "batch_per_s", "load"],
            items: rows.map {
                [
                    .string($0.expression), .string(times.zone.name), .double($0.next),
                    .double($0.parse), .double(rate), load.map(JSONValue.double) ?? .null,
                ]
            }
        )
        session.emit(listing) {
            var table = Table([
                Table.Column("EXPRESSION"), Table.Column("NEXT"), Table.Column("PARSE"),
            ])
            table.rows = rows.map {
                [
                    Table.Cell($0.expression), Table.Cell("\(Int($0.next)) ns"),
                    Table.Cell("\(Int($0.parse)) ns"),
                ]
            }
            session.write(table)
            session.line("batch \(Words.grouped(Int(rate))) requests of 5 fire times a second")
            session.line("zone \(times.zone.name)   load \(load.map { "\($0)" } ?? "unknown")")
        }
        return ExitStatus.success.rawValue
    }

    /// Requests of five fire times that `next --batch` answers in a second, reading and writing of
    /// files aside.
    private func batchRate(_ session: Session, zone: String) -> Double {
        let lines = Self.expressions.enumerated().map { number, expression in
            Array("{\"id\":\(number),\"expr\":\"\(expression)\",\"tz\":\"\(zone)\"}".utf8)
        }
        let now = session.now
        var batch = NextBatch(zones: session.operations.zones, standardZone: zone) { now }
        var answers: [UInt8] = []
        let begin = session.context.clocks.monotonic
        for number in 0..<Self.batchRequests {
            lines[number % lines.count].withUnsafeBufferPointer {
                _ = batch.answer($0, into: &answers)
            }
            if answers.count > 1 << 16 { answers.removeAll(keepingCapacity: true) }
        }
        let took = session.context.clocks.monotonic - begin
        return Double(Self.batchRequests) * 1_000_000 / Double(max(1, took.wholeMicroseconds))
    }

    /// Nanoseconds of one call, each given the result of the one before.
    private func nanoseconds(
        _ session: Session,
        count: Int,
        _ body: (Timestamp?) -> Timestamp?
    ) -> Double {
        var last: Timestamp?
        let begin = session.context.clocks.monotonic
        for _ in 0..<count { last = body(last) }
        let took = session.context.clocks.monotonic - begin
        return Double(took.wholeMicroseconds) * 1000 / Double(count)
    }
}

/// `downbeat bench lag`: from fire time to durable claim and to exec.
struct BenchLagCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "lag",
        abstract:
            "Measure the time from a slot to its durable claim and to the start of its command.",
        discussion: """
            EXAMPLES:
              downbeat bench lag
              downbeat bench lag --schedules 1000 --seconds 30
              downbeat bench lag --json

            It starts a daemon of its own on a temporary folder, with one-second schedules of \
            /bin/true, and prints the disk's raw fsync and the raw spawn beside its figures.
            """
    )

    private static let schedulesMax = 10_000
    private static let secondsMax = 3600

    @Option(help: "One-second schedules.")
    var schedules = 100

    @Option(help: "Seconds to measure.")
    var seconds = 20

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        guard (1...Self.schedulesMax).contains(schedules), (1...Self.secondsMax).contains(seconds)
        else {
            throw CommandError(
                .usage,
                "--schedules or --seconds is out of range",
                remedy: "use up to \(Self.schedulesMax) schedules and \(Self.secondsMax) seconds"
            )
        }
        session.say("measuring for \(seconds) s")
        let options = LagOptions(schedules: schedules, duration: .seconds(seconds))
        let figures = try session.with(nil) { () throws(StoreError) in
            try session.operations.measureLag(options)
        }
        session.emit(Self.listing(figures)) { write(figures, session) }
        return ExitStatus.success.rawValue
    }

    private func write(_ figures: LagFigures, _ session: Session) {
        var table = Table([
            Table.Column("MILLISECONDS"), Table.Column("P50"), Table.Column("P99"),
            Table.Column("MAX"),
        ])
        let rows = [
            ("slot to durable claim", figures.claim), ("claim to exec", figures.start),
            ("raw fsync", figures.fsync), ("raw spawn", figures.spawn),
        ]
        table.rows = rows.map { name, spread in
            [Table.Cell(name)]
                + [spread.p50, spread.p99, spread.max].map {
                    Table.Cell(JSONValue.double($0).plain)
                }
        }
        session.write(table)
        session.line(
            "\(Words.count(figures.schedules, "schedule")), \(Words.count(figures.runs, "run")), "
                + "load \(JSONValue.double(figures.load).plain)"
        )
    }

    private static func listing(_ figures: LagFigures) -> Listing {
        Listing(
            [
                "schedules", "p50_ms", "p99_ms", "max_ms", "fsync_p50_ms", "fsync_p99_ms", "load",
                "runs", "exec_p50_ms", "exec_p99_ms", "spawn_p50_ms", "spawn_p99_ms",
            ],
            items: [
                [
                    .int(Int64(figures.schedules)), .double(figures.claim.p50),
                    .double(figures.claim.p99), .double(figures.claim.max),
                    .double(figures.fsync.p50), .double(figures.fsync.p99), .double(figures.load),
                    .int(Int64(figures.runs)), .double(figures.start.p50),
                    .double(figures.start.p99), .double(figures.spawn.p50),
                    .double(figures.spawn.p99),
                ]
            ]
        )
    }
}
