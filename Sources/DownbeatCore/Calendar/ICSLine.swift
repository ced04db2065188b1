/// One content line of an iCalendar file: `DTSTART;VALUE=DATE:20260101`.
struct ICSLine: Sendable {
    var number: Int
    /// In upper case.
    var name: String
    /// In upper case, without quotes.
    var parameters: [String: String]
    var value: String

    /// The value for a message, not longer than a line of a terminal.
    var shownValue: String { String(value.prefix(40)) }
}

/// The content lines of a text, unfolded: a line that begins with a blank goes on the one before.
struct ICSLines {
    private let bytes: [UInt8]
    private var position = 0
    private var number = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The next line that is not empty; nil at the end.
    mutating func next() throws(ICSError) -> ICSLine? {
        while position < bytes.count {
            var line = physicalLine()
            let first = number
            while position < bytes.count,
                bytes[position] == UInt8(ascii: " ") || bytes[position] == UInt8(ascii: "\t")
            {
                position += 1
                line += physicalLine()
                guard line.count <= ICSReader.lineBytesMax else { throw tooLong(first) }
            }
            guard line.count <= ICSReader.lineBytesMax else { throw tooLong(first) }
            let text = String(decoding: line, as: UTF8.self)
            guard text.unicodeScalars.contains(where: { $0 != " " && $0 != "\t" }) else { continue }
            return try split(text, number: first)
        }
        return nil
    }

    private mutating func physicalLine() -> ArraySlice<UInt8> {
        number += 1
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        var end = position
        position += 1
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return bytes[start..<end]
    }

    /// Splits at the first colon outside quotes; parameters stand between semicolons before it.
    private func split(_ text: String, number: Int) throws(ICSError) -> ICSLine {
        var parts: [String] = [""]
        var isQuoted = false
        var value: String?
        var index = text.unicodeScalars.startIndex
        while index < text.unicodeScalars.endIndex {
            let scalar = text.unicodeScalars[index]
            text.unicodeScalars.formIndex(after: &index)
            if scalar == "\"" {
                isQuoted.toggle()
            } else if scalar == ";", !isQuoted {
                parts.append("")
            } else if scalar == ":", !isQuoted {
                value = String(text.unicodeScalars[index...])
                break
            } else {
                parts[parts.count - 1].unicodeScalars.append(scalar)
            }
        }
        guard let value, !parts[0].isEmpty else {
            throw ICSError(
                line: number,
                message: "`\(text.prefix(40))` is not a line of an iCalendar file",
                remedy: "Export the file again: a line has a name, a colon and a value"
            )
        }
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            parameters[sides[0].uppercased()] = sides.count > 1 ? String(sides[1]) : ""
        }
        return ICSLine(
            number: number,
            name: parts[0].uppercased(),
            parameters: parameters,
            value: value
        )
    }

    private func tooLong(_ number: Int) -> ICSError {
        ICSError(
            line: number,
            message: "a line has more than \(ICSReader.lineBytesMax) bytes",
            remedy: "Export a calendar that has only the holidays"
        )
    }
}
