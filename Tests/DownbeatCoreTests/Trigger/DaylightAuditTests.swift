import DownbeatCore
import Support
import Testing

@Suite("Daylight audit")
struct DaylightAuditTests {
    /// A rule, and what the changes of two years do to it, drawn one line each.
    struct Case: CustomTestStringConvertible {
        var expression: String
        var zone: String
        var daylight = DaylightPolicy()
        var from = "2027-01-01T00:00:00Z"
        var lines: [String]

        var testDescription: String { "\(expression) \(zone) \(daylight)" }
    }

    private static func line(_ finding: DaylightAudit.Finding, _ zone: ZoneRules) -> String {
        func clock(_ time: CivilTime) -> String { TimeOfDay(secondOfDay: time.secondOfDay).text }
        let what =
            "\(InstantText.dateText(finding.first.date)) \(clock(finding.first))"
            + "-\(clock(finding.last)) \(finding.count)"
        switch finding.effect {
        case .skipped(let instant):
            return what + " -> " + (instant.map { clock(zone.civilTime(at: $0)) } ?? "none")
        case .doubled(let passes): return what + " \(passes.rawValue)"
        case .moved(let time): return what + " moves to \(time.text)"
        }
    }

    @Test(arguments: [
        Case(
            expression: "30 2 * * *",
            zone: "America/New_York",
            lines: ["2027-03-14 02:30-02:30 1 -> 03:00"]
        ),
        Case(
            expression: "0,30 1,2 * * *",
            zone: "America/New_York",
            daylight: DaylightPolicy(gap: .shift, overlap: .both),
            lines: ["2027-03-14 02:00-02:30 2 -> 03:00", "2027-11-07 01:00-01:30 2 both"]
        ),
        Case(
            expression: "30 1,2 * * *",
            zone: "America/New_York",
            daylight: DaylightPolicy(gap: .skip, overlap: .second),
            lines: ["2027-03-14 02:30-02:30 1 -> none", "2027-11-07 01:30-01:30 1 second"]
        ),
        Case(expression: "*/15 * * * *", zone: "America/New_York", lines: []),
        Case(
            expression: "0 */2 * * *",
            zone: "America/New_York",
            lines: ["2027-03-14 02:00-02:00 1 -> none"]
        ),
        Case(
            expression: "45 1 * * *",
            zone: "Australia/Lord_Howe",
            lines: ["2027-04-04 01:45-01:45 1 first"]
        ),
        Case(
            expression: "0 12 * * *",
            zone: "Pacific/Apia",
            from: "2011-12-01T00:00:00Z",
            lines: ["2011-12-30 12:00-12:00 1 -> none"]
        ),
        Case(expression: "30 2 * * *", zone: "Asia/Shanghai", lines: []),
    ])
    func `what a change does is said`(_ example: Case) throws {
        let zone = try ZoneFiles().zone(named: example.zone)
        let rule = Rule(
            trigger: .cron([try Crontab(example.expression)]),
            zone: zone,
            daylight: example.daylight
        )
        let from = try InstantText.parse(example.from)
        let audit = DaylightAudit(rule, after: from, upTo: from + .seconds(365 * 86_400))
        #expect(audit.findings.map { Self.line($0, zone) } == example.lines)
    }

    @Test func `every fixed time that a wall does not show once is found, and fires as said`()
        throws
    {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        let from = Timestamp(seconds: 1_767_225_600)
        let upTo = from + .seconds(4 * 365 * 86_400)
        for _ in 0..<(TestLength.isLong ? 2000 : 60) {
            let zone = try ZoneFiles().zone(named: DrawnRule.zoneNames.drawn(&random))
            let second = 300 * Int.random(in: 0..<72, using: &random)
            let rule = Rule(
                trigger: .daily(times: [TimeOfDay(secondOfDay: second)], days: .everyDay),
                zone: zone
            )
            let place: Comment = "seed \(seed): \(zone.name) \(second)"
            let audit = DaylightAudit(rule, after: from, upTo: upTo)
            var expected: [String] = []
            for day in 0..<(4 * 365) {
                let wall = (20_454 + day) * 86_400 + second
                switch zone.resolve(wall: wall) {
                case .unique: continue
                case .gap(let end, _): expected.append("\(wall) \(end)")
                case .overlap: expected.append("\(wall)")
                }
            }
            let found = audit.findings.map { finding in
                let wall = finding.first.wall
                if case .skipped(let instant?) = finding.effect {
                    return "\(wall) \(instant.seconds)"
                }
                return "\(wall)"
            }
            #expect(found == expected, place)
            for finding in audit.findings {
                guard case .skipped(let instant?) = finding.effect else { continue }
                #expect(rule.next(after: instant - .microseconds(1)) == instant, place)
            }
        }
    }

    @Test func `other zone data moves the slots of the stretch where they differ`() throws {
        let berlin = try ZoneFiles().zone(named: "Europe/Berlin")
        let from = try InstantText.parse("2026-11-23T00:00:00Z")
        var planned = ZoneForecast(berlin, version: "2026a", from: from)
        #expect(planned.differences(from: berlin, after: from).isEmpty)
        let rule = Rule(
            trigger: .daily(times: [try TimeOfDay("09:00")], days: .everyDay),
            zone: berlin
        )
        #expect(MovedSlot.list(rule, planned, after: from, limit: 9) == [])
        // As if summer time of 2027 had been planned to begin three days later.
        #expect(planned.changes.count > 4)
        planned.changes[0].at = planned.changes[0].at + .seconds(3 * 86_400)
        let moved = MovedSlot.list(rule, planned, after: from, limit: 9)
        let texts = moved.map { slot in
            [slot.old, slot.new].map { $0.map { InstantText.format($0, zone: .utc) } ?? "none" }
                .joined(separator: " ")
        }
        #expect(
            texts
                == [28, 29, 30].map { "2027-03-\($0)T08:00:00+00:00 2027-03-\($0)T07:00:00+00:00" }
        )
        #expect(MovedSlot.list(rule, planned, after: from, limit: 2).count == 2)
    }
}
