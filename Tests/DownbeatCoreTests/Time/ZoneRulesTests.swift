import DownbeatCore
import Support
import Testing

@Suite("ZoneRules")
struct ZoneRulesTests {
    struct Offset: CustomTestStringConvertible, Sendable {
        var zone: String
        var instant: String
        var offset: Int
        var testDescription: String { "\(zone) at \(instant)" }
    }

    static let offsets = [
        Offset(zone: "Asia/Shanghai", instant: "2026-11-23T00:00:00Z", offset: 28_800),
        Offset(zone: "Asia/Shanghai", instant: "1988-07-01T00:00:00Z", offset: 32_400),
        Offset(zone: "America/New_York", instant: "2027-03-14T06:59:59Z", offset: -18_000),
        Offset(zone: "America/New_York", instant: "2027-03-14T07:00:00Z", offset: -14_400),
        Offset(zone: "America/New_York", instant: "2199-07-01T00:00:00Z", offset: -14_400),
        Offset(zone: "America/New_York", instant: "2599-07-01T00:00:00Z", offset: -14_400),
        Offset(zone: "America/New_York", instant: "9999-12-31T00:00:00Z", offset: -18_000),
        Offset(zone: "Europe/Dublin", instant: "2150-01-10T00:00:00Z", offset: 0),
        Offset(zone: "Europe/Dublin", instant: "2150-07-10T00:00:00Z", offset: 3600),
        Offset(zone: "Australia/Lord_Howe", instant: "2120-01-10T00:00:00Z", offset: 39_600),
        Offset(zone: "Australia/Lord_Howe", instant: "2120-07-10T00:00:00Z", offset: 37_800),
        Offset(zone: "America/Nuuk", instant: "2100-03-28T00:59:59Z", offset: -7200),
        Offset(zone: "America/Nuuk", instant: "2100-03-28T01:00:00Z", offset: -3600),
        Offset(zone: "Pacific/Apia", instant: "2011-12-30T09:59:59Z", offset: -36_000),
        Offset(zone: "Pacific/Apia", instant: "2011-12-30T10:00:00Z", offset: 50_400),
        Offset(zone: "UTC", instant: "1500-01-01T00:00:00Z", offset: 0),
    ]

    @Test(arguments: offsets)
    func `an offset is the one of the zone data or of its rule for later years`(row: Offset) throws
    {
        let zone = try ZoneFiles().zone(named: row.zone)
        #expect(zone.offset(at: try InstantText.parse(row.instant)) == row.offset)
    }

    struct Footer: CustomTestStringConvertible, Sendable {
        var text: String
        var instant: String
        var offset: Int
        var testDescription: String { "\(text) at \(instant)" }
    }

    static let footers = [
        Footer(text: "XXX-3", instant: "2100-01-01T00:00:00Z", offset: 0),
        // Day 60 of J is March 1 in every year; of n it is February 29 or March 1 counted from 0.
        Footer(text: "AAA0BBB,J60/0,J61/0", instant: "2096-02-29T23:59:59Z", offset: 0),
        Footer(text: "AAA0BBB,J60/0,J61/0", instant: "2096-03-01T00:00:00Z", offset: 3600),
        Footer(text: "AAA0BBB,59/0,60/0", instant: "2096-02-29T00:00:00Z", offset: 3600),
        Footer(text: "AAA0BBB,59/0,60/0", instant: "2097-03-01T00:00:00Z", offset: 3600),
        // Negative daylight saving, a time beyond the day, a time before it.
        Footer(text: "IST-1GMT0,M10.5.0,M3.5.0/1", instant: "2100-01-01T00:00:00Z", offset: 0),
        Footer(text: "IST-1GMT0,M10.5.0,M3.5.0/1", instant: "2100-07-01T00:00:00Z", offset: 3600),
        Footer(
            text: "EET-2EEST,M3.4.4/50,M10.4.4/50",
            instant: "2099-03-28T00:00:00Z",
            offset: 10_800
        ),
        Footer(
            text: "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
            instant: "2100-03-28T01:00:00Z",
            offset: -3600
        ),
        // Daylight saving all year (RFC 9636, section 3.3.1).
        Footer(text: "XXX3EDT4,0/0,J365/23", instant: "2100-01-01T03:00:00Z", offset: -14_400),
        Footer(text: "XXX3EDT4,0/0,J365/23", instant: "2100-12-31T23:59:59Z", offset: -14_400),
    ]

    @Test(arguments: footers)
    func `a footer rules the time after the last transition`(row: Footer) throws {
        let zone = try ZoneRules(name: "Test/Zone", tzif: Self.file(footer: row.text))
        #expect(zone.offset(at: try InstantText.parse(row.instant)) == row.offset)
    }

    @Test(arguments: [
        "", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.1.0,M11.1.0", "EST5EDT,J0,J2",
        "EST5EDT,M3.2.0/168,M11.1.0", "EST25", "<EST5", "EST5EDT,M3.2.0,M11.1.0x",
    ])
    func `a footer that is no rule is malformed, and an empty one is none`(text: String) throws {
        guard !text.isEmpty else {
            _ = try ZoneRules(name: "Test/Zone", tzif: Self.file(footer: text))
            return
        }
        #expect(throws: ZoneError.self) {
            try ZoneRules(name: "Test/Zone", tzif: Self.file(footer: text))
        }
    }

    @Test func `damaged bytes are an error or rules, never a trap`() throws {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        let originals = try ["America/New_York", "Asia/Gaza", "UTC"].map { name in
            try #require(ZoneFiles.bytes(of: name))
        }
        var decoded = 0
        for round in 0..<(TestLength.isLong ? 20_000 : 600) {
            var bytes = originals[round % originals.count]
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                // The headers hold the counts, where a change does most.
                let nearHeader = Bool.random(using: &random)
                let end = nearHeader ? min(60, bytes.count) : bytes.count
                bytes[Int.random(in: 0..<end, using: &random)] = .random(
                    in: 0...255,
                    using: &random
                )
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            }
            // An error is one of the two good outcomes.
            guard let zone = try? ZoneRules(name: "Test/Zone", tzif: bytes) else { continue }
            decoded += 1
            for year in [1, 1900, 2026, 2500, 9999] {
                let instant = zone.instant(
                    of: CivilTime(date: CivilDate(year: year, month: 3, day: 10), secondOfDay: 9000)
                )
                #expect(abs(zone.offset(at: instant)) <= 26 * 3600, "seed \(seed)")
            }
            let rule = Rule(trigger: .cron([try Crontab("30 2 * * *")]), zone: zone)
            let found = rule.fireTimes(
                after: Timestamp(seconds: 1_800_000_000),
                upTo: .distantFuture,
                limit: 20
            )
            #expect(zip(found, found.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed)")
        }
        #expect(decoded > 0)
    }

    @Test func `a wall time has one instant, none in a gap, two in an overlap`() throws {
        let zone = try ZoneFiles().zone(named: "America/New_York")
        let wall = { (month: Int, day: Int, hour: Int) in
            CivilTime(
                date: CivilDate(year: 2027, month: month, day: day),
                secondOfDay: hour * 3600 + 1800
            ).wall
        }
        let march = Int(try InstantText.parse("2027-03-14T03:00:00-04:00").seconds)
        let november = Int(try InstantText.parse("2027-11-07T01:30:00-04:00").seconds)
        #expect(zone.resolve(wall: wall(3, 14, 2)) == .gap(end: march, width: 3600))
        #expect(zone.resolve(wall: wall(3, 14, 3)) == .unique(march + 1800))
        #expect(
            zone.resolve(wall: wall(11, 7, 1)) == .overlap(first: november, second: november + 3600)
        )
        let apia = try ZoneFiles().zone(named: "Pacific/Apia")
        let skipped = CivilTime(
            date: CivilDate(year: 2011, month: 12, day: 30),
            secondOfDay: 43_200
        )
        let dateLine = Int(try InstantText.parse("2011-12-30T10:00:00Z").seconds)
        #expect(apia.resolve(wall: skipped.wall) == .gap(end: dateLine, width: 86_400))
    }

    @Test(arguments: [
        ("CST", "CST: Asia/Shanghai? America/Chicago?"),
        ("EST", "EST: America/New_York? America/Panama?"),
        ("EST5EDT", "EST5EDT: America/New_York?"),
        ("asia/shanghai", "asia/shanghai: Asia/Shanghai?"),
        ("New York", "New York: America/New_York?"),
        ("Asia/Shangai", "Asia/Shangai: Asia/Shanghai?"),
    ])
    func `an unknown name gets candidates`(name: String, remedy: String) {
        let names = ["Asia/Shanghai", "America/New_York", "UTC"]
        #expect(ZoneError.unknown(name: name).remedy(among: names) == remedy)
    }

    @Test func `only UTC and names of areas are acceptable`() {
        let good = ["UTC", "Etc/GMT+8", "Asia/Shanghai", "America/Argentina/Buenos_Aires"]
        let bad = [
            "", "CST", "EST", "CET", "GMT", "Local", "localtime", "Factory", "posix/Asia/Shanghai",
            "right/UTC", "../etc/passwd", "Asia/../UTC", "/Asia/Shanghai", "Asia/", "Asia//Tokyo",
            "Asia/Shanghai\0", "亚洲/上海",
        ]
        #expect(good.allSatisfy(ZoneName.isAcceptable))
        #expect(!bad.contains(where: ZoneName.isAcceptable))
    }

    /// A version 2 file with one offset of 0, no transition, and a footer.
    private static func file(footer: String) -> [UInt8] {
        let header: (UInt8) -> [UInt8] = { typeCount in
            Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15 + 16)
                + [0, 0, 0, typeCount, 0, 0, 0, typeCount]
        }
        let block: [UInt8] = [0, 0, 0, 0, 0, 0, 0]
        return header(1) + block + header(1) + block + Array("\n\(footer)\n".utf8)
    }
}
