import DownbeatCore
import Support

/// A random expression of the whole grammar, with a policy, a zone and an instant worth asking about.
struct DrawnRule {
    var expression: String
    var daylight: DaylightPolicy
    var zone: ZoneRules
    var from: Timestamp

    /// How far a drawn instant is from a change of the zone at most, in seconds.
    private static let aroundChange = 40 * 3600

    /// Zones of every kind: halves and quarters of hours, changes at midnight, changes of two hours
    /// and half an hour, days left out, rules before and after UTC.
    static let zoneNames = [
        "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe",
        "America/Sao_Paulo", "Asia/Beirut", "Africa/Casablanca", "Pacific/Apia",
        "Antarctica/Troll", "America/St_Johns", "Asia/Tehran", "Europe/Dublin", "Asia/Gaza",
        "Pacific/Kwajalein", "America/Caracas", "Asia/Kathmandu", "America/Nuuk", "UTC",
        "Africa/Cairo", "America/Havana", "Antarctica/Casey", "Pacific/Chatham", "Asia/Hong_Kong",
        "Asia/Tokyo", "Asia/Seoul", "Asia/Pyongyang", "Asia/Kolkata", "Asia/Karachi",
        "Asia/Dhaka", "Asia/Manila", "Asia/Singapore", "Asia/Jakarta", "Asia/Yangon",
        "Asia/Tbilisi", "Asia/Yerevan", "Asia/Baku", "Asia/Almaty", "Asia/Amman",
        "Asia/Damascus", "Asia/Jerusalem", "Asia/Riyadh", "Asia/Dubai", "Asia/Ulaanbaatar",
        "Asia/Vladivostok", "Europe/London", "Europe/Paris", "Europe/Madrid", "Europe/Lisbon",
        "Europe/Moscow", "Europe/Istanbul", "Europe/Kyiv", "Europe/Chisinau", "Europe/Volgograd",
        "Atlantic/Azores", "Atlantic/Reykjavik", "Africa/Johannesburg", "Africa/Lagos",
        "Africa/Nairobi", "Africa/Windhoek", "Africa/El_Aaiun", "Africa/Monrovia",
        "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix",
        "America/Anchorage", "America/Adak", "America/Halifax", "America/Toronto",
        "America/Mexico_City", "America/Bogota", "America/Lima", "America/La_Paz",
        "America/Santiago", "America/Asuncion", "America/Montevideo", "America/Scoresbysund",
        "America/Miquelon", "Australia/Sydney", "Australia/Adelaide", "Australia/Perth",
        "Australia/Eucla", "Pacific/Auckland", "Pacific/Fiji", "Pacific/Honolulu",
        "Pacific/Kiritimati", "Pacific/Marquesas", "Pacific/Norfolk", "Pacific/Easter",
        "Pacific/Tongatapu",
    ]

    init(_ random: inout SeededGenerator) throws {
        zone = try Self.zones.zone(Self.zoneNames.drawn(&random))
        from = Self.instant(in: zone, &random)
        let year = zone.civilTime(at: from).date.year
        expression = Self.expression(around: year, &random)
        daylight = DaylightPolicy()
        if Int.random(in: 0..<3, using: &random) == 0 {
            daylight.gap = DaylightPolicy.Gap.allCases.drawn(&random)
            daylight.overlap = DaylightPolicy.Overlap.allCases.drawn(&random)
        }
    }

    func rule() throws -> Rule { try rule(expression) }

    func rule(_ expression: String) throws -> Rule {
        Rule(trigger: .cron([try Crontab(expression)]), zone: zone, daylight: daylight)
    }

    private static let zones = ZoneCache()

    static func instant(in zone: ZoneRules, _ random: inout SeededGenerator) -> Timestamp {
        // From 1975 to 2200.
        let start = Int64.random(in: 157_766_400..<7_258_118_400, using: &random)
        let drawn = Timestamp(microseconds: start * 1_000_000 + .random(in: 0..<3, using: &random))
        let changes = zone.changes(after: drawn, upTo: .distantFuture, limit: 1)
        guard let change = changes.first, Int.random(in: 0..<5, using: &random) > 0 else {
            return drawn
        }
        // Seconds right at the change are drawn often: off by one hides there.
        if Int.random(in: 0..<4, using: &random) == 0 {
            return change.at + .seconds(Int64.random(in: -1...1, using: &random))
        }
        return change.at
            + .seconds(Int64.random(in: Int64(-aroundChange)..<Int64(aroundChange), using: &random))
    }

    static func expression(around year: Int, _ random: inout SeededGenerator) -> String {
        let second = [
            "0", "0", "30", "*/20", "15,45", "*", "50-59/3",
            "\(Int.random(in: 0..<60, using: &random))",
        ]
        let minute = [
            "*", "*/15", "0", "30", "0,30", "5-20/5", "\(Int.random(in: 0..<60, using: &random))",
            "*/7", "0-59/20", "59", "*/20,7",
        ]
        let hour = [
            "*", "*/2", "2", "1-3", "0", "23", "0,12", "\(Int.random(in: 0..<24, using: &random))",
            "0-6/2", "2,3", "*/12", "00-01",
        ]
        let monthDay = [
            "*", "*", "*", "?", "1", "*/2", "15,31", "1-7", "29", "*,5", "L", "1,l", "LW", "30W",
            "\(Int.random(in: 1...31, using: &random))W", "13,L",
        ]
        let month = ["*", "*", "*", "*", "3,10", "*/2", "4-11", "FEB"]
        let weekday = [
            "*", "*", "*", "?", "0", "7", "1-5", "fri-sun", "*/2", "MON", "sat", "+1-5", "+sun",
            "5#2", "mon#5", "7#1", "6L", "friL", "0#L,3#2", "2,5#1", "+1,5L",
        ]
        var fields = [minute, hour, monthDay, month, weekday].map { $0.drawn(&random) }
        let length = Int.random(in: 0..<6, using: &random)
        if length < 3 { fields.insert(second.drawn(&random), at: 0) }
        if length == 0 {
            let years = ["*", "\(year)", "\(year)-\(year + 4)/2", "\(year + 1),\(year + 3)", "*/2"]
            fields.append(year < 2190 ? years.drawn(&random) : "*")
        }
        return fields.joined(separator: " ")
    }
}

/// Zones by name, each read once.
private final class ZoneCache: Sendable {
    private let zones: [String: ZoneRules]

    init() {
        var zones: [String: ZoneRules] = [:]
        for name in DrawnRule.zoneNames {
            // A zone that this machine lacks is missed by `zone(_:)`.
            zones[name] = try? ZoneFiles().zone(named: name)
        }
        self.zones = zones
    }

    func zone(_ name: String) throws(ZoneError) -> ZoneRules {
        guard let zone = zones[name] else { throw .unknown(name: name) }
        return zone
    }
}

extension Array {
    /// One of them.
    func drawn(_ random: inout SeededGenerator) -> Element {
        self[Int.random(in: 0..<count, using: &random)]
    }
}
