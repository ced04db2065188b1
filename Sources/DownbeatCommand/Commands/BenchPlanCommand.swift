import ArgumentParser
import DownbeatCore
import Foundation

/// `downbeat bench plan`: how the beat's memory grows with the number of schedules.
struct BenchPlanCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Measure the beat's plan of many schedules: building, memory, one tick.",
        discussion: """
            EXAMPLES:
              downbeat bench plan
              downbeat bench plan --schedules 100000 --json

            Schedules are handed to the planner one after the other, as a program would make them; no \
            file and no database has a part in it. The first line, of a plan of 10,000, shows that a tick \
            costs by what is due.
            """
    )

    private static let schedulesMin = 10_000
    private static let schedulesMax = 10_000_000
    /// Of all schedules, so many are due each minute.
    private static let due = 1000
    private static let ticks = 20

    private struct Figures {
        var schedules: Int
        var buildSeconds: Double
        var bytesEach: Double
        var tickMicroseconds: Double
    }

    @Option(help: "Schedules of the larger plan.")
    var schedules = 1_000_000

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        guard (Self.schedulesMin...Self.schedulesMax).contains(schedules) else {
            throw CommandError(
                .usage,
                "--schedules is out of range",
                remedy: "use \(Self.schedulesMin) to \(Self.schedulesMax)"
            )
        }
        let zone = try session.times(nil).zone
        let rules = try Self.rules(zone)
        let figures = [Self.schedulesMin, schedules].map { measure($0, rules, session) }
        let load = LoadAverage.read()
        let listing = Listing(
            ["schedules", "build_s", "bytes_each", "tick_us", "due", "load"],
            items: figures.map {
                [
                    .int(Int64($0.schedules)), .double($0.buildSeconds), .double($0.bytesEach),
                    .double($0.tickMicroseconds), .int(Int64(Self.due)),
                    load.map(JSONValue.double) ?? .null,
                ]
            }
        )
        session.emit(listing) {
            var table = Table([
                Table.Column("SCHEDULES"), Table.Column("BUILT"), Table.Column("EACH"),
                Table.Column("TICK"),
            ])
            table.rows = figures.map {
                [
                    Table.Cell(Words.grouped($0.schedules)),
                    Table.Cell("\(($0.buildSeconds * 100).rounded() / 100) s"),
                    Table.Cell("\(Int($0.bytesEach)) bytes"),
                    Table.Cell("\(Int($0.tickMicroseconds)) µs"),
                ]
            }
            session.write(table)
            session.line("\(Self.due) due at each tick   load \(load.map { "\($0)" } ?? "unknown")")
        }
        return ExitStatus.success.rawValue
    }

    private func measure(_ count: Int, _ rules: [Rule], _ session: Session) -> Figures {
        let start = session.now
        let everyMinute = rules.count - 1
        let definition = RunDefinition(action: .command(["/bin/true"]), revision: "bench")
        let made = (0..<count).lazy.map { number -> (Schedule, ScheduleState) in
            let rule = number < Self.due ? everyMinute : number % everyMinute
            let name = "tenant-\(number)-report"
            return (
                Schedule(
                    name: name,
                    rule: rules[rule],
                    definition: definition,
                    catchUp: CatchUp(policy: .skip)
                ),
                ScheduleState(id: Int64(number), name: name, mark: start, firstSeen: start)
            )
        }
        let memory = Self.residentBytes
        let begin = session.context.clocks.monotonic
        var beat = BeatState(made, count: count, beatStart: start)
        let built = session.context.clocks.monotonic - begin
        let bytes = Self.residentBytes - memory
        let tick = tick(&beat, from: start, session)
        return Figures(
            schedules: count,
            buildSeconds: Double(built.wholeMicroseconds) / 1_000_000,
            bytesEach: Double(bytes) / Double(count),
            tickMicroseconds: tick
        )
    }

    /// The time of one tick without the store: what is due is taken, judged and planned again.
    private func tick(_ beat: inout BeatState, from start: Timestamp, _ session: Session) -> Double
    {
        var now = start
        var took = Duration.zero
        for _ in 0..<Self.ticks {
            guard let wake = beat.nextWake() else { break }
            now = wake
            let begin = session.context.clocks.monotonic
            let due = beat.takeDue(now: now)
            let states = due.map {
                ScheduleState(id: 0, name: $0.name, mark: now, firstSeen: start)
            }
            beat.update(states)
            took += session.context.clocks.monotonic - begin
        }
        return Double(took.wholeMicroseconds) / Double(Self.ticks)
    }

    /// Rules of one day in a month or a year, for each minute, and at the end one that is due each
    /// minute.
    private static func rules(_ zone: ZoneRules) throws(CommandError) -> [Rule] {
        var texts: [String] = []
        for minute in 0..<60 {
            texts += [
                "\(minute) 3 1 1 *", "\(minute) 4 29 2 *", "\(minute) 5 1 */6 *",
                "\(minute) 6 LW 12 *",
            ]
        }
        texts.append("* * * * *")
        var rules: [Rule] = []
        for text in texts {
            rules.append(Rule(trigger: try ExpressionReader.trigger(text), zone: zone))
        }
        return rules
    }

    /// What the process has in memory now.
    private static var residentBytes: Int {
        // Where there is no /proc, the figure is 0.
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
