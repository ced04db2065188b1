/// The one table of codes: what each means, why it is refused, and what right looks like.
///
/// `downbeat explain E0201` prints an entry; tests check that every code of `DiagnosticCode` and of
/// `TextErrorCode` has one.
package enum ErrorCatalog {
    /// What there is to say about a code.
    package struct Entry: Sendable, Hashable {
        package var code: String
        /// The kind of mistake in a few words, without a full stop.
        package var title: String
        /// Whole sentences: why, and what to do.
        package var explanation: String
        /// Lines of a schedule file, or a command, that are right.
        package var example: String

        init(_ code: String, _ title: String, _ explanation: String, _ example: String) {
            self.code = code
            self.title = title
            self.explanation = explanation
            self.example = example
        }

        init(_ code: DiagnosticCode, _ title: String, _ explanation: String, _ example: String) {
            self.init(code.rawValue, title, explanation, example)
        }
    }

    /// The entry of a code, in upper or lower case; nil when there is no such code.
    package static func entry(_ code: String) -> Entry? { byCode[code.uppercased()] }

    /// All entries in order of their codes.
    package static let all: [Entry] =
        (fileEntries + yamlEntries + keyEntries + triggerEntries
        + valueEntries + crossEntries + calendarEntries + followerEntries + forecastEntries
        + warningEntries).sorted {
            $0.code < $1.code
        }

    private static let byCode = Dictionary(all.map { ($0.code, $0) }) { first, _ in first }
}
