import DownbeatCore

/// An error code in words: what `explain E0305` prints.
enum ErrorCodeText {
    /// Whether a text looks like a code, if perhaps a mistyped one: a letter and a few digits.
    static func isCode(_ text: String) -> Bool {
        let upper = text.uppercased()
        guard (3...6).contains(upper.utf8.count), let first = upper.utf8.first,
            (0x41...0x5A).contains(first)
        else { return false }
        return upper.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Prints the catalogue's entry.
    static func explain(_ code: String, _ session: Session) throws(CommandError) {
        guard let entry = ErrorCatalog.entry(code) else {
            let codes = ErrorCatalog.all.map(\.code)
            let near = Suggestion.nearest(to: code, among: codes)
            throw .unknown(.missing, "no error code", code, candidates: near.isEmpty ? [] : codes)
        }
        let listing = Listing(
            ["code", "title", "explanation", "example"],
            items: [
                [
                    .string(entry.code), .string(entry.title), .string(entry.explanation),
                    .string(entry.example),
                ]
            ]
        )
        session.emit(listing) {
            session.line("\(entry.code)  \(entry.title)")
            session.line()
            session.line(entry.explanation)
            session.line()
            session.line("right:")
            for line in entry.example.split(separator: "\n", omittingEmptySubsequences: false) {
                session.line("    \(line)")
            }
        }
    }
}
