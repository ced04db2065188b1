import DownbeatCore
import Support
import Testing

@Suite("ICS writer")
struct ICSWriterTests {
    private static let now = Timestamp(seconds: 1_795_372_867)
    private static let names = [
        "nightly-backup", "每日备份", "a, b; c\\d", "👩‍👩‍👧‍👦 family", String(repeating: "长", count: 200),
        "e" + String(repeating: "\u{301}", count: 60), String(repeating: "x", count: 74),
    ]

    private static func file() -> String {
        let events = names.enumerated().map { index, name in
            ICSWriter.Event(
                name: name,
                at: now + .seconds(Int64(index) * 86_400),
                description: "Every day, at 02:30; \(name)\nsecond line\r\u{7}"
            )
        }
        return ICSWriter.write(events, calendarName: "工作, 日", now: now)
    }

    @Test func `lines end with CRLF, are folded at 75 octets, and are whole characters`() {
        let bytes = Array(Self.file().utf8)
        var lines: [[UInt8]] = [[]]
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\n") {
                #expect(index > 0 && bytes[index - 1] == UInt8(ascii: "\r"))
                lines[lines.count - 1].removeLast()
                lines.append([])
            } else {
                lines[lines.count - 1].append(byte)
            }
        }
        #expect(lines.last == [])
        for line in lines.dropLast() {
            #expect(!line.isEmpty && line.count <= 75)
            #expect(!line.contains { $0 < 0x20 || $0 == 0x7F })
            #expect(String(validating: line, as: UTF8.self) != nil, "a character is cut: \(line)")
        }
    }

    @Test func `texts come back as they were, without control characters`() {
        // By scalars: a mark that begins a line would join the blank before it in one character.
        var unfolded = ""
        var ending: [Unicode.Scalar] = []
        for scalar in Self.file().unicodeScalars {
            ending.append(scalar)
            if ending == ["\r", "\n", " "] { ending = [] }
            guard !["\r", "\r\n"].contains(String(String.UnicodeScalarView(ending))) else {
                continue
            }
            unfolded.unicodeScalars.append(contentsOf: ending)
            ending = []
        }
        unfolded.unicodeScalars.append(contentsOf: ending)
        let lines = unfolded.split(separator: "\r\n").map(String.init)
        #expect(Self.values("SUMMARY", lines) == Self.names)
        #expect(
            Self.values("DESCRIPTION", lines)
                == Self.names.map { "Every day, at 02:30; \($0)\nsecond line" }
        )
        #expect(Self.values("X-WR-CALNAME", lines) == ["工作, 日"])
        #expect(lines.filter { $0.hasPrefix("DTSTART:") }[1] == "DTSTART:20261123T184107Z")
        #expect(
            lines.filter { $0.hasPrefix("DTSTAMP:") }.allSatisfy {
                $0.hasSuffix("20261122T184107Z")
            }
        )
        let identities = lines.filter { $0.hasPrefix("UID:") }
        #expect(Set(identities).count == Self.names.count)
        #expect(identities[0] == "UID:20261122T184107Z-1f1614e018ce3cdf@downbeat")
    }

    @Test func `our own reader finds every event on its day, in any zone`() throws {
        for name in ["UTC", "Asia/Shanghai"] {
            let zone = try ZoneFiles().zone(named: name)
            let read = try ICSReader.read(Self.file(), years: nil, zone: zone)
            let days = Self.names.indices.map { index in
                zone.civilTime(at: Self.now + .seconds(Int64(index) * 86_400)).date.dayNumber
            }
            #expect(read.days == days.map { $0...$0 })
            // The reader keeps the beginning of a long name.
            #expect(
                zip(days, Self.names).allSatisfy { day, name in
                    read.notes[day].map {
                        !$0.isEmpty && name.unicodeScalars.starts(with: $0.unicodeScalars)
                    }
                        == true
                }
            )
        }
    }

    /// The values of a property, by RFC 5545 3.3.11.
    private static func values(_ name: String, _ lines: [String]) -> [String] {
        lines.filter { $0.hasPrefix(name + ":") }.map { line in
            var value = ""
            var isEscaped = false
            for scalar in line.dropFirst(name.count + 1).unicodeScalars {
                if isEscaped {
                    value.unicodeScalars.append(scalar == "n" ? "\n" : scalar)
                    isEscaped = false
                } else if scalar == "\\" {
                    isEscaped = true
                } else {
                    value.unicodeScalars.append(scalar)
                }
            }
            return value
        }
    }
}
