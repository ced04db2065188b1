/// Writes fire times as an iCalendar file (RFC 5545), one event each.
///
/// Times are in UTC, so that no reader needs a zone's rules to show the right instant; events have no
/// length and do not make anybody busy. What an event is called stays the same from one writing to the
/// next, so that a calendar program that subscribes to the file updates its events. Lines end with CRLF
/// and are folded at 75 octets, never inside a character.
package struct ICSWriter {
    /// One fire time.
    package struct Event: Hashable, Sendable {
        /// The schedule's name.
        package var name: String
        /// The nominal time; parts of a second are left out.
        package var at: Timestamp
        package var description: String

        package init(name: String, at: Timestamp, description: String) {
            self.name = name
            self.at = at
            self.description = description
        }
    }

    /// Octets of a line without its end, RFC 5545 3.1.
    private static let lineOctetsMax = 75

    private var text = ""

    /// A file.
    ///
    /// - Parameters:
    ///   - events: in the order to be written.
    ///   - calendarName: what programs call the calendar.
    ///   - now: the moment of the writing.
    /// - Returns: the whole text.
    package static func write(
        _ events: [Event],
        calendarName: String,
        now: Timestamp
    ) -> String {
        var writer = ICSWriter()
        writer.line("BEGIN", "VCALENDAR")
        writer.line("VERSION", "2.0")
        writer.line("PRODID", escaped("-//Downbeat//downbeat \(DownbeatVersion.text)//EN"))
        writer.line("CALSCALE", "GREGORIAN")
        writer.line("METHOD", "PUBLISH")
        writer.line("X-WR-CALNAME", escaped(calendarName))
        let stamp = time(now)
        for event in events { writer.write(event, stamp: stamp) }
        writer.line("END", "VCALENDAR")
        return writer.text
    }

    private mutating func write(_ event: Event, stamp: String) {
        let start = Self.time(event.at)
        line("BEGIN", "VEVENT")
        line("UID", "\(start)-\(FNV1a64(event.name).hexadecimal)@downbeat")
        line("DTSTAMP", stamp)
        line("DTSTART", start)
        line("SUMMARY", Self.escaped(event.name))
        line("DESCRIPTION", Self.escaped(event.description))
        line("TRANSP", "TRANSPARENT")
        line("END", "VEVENT")
    }

    /// `20261123T183000Z`.
    private static func time(_ instant: Timestamp) -> String {
        let time = CivilTime(wall: Int(instant.seconds))
        let date = time.date
        return Digits.padded(date.year, width: 4) + Digits.two(date.month) + Digits.two(date.day)
            + "T" + Digits.two(time.hour) + Digits.two(time.minute) + Digits.two(time.second) + "Z"
    }

    /// A value of the type TEXT, RFC 5545 3.3.11; control characters other than a line feed have no
    /// place in one.
    private static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",": result += ["\\", scalar]
            case "\n": result += ["\\", "n"]
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: continue
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    private mutating func line(_ name: String, _ value: String) {
        var octets = 0
        for character in "\(name):\(value)" {
            let size = character.utf8.count
            // A character of more octets than a line has is a heap of marks: it is parted between them.
            let pieces: [String] =
                size < Self.lineOctetsMax
                ? [String(character)] : character.unicodeScalars.map { String($0) }
            for piece in pieces {
                if octets + piece.utf8.count > Self.lineOctetsMax {
                    text += "\r\n "
                    octets = 1
                }
                text += piece
                octets += piece.utf8.count
            }
        }
        text += "\r\n"
    }
}
