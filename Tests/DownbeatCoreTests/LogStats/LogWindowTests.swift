import DownbeatCore
import Support
import Testing

@Suite("LogWindow")
struct LogWindowTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var kind: LogWindow.Kind
        var zone: String
        var nominal: String
        var start: String
        var end: String

        var testDescription: String { "\(kind.rawValue) at \(nominal) in \(zone)" }

        init(
            _ kind: LogWindow.Kind,
            _ zone: String,
            _ nominal: String,
            _ start: String,
            _ end: String
        ) {
            self.kind = kind
            self.zone = zone
            self.nominal = nominal
            self.start = start
            self.end = end
        }
    }

    private static let york = "America/New_York"
    private static let howe = "Australia/Lord_Howe"

    static let rows = [
        Row(
            .previousHour,
            "Asia/Kolkata",
            "2026-05-05T10:00:00+05:30",
            "2026-05-05T09:00:00+05:30",
            "2026-05-05T10:00:00+05:30"
        ),
        Row(
            .previousHour,
            "Asia/Shanghai",
            "2026-05-05T00:59:59.9+08:00",
            "2026-05-04T23:00:00+08:00",
            "2026-05-05T00:00:00+08:00"
        ),
        // The hour from 2 to 3 does not exist on 8 March 2026.
        Row(
            .previousHour,
            york,
            "2026-03-08T03:00:00-04:00",
            "2026-03-08T01:00:00-05:00",
            "2026-03-08T03:00:00-04:00"
        ),
        // The hour from 1 to 2 comes twice on 1 November 2026.
        Row(
            .previousHour,
            york,
            "2026-11-01T01:00:00-05:00",
            "2026-11-01T01:00:00-04:00",
            "2026-11-01T01:00:00-05:00"
        ),
        Row(
            .previousHour,
            york,
            "2026-11-01T02:30:00-05:00",
            "2026-11-01T01:00:00-05:00",
            "2026-11-01T02:00:00-05:00"
        ),
        // The clock goes by half an hour.
        Row(
            .previousHour,
            howe,
            "2026-04-05T02:00:00+10:30",
            "2026-04-05T01:00:00+11:00",
            "2026-04-05T02:00:00+10:30"
        ),
        Row(
            .previousHour,
            howe,
            "2026-10-04T03:00:00+11:00",
            "2026-10-04T02:30:00+11:00",
            "2026-10-04T03:00:00+11:00"
        ),
        Row(
            .previousDay,
            york,
            "2026-03-09T00:30:00-04:00",
            "2026-03-08T00:00:00-05:00",
            "2026-03-09T00:00:00-04:00"
        ),
        Row(
            .previousDay,
            york,
            "2026-11-02T00:00:00-05:00",
            "2026-11-01T00:00:00-04:00",
            "2026-11-02T00:00:00-05:00"
        ),
        // Samoa had no 30 December 2011.
        Row(
            .previousDay,
            "Pacific/Apia",
            "2011-12-31T08:00:00+14:00",
            "2011-12-29T00:00:00-10:00",
            "2011-12-31T00:00:00+14:00"
        ),
        // Midnight does not exist on 5 September 2021 in Asuncion's neighbour Santiago.
        Row(
            .previousDay,
            "America/Santiago",
            "2021-09-06T01:00:00-03:00",
            "2021-09-05T01:00:00-03:00",
            "2021-09-06T00:00:00-03:00"
        ),
    ]

    @Test(arguments: rows)
    func `the window is the hour or day of the wall before the nominal time`(row: Row) throws {
        let window = try #require(
            LogWindow.window(
                for: InstantText.parse(row.nominal),
                kind: row.kind,
                rules: ZoneFiles().zone(named: row.zone)
            )
        )
        #expect(window.start == (try InstantText.parse(row.start)))
        #expect(window.end == (try InstantText.parse(row.end)))
    }

    @Test(arguments: [york, howe, "Asia/Kathmandu", "America/Santiago", "Pacific/Apia"])
    func `the windows of a year meet without gap or overlap`(zone: String) throws {
        let rules = try ZoneFiles().zone(named: zone)
        for kind in [LogWindow.Kind.previousHour, .previousDay] {
            var nominal = try InstantText.parse("2011-01-01T00:00:00Z")
            let end = try InstantText.parse("2012-02-01T00:00:00Z")
            var last: LogWindow?
            while nominal < end {
                let window = try #require(
                    LogWindow.window(for: nominal, kind: kind, rules: rules)
                )
                #expect(window.start < window.end && window.end <= nominal)
                if let last, last != window { #expect(window.start == last.end) }
                last = window
                nominal = nominal + .seconds(600)
            }
        }
        #expect(LogWindow.window(for: Timestamp(seconds: 0), kind: .all, rules: rules) == nil)
        #expect(LogWindow.window(for: Timestamp(seconds: 0), kind: .sinceLast, rules: rules) == nil)
    }
}
