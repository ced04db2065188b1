import DownbeatCore
import Foundation
import Support
import Testing

@Suite("Crontab corpus")
struct CorpusTests {
    struct Class: CustomTestStringConvertible, Sendable {
        var file: String
        var lines: Int
        var testDescription: String { file }
    }

    static let classes = [
        Class(file: "plain", lines: 2350),
        Class(file: "leap", lines: 60),
        Class(file: "never", lines: 40),
        Class(file: "zone-jump", lines: 15),
        Class(file: "domdow-star", lines: 80),
        Class(file: "dst-gap-fixed", lines: 174),
        Class(file: "dst-overlap-fixed", lines: 179),
        Class(file: "dst-wildcard", lines: 176),
        Class(file: "dst-override", lines: 78),
        Class(file: "dialect-ext", lines: 508),
    ]

    private struct Case: Decodable {
        var expr: String
        var tz: String
        var from: String
        var next: [String]
        var dst_gap: String?
        var dst_overlap: String?

        /// The policy of the line; a word that is none fails the test.
        func daylight() throws -> DaylightPolicy {
            var policy = DaylightPolicy()
            if let dst_gap { policy.gap = try #require(DaylightPolicy.Gap(rawValue: dst_gap)) }
            if let dst_overlap {
                policy.overlap = try #require(DaylightPolicy.Overlap(rawValue: dst_overlap))
            }
            return policy
        }
    }

    private struct InvalidCase: Decodable {
        var expr: String
        var reason: String
    }

    @Test(arguments: classes)
    func `every line of the class has its five answers`(row: Class) throws {
        let cases = try Self.read(Case.self, row.file)
        #expect(cases.count == row.lines)
        var zones: [String: ZoneRules] = [:]
        for line in cases {
            let zone = try zones[line.tz] ?? ZoneFiles().zone(named: line.tz)
            zones[line.tz] = zone
            let crontab = try Crontab(line.expr)
            let rule = Rule(trigger: .cron([crontab]), zone: zone, daylight: try line.daylight())
            let from = try InstantText.parse(line.from)
            let found = rule.fireTimes(after: from, upTo: .distantFuture, limit: 5)
            let place = "\(line.expr) in \(line.tz) from \(line.from)"
            #expect(found.map { InstantText.format($0, zone: zone) } == line.next, "\(place)")
            #expect(rule.firesNever == line.next.isEmpty, "\(place)")
            let canonical = crontab.canonicalText
            #expect(try Crontab(canonical).canonicalText == canonical, "\(place)")
            let again = Rule(canonicalText: rule.canonicalText) { _ in zone }
            #expect(
                again?.fireTimes(after: from, upTo: .distantFuture, limit: 5) == found,
                "\(place)"
            )
            try Self.expectBackwards(rule, from, found, place)
        }
    }

    @Test func `every line of the class invalid is refused at a place inside it`() throws {
        let cases = try Self.read(InvalidCase.self, "invalid")
        #expect(cases.count == 158)
        for line in cases {
            do {
                _ = try Trigger.parseCron(line.expr)
                Issue.record("accepted: \(line.expr)")
            } catch {
                let length = line.expr.unicodeScalars.count
                let end = error.offset + error.length
                #expect(error.offset >= 0 && end <= length, "\(line.expr): \(error)")
                #expect(error.code.hasPrefix("E03") && !error.message.isEmpty, "\(line.expr)")
            }
        }
    }

    /// The answers read backwards and counted are the same ones.
    private static func expectBackwards(
        _ rule: Rule,
        _ from: Timestamp,
        _ found: [Timestamp],
        _ place: String
    ) throws {
        guard let last = found.last else { return }
        #expect(rule.count(after: from, upTo: last) == found.count, "count of \(place)")
        var backwards: [Timestamp] = []
        var instant = last
        while let previous = rule.previous(atOrBefore: instant, after: from) {
            backwards.append(previous)
            instant = previous - .microseconds(1)
        }
        #expect(Array(backwards.reversed()) == found, "previous of \(place)")
    }

    private static func read<Line: Decodable>(_ type: Line.Type, _ file: String) throws -> [Line] {
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Corpus")
        let text = try String(
            contentsOf: folder.appendingPathComponent(file + ".jsonl"),
            encoding: .utf8
        )
        return try text.split(separator: "\n").map { line in
            try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        }
    }
}
