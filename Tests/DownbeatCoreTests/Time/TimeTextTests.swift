import DownbeatCore
import Support
import Testing

@Suite("Texts of time")
struct TimeTextTests {
    @Test(arguments: [
        ("10s", "10s"), ("90s", "90s"), ("120s", "2m"), ("90m", "1h30m"), ("1.5h", "1h30m"),
        ("PT3S", "3s"), ("P1DT12H", "36h"), ("1d12h30m", "36h30m"), ("60h", "2d12h"), ("P1W", "1w"),
        ("24h", "1d"), ("14d", "2w"),
        ("1w2d", "9d"), ("0.25s", "250ms"), ("1m0.5s", "60.5s"), ("2m0.5s", "2m0.5s"), ("0s", "0s"),
        ("1500ms", "1.5s"),
    ])
    func `a duration is read and printed in its short form`(text: String, short: String) throws {
        let duration = try DurationText.parse(text)
        #expect(DurationText.format(duration) == short)
        #expect(try DurationText.parse(short) == duration)
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        var text: String
        var code: String
        var offset: Int
        var length: Int
        var remedy: String?
        var testDescription: String { text }
    }

    static let durations = [
        Refusal(
            text: "10",
            code: "E0341",
            offset: 0,
            length: 2,
            remedy: "Add a unit: `10s`, `10m`, `10h` or `10d`"
        ),
        Refusal(text: "10min", code: "E0340", offset: 2, length: 3, remedy: "Write `10m`"),
        Refusal(text: "-5m", code: "E0342", offset: 0, length: 3, remedy: "Leave the `-` out"),
        Refusal(
            text: "30m1h",
            code: "E0340",
            offset: 4,
            length: 1,
            remedy: "Write each unit once, the larger ones first: `1h30m`"
        ),
        Refusal(text: "99999w", code: "E0344", offset: 0, length: 6),
        Refusal(text: "", code: "E0340", offset: 0, length: 0),
    ]

    @Test(arguments: durations)
    func `a duration that is none is refused with the fix`(row: Refusal) {
        let error = #expect(throws: TextError.self) { try DurationText.parse(row.text) }
        Self.expect(error, row)
    }

    @Test func `the question of a bare number names both readings`() {
        let error = #expect(throws: TextError.self) { try DurationText.parse("10") }
        #expect(error?.message == "10 what? 10s or 10m")
    }

    static let times = [
        Refusal(
            text: "24:00",
            code: "E0331",
            offset: 0,
            length: 5,
            remedy: "Write `00:00`, which is the start of the day; name the next day if needed"
        ),
        Refusal(
            text: "02:60",
            code: "E0330",
            offset: 3,
            length: 2,
            remedy: "Write a time from `00:00` to `23:59`"
        ),
        Refusal(text: "2pm", code: "E0330", offset: 0, length: 3, remedy: "Write `14:00`"),
        Refusal(text: "0230", code: "E0330", offset: 0, length: 4, remedy: "Write `02:30`"),
    ]

    @Test(arguments: times)
    func `a time of day that is none is refused with the fix`(row: Refusal) {
        let error = #expect(throws: TextError.self) { try TimeOfDay(row.text) }
        Self.expect(error, row)
    }

    @Test(arguments: [("2:30", "02:30"), ("02:30:15", "02:30:15"), ("00:00", "00:00")])
    func `a time of day is read`(text: String, printed: String) throws {
        #expect(try TimeOfDay(text).text == printed)
    }

    struct Instant: CustomTestStringConvertible, Sendable {
        var text: String
        var zone = "Asia/Shanghai"
        var bareDate = InstantText.DateHandling.startOfDay
        var printed: String
        var testDescription: String { "\(text) in \(zone)" }
    }

    static let instants = [
        Instant(text: "2026-12-01", printed: "2026-12-01T00:00:00+08:00"),
        Instant(text: "2026-12-01", bareDate: .endOfDay, printed: "2026-12-02T00:00:00+08:00"),
        Instant(text: "2026-12-01 08:00", printed: "2026-12-01T08:00:00+08:00"),
        Instant(text: "2026-12-01T08:00:30", printed: "2026-12-01T08:00:30+08:00"),
        Instant(text: "2026-12-01T08:00:00Z", printed: "2026-12-01T16:00:00+08:00"),
        Instant(text: "2026-12-01t08:00-05:30", printed: "2026-12-01T21:30:00+08:00"),
        // In a gap: the first instant after it. Twice: the first one.
        Instant(
            text: "2027-03-14 02:30",
            zone: "America/New_York",
            printed: "2027-03-14T03:00:00-04:00"
        ),
        Instant(
            text: "2027-11-07 01:30",
            zone: "America/New_York",
            printed: "2027-11-07T01:30:00-04:00"
        ),
        Instant(text: "2011-12-30", zone: "Pacific/Apia", printed: "2011-12-31T00:00:00+14:00"),
    ]

    @Test(arguments: instants)
    func `an instant is read in its zone`(row: Instant) throws {
        let zone = try ZoneFiles().zone(named: row.zone)
        let instant = try InstantText.parse(row.text, zone: zone, bareDate: row.bareDate)
        #expect(InstantText.format(instant, zone: zone) == row.printed)
        #expect(try InstantText.parse(row.printed) == instant)
    }

    static let badInstants = [
        Refusal(
            text: "2026-02-30",
            code: "E0351",
            offset: 0,
            length: 10,
            remedy: "Write a date that exists, from 0001-01-01 to 9999-12-31"
        ),
        Refusal(
            text: "2026-12-01",
            code: "E0353",
            offset: 0,
            length: 10,
            remedy: "Add one: `2026-12-01 08:00`"
        ),
        Refusal(
            text: "2026-12-01T24:00",
            code: "E0350",
            offset: 11,
            length: 5,
            remedy: "Times go from 00:00:00 to 23:59:59"
        ),
    ]

    @Test(arguments: badInstants)
    func `an instant that is none is refused with the fix`(row: Refusal) {
        let error = #expect(throws: TextError.self) {
            try InstantText.parse(row.text, zone: .utc, bareDate: .refused)
        }
        Self.expect(error, row)
    }

    @Test func `fractions are printed when asked for, and the ends of time print`() throws {
        let instant = try InstantText.parse("1969-12-31T23:59:59.25Z")
        #expect(
            InstantText.format(instant, zone: .utc, fraction: .milliseconds)
                == "1969-12-31T23:59:59.250+00:00"
        )
        #expect(InstantText.format(.distantPast, zone: .utc).hasPrefix("-290308-"))
        #expect(InstantText.format(.distantFuture, zone: .utc).hasPrefix("294247-"))
    }

    private static func expect(_ error: TextError?, _ row: Refusal) {
        #expect(error?.code == row.code)
        #expect(error?.offset == row.offset)
        #expect(error?.length == row.length)
        #expect(error?.remedy == row.remedy)
    }
}
