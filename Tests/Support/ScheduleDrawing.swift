package import DownbeatCore

/// Draws schedules at random, for comparisons with slow oracles.
package struct ScheduleDrawing {
    private static let zoneNames = [
        "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "UTC",
        "Pacific/Apia", "Africa/Casablanca", "Antarctica/Troll", "America/Havana",
    ]
    private let zones: [ZoneRules]

    package init() throws {
        zones = try Self.zoneNames.map { try ZoneFiles().zone(named: $0) }
    }

    /// A schedule with any rule, policy and bounds but event anchors.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - around: bounds and one-off instants are near this.
    ///   - sparse: leaves out rules that fire more than about every two hours.
    ///   - random: the source of chance.
    /// - Returns: the schedule.
    /// - Throws: never, as the expressions are valid.
    package func schedule(
        _ name: String = "report",
        around: Timestamp,
        sparse: Bool = false,
        _ random: inout SeededGenerator
    ) throws -> Schedule {
        let zone = zones[Int.random(in: 0..<zones.count, using: &random)]
        var bounds: [Timestamp?] = [nil, nil]
        for index in 0..<2 where Int.random(in: 0..<5, using: &random) == 0 {
            bounds[index] = around + .seconds(Int.random(in: -86_400...86_400, using: &random))
        }
        return .fixture(
            try trigger(around, sparse, &random),
            named: name,
            zone: zone,
            from: bounds[0],
            until: bounds[1],
            overlap: OverlapPolicy.allCases.randomElement(using: &random) ?? .skip,
            catchUp: CatchUp(
                policy: CatchUpPolicy.allCases.randomElement(using: &random) ?? .skip,
                within: .seconds([600, 7200, 86_400].randomElement(using: &random) ?? 0),
                limit: [1, 3, 100].randomElement(using: &random) ?? 1,
                lateAfter: .seconds([0, 60, 3600].randomElement(using: &random) ?? 0)
            ),
            expires: [nil, nil, .seconds(1800), .zero].randomElement(using: &random) ?? nil
        )
    }

    private func trigger(
        _ around: Timestamp,
        _ sparse: Bool,
        _ random: inout SeededGenerator
    ) throws -> Trigger {
        let minute = Int.random(in: 0..<60, using: &random)
        let hour = Int.random(in: 0..<24, using: &random)
        let fixed = ["\(minute) \(hour) * * *", "30 2 * * *", "0 \(hour) * * 1-5", "5 1,2 * * *"]
        let often = ["*/7 * * * *", "\(minute) * * * *", "*/15 1-3 * * *", "0 */2 * * *"]
        let texts = sparse ? fixed : fixed + often
        let first = texts.randomElement(using: &random) ?? "* * * * *"
        let second = texts.randomElement(using: &random) ?? "* * * * *"
        let period = Duration.seconds(
            sparse
                ? Int.random(in: 7200..<90_000, using: &random)
                : Int.random(in: 61..<9000, using: &random)
        )
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .cron([try Crontab(first), try Crontab(second)])
        case 1: return .every(Interval(period: period))
        case 2: return .every(Interval(period: period, anchor: .instant(around)))
        case 3: return .once(around + .seconds(Int.random(in: -9000...9000, using: &random)))
        default: return .cron([try Crontab(first)])
        }
    }
}
