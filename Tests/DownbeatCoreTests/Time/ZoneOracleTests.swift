import DownbeatCore
import Foundation
import Support
import Testing

@Suite("ZoneRules against Python")
struct ZoneOracleTests {
    /// Halves of hours, changes at midnight, days left out, rules of war and of Ramadan, a footer with
    /// times beyond the day, daylight saving the other way round.
    private static let someZones = [
        "UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
        "Africa/Casablanca", "Asia/Gaza", "Europe/Dublin", "America/Nuuk", "Antarctica/Troll",
        "Africa/Monrovia", "Asia/Tehran",
    ]

    private static var zones: [String] {
        TestLength.isLong ? ZoneFiles.allNames : someZones
    }

    @Test(.enabled(if: PythonZones.isExpected, "python3 is not installed"))
    func `offsets change at the same seconds as Python's, to the same offsets`() throws {
        let zones = Self.zones
        let samples = try PythonZones.samples(of: zones)
        let range = PythonZones.range
        let start = Timestamp(seconds: Int64(range.lowerBound))
        let end = Timestamp(seconds: Int64(range.upperBound))
        var compared = 0
        for name in zones {
            let zone = try ZoneFiles().zone(named: name)
            let expected = try #require(samples[name])
            for sample in expected {
                let offset = zone.offset(at: Timestamp(seconds: Int64(sample.second)))
                #expect(offset == sample.offset, "\(name) at \(sample.second)")
            }
            // Behind the start, samples come in threes; the middle one is the change.
            let changes = expected.indices.dropFirst()
                .filter { $0 % 3 == 2 }
                .map { index in
                    ZoneChange(
                        at: Timestamp(seconds: Int64(expected[index].second)),
                        offsetBefore: expected[index - 1].offset,
                        offsetAfter: expected[index].offset
                    )
                }
            #expect(zone.changes(after: start, upTo: end) == changes, "\(name)")
            compared += expected.count
        }
        #expect(compared > zones.count * 10)
        if TestLength.isLong { listFoundation(samples, compared) }
    }

    /// What Foundation says otherwise, for the curious: it has data and rules of its own.
    private func listFoundation(_ samples: [String: [PythonZones.Sample]], _ compared: Int) {
        print("zones: \(samples.count), instants: \(compared), of which Foundation differs at:")
        for (name, samples) in samples.sorted(by: { $0.key < $1.key }) {
            guard let zone = TimeZone(identifier: name) else {
                print("  \(name): unknown to it")
                continue
            }
            let others = samples.filter { sample in
                let date = Date(timeIntervalSince1970: Double(sample.second))
                return zone.secondsFromGMT(for: date) != sample.offset
            }
            guard let first = others.first, let last = others.last else { continue }
            print("  \(name): \(others.count) from \(first.second) to \(last.second)")
        }
    }
}
