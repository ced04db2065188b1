/// The lines of a crontab, as cron takes them apart.
///
/// Comments stand on lines of their own, `NAME = value` lines hold for the lines below them, and a
/// line of the system form has the user before the command. (Vixie's `load_env` and `load_entry`.)
package struct CrontabFile: Hashable, Sendable {
    /// Who owns the file, which decides whether a sixth field names the user.
    package enum Form: String, Sendable, CaseIterable {
        /// `crontab -l`: five fields, then the command.
        case user
        /// `/etc/crontab`, `/etc/cron.d/*`: five fields, the user, then the command.
        case system
    }

    /// A line at a time for a command.
    package struct Entry: Hashable, Sendable {
        /// From 1.
        package var line: Int
        /// Five fields with single blanks, or a word that begins with `@`.
        package var schedule: String
        package var user: String?
        /// As written, `%` and all.
        package var command: String
        /// It began with `-`, which asks cronie not to log it.
        package var isUnlogged: Bool
    }

    package enum Line: Hashable, Sendable {
        case blank
        case comment(String)
        case setting(name: String, value: String)
        case entry(Entry)
        /// None of these; the text as it stands.
        case unreadable(String)
    }

    /// Line `n` at index `n - 1`.
    package var lines: [Line]
    package var hasByteOrderMark = false
    package var hasCarriageReturns = false
    package var lacksLastNewline = false

    /// More is no crontab.
    package static let bytesMax = 1024 * 1024

    /// Takes a text apart.
    package init(_ text: String, form: Form) {
        var (content, facts) = Self.prepared(text)
        hasByteOrderMark = facts.byteOrderMark
        hasCarriageReturns = facts.carriageReturns
        lacksLastNewline = !content.isEmpty && content.last != "\n"
        if content.last == "\n" { content.removeLast() }
        let texts =
            content.isEmpty
            ? [] : content.split(separator: "\n", omittingEmptySubsequences: false)
        lines = texts.enumerated().map { Self.line(String($1), number: $0 + 1, form) }
    }

    private static func prepared(
        _ text: String
    ) -> (text: String, facts: (byteOrderMark: Bool, carriageReturns: Bool)) {
        var scalars = Array(text.unicodeScalars)
        let hasMark = scalars.first == "\u{FEFF}"
        if hasMark { scalars.removeFirst() }
        var view = String.UnicodeScalarView()
        var hasReturns = false
        for (index, scalar) in scalars.enumerated() {
            let endsLine = index + 1 == scalars.count || scalars[index + 1] == "\n"
            if scalar == "\r", endsLine {
                hasReturns = true
                continue
            }
            view.append(scalar)
        }
        return (String(view), (hasMark, hasReturns))
    }

    private static func line(_ text: String, number: Int, _ form: Form) -> Line {
        let trimmed = text.drop(while: isBlank)
        guard let first = trimmed.first else { return .blank }
        if first == "#" { return .comment(comment(trimmed)) }
        if let setting = setting(trimmed) { return setting }
        return entry(trimmed, number: number, form) ?? .unreadable(text)
    }

    private static func comment(_ text: Substring) -> String {
        let inner = text.drop { $0 == "#" }.drop(while: isBlank)
        return String(trimmedEnd(inner))
    }

    /// `NAME = value`, either in quotes; nothing is expanded in it.
    private static func setting(_ text: Substring) -> Line? {
        var rest = text
        let name: Substring
        if let quote = rest.first, isQuote(quote) {
            rest.removeFirst()
            guard let end = rest.firstIndex(of: quote) else { return nil }
            name = rest[..<end]
            rest = rest[rest.index(after: end)...]
        } else {
            name = rest.prefix { !isBlank($0) && $0 != "=" }
            rest = rest.dropFirst(name.count)
        }
        rest = rest.drop(while: isBlank)
        guard rest.first == "=", let first = name.first, first.isLetter || first == "_" else {
            return nil
        }
        var value = rest.dropFirst().drop(while: isBlank)
        if let quote = value.first, isQuote(quote) {
            value.removeFirst()
            guard let end = value.firstIndex(of: quote),
                value[value.index(after: end)...].allSatisfy(isBlank)
            else { return nil }
            return .setting(name: String(name), value: String(value[..<end]))
        }
        value = trimmedEnd(value)
        return .setting(name: String(name), value: String(value))
    }

    private static func entry(_ text: Substring, number: Int, _ form: Form) -> Line? {
        var rest = text
        let isUnlogged = rest.first == "-"
        if isUnlogged { rest.removeFirst() }
        var fields: [Substring] = []
        let count = rest.first == "@" ? 1 : 5
        for _ in 0..<count {
            let field = word(&rest)
            guard !field.isEmpty else { return nil }
            fields.append(field)
        }
        var user: String?
        if form == .system {
            let field = word(&rest)
            guard !field.isEmpty else { return nil }
            user = String(field)
        }
        guard !rest.isEmpty else { return nil }
        return .entry(
            Entry(
                line: number,
                schedule: fields.joined(separator: " "),
                user: user,
                command: String(rest),
                isUnlogged: isUnlogged
            )
        )
    }

    /// Takes the next word and the blanks behind it.
    private static func word(_ rest: inout Substring) -> Substring {
        let word = rest.prefix { !isBlank($0) }
        rest = rest.dropFirst(word.count).drop(while: isBlank)
        return word
    }

    static func trimmedEnd(_ text: Substring) -> Substring {
        var text = text
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

    private static func isQuote(_ character: Character) -> Bool {
        character == "\"" || character == "'"
    }
}
