/// Comments that plainly describe the line below them.
enum CrontabComments {
    /// A block of more lines is about the file.
    private static let linesMax = 2
    private static let lengthMax = 200

    /// The description of a line: the comment directly above it.
    ///
    /// - Parameters:
    ///   - index: of the line.
    ///   - file: all lines.
    /// - Returns: nil when there is none, or when it is a heading, a rule, or a line put out of use.
    static func description(above index: Int, in file: CrontabFile) -> String? {
        var texts: [String] = []
        var place = index - 1
        while place >= 0, case .comment(let text) = file.lines[place] {
            texts.insert(text, at: 0)
            place -= 1
        }
        guard (1...linesMax).contains(texts.count), texts.allSatisfy(isWords) else { return nil }
        let description = texts.joined(separator: " ")
        return description.count <= lengthMax ? description : nil
    }

    private static func isWords(_ text: String) -> Bool {
        guard text.contains(where: \.isLetter) else { return false }
        let lower = text.lowercased()
        guard !lower.hasPrefix("m h "), !lower.contains("dom mon"), !text.contains("* *") else {
            return false
        }
        let isEntry =
            switch CrontabFile(text, form: .user).lines.first {
            case .entry(let entry):
                CronReading(entry.schedule) != nil || entry.schedule == "@reboot"
            case .setting: true
            case .blank, .comment, .unreadable, nil: false
            }
        return !isEntry
    }
}
