import DownbeatCore
import Support
import Testing

/// Years of slots through the simulator, against an oracle that goes through each schedule's slots by
/// itself (row C1 of the failure model).
@Suite("Simulated years")
struct SimulatedYearsTests {
    @Test func `a year of fifty schedules is the oracle's`() throws {
        try Self.compare(schedules: 50, zones: 50, years: 1, repeats: 2)
    }

    @Test(.enabled(if: TestLength.isLong))
    func `ten years of a thousand schedules in six hundred zones are the oracle's`() throws {
        try Self.compare(schedules: 1000, zones: 600, years: 10, repeats: 3)
    }

    private static func compare(schedules: Int, zones: Int, years: Int, repeats: Int) throws {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        let zones = try ZoneFiles.all(limit: zones)
        var durations = SimulatedDurations()
        let all = try (0..<schedules).map { number in
            let schedule = try drawn(number, zones[number % zones.count], &random)
            // What waits must not pile up over years.
            let most = schedule.overlap == .queueAll ? 1800 : 7200
            let seconds = [0, 30, 1800, 7200].randomElement(using: &random) ?? 0
            durations.known[schedule.name] = .fixed(.seconds(min(seconds, most)))
            return schedule
        }
        let to = Timeline.start + .seconds(86_400 * (365 * years + (years + 1) / 4))
        var traces: Set<String> = []
        for round in 0..<repeats {
            var simulation = Simulation(
                all,
                Simulation.Options(
                    from: Timeline.start,
                    to: to,
                    queues: ["default": 2 * schedules],
                    durations: durations,
                    seed: seed
                )
            )
            var oracles = Dictionary(
                uniqueKeysWithValues: all.map {
                    ($0.name, YearsOracle($0, durations.typical(of: $0.name), Timeline.start))
                }
            )
            var differences: [String] = []
            let isFirst = round == 0
            let report = try simulation.run { decision in
                guard isFirst, let place = oracles.index(forKey: decision.schedule) else { return }
                if !oracles.values[place].agrees(decision.item) {
                    differences.append("\(decision)")
                }
            }
            traces.insert(report.trace)
            guard isFirst else { continue }
            #expect(differences.isEmpty, "seed \(seed): \(differences.prefix(3))")
            // A queue of its own may be late: runs of two hours, each hour.
            let queuing = all.filter { [.queue, .queueAll].contains($0.overlap) }.map(\.name)
            let late = report.lines.filter { $0.late > 0 && !queuing.contains($0.name) }
            #expect(late.isEmpty, "seed \(seed): \(late)")
            for oracle in oracles.values { #expect(oracle.isDone(at: to), "seed \(seed)") }
            #expect(report.slots > 300 * schedules * years, "seed \(seed)")
        }
        #expect(traces.count == 1, "seed \(seed)")
    }

    private static func drawn(
        _ number: Int,
        _ zone: ZoneRules,
        _ random: inout SeededGenerator
    ) throws -> Schedule {
        let minute = Int.random(in: 0..<60, using: &random)
        let hour = Int.random(in: 0..<24, using: &random)
        let texts = [
            "\(minute) \(hour) * * *", "\(minute) \(hour) * * 1-5", "\(minute) \(hour) L * *",
            "0 \(hour) * * 1#2", "30 1,2 * * *", "\(minute) */6 * * *", "0 0 1 */3 *",
        ]
        let times = [try TimeOfDay("00:00"), TimeOfDay(secondOfDay: 60 * (60 * hour + minute))]
        let periods = [3600, 21_600, 43_200, 86_400, 100_000]
        let trigger: Trigger =
            switch number % 4 {
            case 0: .daily(times: times, days: .everyDay)
            case 1:
                .every(
                    Interval(period: .seconds(periods.randomElement(using: &random) ?? 3600))
                )
            default: .cron([try Crontab(texts.randomElement(using: &random) ?? "0 0 * * *")])
            }
        return .fixture(
            trigger,
            named: "s\(number)",
            zone: zone,
            overlap: OverlapPolicy.allCases.randomElement(using: &random) ?? .skip,
            catchUp: CatchUp(policy: .skip)
        )
    }
}

/// One schedule with as many workers as it likes, slot by slot.
private struct YearsOracle {
    private let rule: Rule
    private let overlap: OverlapPolicy
    private let duration: Duration
    private var slot: Timestamp?
    /// When the runs that have fired are done.
    private var ends: [Timestamp] = []

    init(_ schedule: Schedule, _ duration: Duration, _ start: Timestamp) {
        rule = schedule.rule
        overlap = schedule.overlap
        self.duration = duration
        slot = rule.next(after: start - .microseconds(1))
    }

    /// Whether an item is what comes next.
    mutating func agrees(_ item: SlotPlan.Item) -> Bool {
        if item == .replaceActive { return overlap == .replace }
        guard let now = slot else { return false }
        slot = rule.next(after: now)
        ends.removeAll { $0 <= now }
        let isInTheWay =
            switch overlap {
            case .skip: !ends.isEmpty
            case .queue: ends.count > 1
            case .queueAll, .replace, .allow: false
            }
        switch item {
        case .skip(now, .overlap, _): return isInTheWay
        case .fire(now, now):
            switch overlap {
            case .skip, .allow: ends.append(now + duration)
            case .replace: ends = [now + duration]
            case .queue, .queueAll: ends.append(max(now, ends.last ?? now) + duration)
            }
            return !isInTheWay
        default: return false
        }
    }

    /// Whether all slots before an instant have been seen.
    func isDone(at end: Timestamp) -> Bool { slot.map { $0 >= end } ?? true }
}

extension ZoneFiles {
    /// Zones of this machine in the order of their names.
    fileprivate static func all(limit: Int) throws -> [ZoneRules] {
        let text = String(decoding: bytes(of: "tzdata.zi") ?? [], as: UTF8.self)
        let names = text.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard words.count > 2 else { return nil }
            return words[0] == "Z" ? String(words[1]) : words[0] == "L" ? String(words[2]) : nil
        }
        let sorted = Set(names).filter(ZoneName.isAcceptable).sorted()
        let step = max(1, sorted.count / limit)
        return try stride(from: 0, to: sorted.count, by: step).prefix(limit).compactMap { index in
            // A name of the rules that this machine has no file for.
            guard bytes(of: sorted[index]) != nil else { return nil }
            return try ZoneFiles().zone(named: sorted[index])
        }
    }
}
